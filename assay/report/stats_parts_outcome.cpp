#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "assay/base/result.hpp"
#include "assay/report/figure_text.hpp"
#include "assay/report/figures.hpp"
#include "assay/report/second_interval.hpp"
#include "assay/report/stats_figures.hpp"
#include "assay/report/stats_parts.hpp"

namespace assay::report {
namespace {

/// A rate among decisive verdicts. Wilson's interval takes them as independent, so with clusters it
/// is not shown.
void add_decisive(Facts& facts, std::string_view name, const Estimate& rate, bool clustered) {
    if (!rate.value) {
        facts.add(name, rate_with_interval(rate), "");
    } else if (clustered) {
        facts.add(name, percent(*rate.value), "no interval: the verdicts depend on each other");
    } else {
        facts.add(name, rate_with_interval(rate), method_of(rate));
    }
}

/// "4 losses as ties". The flip has a number.
std::string words_of_change(const LabelFlip& flip) {
    struct Change {
        std::string_view name;
        std::string_view one;
        std::string_view many;
    };
    static constexpr std::array<Change, 4> kChanges{
        {{"losses_to_ties", "loss as a tie", "losses as ties"},
         {"ties_to_wins", "tie as a win", "ties as wins"},
         {"wins_to_ties", "win as a tie", "wins as ties"},
         {"ties_to_losses", "tie as a loss", "ties as losses"}}};
    const auto* change = std::find_if(
        kChanges.begin(), kChanges.end(), [&](const Change& c) { return c.name == flip.change; });
    ASSAY_CHECK(change != kChanges.end());
    return fmt::format("{} {}", *flip.n, *flip.n == 1 ? change->one : change->many);
}

}  // namespace

Section counts_section(const ComparisonAnalysis& a) {
    const Counts& c = a.counts;
    const std::int64_t decisive = c.wins + c.losses;
    const std::int64_t failed = c.failed();
    Section out{"Counts, of the variant against the baseline"};
    Facts facts;
    facts.add("wins, losses, ties", counts_text(c.wins, c.losses, c.ties), "");
    facts.add("together",
              fmt::format("{}", c.n),
              c.n > 0 ? fmt::format("{} decisive ({})", decisive, percent_of(decisive, c.n)) : "");
    if (c.identical > 0) {
        facts.add("identical answers", fmt::format("{}", c.identical), "among the ties");
    }
    if (c.no_answer_variant > 0) {
        facts.add(
            "no answer of the variant", fmt::format("{}", c.no_answer_variant), "among the losses");
    }
    if (failed > 0) {
        facts.add("without a usable verdict",
                  fmt::format("{}", failed),
                  fmt::format("{} invalid, {} error, {} refused: never ties; {} of all",
                              c.invalid,
                              c.errors,
                              c.refused,
                              rate_with_interval(a.failure_rate)));
    }
    if (c.not_judged > 0) {
        facts.add("not judged", fmt::format("{}", c.not_judged), "");
    }
    if (c.no_answer_baseline > 0) {
        facts.add("an answer is missing", fmt::format("{}", c.no_answer_baseline), "left out");
    }
    out.add(std::move(facts));
    return out;
}

Section estimates_section(const ComparisonAnalysis& a) {
    Section out{"Estimates"};
    Facts facts;
    facts.add("net win rate, points",
              points_with_interval(a.net_win_rate),
              method_of(a.net_win_rate) + ": this decides");
    facts.add(
        "score, (wins + ties/2) / n", rate_with_interval(a.score), "the same interval as a share");
    add_decisive(facts, "win rate, decisive", a.win_rate_decisive, dependent(a));
    add_decisive(facts, "loss rate, decisive", a.loss_rate_decisive, dependent(a));
    if (a.graded_net_win_rate) {
        facts.add("graded net win rate, points",
                  points_with_interval(*a.graded_net_win_rate),
                  method_of(*a.graded_net_win_rate) + "; does not decide");
    }
    out.add(std::move(facts));
    return out;
}

Section decision_section(const ComparisonAnalysis& a) {
    Section out{say("Decision at a margin of {} points: {}{}",
                    digits_text(100 * a.decision.margin, 6),
                    decision_text(a.decision),
                    second_interval_text(a))};
    out.add(Paragraph{foreign(a.decision.why)});
    if (const std::string said = second_interval_sentence(a); !said.empty()) {
        out.add(Paragraph{foreign(said)});
    }
    const std::int64_t failed = a.counts.failed(), missing = a.counts.no_answer_baseline;
    if (failed + missing > 0 && a.worst_case.net_win_rate.value) {
        out.add(Paragraph{foreign(fmt::format(
            "Had all {} {} gone against the variant: net win rate {} points, {}; all for it: {} "
            "points, {}.",
            failed + missing,
            missing > 0 ? "results that are not known" : "failed verdicts",
            points_with_interval(a.worst_case.net_win_rate),
            decision_words(a.worst_case.decision),
            points_with_interval(a.best_case.net_win_rate),
            decision_words(a.best_case.decision)))});
    }
    return out;
}

std::optional<Section> outlook_section(const ComparisonAnalysis& a) {
    if (!a.companions) {
        return std::nullopt;
    }
    const Outlook& outlook = a.companions->outlook;
    Section out{"What would change it"};
    Facts facts;
    if (outlook.smallest_margin_equivalent && outlook.smallest_margin_noninferior) {
        facts.add("smallest margin",
                  distance_words(outlook.smallest_margin_equivalent),
                  fmt::format("from which on these are equivalent; {} for non-inferior",
                              distance_words(outlook.smallest_margin_noninferior)));
    }
    if (a.decision.n_more_ship) {
        facts.add("further questions to ship",
                  fmt::format("{}", *a.decision.n_more_ship),
                  "equivalent or non-inferior, if truly alike");
    }
    if (a.decision.n_more) {
        facts.add(
            "further questions",
            fmt::format("{}", *a.decision.n_more),
            outlook.n_more_if_observed
                ? fmt::format(
                      "for equivalence, if truly alike; {} if the observed difference is true",
                      *outlook.n_more_if_observed)
                : "for equivalence, if truly alike; out of reach if the observed difference is "
                  "true");
    }
    for (const LabelFlip& flip : outlook.flips) {
        if (!flip.n) {
            continue;
        }
        Decision then;
        then.label = *flip.label;
        then.beyond_margin = true;
        facts.add(words_of_change(flip), "would be " + decision_words(then), "");
    }
    if (facts.rows.empty()) {
        return std::nullopt;
    }
    out.add(std::move(facts));
    return out;
}

}  // namespace assay::report
