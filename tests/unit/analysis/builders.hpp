#pragma once
// Outcomes for tests.

#include <fmt/format.h>

#include <string>
#include <vector>

#include "assay/records/outcome.hpp"

namespace assay::analysis {

/// Outcomes of distinct questions, sides alternating.
class OutcomeList {
 public:
    OutcomeList& add(int count, OutcomeKind kind) {
        for (int i = 0; i < count; ++i) {
            Outcome outcome;
            outcome.question_id = fmt::format("q{:05}", outcomes.size());
            outcome.kind = kind;
            outcome.variant_is_a = outcomes.size() % 2 == 0;
            outcome.confidence = Confidence::kHigh;
            outcomes.push_back(outcome);
        }
        return *this;
    }
    OutcomeList& identical(int count) {
        add(count, OutcomeKind::kTie);
        for (std::size_t i = outcomes.size() - static_cast<std::size_t>(count); i < outcomes.size();
             ++i) {
            outcomes[i].identical = true;
            outcomes[i].confidence = Confidence::kNone;
        }
        return *this;
    }
    OutcomeList& no_answer_variant(int count) {
        add(count, OutcomeKind::kLoss);
        for (std::size_t i = outcomes.size() - static_cast<std::size_t>(count); i < outcomes.size();
             ++i) {
            outcomes[i].no_answer_variant = true;
        }
        return *this;
    }
    OutcomeList& wins(int count) { return add(count, OutcomeKind::kWin); }
    OutcomeList& losses(int count) { return add(count, OutcomeKind::kLoss); }
    OutcomeList& ties(int count) { return add(count, OutcomeKind::kTie); }

    std::vector<Outcome> outcomes;
};

/// Some of everything: 27 items, of which a judge decided nine.
inline std::vector<Outcome> one_of_each() {
    OutcomeList list;
    list.wins(3).losses(2).ties(4).identical(5).no_answer_variant(1);
    list.add(2, OutcomeKind::kInvalid).add(1, OutcomeKind::kError).add(3, OutcomeKind::kRefused);
    list.add(4, OutcomeKind::kNotJudged).add(2, OutcomeKind::kNoAnswerBaseline);
    return list.outcomes;
}

}  // namespace assay::analysis
