#include "assay/records/names.hpp"

#include <array>
#include <utility>

namespace assay {
namespace {

template <class E, std::size_t N>
using Names = std::array<std::pair<E, std::string_view>, N>;

constexpr Names<StopReason, 4> kStopReasons{{{StopReason::kStop, "stop"},
                                             {StopReason::kLength, "length"},
                                             {StopReason::kFailed, "failed"},
                                             {StopReason::kUnknown, "unknown"}}};
constexpr Names<VerdictState, 6> kVerdictStates{{{VerdictState::kA, "A"},
                                                 {VerdictState::kB, "B"},
                                                 {VerdictState::kTie, "TIE"},
                                                 {VerdictState::kInvalid, "INVALID"},
                                                 {VerdictState::kError, "ERROR"},
                                                 {VerdictState::kRefused, "REFUSED"}}};
constexpr Names<Confidence, 4> kConfidences{{{Confidence::kHigh, "high"},
                                             {Confidence::kMedium, "medium"},
                                             {Confidence::kLow, "low"},
                                             {Confidence::kNone, ""}}};
constexpr Names<DecisionLabel, 5> kLabels{{{DecisionLabel::kEquivalent, "equivalent"},
                                           {DecisionLabel::kNonInferior, "non_inferior"},
                                           {DecisionLabel::kDegraded, "degraded"},
                                           {DecisionLabel::kInconclusive, "inconclusive"},
                                           {DecisionLabel::kNotMeasured, "not_measured"}}};
constexpr Names<OutcomeKind, 8> kOutcomes{{{OutcomeKind::kWin, "win"},
                                           {OutcomeKind::kTie, "tie"},
                                           {OutcomeKind::kLoss, "loss"},
                                           {OutcomeKind::kInvalid, "invalid"},
                                           {OutcomeKind::kError, "error"},
                                           {OutcomeKind::kRefused, "refused"},
                                           {OutcomeKind::kNotJudged, "not_judged"},
                                           {OutcomeKind::kNoAnswerBaseline, "no_answer_baseline"}}};
constexpr Names<ControlKind, 6> kControls{{{ControlKind::kIdentical, "identical"},
                                           {ControlKind::kReformatted, "reformatted"},
                                           {ControlKind::kSwapped, "swapped"},
                                           {ControlKind::kDamaged, "damaged"},
                                           {ControlKind::kPadded, "padded"},
                                           {ControlKind::kTruncated, "truncated"}}};
constexpr Names<Damage, 5> kDamageNames{{{Damage::kNumber, "number"},
                                         {Damage::kNegation, "negation"},
                                         {Damage::kExchange, "exchange"},
                                         {Damage::kSentence, "sentence"},
                                         {Damage::kHalf, "half"}}};
constexpr Names<Sight, 3> kSights{
    {{Sight::kSees, "sees"}, {Sight::kDoesNot, "does_not"}, {Sight::kTooFewSay, "too_few"}}};
constexpr Names<Role, 2> kRoles{{{Role::kBaseline, "baseline"}, {Role::kVariant, "variant"}}};

template <class E, std::size_t N>
std::string_view find_name(const Names<E, N>& names, E value) {
    for (const auto& [e, name] : names) {
        if (e == value) {
            return name;
        }
    }
    return {};
}

template <class E, std::size_t N>
std::optional<E> find_value(const Names<E, N>& names, std::string_view wanted) {
    for (const auto& [e, name] : names) {
        if (name == wanted) {
            return e;
        }
    }
    return std::nullopt;
}

}  // namespace

std::string_view name_of(StopReason value) {
    return find_name(kStopReasons, value);
}
std::string_view name_of(VerdictState value) {
    return find_name(kVerdictStates, value);
}
std::string_view name_of(Confidence value) {
    return find_name(kConfidences, value);
}
std::string_view name_of(DecisionLabel value) {
    return find_name(kLabels, value);
}
std::string_view words_of(DecisionLabel value) {
    switch (value) {
        case DecisionLabel::kNonInferior: return "non-inferior";
        case DecisionLabel::kNotMeasured: return "not measured";
        default: return name_of(value);
    }
}
std::string words_of(DecisionLabel value, bool on_these_questions) {
    std::string out(words_of(value));
    return on_these_questions && value != DecisionLabel::kNotMeasured ? out + " on these questions"
                                                                      : out;
}
std::string_view name_of(OutcomeKind value) {
    return find_name(kOutcomes, value);
}
std::string_view name_of(ControlKind value) {
    return find_name(kControls, value);
}
std::string_view name_of(Sight value) {
    return find_name(kSights, value);
}
std::string_view name_of(Damage value) {
    return find_name(kDamageNames, value);
}
std::string_view name_of(Role value) {
    return find_name(kRoles, value);
}

std::optional<StopReason> stop_reason_of(std::string_view name) {
    return find_value(kStopReasons, name);
}
std::optional<VerdictState> verdict_state_of(std::string_view name) {
    return find_value(kVerdictStates, name);
}
std::optional<Confidence> confidence_of(std::string_view name) {
    return find_value(kConfidences, name);
}
std::optional<DecisionLabel> decision_label_of(std::string_view name) {
    return find_value(kLabels, name);
}
std::optional<ControlKind> control_kind_of(std::string_view name) {
    return find_value(kControls, name);
}
std::optional<Damage> damage_of(std::string_view name) {
    return find_value(kDamageNames, name);
}
std::optional<OutcomeKind> outcome_kind_of(std::string_view name) {
    return find_value(kOutcomes, name);
}

}  // namespace assay
