// Problem: answers that another tool made must meet the right questions. Judging an answer beside a
// question that it was not given to would look like a bad model.
//
// Model: a row says of its question an id, the hash of its document, or its text. The surest thing
// that it says is used: id, then hash, and the text only for rows that tell no id; texts are
// compared without regard to white space.
//
// Invariants: a row answers one question at most. A row that tells an id and a text must agree with
// the question in both. Nothing is dropped in silence: each question without an answer and each row
// without a question is an error or a note, and all errors are reported at once, by line.
//
// It ends after one pass over the rows of each sample, which fills the three maps, and one over the
// questions.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/exchange/answers.hpp"
#include "assay/exchange/json_rows.hpp"
#include "assay/records/names.hpp"

namespace assay::exchange {
namespace {

constexpr std::size_t kShownText = 60;
constexpr std::size_t kShownIds = 10;

/// White space collapsed: another wrapping is no other question.
std::string essence(std::string_view text) {
    std::string out;
    for (const char c : trim(text)) {
        const bool space = std::string_view(" \t\r\n\f\v").find(c) != std::string_view::npos;
        if (!space) {
            out += c;
        } else if (!out.ends_with(' ')) {
            out += ' ';
        }
    }
    return out;
}

/// "q1, q2 and 5 more".
std::string listed(const std::vector<std::string>& ids) {
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < std::min(ids.size(), kShownIds); ++i) {
        shown.push_back(shorten(ids[i], kShownText));
    }
    const std::string all = fmt::format("{}", fmt::join(shown, ", "));
    return ids.size() > kShownIds ? fmt::format("{} and {} more", all, ids.size() - kShownIds)
                                  : all;
}

class Join {
 public:
    Join(const ForeignAnswers& file, const std::string& name, std::span<const Question> questions)
        : file_(file), name_(name), questions_(questions), problems_(name) {}

    tl::expected<JoinedAnswers, std::vector<Failure>> run(bool allow_missing, int n_samples) {
        JoinedAnswers out;
        std::vector<std::string> missing;
        for (int sample = 0; sample < n_samples; ++sample) {
            find_rows_of(sample);
            const std::string which = sample > 0 ? fmt::format(" (sample {})", sample + 1) : "";
            for (const Question& question : questions_) {
                const auto at = row_of(question);
                if (!at) {
                    missing.push_back(question.id + which);
                    out.answers.emplace_back();
                    continue;
                }
                const ForeignAnswer& row = file_.rows[*at];
                check(question, row, *at);
                out.answers.emplace_back(row);
            }
        }
        if (taken_.empty()) {
            problems_.problem(
                0,
                fmt::format(
                    "none of its {} answers belongs to a question; the first is to \"{}\", and the "
                    "first question is \"{}\"",
                    file_.rows.size(),
                    file_.rows.empty() ? ""
                                       : shorten(name_of_question(file_.rows.front()), kShownText),
                    questions_.empty() ? "" : shorten(questions_.front().id, kShownText)),
                "Ids of answers and questions must be the same (dataset.fields names the field of "
                "the id).");
        } else if (!missing.empty() && !allow_missing) {
            problems_.problem(
                0,
                fmt::format("{} of {} {} have no answer: {}",
                            missing.size(),
                            out.answers.size(),
                            n_samples > 1 ? "samples of questions" : "questions",
                            listed(missing)),
                "Complete the file, leave the questions out (dataset.ids), or say allow-missing: "
                "true (--allow-missing): then they are left out, and of more than 5 % nothing is "
                "measured.");
        }
        if (problems_.n_problems() > 0) {
            return tl::unexpected(problems_.take_problems());
        }
        if (!missing.empty()) {
            out.notes.push_back(
                fmt::format("{} has no answer to {} of {} {}, which are left out: {}",
                            name_,
                            missing.size(),
                            out.answers.size(),
                            n_samples > 1 ? "samples of questions" : "questions",
                            listed(missing)));
        }
        say_what_is_left_over(out);
        if (n_other_contexts_ > 0) {
            out.notes.push_back(
                fmt::format("{} says of {} answers that they were given with other passages than "
                            "those of the questions",
                            name_,
                            n_other_contexts_));
        }
        return out;
    }

 private:
    void find_rows_of(int sample) {
        for (auto* rows : {&by_id_, &by_document_, &by_text_}) {
            rows->clear();
        }
        for (std::size_t i = 0; i < file_.rows.size(); ++i) {
            const ForeignAnswer& row = file_.rows[i];
            if (row.sample != sample) {
                continue;
            }
            if (!row.id.empty()) {
                by_id_.emplace(row.id, i);
            }
            if (!row.document_hash.empty()) {
                by_document_.emplace(row.document_hash, i);
            }
            if (row.id.empty() && !row.question.empty()) {
                by_text_.emplace(essence(row.question), i);
            }
        }
    }

    static std::optional<std::size_t> look_up(const std::map<std::string, std::size_t>& in,
                                              const std::string& key) {
        const auto found = in.find(key);
        return found == in.end() ? std::nullopt : std::optional(found->second);
    }

    [[nodiscard]] std::optional<std::size_t> row_of(const Question& question) const {
        if (const auto at = look_up(by_id_, question.id)) {
            return at;
        }
        if (const auto at = look_up(by_document_, question.id)) {
            return at;
        }
        return by_text_.empty() ? std::nullopt : look_up(by_text_, essence(question.text));
    }

    void check(const Question& question, const ForeignAnswer& row, std::size_t at) {
        if (!taken_.insert(at).second) {
            problems_.problem(row.line,
                              fmt::format("answers question {} and another one with the same text",
                                          shorten(question.id, kShownText)),
                              "Give questions and answers ids.");
        }
        if (!row.question.empty() && essence(row.question) != essence(question.text)) {
            problems_.problem(
                row.line,
                fmt::format("the answer to {} was given to another text: \"{}\" here, \"{}\" in {}",
                            shorten(question.id, kShownText),
                            shorten(row.question, kShownText),
                            shorten(question.text, kShownText),
                            question.place),
                "Are these answers to another dataset? If it is the same question in other words, "
                "leave its text out of the answers.");
        }
        n_other_contexts_ += row.contexts && *row.contexts != question.contexts;
    }

    void say_what_is_left_over(JoinedAnswers& out) const {
        std::vector<std::string> left_over;
        for (std::size_t i = 0; i < file_.rows.size(); ++i) {
            if (!taken_.contains(i)) {
                left_over.push_back(name_of_question(file_.rows[i]));
            }
        }
        if (!left_over.empty()) {
            out.notes.push_back(
                fmt::format("{} answers of {} belong to no question of this experiment: {}",
                            left_over.size(),
                            name_,
                            listed(left_over)));
        }
    }

    const ForeignAnswers& file_;
    const std::string& name_;
    const std::span<const Question> questions_;
    RowProblems problems_;
    std::map<std::string, std::size_t> by_id_, by_document_, by_text_;  ///< -> row of one sample
    std::set<std::size_t> taken_;
    std::int64_t n_other_contexts_ = 0;
};

}  // namespace

tl::expected<JoinedAnswers, std::vector<Failure>> join_answers(const ForeignAnswers& file,
                                                               const std::string& name,
                                                               std::span<const Question> questions,
                                                               bool allow_missing,
                                                               int n_samples) {
    return Join(file, name, questions).run(allow_missing, n_samples);
}

std::string different_documents(const JoinedAnswers& a,
                                const JoinedAnswers& b,
                                std::span<const Question> questions) {
    std::vector<std::string> different;
    for (std::size_t q = 0; q < questions.size(); ++q) {
        if (!a.answers[q] || !b.answers[q]) {
            continue;
        }
        const std::string &one = a.answers[q]->document_hash, &other = b.answers[q]->document_hash;
        if (!one.empty() && !other.empty() && one != other) {
            different.push_back(questions[q].id);
        }
    }
    return different.empty()
               ? std::string()
               : fmt::format("{} questions were answered for different documents (doc_hash): {}",
                             different.size(),
                             listed(different));
}

std::string given_answer_key(const Question& question, const Answer& answer, std::size_t sample) {
    std::vector<std::string> fields{
        "given answer 1",
        question.id,
        question.text,
        answer.text,
        std::string(assay::name_of(answer.stop_reason)),
        answer.failure,
        fmt::format("contexts {} cut {}", answer.n_contexts_used, answer.contexts_cut)};
    if (sample > 0) {  // the first one's key is that of before there were samples
        fields.push_back(fmt::format("sample {}", sample));
    }
    return sha256_of_fields(fields);
}

}  // namespace assay::exchange
