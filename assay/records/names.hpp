#pragma once
// The words of the enumerations, as they stand in files, JSON and reports; and back.

#include <optional>
#include <string>
#include <string_view>

#include "assay/records/analysis.hpp"
#include "assay/records/answer.hpp"
#include "assay/records/control.hpp"
#include "assay/records/outcome.hpp"
#include "assay/records/variant.hpp"
#include "assay/records/verdict.hpp"

namespace assay {

[[nodiscard]] std::string_view name_of(StopReason value);  ///< stop | length | failed
/// A | B | TIE | INVALID | ERROR | REFUSED
[[nodiscard]] std::string_view name_of(VerdictState value);
/// high | medium | low, and empty for none
[[nodiscard]] std::string_view name_of(Confidence value);
/// equivalent | non_inferior | degraded | inconclusive | not_measured
[[nodiscard]] std::string_view name_of(DecisionLabel value);
/// As it stands in a sentence: "non-inferior", "not measured".
[[nodiscard]] std::string_view words_of(DecisionLabel value);
/// As it stands in a sentence: "equivalent on these questions" where the decision is about exactly
/// these.
[[nodiscard]] std::string words_of(DecisionLabel value, bool on_these_questions);
[[nodiscard]] inline std::string words_of(const Decision& decision) {
    return words_of(decision.label, decision.on_these_questions);
}
/// win | tie | loss | invalid | error | refused | not_judged | no_answer_baseline
[[nodiscard]] std::string_view name_of(OutcomeKind value);
[[nodiscard]] std::string_view name_of(ControlKind value);  ///< identical | reformatted ...
[[nodiscard]] std::string_view name_of(Damage value);       ///< number | negation | exchange ...
[[nodiscard]] std::string_view name_of(Sight value);        ///< sees | does_not | too_few
[[nodiscard]] std::string_view name_of(Role value);         ///< baseline | variant

[[nodiscard]] std::optional<StopReason> stop_reason_of(std::string_view name);
[[nodiscard]] std::optional<VerdictState> verdict_state_of(std::string_view name);
/// The empty name is kNone.
[[nodiscard]] std::optional<Confidence> confidence_of(std::string_view name);
[[nodiscard]] std::optional<DecisionLabel> decision_label_of(std::string_view name);
[[nodiscard]] std::optional<ControlKind> control_kind_of(std::string_view name);
[[nodiscard]] std::optional<Damage> damage_of(std::string_view name);
[[nodiscard]] std::optional<OutcomeKind> outcome_kind_of(std::string_view name);

}  // namespace assay
