#include "assay/analysis/companions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "assay/analysis/decide.hpp"
#include "assay/analysis/further_questions.hpp"
#include "assay/analysis/small_sample.hpp"
#include "assay/analysis/tally.hpp"
#include "assay/stats/bayes.hpp"
#include "assay/stats/equivalence.hpp"
#include "assay/stats/exact.hpp"

namespace assay::analysis {
namespace {

constexpr const char*
    kDependent = "it takes the verdicts as independent, and these depend on each other";

DecisiveTost decisive_tost_of(const Evidence& evidence, double margin) {
    const stats::BinomialTost tost = stats::tost_binomial_decisive(
        evidence.wins, evidence.losses, margin);
    DecisiveTost out{tost.p_lower, tost.p_upper, tost.p_tost, std::nullopt, ""};
    const double decisive = static_cast<double>(evidence.wins + evidence.losses);
    if (decisive > 0) {
        out.same_margin = margin * static_cast<double>(evidence.n()) / (2 * decisive);
    }
    if (evidence.dependent()) {
        out.why = kDependent;
    }
    return out;
}

ExactTost exact_tost_of(const Evidence& evidence, double margin) {
    ExactTost out;
    if (evidence.n() == 0) {
        out.why = evidence.why_not;
    } else if (evidence.dependent()) {
        out.why = kDependent;
    } else if (evidence.n() >= kExactTostBelow) {
        out.why = fmt::format(
            "given below {} comparisons; from there on the score test is close to it",
            kExactTostBelow);
    } else {
        // H0: net >= margin is H0: net <= -margin with wins and losses exchanged.
        out.p_lower = stats::exact_unconditional_noninferiority(
            evidence.wins, evidence.losses, evidence.n(), margin);
        out.p_upper = stats::exact_unconditional_noninferiority(
            evidence.losses, evidence.wins, evidence.n(), margin);
        out.p_tost = std::max(*out.p_lower, *out.p_upper);
    }
    return out;
}

void add_posteriors(Companions& out, const Evidence& evidence, double margin) {
    if (!evidence.why_not.empty()) {
        out.posteriors_why = evidence.why_not;
        return;
    }
    if (evidence.verdict_design_effect > 1) {
        out.posteriors_why = fmt::format("the counts are divided by the design effect {:.3g}",
                                         evidence.verdict_design_effect);
    }
    const stats::NetCounts counts = evidence.effective();
    for (const double prior : {1.0, 0.5}) {
        const auto net = stats::dirichlet_net({counts.wins + prior,
                                               counts.n - counts.wins - counts.losses + prior,
                                               counts.losses + prior},
                                              margin);
        out.posteriors.push_back({prior,
                                  net->p_equivalent,
                                  net->p_noninferior,
                                  net->p_better,
                                  net->mean,
                                  net->low95,
                                  net->high95});
    }
}

using VerdictsOfOneKind = std::int32_t QuestionVerdicts::*;

/// The evidence if k verdicts were something else: those of the questions that have most of them,
/// one question after the other.
Evidence moved(const Evidence& evidence,
               std::int64_t k,
               VerdictsOfOneKind from,
               VerdictsOfOneKind to) {
    std::vector<QuestionKind> kinds = evidence.kinds, out;
    std::stable_sort(kinds.begin(), kinds.end(), [&](const auto& a, const auto& b) {
        return a.verdicts.*from > b.verdicts.*from;
    });
    const auto add = [&](QuestionKind kind, std::int32_t n_moved, std::int64_t times) {
        kind.verdicts.move(n_moved, from, to);
        kind.times = times;
        if (times > 0) {
            out.push_back(kind);
        }
    };
    for (const QuestionKind& kind : kinds) {
        const std::int32_t each = kind.verdicts.*from;
        if (each == 0 || k == 0) {
            out.push_back(kind);
            continue;
        }
        const std::int64_t whole = std::min(kind.times, k / each);
        k -= whole * each;
        add(kind, each, whole);
        const bool one_in_part = k > 0 && whole < kind.times;
        if (one_in_part) {
            add(kind, static_cast<std::int32_t>(k), 1);
            k = 0;
        }
        add(kind, 0, kind.times - whole - (one_in_part ? 1 : 0));
    }
    return with_kinds(evidence, std::move(out));
}

/// What a label rests on: the usable verdicts or, where too many failed, these and those with the
/// failed ones as losses and as wins.
class DecidingEvidence {
 public:
    DecidingEvidence(std::vector<Evidence> evidences, const AnalysisSettings& settings)
        : evidences_(std::move(evidences)), settings_(settings) {
        for (const Evidence& evidence : evidences_) {
            const auto n_exact = exact_test_size(evidence);
            exact_.push_back(n_exact ? std::make_unique<ExactTests>(*n_exact, settings.margin)
                                     : nullptr);
        }
    }

    [[nodiscard]] const Evidence& usable() const { return evidences_.front(); }
    [[nodiscard]] const std::vector<Evidence>& all() const { return evidences_; }

    /// Of a small sample the interval alone does not decide.
    [[nodiscard]] bool interval_decides() const {
        return std::all_of(
            exact_.begin(), exact_.end(), [](const auto& exact) { return exact == nullptr; });
    }

    /// The label if k usable verdicts were something else. Dependent comparisons keep their design
    /// effect.
    [[nodiscard]] DecisionLabel label_after(std::int64_t k,
                                            VerdictsOfOneKind from,
                                            VerdictsOfOneKind to) const {
        std::vector<DecisionLabel> labels;
        for (std::size_t i = 0; i < evidences_.size(); ++i) {
            labels.push_back(label_of_one(moved(evidences_[i], k, from, to), exact_[i].get()));
        }
        return labels.size() == 1 ? labels[0]
                                  : label_whatever_failed(labels[0], labels[1], labels[2]);
    }

 private:
    [[nodiscard]] DecisionLabel label_of_one(const Evidence& evidence,
                                             const ExactTests* exact) const {
        const auto interval = stats::deciding_interval(evidence.questions, settings_.alpha);
        const DecisionLabel label = label_of(
            stats::region_of(interval->low, interval->high, settings_.margin));
        return label_with(exact != nullptr ? std::optional(exact->of(evidence)) : std::nullopt,
                          label,
                          settings_.alpha);
    }

    std::vector<Evidence> evidences_;
    const AnalysisSettings& settings_;
    std::vector<std::unique_ptr<ExactTests>> exact_;  ///< made once for all moves; null: not needed
};

/// Moving verdicts one way moves all limits one way, and a label that was left does not come back:
/// bisection finds the first change.
LabelFlip flip_of(const DecidingEvidence& evidence,
                  VerdictsOfOneKind from,
                  VerdictsOfOneKind to,
                  const char* change) {
    const auto after = [&](std::int64_t k) { return evidence.label_after(k, from, to); };
    const DecisionLabel now = after(0);
    LabelFlip out;
    out.change = change;
    std::int64_t same = 0, other = evidence.usable().count_of(from);
    if (after(other) == now) {
        return out;
    }
    while (other - same > 1) {
        const std::int64_t middle = same + (other - same) / 2;
        (after(middle) == now ? same : other) = middle;
    }
    out.n = other;
    out.label = after(other);
    return out;
}

/// The smallest margins at which a claim would hold, whatever failed verdicts would have said.
void add_smallest_margins(Outlook& out,
                          const DecidingEvidence& evidence,
                          const AnalysisSettings& settings) {
    double low = 0, high = 0;
    for (const Evidence& each : evidence.all()) {
        const auto interval = stats::deciding_interval(each.questions, settings.alpha);
        low = std::min(low, interval->low);
        high = std::max(high, std::abs(interval->high));
    }
    out.smallest_margin_equivalent = std::max(-low, high);
    out.smallest_margin_noninferior = -low;
}

Outlook outlook_of(const DecidingEvidence& evidence,
                   DecisionLabel decided,
                   const AnalysisSettings& settings) {
    Outlook out;
    if (!evidence.usable().why_not.empty()) {
        return out;
    }
    if (evidence.interval_decides()) {
        add_smallest_margins(out, evidence, settings);
    }
    const double observed = stats::mean_of(evidence.usable().questions.values);
    out.n_more_if_observed = further_questions_if(evidence.usable(), settings, observed);
    if (decided == DecisionLabel::kNotMeasured) {
        return out;
    }
    out.flips = {
        flip_of(evidence, &QuestionVerdicts::losses, &QuestionVerdicts::ties, "losses_to_ties"),
        flip_of(evidence, &QuestionVerdicts::ties, &QuestionVerdicts::wins, "ties_to_wins"),
        flip_of(evidence, &QuestionVerdicts::wins, &QuestionVerdicts::ties, "wins_to_ties"),
        flip_of(evidence, &QuestionVerdicts::ties, &QuestionVerdicts::losses, "ties_to_losses")};
    return out;
}

Companions companions_of(const DecidingEvidence& deciding,
                         const ComparisonAnalysis& analysis,
                         const AnalysisSettings& settings) {
    const Evidence& evidence = deciding.usable();
    Companions out;
    out.decisive_tost = decisive_tost_of(evidence, settings.margin);
    out.exact_tost = exact_tost_of(evidence, settings.margin);
    if (settings.on_these_questions()) {
        // The others are about questions like these.
        out.posteriors_why = "the decision is about exactly these questions";
        if (analysis.net_win_rate.low && analysis.net_win_rate.high) {
            out.outlook.smallest_margin_equivalent = analysis.tost.smallest_margin;
            out.outlook.smallest_margin_noninferior = std::max(0.0, -*analysis.net_win_rate.low);
        }
        return out;
    }
    add_posteriors(out, evidence, settings.margin);
    out.outlook = outlook_of(deciding, analysis.decision.label, settings);
    return out;
}

}  // namespace

void add_companions(ComparisonAnalysis& analysis,
                    std::span<const Outcome> outcomes,
                    const Dependence& dependence,
                    const AnalysisSettings& planned) {
    AnalysisSettings settings = planned;
    if (analysis.stopping && analysis.stopping->of_samples) {
        settings.alpha *= analysis.stopping->alpha_share;
    }
    std::vector<Evidence> evidences{evidence_of(outcomes, dependence, Failed::kLeftOut)};
    if (too_many_unknown(analysis.counts)) {
        evidences.push_back(evidence_of(outcomes, dependence, Failed::kLosses));
        evidences.push_back(evidence_of(outcomes, dependence, Failed::kWins));
    }
    analysis.companions = companions_of(
        DecidingEvidence(std::move(evidences), settings), analysis, settings);
}

void add_companions(ComparisonAnalysis& analysis, const AnalysisSettings& settings) {
    const Counts& counts = analysis.counts;
    analysis.companions = companions_of(
        DecidingEvidence({evidence_of_counts(counts.wins, counts.losses, counts.ties)}, settings),
        analysis,
        settings);
}

}  // namespace assay::analysis
