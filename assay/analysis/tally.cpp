#include "assay/analysis/tally.hpp"

#include <algorithm>

namespace assay::analysis {
namespace {

bool is_counted(const Outcome& outcome) {
    return outcome.kind == OutcomeKind::kWin || outcome.kind == OutcomeKind::kTie ||
           outcome.kind == OutcomeKind::kLoss;
}

template <class Row>
void add_to(Row& row, OutcomeKind kind) {
    if (kind == OutcomeKind::kWin) {
        ++row.wins;
    }
    if (kind == OutcomeKind::kLoss) {
        ++row.losses;
    }
    if (kind == OutcomeKind::kTie) {
        ++row.ties;
    }
}

}  // namespace

bool was_decided_by_a_judge(const Outcome& outcome) {
    return is_counted(outcome) && !outcome.identical && !outcome.no_answer_variant;
}

Counts tally(std::span<const Outcome> outcomes) {
    Counts counts;
    for (const Outcome& outcome : outcomes) {
        ++counts.n_items;
        add_to(counts, outcome.kind);
        switch (outcome.kind) {
            case OutcomeKind::kInvalid: ++counts.invalid; break;
            case OutcomeKind::kError: ++counts.errors; break;
            case OutcomeKind::kRefused: ++counts.refused; break;
            case OutcomeKind::kNotJudged: ++counts.not_judged; break;
            case OutcomeKind::kNoAnswerBaseline: ++counts.no_answer_baseline; break;
            default: break;
        }
        if (outcome.identical && outcome.kind == OutcomeKind::kTie) {
            ++counts.identical;
        }
        if (outcome.no_answer_variant && outcome.kind == OutcomeKind::kLoss) {
            ++counts.no_answer_variant;
        }
    }
    counts.n = counts.wins + counts.ties + counts.losses;
    return counts;
}

std::size_t place_of(Confidence level) {
    return static_cast<std::size_t>(
        std::find(kConfidenceLevels.begin(), kConfidenceLevels.end(), level) -
        kConfidenceLevels.begin());
}

std::vector<ConfidenceRow> confidence_of(std::span<const Outcome> outcomes) {
    std::array<ConfidenceRow, kConfidenceLevels.size()> rows;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i].level = kConfidenceLevels[i];
    }
    for (const Outcome& outcome : outcomes) {
        if (was_decided_by_a_judge(outcome)) {
            add_to(rows[place_of(outcome.confidence)], outcome.kind);
        }
    }
    std::vector<ConfidenceRow> out;
    for (const ConfidenceRow& row : rows) {
        if (row.wins + row.losses + row.ties > 0) {
            out.push_back(row);
        }
    }
    return out;
}

bool more_than_5_percent(std::int64_t part, std::int64_t whole) {
    return part * 20 > whole;
}

std::int64_t pairs_that_need_a_call(const Counts& counts) {
    return counts.n_items - counts.identical - counts.no_answer_variant - counts.no_answer_baseline;
}

}  // namespace assay::analysis
