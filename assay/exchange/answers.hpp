#pragma once
// Answers that were made elsewhere -> rows, and rows -> one for each question. What the formats
// look like is said in docs/formats.md, "Answers that exist already".

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/exchange/answer_format.hpp"
#include "assay/records/answer.hpp"
#include "assay/records/question.hpp"

namespace assay::exchange {

/// One answer of a file, and what the file tells of it.
struct ForeignAnswer {
    std::int64_t line = 0;      ///< from 1
    std::string id;             ///< of its question; empty: not told
    int sample = 0;             ///< which of the question's answers, from 0
    std::string document_hash;  ///< lm-eval's doc_hash; empty: not told
    std::string question;       ///< its question's text; empty: not told
    std::optional<std::vector<std::string>> contexts;
    std::string text;  ///< valid UTF-8; empty where it failed
    StopReason stop_reason = StopReason::kUnknown;
    std::string failure;  ///< a sentence, for kFailed
    int n_contexts_used = kContextsUnknown;
    bool contexts_cut = false;
};

/// What the row says of its question, the surest first: its id, its document's hash, its text.
[[nodiscard]] const std::string& name_of_question(const ForeignAnswer& answer);

struct ForeignAnswers {
    AnswerFormat format = AnswerFormat::kPlain;
    std::string generator;            ///< what made them; empty: not told
    std::vector<ForeignAnswer> rows;  ///< in the file's order; no two of one id and sample
    std::vector<std::string> notes;   ///< sentences: what was left out in reading
};

/// How the fields of a file of answers are called.
struct AnswerFields {
    std::map<std::string, std::string> fields;  ///< ours (answer, id, question, contexts,
                                                ///< generator)
                                                ///< -> the file's path
    std::set<std::string> not_answers;  ///< fields that the plan names as something else: the same
                                        ///< file is the dataset, and its expected answers are there
    int n_samples = 1;                  ///< answers to a question that are wanted; further ones are
                                        ///< left out, with a note
};

/// Reads a file that intake::read_rows takes, in whichever format it is; `name` is the file's, for
/// messages and its ending. An answer that is null is left out: its question has none. On failure
/// the errors with their places, by line: broken JSON, a row without an answer or with two fields
/// that may be one, a row that tells neither its question's id nor its text, two answers to one
/// question, answers of two generators, a format that changes.
/// Several samples of a question: the items of lm-eval's resps or of FastChat's choices, Inspect's
/// epochs, or several rows with a number `sample`.
[[nodiscard]] tl::expected<ForeignAnswers, std::vector<Failure>> read_answers(
    const std::string& name, std::string_view bytes, const AnswerFields& how = {});

struct JoinedAnswers {
    /// Of each question, in their order, the first sample, then of each the second, and so on;
    /// empty: there is none.
    std::vector<std::optional<ForeignAnswer>> answers;
    std::vector<std::string> notes;  ///< sentences: answers to no question, other passages
};

/// Finds each question's answer: by its id, else by its document's hash, else, of rows that tell no
/// id, by its text. Texts are compared without regard to white space. On failure the errors with
/// their places: questions without an answer (unless `allow_missing`), an answer that was given to
/// another text, no answer to any question.
[[nodiscard]] tl::expected<JoinedAnswers, std::vector<Failure>> join_answers(
    const ForeignAnswers& file,
    const std::string& name,
    std::span<const Question> questions,
    bool allow_missing,
    int n_samples = 1);

/// The key under which an answer of a file is stored: a hash of everything that is stored of it,
/// and of the question that it is an answer to; not of the file.
[[nodiscard]] std::string given_answer_key(const Question& question,
                                           const Answer& answer,
                                           std::size_t sample = 0);

/// Questions that two files answered for different documents, by their document hashes: a sentence
/// with the first of them; empty if there is none. Both are in the order of `questions`.
[[nodiscard]] std::string different_documents(const JoinedAnswers& a,
                                              const JoinedAnswers& b,
                                              std::span<const Question> questions);

}  // namespace assay::exchange
