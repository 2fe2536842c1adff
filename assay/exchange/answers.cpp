// A file of answers, row by row.
//
// Invariant: every answer of a file is of the same field, of one generator, and of another question
// than the others. It ends after two passes over the rows: which names are there, and their texts.

#include "assay/exchange/answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "assay/base/text.hpp"
#include "assay/base/unicode_text.hpp"
#include "assay/exchange/answer_field.hpp"
#include "assay/exchange/outcome_words.hpp"
#include "assay/intake/fields.hpp"
#include "assay/records/names.hpp"

namespace assay::exchange {
namespace {

using intake::FieldsOf;
using intake::Meaning;
using intake::Row;
using intake::Tool;
using intake::Value;

constexpr std::size_t kShown = 60;

int count_of(const Value* value) {
    int count = kContextsUnknown;
    if (value == nullptr || value->kind != Value::Kind::kNumber) {
        return count;
    }
    const std::string& text = value->text;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    return error == std::errc() && end == text.data() + text.size() && count >= 0
               ? count
               : kContextsUnknown;
}

class AnswerReader {
 public:
    AnswerReader(const std::string& name, std::string_view bytes, const AnswerFields& how)
        : how_(how),
          problems_(name),
          rows_(intake::read_rows(bytes, problems_)),
          fields_(FieldsOf::kAnswers, how.fields, rows_, problems_) {}

    tl::expected<ForeignAnswers, std::vector<Failure>> read() {
        answer_ = choose_answer_field(rows_, fields_, how_.not_answers, problems_);
        if (how_.n_samples > 1) {
            find_first_sample();
        }
        if (!answer_.empty() && problems_.n_problems() == 0) {
            for (const Row& row : rows_.rows) {
                const std::size_t n_before = problems_.n_problems();
                read_row(row);
                problems_.count_row(problems_.n_problems() == n_before);
            }
        }
        if (problems_.n_problems() == 0 && rows_.rows.empty()) {
            problems_.problem(0, "holds no answer");
        }
        if (problems_.n_problems() == 0) {
            fields_.check_mapped();
        }
        if (problems_.n_problems() > 0) {
            return tl::unexpected(problems_.take_problems());
        }
        if (n_null_ > 0) {
            out_.notes.push_back(
                fmt::format("{} answers are null: there is none to their questions", n_null_));
        }
        if (n_more_samples_ > 0) {
            out_.notes.push_back(
                fmt::format("{} answers are further samples than the {} that are "
                            "wanted: they are left out",
                            n_more_samples_,
                            how_.n_samples));
        }
        if (n_further_ > 0) {
            out_.notes.push_back(fmt::format(
                "{} rows hold several answers or turns: the first one was taken", n_further_));
        }
        return std::move(out_);
    }

 private:
    void read_row(const Row& row) {
        ForeignAnswer answer;
        answer.line = row.line;
        answer.id = id_of(row, Meaning::kId);
        answer.document_hash = id_of(row, Meaning::kDocumentHash);
        answer.question = question_of(row);
        answer.contexts = contexts_of(row);
        answer.n_contexts_used = count_of(row.fields.member("n_contexts_used"));
        const Value* cut = row.fields.member("contexts_cut");
        answer.contexts_cut = cut != nullptr && cut->text == "true";
        read_ending(row, answer);
        answer.sample = sample_of(row);
        const Value* value = find(row.fields, answer_);
        const std::vector<const Value*> values = value == nullptr
                                                     ? std::vector<const Value*>{nullptr}
                                                     : samples_in(*value);
        for (const Value* each : values) {
            ForeignAnswer sample = answer;
            const std::size_t n_before = problems_.n_problems();
            if (each != nullptr) {
                sample.text = text_of_answer(row, *each);
            }
            if (problems_.n_problems() == n_before) {
                // An empty cell is the empty answer: CSV has no null.
                add(row, std::move(sample), each == nullptr && !rows_.is_csv);
            }
            ++answer.sample;
        }
    }

    /// The number that a row gives its sample; nothing: none.
    std::optional<int> told_sample(const Row& row) {
        const char* const name = rows_.tool == Tool::kInspect ? "epoch" : "sample";
        const Value* value = row.fields.member(name);
        if (value == nullptr) {
            return std::nullopt;
        }
        double number = -1;
        const std::string& text = value->text;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        const bool whole = error == std::errc() && end == text.data() + text.size() &&
                           number >= 0 && number <= kMostSampleNumber &&
                           number == std::floor(number);
        if (!whole) {
            problems_.problem(row.line,
                              fmt::format("{}: \"{}\" is no whole number from 0 to {}",
                                          name,
                                          shorten(text, kShown),
                                          kMostSampleNumber));
            return std::nullopt;
        }
        return static_cast<int>(number);
    }

    /// Files count from 0 or from 1, in any order.
    void find_first_sample() {
        for (const Row& row : rows_.rows) {
            if (const auto number = told_sample(row)) {
                first_sample_ = std::min(first_sample_.value_or(*number), *number);
            }
        }
    }

    [[nodiscard]] int sample_of(const Row& row) {
        const auto number = how_.n_samples > 1 ? told_sample(row) : std::nullopt;
        return number ? *number - *first_sample_ : 0;
    }

    /// The answers in a list of several, as many as are wanted; or the value itself, of which the
    /// first is taken.
    [[nodiscard]] std::vector<const Value*> samples_in(const Value& value) {
        if (how_.n_samples == 1 || value.kind != Value::Kind::kList || value.items.empty() ||
            content_of(value)) {
            return {&value};
        }
        const Value* list = &value;
        if (value.items.size() == 1 && value.items.front().kind == Value::Kind::kList) {
            list = &value.items.front();
        }
        std::vector<const Value*> out;
        for (const Value& item : list->items) {
            out.push_back(item.kind == Value::Kind::kNull ? nullptr : &item);
        }
        return out.empty() ? std::vector<const Value*>{&value} : out;
    }

    std::string id_of(const Row& row, Meaning meaning) {
        const auto found = fields_.find(row, meaning);
        if (!found) {
            return {};
        }
        const auto text = intake::text_of(*found->value);
        if (!text) {
            problems_.problem(row.line,
                              fmt::format("{}: is {}; text or a number is expected",
                                          found->name,
                                          kind_of(*found->value)));
            return {};
        }
        return std::string(trim_unicode(*text));
    }

    std::string question_of(const Row& row) {
        const auto found = fields_.find(row, Meaning::kQuestion);
        if (!found) {
            return {};
        }
        std::string text = intake::question_of(*found->value).value_or("");
        if (const Value* input = fields_.input_of(row, *found)) {
            text += "\n\n" + input->text;
        }
        return text;
    }

    std::optional<std::vector<std::string>> contexts_of(const Row& row) {
        const auto found = fields_.find(row, Meaning::kContexts);
        auto contexts = found && found->value->kind == Value::Kind::kList
                            ? passages_of(*found->value, {})
                            : tl::unexpected(std::string());
        return contexts ? std::optional(std::move(*contexts)) : std::nullopt;
    }

    void read_ending(const Row& row, ForeignAnswer& answer) {
        const auto text_of = [&](Meaning meaning) {
            const auto found = fields_.find(row, meaning);
            return found ? intake::text_of(*found->value).value_or("") : std::string();
        };
        const std::string reason = text_of(Meaning::kStopReason);
        answer.stop_reason = stop_reason_of(reason).value_or(StopReason::kUnknown);
        if (rows_.tool == Tool::kInspect && (reason == "max_tokens" || reason == "model_length")) {
            answer.stop_reason = StopReason::kLength;
        }
        answer.failure = text_of(Meaning::kFailure);
        if (rows_.tool != Tool::kAny && !answer.failure.empty() &&
            find(row.fields, answer_) == nullptr) {
            answer.stop_reason = StopReason::kFailed;
        }
    }

    /// A scalar, the first item of a list (of lm-eval's list of lists), the first turn of
    /// FastChat's choices, the content of a message.
    std::string text_of_answer(const Row& row, const Value& value) {
        const Value* first = &value;
        bool is_first_of_several = false;
        for (int depth = 0; depth < 2 && first->kind == Value::Kind::kList; ++depth) {
            if (first->items.empty()) {
                break;
            }
            is_first_of_several = is_first_of_several || first->items.size() > 1;
            first = &first->items.front();
        }
        if (const Value* turns = first->member("turns")) {
            is_first_of_several = is_first_of_several || turns->items.size() > 1;
            first = turns->items.empty() ? turns : &turns->items.front();
        } else if (const Value* message = first->member("message")) {
            first = message;
        }
        if (const Value* content = first->member("content")) {
            first = content;
        }
        // Parts of one content are joined, and are not several answers.
        const auto joined = content_of(value);
        const auto text = joined ? joined : content_of(*first);
        const bool only_scored = answer_ == "resps" && first->kind != Value::Kind::kText;
        if (!text || only_scored) {
            problems_.problem(row.line,
                              fmt::format("{} holds no text{}", answer_, hint()),
                              value.kind == Value::Kind::kObject
                                  ? "Name a field in it, as in fields: {answer: response.text}."
                                  : "");
            return {};
        }
        n_further_ += !joined && is_first_of_several;
        return *text;
    }

    [[nodiscard]] std::string_view hint() const {
        if (answer_ == "resps") {
            return ": answers that were only scored (multiple choice) cannot be judged";
        }
        return answer_ == "choices" ? ": choices[0].turns[0] is expected" : "";
    }

    void add(const Row& row, ForeignAnswer answer, bool is_null) {
        if (answer.id.empty() && answer.document_hash.empty() && trim(answer.question).empty()) {
            return problems_.problem(
                row.line,
                "tells neither the id nor the text of its question",
                fmt::format("Name its question's id `id`, or say where it is with {}.",
                            say_fields(FieldsOf::kAnswers, Meaning::kId, "NAME")));
        }
        if (!is_of_one_generator(row)) {
            return;
        }
        if (is_null && answer.stop_reason != StopReason::kFailed) {
            ++n_null_;
            return;
        }
        if (answer.stop_reason == StopReason::kFailed) {
            answer.text.clear();
            if (answer.failure.empty()) {
                answer.failure = "the file says that it failed";
            }
        }
        if (answer.sample >= how_.n_samples) {
            ++n_more_samples_;
        } else if (!is_repeated(row, answer)) {
            out_.rows.push_back(std::move(answer));
        }
    }

    bool is_of_one_generator(const Row& row) {
        const auto found = fields_.find(row, Meaning::kGenerator);
        const std::string generator = found ? intake::text_of(*found->value).value_or("") : "";
        if (n_rows_++ == 0) {
            out_.format = format_of_field(answer_, rows_.tool);
            if (!rows_.answer_columns.empty()) {
                out_.format = AnswerFormat::kPromptfoo;
            }
            out_.generator = generator;
            generator_line_ = row.line;
        }
        // What failed may not say who should have written it.
        if (generator == out_.generator || (generator.empty() && rows_.tool != Tool::kAny)) {
            return true;
        }
        problems_.problem(row.line,
                          fmt::format("the generator is \"{}\", and in line {} it is \"{}\": "
                                      "these are answers of two models",
                                      shorten(generator, kShown),
                                      generator_line_,
                                      shorten(out_.generator, kShown)),
                          "Split the file.");
        return false;
    }

    /// Reports a second answer to a question. lm-eval writes a row for each filter of an answer,
    /// which is the same one; Inspect one for each epoch, of which the first is taken.
    bool is_repeated(const Row& row, const ForeignAnswer& answer) {
        const Value* mark = find(row.fields, rows_.tool == Tool::kInspect ? "epoch" : "filter");
        const std::string filter = mark == nullptr ? "" : mark->text;
        const std::string& whose = name_of_question(answer);
        const auto [found, is_new] = seen_.emplace(std::pair(whose, answer.sample),
                                                   Seen{out_.rows.size(), filter});
        if (is_new) {
            return false;
        }
        const ForeignAnswer& first = out_.rows[found->second.index];
        const bool is_marked = !filter.empty() && filter != found->second.filter;
        if (is_marked && (rows_.tool == Tool::kInspect || first.text == answer.text)) {
            n_further_ += rows_.tool == Tool::kInspect;
            return true;
        }
        problems_.problem(
            answer.line,
            fmt::format("a second answer to \"{}\"; the first stands in line {}",
                        shorten(whose, kShown),
                        first.line),
            how_.n_samples == 1
                ? "A question has one answer; several are samples (generation.samples), "
                  "each with its number in `sample`."
                : "Number the samples of a question in `sample`.");
        return true;
    }

    struct Seen {
        std::size_t index = 0;
        std::string filter;
    };

    const AnswerFields& how_;
    intake::RowProblems problems_;
    const intake::Rows rows_;
    intake::FieldFinder fields_;
    std::string answer_;  ///< path of the answer in every row; empty: there is none
    ForeignAnswers out_;
    std::map<std::pair<std::string, int>, Seen> seen_;  ///< by question and sample
    std::optional<int> first_sample_;                   ///< the smallest number that a row gives
    std::int64_t n_more_samples_ = 0;
    std::int64_t n_rows_ = 0;
    std::int64_t generator_line_ = 0;
    std::int64_t n_null_ = 0;
    std::int64_t n_further_ = 0;
};

}  // namespace

const std::string& name_of_question(const ForeignAnswer& answer) {
    if (!answer.id.empty()) {
        return answer.id;
    }
    return answer.document_hash.empty() ? answer.question : answer.document_hash;
}

tl::expected<ForeignAnswers, std::vector<Failure>> read_answers(const std::string& name,
                                                                std::string_view bytes,
                                                                const AnswerFields& how) {
    return AnswerReader(name, bytes, how).read();
}

}  // namespace assay::exchange
