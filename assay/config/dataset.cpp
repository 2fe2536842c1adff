#include "assay/config/dataset.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <span>

#include "assay/base/text.hpp"
#include "assay/config/rows.hpp"

namespace assay::config {
namespace {

constexpr std::size_t kMostErrors = 20;

struct FieldNames {
    std::string_view field;  ///< ours, as in dataset.fields
    std::vector<std::string> names;
};

const std::vector<FieldNames>& field_names() {
    static const std::vector<FieldNames> kNames{
        {"id", {"id", "task_id", "question_id", "uid", "sample_id", "doc_id"}},
        {"question", {"question", "instruction", "prompt", "user_input", "turns[0]"}},
        {"expected",
         {"expected",
          "expected_answer",
          "expected_response",
          "expected_output",
          "ideal",
          "target",
          "reference",
          "ground_truth"}},
        {"contexts", {"contexts", "context", "retrieved_contexts", "retrieval_context"}},
        {"cluster", {"cluster", "document_id", "paper_id"}},
    };
    return kNames;
}

/// A field of a row under the name that it has there.
struct Found {
    std::string name;
    Cell cell;
};

std::optional<Found> look_up(const Row& row, const std::string& name) {
    const bool first_of_list = name.ends_with("[0]");
    const std::string_view field = first_of_list ? std::string_view(name).substr(0, name.size() - 3)
                                                 : std::string_view(name);
    for (const auto& [key, cell] : row.fields) {
        if (key != field || cell.kind == Cell::Kind::kNull) {
            continue;
        }
        if (!first_of_list) {
            return Found{name, cell};
        }
        if (cell.kind != Cell::Kind::kTexts) {
            return Found{name, {Cell::Kind::kOther, "", {}, "no list of texts"}};
        }
        if (cell.texts.empty()) {
            return std::nullopt;
        }
        return Found{name, {Cell::Kind::kText, cell.texts[0], {}, ""}};
    }
    return std::nullopt;
}

std::string kind_of(const Cell& cell) {
    switch (cell.kind) {
        case Cell::Kind::kNull: return "null";
        case Cell::Kind::kText: return "text";
        case Cell::Kind::kWhole: return "a number";
        case Cell::Kind::kTexts: return "a list";
        case Cell::Kind::kOther: break;
    }
    return cell.what;
}

class DatasetReader {
 public:
    DatasetReader(const DatasetSpec& spec, std::string_view text)
        : spec_(spec),
          file_name_(std::filesystem::path(spec.file).filename().string()),
          text_(text) {}

    tl::expected<std::vector<Question>, std::vector<Failure>> read() {
        Rows rows = read_rows();
        problems_ = std::move(rows.problems);
        for (const Row& row : rows.rows) {
            read_row(row);
        }
        if (rows.rows.empty() && problems_.empty()) {
            add(0, "is empty: there is no question in it");
        }
        // Only rows that are all right say whether an id or a mapped field is really not there.
        if (problems_.empty()) {
            check_mapped_fields(rows.rows);
        }
        if (problems_.empty()) {
            filter();
        }
        if (!problems_.empty()) {
            return tl::unexpected(failures());
        }
        return std::move(questions_);
    }

 private:
    Rows read_rows() {
        const std::string ending = to_lower_ascii(
            std::filesystem::path(file_name_).extension().string());
        const std::string_view body = trim(text_);
        if (body.empty()) {
            return {};
        }
        if (!file_is_csv() && !body.starts_with('[') && !body.starts_with('{')) {
            return {{},
                    {{1,
                      "is neither JSONL nor a JSON array",
                      "A CSV file must have a name that ends in .csv."}}};
        }
        const std::string_view first_line = body.substr(0, body.find('\n'));
        const bool by_name = ending == ".jsonl" || ending == ".ndjson";
        const bool by_content = first_line.size() < body.size() && is_json_object(first_line);
        if (body.starts_with('{') && !file_is_csv() && (by_name || by_content)) {
            return rows_of_json_lines(text_);
        }
        if (const auto line = first_invalid_line()) {
            return {{}, {{*line, "is not valid UTF-8", "Save the file as UTF-8."}}};
        }
        return file_is_csv() ? rows_of_csv(text_) : rows_of_json_document(text_);
    }

    std::optional<std::int64_t> first_invalid_line() const {
        std::int64_t line = 1;
        for (const std::string& row : split(text_, '\n')) {
            if (!is_valid_utf8(row)) {
                return line;
            }
            ++line;
        }
        return std::nullopt;
    }

    void add(std::int64_t line, std::string message, std::string remedy = {}) {
        problems_.push_back({line, std::move(message), std::move(remedy)});
    }

    [[nodiscard]] std::string place(std::int64_t line) const {
        return line > 0 ? fmt::format("{}:{}", file_name_, line) : file_name_;
    }

    std::vector<Failure> failures() {
        std::stable_sort(problems_.begin(), problems_.end(), [](const auto& a, const auto& b) {
            return a.line < b.line;
        });
        std::vector<Failure> out;
        for (RowProblem& problem :
             std::span(problems_).first(std::min(problems_.size(), kMostErrors))) {
            out.push_back(
                {std::move(problem.message), place(problem.line), std::move(problem.remedy)});
        }
        if (problems_.size() > kMostErrors) {
            out.push_back(
                {fmt::format("and {} more", problems_.size() - kMostErrors), file_name_, ""});
        }
        return out;
    }

    /// The one field of the row that has this meaning. Reports two of them.
    std::optional<Found> find(const Row& row, const FieldNames& names) {
        const auto mapped = spec_.fields.find(std::string(names.field));
        if (mapped != spec_.fields.end()) {
            return look_up(row, mapped->second);
        }
        std::optional<Found> found;
        for (const std::string& name : names.names) {
            auto other = look_up(row, name);
            if (!other) {
                continue;
            }
            if (found) {
                add(row.line,
                    fmt::format("\"{}\" and \"{}\" are both names of the {}",
                                found->name,
                                name,
                                names.field),
                    fmt::format("Say which one counts with dataset.fields: {{{}: {}}}.",
                                names.field,
                                found->name));
                return found;
            }
            found = std::move(other);
        }
        return found;
    }

    bool check_text(const Row& row, const std::string& name, std::string_view text) {
        if (trim(text).empty()) {
            add(row.line, fmt::format("{} is empty", name), "Leave the field out or fill it in.");
        } else if (text.find('\0') != std::string_view::npos) {
            add(row.line, fmt::format("{} holds a NUL character", name));
        } else {
            return true;
        }
        return false;
    }

    /// Text, and where `numbers` are taken a whole number as text.
    std::optional<std::string> text_of(const Row& row,
                                       const std::optional<Found>& found,
                                       bool numbers) {
        if (!found) {
            return std::nullopt;
        }
        if (found->cell.kind == Cell::Kind::kWhole && numbers) {
            return found->cell.text;
        }
        if (found->cell.kind != Cell::Kind::kText) {
            add(row.line,
                fmt::format("{} must be text{}, not {}",
                            found->name,
                            numbers ? " or a whole number" : "",
                            kind_of(found->cell)));
            return std::nullopt;
        }
        if (!check_text(row, found->name, found->cell.text)) {
            return std::nullopt;
        }
        return found->cell.text;
    }

    std::optional<std::string> question_of(const Row& row, const FieldNames& names) {
        auto found = find(row, names);
        for (const char* name : {"doc.question", "doc.instruction", "doc.prompt"}) {
            if (!found && !spec_.fields.contains("question")) {
                found = look_up(row, name);
            }
        }
        if (!found) {
            const auto mapped = spec_.fields.find("question");
            std::vector<std::string> there;
            for (const auto& [name, cell] : row.fields) {
                there.push_back(shorten(name, 40));
            }
            add(row.line,
                mapped != spec_.fields.end()
                    ? fmt::format("there is no \"{}\", which dataset.fields names as the question",
                                  mapped->second)
                    : fmt::format("there is no question: none of {}", fmt::join(names.names, ", ")),
                fmt::format(
                    "The row has: {}. Name the field with dataset.fields: {{question: NAME}}.",
                    fmt::join(there, ", ")));
            return std::nullopt;
        }
        auto text = text_of(row, found, false);
        if (!text || found->name != "instruction" || spec_.fields.contains("question")) {
            return text;
        }
        // Alpaca writes "" where an instruction has no input.
        const auto input = look_up(row, "input");
        if (!input || input->cell.kind != Cell::Kind::kText || trim(input->cell.text).empty()) {
            return text;
        }
        if (!check_text(row, "input", input->cell.text)) {
            return std::nullopt;
        }
        return fmt::format("{}\n\n{}", *text, input->cell.text);
    }

    std::vector<std::string> contexts_of(const Row& row, const FieldNames& names) {
        const auto found = find(row, names);
        if (!found) {
            return {};
        }
        std::vector<std::string> contexts;
        if (found->cell.kind == Cell::Kind::kText) {
            contexts = {found->cell.text};
            // A passage may begin with "[1]"; only what is a list as a whole is one.
            if (file_is_csv() && trim(found->cell.text).starts_with('[')) {
                if (auto list = texts_of_json(found->cell.text)) {
                    contexts = std::move(*list);
                }
            }
        } else if (found->cell.kind == Cell::Kind::kTexts) {
            contexts = found->cell.texts;
        } else {
            add(row.line,
                fmt::format("{} must be text or a list of texts, not {}",
                            found->name,
                            kind_of(found->cell)));
        }
        const bool is_list = found->cell.kind == Cell::Kind::kTexts || contexts.size() > 1;
        for (std::size_t i = 0; i < contexts.size(); ++i) {
            if (!check_text(row,
                            is_list ? fmt::format("{}[{}]", found->name, i) : found->name,
                            contexts[i])) {
                break;
            }
        }
        return contexts;
    }

    [[nodiscard]] bool file_is_csv() const { return to_lower_ascii(file_name_).ends_with(".csv"); }

    void read_row(const Row& row) {
        const auto& names = field_names();
        Question question;
        question.place = place(row.line);
        question.id = text_of(row, find(row, names[0]), true)
                          .value_or(fmt::format("{:06}", row.number));
        question.text = question_of(row, names[1]).value_or("");
        question.expected = text_of(row, find(row, names[2]), false);
        question.contexts = contexts_of(row, names[3]);
        question.cluster = text_of(row, find(row, names[4]), true);
        const bool printable = std::none_of(question.id.begin(), question.id.end(), [](char c) {
            return static_cast<unsigned char>(c) < ' ';
        });
        if (!printable) {
            add(row.line,
                fmt::format("the id \"{}\" holds a control character", shorten(question.id, 60)));
        }
        const auto [first, is_new] = line_of_id_.emplace(question.id, row.line);
        if (!is_new) {
            add(row.line,
                fmt::format("the id \"{}\" stands in line {} already",
                            shorten(question.id, 60),
                            first->second),
                "Every question needs an id of its own.");
        }
        questions_.push_back(std::move(question));
    }

    /// A mapped field that no row has is a typing error, not a dataset without that field.
    void check_mapped_fields(const std::vector<Row>& rows) {
        for (const auto& [field, name] : spec_.fields) {
            if (std::any_of(rows.begin(), rows.end(), [&](const Row& row) {
                    return look_up(row, name).has_value();
                })) {
                continue;
            }
            add(0,
                fmt::format(
                    "no row has \"{}\", which dataset.fields names as the {}", name, field));
        }
    }

    void filter() {
        const std::size_t n_all = questions_.size();
        std::set<std::string> clusters;
        for (const Question& question : questions_) {
            if (question.cluster) {
                clusters.insert(*question.cluster);
            }
        }
        for (const std::string& id : spec_.ids) {
            if (!line_of_id_.contains(id)) {
                add(0, fmt::format("dataset.ids: no question has the id \"{}\"", shorten(id, 60)));
            }
        }
        for (const std::string& cluster : spec_.clusters) {
            if (!clusters.contains(cluster)) {
                add(0,
                    fmt::format("dataset.clusters: no question is of \"{}\"",
                                shorten(cluster, 60)));
            }
        }
        const std::set<std::string> wanted_ids(spec_.ids.begin(), spec_.ids.end());
        const std::set<std::string> wanted_clusters(spec_.clusters.begin(), spec_.clusters.end());
        std::erase_if(questions_, [&](const Question& question) {
            const bool id_wanted = wanted_ids.empty() || wanted_ids.contains(question.id);
            const bool cluster_wanted = wanted_clusters.empty() ||
                                        (question.cluster &&
                                         wanted_clusters.contains(*question.cluster));
            return !id_wanted || !cluster_wanted;
        });
        if (spec_.limit > 0 && questions_.size() > static_cast<std::size_t>(spec_.limit)) {
            questions_.resize(static_cast<std::size_t>(spec_.limit));
        }
        if (questions_.empty() && problems_.empty()) {
            add(0,
                fmt::format("none of its {} questions is left by dataset.ids and dataset.clusters",
                            n_all));
        }
    }

    const DatasetSpec& spec_;
    const std::string file_name_;
    const std::string_view text_;
    std::vector<RowProblem> problems_;
    std::vector<Question> questions_;
    std::map<std::string, std::int64_t> line_of_id_;
};

}  // namespace

tl::expected<std::vector<Question>, std::vector<Failure>> load_questions(const DatasetSpec& spec) {
    const auto bytes = read_file(spec.file);
    if (!bytes) {
        return tl::unexpected(std::vector{bytes.error()});
    }
    std::string_view text = *bytes;
    if (text.starts_with("\xEF\xBB\xBF")) {
        text.remove_prefix(3);
    }
    return DatasetReader(spec, text).read();
}

}  // namespace assay::config
