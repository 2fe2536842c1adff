#include "assay/config/dataset.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include "assay/base/text.hpp"
#include "assay/base/unicode_text.hpp"
#include "assay/intake/fields.hpp"

namespace assay::config {
namespace {

using intake::Found;
using intake::Meaning;
using intake::Row;

constexpr std::size_t kShown = 60;

class DatasetReader {
 public:
    DatasetReader(const DatasetSpec& spec, std::string_view bytes)
        : spec_(spec),
          problems_(std::filesystem::path(spec.file).filename().string()),
          rows_(intake::read_rows(bytes, problems_)),
          fields_(intake::FieldsOf::kDataset, spec.fields, rows_, problems_) {}

    tl::expected<std::vector<Question>, std::vector<Failure>> read() {
        for (const Row& row : rows_.rows) {
            const std::size_t n_before = problems_.n_problems();
            read_row(row);
            problems_.count_row(problems_.n_problems() == n_before);
        }
        if (rows_.rows.empty() && problems_.n_problems() == 0) {
            problems_.problem(0, "is empty: there is no question in it");
        }
        // Only rows that are all right say whether an id or a mapped field is really not there.
        if (problems_.n_problems() == 0) {
            fields_.check_mapped();
        }
        if (problems_.n_problems() == 0) {
            filter();
        }
        if (problems_.n_problems() > 0) {
            return tl::unexpected(problems_.take_problems());
        }
        return std::move(questions_);
    }

 private:
    void add(std::int64_t line, std::string message, std::string remedy = {}) {
        problems_.problem(line, std::move(message), std::move(remedy));
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

    /// A scalar as text.
    std::optional<std::string> text_of(const Row& row, const std::optional<Found>& found) {
        if (!found) {
            return std::nullopt;
        }
        auto text = intake::text_of(*found->value);
        if (!text) {
            add(row.line,
                fmt::format(
                    "{} must be text or a number, not {}", found->name, kind_of(*found->value)));
            return std::nullopt;
        }
        return check_text(row, found->name, *text) ? std::move(text) : std::nullopt;
    }

    std::optional<std::string> id_of(const Row& row) {
        auto id = text_of(row, fields_.find(row, Meaning::kId));
        if (id) {
            id = std::string(trim_unicode(*id));
        }
        return id;
    }

    void say_that_no_question_is_there(const Row& row) {
        const std::string path = fields_.mapped(Meaning::kQuestion);
        const auto names = names_of(Meaning::kQuestion, rows_.tool);
        add(row.line,
            !path.empty()
                ? fmt::format("there is no \"{}\", which dataset.fields names as the question",
                              path)
                : fmt::format("there is no question: none of {}", fmt::join(names, ", ")),
            fmt::format("The row has: {}. Name the field with {}.",
                        listed_names(row),
                        say_fields(intake::FieldsOf::kDataset, Meaning::kQuestion, "NAME")));
    }

    std::optional<std::string> question_of(const Row& row) {
        const auto found = fields_.find(row, Meaning::kQuestion);
        if (!found) {
            say_that_no_question_is_there(row);
            return std::nullopt;
        }
        const auto text = intake::question_of(*found->value);
        if (!text) {
            add(row.line,
                fmt::format("{} must be text, or messages with one of the user, not {}",
                            found->name,
                            kind_of(*found->value)));
            return std::nullopt;
        }
        if (!check_text(row, found->name, *text)) {
            return std::nullopt;
        }
        return with_input(row, *found, *text);
    }

    /// Alpaca's instruction with its input.
    std::optional<std::string> with_input(const Row& row, const Found& found, std::string text) {
        const intake::Value* input = fields_.input_of(row, found);
        if (input == nullptr) {
            return text;
        }
        if (!check_text(row, "input", input->text)) {
            return std::nullopt;
        }
        return fmt::format("{}\n\n{}", text, input->text);
    }

    /// What is of a wrong kind is told when a judge needs it.
    void read_expected(const Row& row, Question& question) {
        const auto found = fields_.find(row, Meaning::kExpected);
        if (!found) {
            question.expected_problem = gold_by_another_name(row);
            return;
        }
        auto texts = expected_of(*found->value, rows_.is_csv);
        if (!texts) {
            question.expected_problem = fmt::format(
                "{} is {}, not text or a list of texts", found->name, texts.error());
            return;
        }
        for (const std::string& text : *texts) {
            if (!check_text(row, found->name, text)) {
                return;
            }
        }
        if (!texts->empty()) {
            question.expected = std::move(texts->front());
            question.alternatives.assign(std::make_move_iterator(texts->begin() + 1),
                                         std::make_move_iterator(texts->end()));
        }
    }

    /// Many datasets call the right answer so, and files of answers what a model wrote: it is not
    /// taken unasked, and it is named where it would be needed.
    static std::string gold_by_another_name(const Row& row) {
        for (const char* name : {"answer", "answers", "output", "completion", "response"}) {
            if (find(row.fields, name) != nullptr) {
                return fmt::format(
                    "if \"{}\" is the right answer, and not a model's, say so with {}",
                    name,
                    say_fields(intake::FieldsOf::kDataset, Meaning::kExpected, name));
            }
        }
        return {};
    }

    std::vector<std::string> contexts_of(const Row& row) {
        const auto found = fields_.find(row, Meaning::kContexts);
        if (!found) {
            return {};
        }
        auto contexts = passages_of(*found->value, spec_.contexts_separator);
        if (!contexts) {
            add(row.line,
                fmt::format(
                    "{} must be text or a list of texts, not {}", found->name, contexts.error()));
            return {};
        }
        const bool is_list = found->value->kind == intake::Value::Kind::kList ||
                             contexts->size() > 1;
        for (std::size_t i = 0; i < contexts->size(); ++i) {
            if (!check_text(row,
                            is_list ? fmt::format("{}[{}]", found->name, i) : found->name,
                            (*contexts)[i])) {
                break;
            }
        }
        return std::move(*contexts);
    }

    /// Ids of passages. What else a dataset calls "gold" is not taken unasked.
    std::vector<std::string> gold_of(const Row& row) {
        const auto found = fields_.find(row, Meaning::kGold);
        if (!found) {
            return {};
        }
        auto ids = expected_of(*found->value, rows_.is_csv);
        if (ids) {
            return std::move(*ids);
        }
        if (!fields_.mapped(Meaning::kGold).empty()) {
            add(row.line,
                fmt::format("{} must be the id of a passage or a list of them, not {}",
                            found->name,
                            ids.error()));
        }
        return {};
    }

    void read_row(const Row& row) {
        Question question;
        question.place = problems_.place_of(row.line);
        question.id = id_of(row).value_or(fmt::format("{:06}", row.number));
        question.text = question_of(row).value_or("");
        read_expected(row, question);
        question.contexts = contexts_of(row);
        question.cluster = text_of(row, fields_.find(row, Meaning::kCluster));
        question.gold = gold_of(row);
        const bool printable = std::none_of(question.id.begin(), question.id.end(), [](char c) {
            return static_cast<unsigned char>(c) < ' ';
        });
        if (!printable) {
            add(row.line,
                fmt::format("the id \"{}\" holds a control character",
                            shorten(question.id, kShown)));
        }
        if (is_new(row, question)) {
            questions_.push_back(std::move(question));
        }
    }

    /// A tool's log has a row for each model, or each epoch, of a question.
    bool is_new(const Row& row, const Question& question) {
        const auto [first, is_new] = place_of_id_.emplace(question.id,
                                                          Place{row.line, questions_.size()});
        if (is_new) {
            return true;
        }
        if (rows_.tool != intake::Tool::kAny && first->second.index < questions_.size() &&
            questions_[first->second.index].text == question.text) {
            return false;
        }
        add(row.line,
            fmt::format("the id \"{}\" stands in line {} already",
                        shorten(question.id, kShown),
                        first->second.line),
            "Every question needs an id of its own.");
        return false;
    }

    void filter() {
        const std::size_t n_all = questions_.size();
        std::set<std::string> clusters;
        for (const Question& question : questions_) {
            if (question.cluster) {
                clusters.insert(*question.cluster);
            }
        }
        std::set<std::string> wanted_ids;
        for (const std::string& id : spec_.ids) {
            wanted_ids.emplace(trim_unicode(id));
        }
        for (const std::string& id : wanted_ids) {
            if (!place_of_id_.contains(id)) {
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
        if (questions_.empty() && problems_.n_problems() == 0) {
            add(0,
                fmt::format("none of its {} questions is left by dataset.ids and dataset.clusters",
                            n_all));
        }
    }

    struct Place {
        std::int64_t line = 0;
        std::size_t index = 0;  ///< in questions_
    };

    const DatasetSpec& spec_;
    intake::RowProblems problems_;
    const intake::Rows rows_;
    intake::FieldFinder fields_;
    std::vector<Question> questions_;
    std::map<std::string, Place> place_of_id_;
};

}  // namespace

tl::expected<std::vector<Question>, std::vector<Failure>> load_questions(const DatasetSpec& spec) {
    const auto bytes = read_file(spec.file);
    if (!bytes) {
        return tl::unexpected(std::vector{bytes.error()});
    }
    return DatasetReader(spec, *bytes).read();
}

}  // namespace assay::config
