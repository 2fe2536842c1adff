#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/failure_modes/compare.hpp"
#include "assay/failure_modes/copying.hpp"
#include "assay/failure_modes/modes.hpp"
#include "assay/records/analysis.hpp"
#include "assay/records/answer.hpp"
#include "assay/records/plan.hpp"
#include "assay/records/question.hpp"

namespace assay::run {

/// A row of a report.
[[nodiscard]] FailureModeRow row_of(std::string_view mode,
                                    const failure_modes::FlagComparison& comparison);

/// Counts the failure modes of variants beside the baseline's answers to the same questions. The
/// questions must live as long.
class FailureModeCounter {
 public:
    /// `settings`: the instructions that the answers were asked with. `baseline`: its answers in
    /// the order of the questions, empty where there is none.
    FailureModeCounter(std::span<const Question> questions,
                       const GenerationSettings& settings,
                       std::span<const std::optional<Answer>> baseline);
    /// A row a mode, over the questions that both have an answer to, failed ones included; no rows
    /// without any.
    [[nodiscard]] std::vector<FailureModeRow> count(
        std::span<const std::optional<Answer>> variant) const;

    /// Of an answer to the question at this place.
    [[nodiscard]] failure_modes::Flags flags_of(std::size_t question, const Answer& answer) const;

 private:
    /// Of all answers, in the order of the questions; empty where there is none.
    [[nodiscard]] std::vector<std::optional<failure_modes::Flags>> flags_of(
        std::span<const std::optional<Answer>> answers) const;

    std::span<const Question> questions_;
    failure_modes::ContextWords words_;
    std::vector<std::string> instructions_;
    std::vector<std::optional<failure_modes::Flags>> baseline_;
};

}  // namespace assay::run
