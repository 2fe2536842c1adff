#include "assay/pairing/unblind.hpp"

#include <string>

#include "assay/base/result.hpp"
#include "assay/base/text.hpp"
#include "assay/pairing/draw.hpp"

namespace assay::pairing {

BlindedPair blinded_pair(std::string_view item_id,
                         const Question& question,
                         const Answer& answer_a,
                         const Answer& answer_b) {
    BlindedPair pair;
    pair.item_id = item_id;
    pair.question = to_valid_utf8(question.text);
    if (question.expected) {
        pair.expected = to_valid_utf8(*question.expected);
    }
    for (const std::string& alternative : question.alternatives) {
        pair.alternatives.push_back(to_valid_utf8(alternative));
    }
    for (const std::string& context : question.contexts) {
        pair.contexts.push_back(to_valid_utf8(context));
    }
    pair.answer_a = to_valid_utf8(answer_a.text);
    pair.answer_b = to_valid_utf8(answer_b.text);
    return pair;
}

BlindedPair blind(const Question& question,
                  const Comparison& comparison,
                  const Answer& baseline,
                  const Answer& variant) {
    ASSAY_CHECK(question.id == comparison.question_id);
    return blinded_pair(comparison.id,
                        question,
                        comparison.variant_is_a ? variant : baseline,
                        comparison.variant_is_a ? baseline : variant);
}

bool neither_answers(const Comparison& comparison) {
    static const std::string kBothEmpty = answers_sha256("", "");
    return comparison.identical && comparison.answers_sha256 == kBothEmpty;
}

Outcome make_outcome(const Question& question,
                     const Comparison& comparison,
                     const std::optional<Verdict>& verdict) {
    ASSAY_CHECK(question.id == comparison.question_id);
    Outcome outcome;
    outcome.question_id = question.id;
    outcome.cluster = question.cluster;
    outcome.variant_is_a = comparison.variant_is_a;
    if (comparison.variant_failed) {
        outcome.kind = OutcomeKind::kLoss;
        outcome.no_answer_variant = true;
    } else if (neither_answers(comparison)) {
        outcome.kind = OutcomeKind::kNoAnswerBaseline;
    } else if (comparison.identical) {
        outcome.kind = OutcomeKind::kTie;
        outcome.identical = true;
    } else if (verdict) {
        outcome.kind = outcome_of(verdict->state, comparison.variant_is_a);
        outcome.confidence = verdict->confidence;
        outcome.reasoning = verdict->reasoning;
    }
    return outcome;
}

}  // namespace assay::pairing
