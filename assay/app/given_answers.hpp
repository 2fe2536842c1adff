#pragma once
// Variants whose answers were made elsewhere.

#include <span>
#include <string>
#include <vector>

#include "assay/exchange/answers.hpp"
#include "assay/records/answer.hpp"
#include "assay/records/plan.hpp"
#include "assay/records/question.hpp"
#include "assay/records/variant.hpp"

namespace assay::app {

/// The answers of a file, one for each question or each sample of a question.
struct GivenAnswers {
    AnswersFile file;
    exchange::JoinedAnswers joined;
    std::vector<Answer> answers;    ///< in the order of exchange::JoinedAnswers; of kFailed where
                                    ///< there is none
    std::vector<std::string> keys;  ///< of these answers in the store: hash of question and answer,
                                    ///< not of the file
    std::vector<std::string> notes;  ///< sentences for the report
};

/// Reads the file of `source` and finds each question's answer in it; `dataset` is where the
/// questions come from. Throws Error kUsage with every error on a line of its own.
[[nodiscard]] GivenAnswers read_given_answers(const AnswersSource& source,
                                              std::span<const Question> questions,
                                              const DatasetSpec& dataset = {},
                                              int n_samples = 1);

}  // namespace assay::app
