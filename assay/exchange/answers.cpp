#include "assay/exchange/answers.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <charconv>
#include <map>

#include "assay/base/csv.hpp"
#include "assay/base/text.hpp"
#include "assay/exchange/json_rows.hpp"
#include "assay/records/names.hpp"

namespace assay::exchange {
namespace {

constexpr std::size_t kShown = 60;

enum Field {
    kId,
    kDocumentHash,
    kQuestion,
    kInput,
    kGenerator,
    kStopReason,
    kFailure,
    kContexts,
    kNContextsUsed,
    kContextsCut,
    kFilter,
    kDoc,
    // The answer itself: one of these.
    kModelAnswer,
    kResponse,
    kAnswer,
    kOutput,
    kResps,
    kChoices,
};

const std::vector<MemberNames::Name>& names() {
    static const std::vector<MemberNames::Name> kNames{{"id", kId},
                                                       {"task_id", kId},
                                                       {"question_id", kId},
                                                       {"uid", kId},
                                                       {"sample_id", kId},
                                                       {"doc_id", kId},
                                                       {"doc_hash", kDocumentHash},
                                                       {"question", kQuestion},
                                                       {"instruction", kQuestion},
                                                       {"prompt", kQuestion},
                                                       {"input", kInput},
                                                       {"generator", kGenerator},
                                                       {"model_id", kGenerator},
                                                       {"stop_reason", kStopReason},
                                                       {"failure", kFailure},
                                                       {"contexts", kContexts},
                                                       {"n_contexts_used", kNContextsUsed},
                                                       {"contexts_cut", kContextsCut},
                                                       {"filter", kFilter},
                                                       {"doc", kDoc},
                                                       {"model_answer", kModelAnswer},
                                                       {"response", kResponse},
                                                       {"answer", kAnswer},
                                                       {"output", kOutput},
                                                       {"resps", kResps},
                                                       {"choices", kChoices}};
    return kNames;
}

struct AnswerField {
    Field field;
    std::string_view name;
    AnswerFormat format;
};
constexpr std::array<AnswerField, 6> kAnswerFields{
    {{kModelAnswer, "model_answer", AnswerFormat::kStudy},
     {kResponse, "response", AnswerFormat::kStudy},
     {kAnswer, "answer", AnswerFormat::kPlain},
     {kOutput, "output", AnswerFormat::kAlpacaEval},
     {kResps, "resps", AnswerFormat::kLmEval},
     {kChoices, "choices", AnswerFormat::kFastChat}}};

const AnswerField* answer_field_of(int field) {
    for (const AnswerField& known : kAnswerFields) {
        if (known.field == field) {
            return &known;
        }
    }
    return nullptr;
}

/// A row while it is read.
struct Row {
    ForeignAnswer answer;
    std::string input;
    std::string generator;
    std::string filter;
    const AnswerField* answer_field = nullptr;
    bool is_null = false;  ///< its answer
};

class AnswerReader {
 public:
    AnswerReader(const std::string& name, std::string_view text) : problems_(name), text_(text) {}

    tl::expected<ForeignAnswers, std::vector<Failure>> read() {
        if (text_.starts_with("\xEF\xBB\xBF")) {
            text_.remove_prefix(3);
        }
        const std::size_t start = text_.find_first_not_of(" \t\r\n");
        const bool json = start != std::string_view::npos &&
                          (text_[start] == '{' || text_[start] == '[');
        if (json) {
            each_json_object(text_, problems_, [&](JsonReader& reader, std::int64_t line) {
                read_object(reader, line);
            });
        } else {
            read_csv();
        }
        if (problems_.n_problems() == 0 && n_rows_ == 0) {
            problems_.problem(0, "holds no answer");
        }
        if (problems_.n_problems() > 0) {
            return tl::unexpected(problems_.take_problems());
        }
        if (n_null_ > 0) {
            out_.notes.push_back(
                fmt::format("{} answers are null: there is none to their questions", n_null_));
        }
        if (n_further_ > 0) {
            out_.notes.push_back(fmt::format(
                "{} rows hold several answers or turns: the first one was taken", n_further_));
        }
        return std::move(out_);
    }

 private:
    void read_object(JsonReader& reader, std::int64_t line) {
        const std::size_t problems_before = problems_.n_problems();
        Row row;
        row.answer.line = line;
        members_.read(reader, problems_, line, [&](int field, std::string_view key) {
            read_member(reader, row, field, key);
        });
        // A field of the wrong type has been told; that it is missing besides would be a second
        // error for one mistake.
        if (problems_.n_problems() == problems_before) {
            add(std::move(row));
        }
    }

    void read_member(JsonReader& reader, Row& row, int field, std::string_view key) {
        const std::int64_t line = row.answer.line;
        switch (field) {
            case kId: row.answer.id = read_name(reader, problems_, line, key).value_or(""); return;
            case kDocumentHash:
                row.answer.document_hash = read_name(reader, problems_, line, key).value_or("");
                return;
            case kQuestion: row.answer.question = text_of(reader, line, key); return;
            case kInput: row.input = text_if_text(reader); return;
            case kGenerator: row.generator = text_of(reader, line, key); return;
            case kStopReason:
                row.answer.stop_reason = stop_reason_of(text_if_text(reader))
                                             .value_or(StopReason::kUnknown);
                return;
            case kFailure: row.answer.failure = text_if_text(reader); return;
            case kContexts: row.answer.contexts = texts_if_texts(reader); return;
            case kNContextsUsed: row.answer.n_contexts_used = count_if_number(reader); return;
            case kContextsCut:
                if (reader.kind() == JsonKind::kBool) {
                    row.answer.contexts_cut = reader.read_bool();
                } else {
                    reader.skip();
                }
                return;
            case kFilter: row.filter = text_if_text(reader); return;
            case kDoc: read_document(reader, row); return;
            default: read_answer(reader, row, *answer_field_of(field)); return;
        }
    }

    /// Of lm-eval's `doc`, the question where it is called so.
    void read_document(JsonReader& reader, Row& row) {
        if (reader.kind() != JsonKind::kObject) {
            return reader.skip();
        }
        document_.read(reader, problems_, row.answer.line, [&](int, std::string_view) {
            row.answer.question = text_if_text(reader);
        });
    }

    void read_answer(JsonReader& reader, Row& row, const AnswerField& field) {
        const std::int64_t line = row.answer.line;
        if (row.answer_field != nullptr) {
            problems_.problem(line,
                              fmt::format("\"{}\" and \"{}\" both are names of the answer",
                                          row.answer_field->name,
                                          field.name),
                              "Keep one of them.");
            return reader.skip();
        }
        row.answer_field = &field;
        if (reader.kind() == JsonKind::kNull) {
            row.is_null = true;
            return reader.skip();
        }
        std::optional<std::string> text;
        std::string_view hint;
        if (field.field == kResps) {
            text = first_text(reader, 2);
            hint = ": answers that were only scored (multiple choice) cannot be judged";
        } else if (field.field == kChoices) {
            text = first_turn(reader);
            hint = ": choices[0].turns[0] is expected";
        } else {
            text = text_of_answer(reader);
        }
        if (text) {
            row.answer.text = *text;
            return;
        }
        problems_.problem(line, fmt::format("{} holds no text{}", field.name, hint));
    }

    static std::optional<std::string> text_of_answer(JsonReader& reader) {
        if (reader.kind() == JsonKind::kText) {
            return std::string(reader.read_text());
        }
        reader.skip();
        return std::nullopt;
    }

    /// The first text of a list that may lie in another list, `depth` of them at most.
    std::optional<std::string> first_text(JsonReader& reader, int depth) {
        if (reader.kind() != JsonKind::kList || depth == 0) {
            return text_of_answer(reader);
        }
        std::optional<std::string> found;
        std::int64_t n = 0;
        reader.enter_list();
        while (reader.next_item()) {
            if (n++ == 0) {
                found = first_text(reader, depth - 1);
            } else {
                reader.skip();
            }
        }
        n_further_ += n > 1;
        return found;
    }

    /// choices[0].turns[0], which is a text or, in arena-hard, an object with the text as
    /// `content`.
    std::optional<std::string> first_turn(JsonReader& reader) {
        if (reader.kind() != JsonKind::kList) {
            return text_of_answer(reader);
        }
        std::optional<std::string> found;
        std::int64_t n = 0;
        reader.enter_list();
        while (reader.next_item()) {
            if (n++ > 0 || reader.kind() != JsonKind::kObject) {
                reader.skip();
                continue;
            }
            reader.enter_object();
            while (const auto key = reader.next_key()) {
                if (*key != "turns" || reader.kind() != JsonKind::kList) {
                    reader.skip();
                    continue;
                }
                std::int64_t n_turns = 0;
                reader.enter_list();
                while (reader.next_item()) {
                    if (n_turns++ == 0) {
                        found = turn(reader);
                    } else {
                        reader.skip();
                    }
                }
                n_further_ += n_turns > 1;
            }
        }
        return found;
    }

    static std::optional<std::string> turn(JsonReader& reader) {
        if (reader.kind() != JsonKind::kObject) {
            return text_of_answer(reader);
        }
        std::optional<std::string> found;
        reader.enter_object();
        while (const auto key = reader.next_key()) {
            if (*key == "content") {
                found = text_of_answer(reader);
            } else {
                reader.skip();
            }
        }
        return found;
    }

    std::string text_of(JsonReader& reader, std::int64_t line, std::string_view key) {
        const JsonKind kind = reader.kind();
        if (kind != JsonKind::kText && kind != JsonKind::kNull) {
            problems_.problem(line, fmt::format("{} must be text, not {}", key, words_of(kind)));
        }
        return text_if_text(reader);
    }

    static std::string text_if_text(JsonReader& reader) {
        return text_of_answer(reader).value_or("");
    }

    static int count_if_number(JsonReader& reader) {
        if (reader.kind() != JsonKind::kNumber) {
            reader.skip();
            return kContextsUnknown;
        }
        const std::string_view number = reader.read_number();
        int value = kContextsUnknown;
        const auto [end, error] = std::from_chars(
            number.data(), number.data() + number.size(), value);
        return error == std::errc() && end == number.data() + number.size() && value >= 0
                   ? value
                   : kContextsUnknown;
    }

    static std::optional<std::vector<std::string>> texts_if_texts(JsonReader& reader) {
        if (reader.kind() != JsonKind::kList) {
            reader.skip();
            return std::nullopt;
        }
        std::vector<std::string> texts;
        bool all = true;
        reader.enter_list();
        while (reader.next_item()) {
            auto text = text_of_answer(reader);
            all = all && text;
            texts.push_back(std::move(text).value_or(""));
        }
        return all ? std::optional(std::move(texts)) : std::nullopt;
    }

    void read_csv() {
        CsvReader reader(text_);
        CsvRecord record;
        std::vector<int> columns;
        while (problems_.n_problems() <= kMostRowProblems && reader.next(record)) {
            if (record.is_blank()) {
                continue;
            }
            if (!record.problem.empty()) {
                problems_.problem(record.line,
                                  record.problem,
                                  "Double the quotes that stand inside a quoted cell.");
            } else if (columns.empty()) {
                columns = columns_of(record);
                if (columns.empty()) {
                    return;  // without a head nothing that follows means anything
                }
            } else if (record.cells.size() != columns.size()) {
                problems_.problem(
                    record.line,
                    fmt::format(
                        "has {} cells, and the head has {}", record.cells.size(), columns.size()));
            } else {
                read_cells(record, columns);
            }
        }
    }

    std::vector<int> columns_of(const CsvRecord& head) {
        std::vector<int> columns;
        std::map<int, std::string> taken;
        for (const std::string& cell : head.cells) {
            const int field = members_.field_of(trim(cell));
            columns.push_back(field == kResps || field == kChoices ? -1 : field);
            if (columns.back() >= 0 && !taken.emplace(field, cell).second) {
                problems_.problem(head.line,
                                  fmt::format("the columns \"{}\" and \"{}\" are the same field",
                                              taken[field],
                                              trim(cell)),
                                  "Keep one of them.");
                return {};
            }
        }
        const auto has = [&](std::initializer_list<int> fields) {
            return std::any_of(
                fields.begin(), fields.end(), [&](int field) { return taken.contains(field); });
        };
        if (has({kModelAnswer, kResponse, kAnswer, kOutput}) && has({kId, kQuestion})) {
            return columns;
        }
        problems_.problem(
            head.line, "is neither JSON nor CSV with a head that names the columns id and answer");
        return {};
    }

    void read_cells(const CsvRecord& record, const std::vector<int>& columns) {
        Row row;
        row.answer.line = record.line;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const std::string& cell = record.cells[i];
            if (!is_valid_utf8(cell)) {
                return problems_.problem(
                    record.line, "is not valid UTF-8", "Save the file as UTF-8.");
            }
            if (columns[i] == kId) {
                row.answer.id = trim(cell);
            }
            if (columns[i] == kQuestion) {
                row.answer.question = cell;
            }
            if (columns[i] == kGenerator) {
                row.generator = cell;
            }
            if (columns[i] == kStopReason) {
                row.answer.stop_reason = stop_reason_of(cell).value_or(StopReason::kUnknown);
            }
            const AnswerField* field = answer_field_of(columns[i]);
            if (field == nullptr) {
                continue;
            }
            if (row.answer_field != nullptr) {
                return problems_.problem(
                    record.line,
                    fmt::format("\"{}\" and \"{}\" both are names of the answer",
                                row.answer_field->name,
                                field->name),
                    "Keep one of them.");
            }
            row.answer_field = field;
            row.answer.text = cell;
        }
        add(std::move(row));
    }

    void add(Row row) {
        const std::int64_t line = row.answer.line;
        if (row.answer_field == nullptr) {
            std::vector<std::string_view> known;
            for (const AnswerField& field : kAnswerFields) {
                known.push_back(field.name);
            }
            return problems_.problem(
                line, fmt::format("there is no answer: none of {}", fmt::join(known, ", ")));
        }
        // Alpaca writes "" where an instruction has no input; the dataset joins the two likewise.
        if (!trim(row.input).empty() && !row.answer.question.empty()) {
            row.answer.question += "\n\n" + row.input;
        }
        if (row.answer.id.empty() && row.answer.document_hash.empty() &&
            trim(row.answer.question).empty()) {
            return problems_.problem(line,
                                     "tells neither the id nor the text of its question",
                                     "Name its question's id `id`.");
        }
        if (n_rows_++ == 0) {
            out_.format = row.answer_field->format;
            out_.generator = row.generator;
            generator_line_ = line;
        }
        if (row.answer_field->format != out_.format) {
            return problems_.problem(
                line,
                fmt::format("the answer is in {}, of another format than the rows before ({})",
                            row.answer_field->name,
                            name_of(out_.format)));
        }
        if (row.generator != out_.generator) {
            return problems_.problem(line,
                                     fmt::format("the generator is \"{}\", and in line {} it is "
                                                 "\"{}\": these are answers of two models",
                                                 shorten(row.generator, kShown),
                                                 generator_line_,
                                                 shorten(out_.generator, kShown)),
                                     "Split the file.");
        }
        if (row.is_null && row.answer.stop_reason != StopReason::kFailed) {
            ++n_null_;
            return;
        }
        if (row.answer.stop_reason == StopReason::kFailed) {
            row.answer.text.clear();
            if (row.answer.failure.empty()) {
                row.answer.failure = "the file says that it failed";
            }
        }
        if (!is_repeated(row)) {
            out_.rows.push_back(std::move(row.answer));
        }
    }

    /// Reports a second answer to a question. lm-eval writes a row for each filter of an answer,
    /// which is the same one.
    bool is_repeated(const Row& row) {
        const ForeignAnswer& answer = row.answer;
        const std::string& whose = name_of_question(answer);
        const auto [found, is_new] = seen_.emplace(whose, Seen{out_.rows.size(), row.filter});
        if (is_new) {
            return false;
        }
        const ForeignAnswer& first = out_.rows[found->second.index];
        if (!row.filter.empty() && row.filter != found->second.filter &&
            first.text == answer.text) {
            return true;
        }
        problems_.problem(answer.line,
                          fmt::format("a second answer to \"{}\"; the first stands in line {}",
                                      shorten(whose, kShown),
                                      first.line),
                          "A question has one answer.");
        return true;
    }

    struct Seen {
        std::size_t index = 0;
        std::string filter;
    };

    RowProblems problems_;
    std::string_view text_;
    MemberNames members_{names()};
    MemberNames document_{
        {{"question", kQuestion}, {"instruction", kQuestion}, {"prompt", kQuestion}}};
    ForeignAnswers out_;
    std::map<std::string, Seen> seen_;
    std::int64_t n_rows_ = 0;
    std::int64_t generator_line_ = 0;
    std::int64_t n_null_ = 0;
    std::int64_t n_further_ = 0;
};

}  // namespace

std::string_view name_of(AnswerFormat format) {
    switch (format) {
        case AnswerFormat::kStudy: return "study";
        case AnswerFormat::kLmEval: return "lm-eval";
        case AnswerFormat::kAlpacaEval: return "alpaca-eval";
        case AnswerFormat::kFastChat: return "fastchat";
        case AnswerFormat::kPlain: return "plain";
    }
    return {};
}

const std::string& name_of_question(const ForeignAnswer& answer) {
    if (!answer.id.empty()) {
        return answer.id;
    }
    return answer.document_hash.empty() ? answer.question : answer.document_hash;
}

tl::expected<ForeignAnswers, std::vector<Failure>> read_answers(const std::string& name,
                                                                std::string_view text) {
    return AnswerReader(name, text).read();
}

}  // namespace assay::exchange
