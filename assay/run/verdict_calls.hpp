#pragma once
// What was said of each question in each call: the pair of answers (sample), the judge, the order
// and the repeat.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "assay/report/report_model.hpp"
#include "assay/run/stored_run.hpp"
#include "assay/stats/question_variance.hpp"

namespace assay::run {

class VerdictCalls {
 public:
    /// Nothing where there is no value. A pair that two samples share is one call.
    void add(const std::string& question, const stats::Call& call, std::optional<int> value);

    /// Of each question; `repeats`: with what was asked again.
    [[nodiscard]] std::vector<std::vector<stats::CallVerdict>> by_question(bool repeats) const;
    /// Without repeats, of the questions with as many verdicts as any: with gaps the covariances of
    /// two judges would not be those.
    [[nodiscard]] std::vector<std::vector<stats::CallVerdict>> of_complete_questions() const;

 private:
    using Key = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t>;
    std::map<std::string, std::map<Key, int>> said_;
};

/// Of one judge on one variant.
[[nodiscard]] VerdictCalls calls_of_judge(const StoredRun& stored,
                                          const report::ReportComparison& comparison);
/// Of all judges on a variant, numbered in the model's order. A metric is no judge beside others:
/// it sees something else.
[[nodiscard]] VerdictCalls calls_of_judges(const StoredRun& stored,
                                           const report::ReportModel& model,
                                           const std::string& variant);

/// How much the verdicts of several judges have in common.
struct JudgesTogether {
    std::int64_t n_questions = 0;  ///< on which each judge gave all its verdicts
    double v = 0;                  ///< variance of a verdict
    double covariance = 0;         ///< of two judges' verdicts of one pair of answers
};
/// Nothing with one judge, and below kFewestForVariance questions.
[[nodiscard]] std::optional<JudgesTogether> judges_together(const StoredRun& stored,
                                                            const report::ReportModel& model,
                                                            const std::string& variant);

}  // namespace assay::run
