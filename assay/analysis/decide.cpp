#include "assay/analysis/decide.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "assay/analysis/decision_reason.hpp"
#include "assay/analysis/further_questions.hpp"
#include "assay/analysis/phrases.hpp"
#include "assay/analysis/small_sample.hpp"
#include "assay/analysis/tally.hpp"
#include "assay/records/names.hpp"
#include "assay/stats/equivalence.hpp"

namespace assay::analysis {
namespace {

std::string share(std::int64_t part, std::int64_t whole) {
    return fmt::format("{:.1f} %", 100 * static_cast<double>(part) / static_cast<double>(whole));
}

/// Why nothing is decided on so few.
std::string too_few(const Evidence& evidence) {
    return fmt::format(
        "only {} with a verdict, and below {} nothing is decided: chance alone gives so few any "
        "result",
        units_text(evidence),
        kFewestUnits);
}

std::string p_words(double p) {
    return p < 1e-4 ? "p < 0.0001" : fmt::format("p = {:.3g}", p);
}

/// The exact test does not agree with the interval's label.
Decision not_agreed(const Decision& by_interval,
                    const Evidence& evidence,
                    const SmallSample& sample,
                    const AnalysisSettings& settings) {
    Decision out;
    out.margin = by_interval.margin;
    out.alpha = by_interval.alpha;
    out.label = DecisionLabel::kInconclusive;
    const double units = static_cast<double>(sample.n_units);
    const double questions_of_unit = static_cast<double>(evidence.n_questions) / units;
    const std::int64_t alone_from = interval_alone_from(evidence.dependent());
    const auto to_interval_alone = static_cast<std::int64_t>(
        std::ceil(static_cast<double>(alone_from - sample.n_units) * questions_of_unit - 1e-9));
    set_further_questions(out, evidence, settings);
    for (std::optional<std::int64_t>* more : {&out.n_more, &out.n_more_ship}) {
        if (*more) {
            *more = std::max(**more, to_interval_alone);
        }
    }
    out.why = fmt::format(
        "the interval alone would say {}, but of only {} it is too narrow too often, so below {} "
        "the exact unconditional test must agree, and it gives {}, not below {:g}",
        words_of(by_interval.label),
        units_text(evidence),
        alone_from,
        p_words(p_of_label(sample, by_interval.label)),
        settings.alpha);
    if (out.n_more) {
        out.why += fmt::format("; about {} would do if the two are truly alike",
                               count_of(*out.n_more, "more question"));
    }
    return out;
}

/// What the exact test leaves of a decision by the interval.
Decision with_exact_test(Decision decision,
                         const Evidence& evidence,
                         const SmallSample& sample,
                         const AnalysisSettings& settings) {
    if (label_with(sample, decision.label, settings.alpha) != decision.label) {
        return not_agreed(decision, evidence, sample, settings);
    }
    if (decision.label != DecisionLabel::kInconclusive) {
        decision.why += fmt::format(
            "; with only {} the exact unconditional test is asked, too, and agrees ({})",
            units_text(evidence),
            p_words(p_of_label(sample, decision.label)));
    }
    return decision;
}

/// How many results are not known, and what follows.
std::string beginning_of_unknown(const Counts& counts) {
    if (counts.questions_left_out > 0) {
        return fmt::format(
            "{} with a verdict in fewer than half of their calls are left out, so a label must "
            "hold whatever the failed ones would have said",
            count_of(counts.questions_left_out, "question"));
    }
    const std::int64_t failed = counts.failed(), unknown = counts.unknown();
    if (counts.no_answer_baseline == 0) {
        return fmt::format(
            "{} of {} verdicts are INVALID, ERROR or REFUSED ({}), more than 5 %, so a label must "
            "hold whatever they would have said",
            failed,
            counts.n + failed,
            share(failed, counts.n + failed));
    }
    return fmt::format(
        "of {} the results of {} are not known ({}: {} INVALID, ERROR or REFUSED, {} left out as "
        "an "
        "answer is missing), more than 5 %, so a label must hold whatever they would have been",
        count_of(counts.n + unknown, "comparison"),
        unknown,
        share(unknown, counts.n + unknown),
        failed,
        counts.no_answer_baseline);
}

}  // namespace

Decision not_measured(const Decision& like, std::string why) {
    Decision out;
    out.margin = like.margin;
    out.alpha = like.alpha;
    out.on_these_questions = like.on_these_questions;
    out.why = std::move(why);
    return out;
}

bool too_many_unknown(const Counts& counts) {
    const std::int64_t unknown = counts.unknown();
    return counts.questions_left_out > 0 || more_than_5_percent(unknown, counts.n + unknown);
}

std::optional<Decision> too_many_missing(const Counts& counts, const Decision& like) {
    if (!more_than_5_percent(counts.no_answer_baseline, counts.n_items)) {
        return std::nullopt;
    }
    return not_measured(
        like,
        fmt::format("{} of {} are left out ({}), more than 5 %, as an answer is missing (the "
                    "baseline has none, neither side says anything, or the variant's file has "
                    "none): what they would have shown is not known",
                    counts.no_answer_baseline,
                    count_of(counts.n_items, "comparison"),
                    share(counts.no_answer_baseline, counts.n_items)));
}

Decision whatever_failed(const Counts& counts,
                         const Decision& without,
                         const Decision& worst,
                         const Decision& best) {
    if (without.label == DecisionLabel::kNotMeasured) {
        return without;
    }
    const std::string beginning = beginning_of_unknown(counts);
    Decision out = without;
    out.label = label_whatever_failed(without.label, worst.label, best.label);
    out.detectably_worse = without.detectably_worse && best.detectably_worse;
    out.beyond_margin = without.beyond_margin && best.beyond_margin;
    out.detectably_better = without.detectably_better && worst.detectably_better;
    out.least_net = worst.least_net;
    if (without.label == DecisionLabel::kInconclusive) {
        return out;  // whatever they would have said, it does not claim anything
    }
    if (out.label == without.label) {
        out.why = fmt::format("{}, and this one does: {}", beginning, without.why);
        return out;
    }
    out.n_more.reset();
    out.n_more_ship.reset();
    out.why = fmt::format(
        "{}: without them it is {}, with all of them losses {}, with all of them wins {}; what "
        "made them {} decides, so mend that and judge them again",
        beginning,
        words_of(without),
        words_of(worst),
        words_of(best),
        counts.failed() > 0 ? "fail" : "be missing");
    return out;
}

DecisionLabel label_whatever_failed(DecisionLabel without,
                                    DecisionLabel worst,
                                    DecisionLabel best) {
    if (without == DecisionLabel::kNotMeasured) {
        return without;
    }
    if (passes(without) && passes(worst) && passes(best)) {
        const bool all_equivalent = without == DecisionLabel::kEquivalent && worst == without &&
                                    best == without;
        return all_equivalent ? DecisionLabel::kEquivalent : DecisionLabel::kNonInferior;
    }
    if (without == DecisionLabel::kDegraded && best == DecisionLabel::kDegraded) {
        return DecisionLabel::kDegraded;
    }
    return DecisionLabel::kInconclusive;
}

Decision decide_by_interval(const Evidence& evidence,
                            const Estimate& net,
                            const std::optional<SmallSample>& sample,
                            const AnalysisSettings& settings) {
    Decision out;
    out.margin = settings.margin;
    out.alpha = settings.alpha;
    out.on_these_questions = settings.on_these_questions();
    if (!net.low || !net.high) {
        out.why = evidence.why_not;
        return out;
    }
    const bool few_of_these = evidence.these && evidence.n_questions < kFewestUnits;
    if (few_of_these || (sample && sample->n_units < kFewestUnits)) {
        out.why = too_few(evidence);
        return out;
    }
    if (evidence.clusters && evidence.clusters->largest_share > kMostOfOneCluster) {
        out.why = fmt::format(
            "one cluster holds {:.0f} % of the comparisons, and with more than {:.0f} % in one the "
            "others do not show how much clusters differ",
            100 * evidence.clusters->largest_share,
            100 * kMostOfOneCluster);
        return out;
    }
    out.label = label_of(stats::region_of(*net.low, *net.high, settings.margin));
    out.detectably_worse = *net.high < 0;
    out.detectably_better = *net.low > 0;
    out.beyond_margin = *net.high <= -settings.margin;
    if (sample) {
        out.detectably_worse &= sample->p_worse < settings.alpha;
        out.detectably_better &= sample->p_better < settings.alpha;
        out.beyond_margin &= sample->p_beyond < settings.alpha;
    }
    if (out.label == DecisionLabel::kInconclusive && !out.on_these_questions) {
        set_further_questions(out, evidence, settings);
    }
    if (!sample) {
        out.least_net = net.low;
    }
    out.why = reason_of(out, net, settings);
    return sample ? with_exact_test(std::move(out), evidence, *sample, settings) : out;
}

Decision decide(const Counts& counts,
                const Decision& by_interval,
                const ExtremeCase& worst_case,
                const ExtremeCase& best_case) {
    const std::int64_t need_call = pairs_that_need_a_call(counts),
                       unsettled = counts.errors + counts.not_judged;
    const std::int64_t failed = counts.failed();
    if (more_than_5_percent(unsettled, need_call)) {
        return not_measured(by_interval,
                            fmt::format("{} of the {} that need a judge have no verdict yet ({}: "
                                        "{} ERROR, {} not judged), more "
                                        "than 5 %; run again once the judge can be reached",
                                        unsettled,
                                        count_of(need_call, "comparison"),
                                        share(unsettled, need_call),
                                        counts.errors,
                                        counts.not_judged));
    }
    if (const auto missing = too_many_missing(counts, by_interval)) {
        return *missing;
    }
    if (counts.n == 0) {
        return not_measured(by_interval,
                            failed > 0
                                ? fmt::format("no comparison has a verdict: all {} failed", failed)
                                : std::string("no comparison has a verdict"));
    }
    if (need_call > 0 && counts.n == counts.identical) {
        return not_measured(by_interval,
                            fmt::format("only the {} with identical answers are settled; none of "
                                        "the {} that need a judge has a "
                                        "usable verdict",
                                        count_of(counts.identical, "comparison"),
                                        count_of(need_call, "comparison")));
    }
    Decision out = too_many_unknown(counts)
                       ? whatever_failed(
                             counts, by_interval, worst_case.decision, best_case.decision)
                       : by_interval;
    if (out.label == DecisionLabel::kInconclusive && out.least_net) {
        out.why += "; " + bound_of(*out.least_net, by_interval.alpha);
        out.why += out.on_these_questions ? " on these questions" : "";
    }
    return out;
}

}  // namespace assay::analysis
