// Problem: which field of a row is what the model wrote? Files call it by twenty names, and the
// same names are used for the right answer. A wrong guess judges the right answers against
// themselves.
//
// Model: the fields that may be a model's text are in one table (intake/names.hpp). What the user
// names counts alone. Else the file must leave no doubt: over all its rows there is exactly one of
// those names, or several that say the same. Two in one row that differ are refused in one sentence
// that names both.

#include "assay/exchange/answer_field.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "assay/exchange/answer_format.hpp"

namespace assay::exchange {
namespace {

using intake::FieldsOf;
using intake::Meaning;
using intake::Row;
using intake::Tool;
using intake::Value;

/// Whether a value is there that may be an answer. `choices` are those of a multiple-choice
/// question unless they have turns or messages.
bool may_be_an_answer(const Value& row, std::string_view name) {
    const Value* value = find(row, name);
    if (value == nullptr || name != "choices") {
        return value != nullptr;
    }
    return value->kind == Value::Kind::kList &&
           (value->items.empty() || find(*value, "[0].turns") != nullptr ||
            find(*value, "[0].message") != nullptr);
}

class AnswerField {
 public:
    AnswerField(const intake::Rows& rows,
                intake::FieldFinder& fields,
                const std::set<std::string>& not_answers,
                intake::RowProblems& problems)
        : rows_(rows), fields_(fields), not_answers_(not_answers), problems_(problems) {}

    std::string choose() {
        answer_ = fields_.mapped(Meaning::kAnswer);
        if (!answer_.empty() || rows_.rows.empty()) {
            return std::move(answer_);
        }
        if (!rows_.answer_columns.empty()) {
            choose_column();
            return std::move(answer_);
        }
        const std::vector<std::string> there = names_that_are_there();
        if (there.empty()) {
            say_that_there_is_none();
            return std::move(answer_);
        }
        answer_ = there.front();
        check_that_no_other_is_there(there);
        return std::move(answer_);
    }

 private:
    void choose_column() {
        answer_ = rows_.answer_columns.front();
        if (rows_.answer_columns.size() > 1) {
            problems_.problem(1,
                              fmt::format("holds the answers of {} models: {}",
                                          rows_.answer_columns.size(),
                                          fmt::join(rows_.answer_columns, ", ")),
                              "Name the column with fields: {answer: COLUMN} beside the key "
                              "answers.");
        }
    }

    [[nodiscard]] std::vector<std::string_view> all_names() const {
        std::vector<std::string_view> out;
        for (const auto names : {intake::names_of(Meaning::kAnswer, rows_.tool),
                                 intake::further_names_of(Meaning::kAnswer, rows_.tool)}) {
            out.insert(out.end(), names.begin(), names.end());
        }
        return out;
    }

    /// In the order of the table; of a tool, whose names all mean the same, the first one alone.
    [[nodiscard]] std::vector<std::string> names_that_are_there() const {
        std::vector<std::string> out;
        for (const std::string_view name : all_names()) {
            if (not_answers_.contains(std::string(name)) ||
                std::none_of(rows_.rows.begin(), rows_.rows.end(), [&](const Row& row) {
                    return may_be_an_answer(row.fields, name);
                })) {
                continue;
            }
            out.emplace_back(name);
            if (rows_.tool != Tool::kAny) {
                break;
            }
        }
        return out;
    }

    /// A field that is null in every row is a file without answers, which is told as that.
    void say_that_there_is_none() {
        for (const std::string_view name : all_names()) {
            if (std::any_of(rows_.rows.begin(), rows_.rows.end(), [&](const Row& row) {
                    return row.fields.member(name) != nullptr;
                })) {
                answer_ = name;
                return;
            }
        }
        if (rows_.tool != Tool::kAny) {
            answer_ = all_names().front();  // nothing came back from the model, for any row
            return;
        }
        const Row& row = rows_.rows.front();
        problems_.problem(
            row.line,
            fmt::format("there is no answer: none of {}", fmt::join(all_names(), ", ")),
            fmt::format("The row has: {}. Name the field with {}.",
                        listed_names(row),
                        say_fields(FieldsOf::kAnswers, Meaning::kAnswer, "NAME")));
    }

    /// One sentence for the file: a row in which two fields may be what the model wrote.
    void check_that_no_other_is_there(const std::vector<std::string>& there) {
        for (const Row& row : rows_.rows) {
            std::string first;
            for (const std::string& name : there) {
                if (!may_be_an_answer(row.fields, name)) {
                    continue;
                }
                if (first.empty()) {
                    first = name;
                } else if (!say_the_same(*find(row.fields, first), *find(row.fields, name))) {
                    say_that_both_may_be(row, first, name);
                    return;
                }
            }
            if (!first.empty() && first != answer_) {
                problems_.problem(
                    row.line,
                    fmt::format("the answer is in {}, of another format than the rows before ({})",
                                first,
                                name_of(format_of_field(answer_, rows_.tool))),
                    "Split the file.");
                return;
            }
        }
    }

    void say_that_both_may_be(const Row& row, const std::string& a, const std::string& b) {
        const std::string& other = a == "answer" ? b : a;
        problems_.problem(
            row.line,
            fmt::format("\"{}\" and \"{}\" may both be what the model wrote, and one of them the "
                        "right answer",
                        a,
                        b),
            fmt::format("Say which one the model wrote, for example {}.",
                        say_fields(FieldsOf::kAnswers, Meaning::kAnswer, other)));
    }

    const intake::Rows& rows_;
    intake::FieldFinder& fields_;
    const std::set<std::string>& not_answers_;
    intake::RowProblems& problems_;
    std::string answer_;
};

}  // namespace

std::string choose_answer_field(const intake::Rows& rows,
                                intake::FieldFinder& fields,
                                const std::set<std::string>& not_answers,
                                intake::RowProblems& problems) {
    return AnswerField(rows, fields, not_answers, problems).choose();
}

}  // namespace assay::exchange
