#include "assay/analysis/next_step.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "assay/analysis/design_options.hpp"
#include "assay/analysis/phrases.hpp"

namespace assay::analysis {
namespace {

bool is_open(const SteppedVariant& variant) {
    return variant.decision.label == DecisionLabel::kInconclusive &&
           variant.decision.n_more_ship.value_or(0) > 0;
}

std::vector<const SteppedVariant*> open_ones(std::span<const SteppedVariant> variants) {
    std::vector<const SteppedVariant*> out;
    for (const SteppedVariant& variant : variants) {
        if (is_open(variant)) {
            out.push_back(&variant);
        }
    }
    return out;
}

std::int64_t rounded(double value) {
    return static_cast<std::int64_t>(std::llround(value));
}

/// Pairs of answers of a question that a judge is asked about, over all variants.
double pairs_each(std::span<const SteppedVariant> variants) {
    double out = 0;
    for (const SteppedVariant& variant : variants) {
        out += 1 - variant.variance.equal_share;
    }
    return out;
}

/// Chance that each of the open variants ships, were it alike: the smallest.
double chance_of(const Design& design, const std::vector<const SteppedVariant*>& open) {
    double out = 1;
    for (const SteppedVariant* variant : open) {
        const auto alike = reach_of(with_measured(design, variant->variance)).alike;
        out = std::min(out, alike ? alike->equivalent + alike->non_inferior : 0);
    }
    return out;
}

/// The largest number that one of the open variants needs; nothing: out of reach.
std::optional<std::int64_t> new_questions(const Design& design,
                                          const std::vector<const SteppedVariant*>& open) {
    std::int64_t out = 0;
    for (const SteppedVariant* variant : open) {
        const auto n = questions_needed(with_measured(design, variant->variance)).non_inferiority.n;
        if (!n) {
            return std::nullopt;
        }
        out = std::max(out, *n);
    }
    return out;
}

/// The cheapest other way of asking about the same questions that reaches the wanted power.
std::optional<SameQuestions> same_questions(const Design& now,
                                            std::span<const SteppedVariant> variants,
                                            const StepRoom& room) {
    const std::vector<const SteppedVariant*> open = open_ones(variants);
    const double power = now.settings.power, pairs = pairs_each(variants);
    std::optional<SameQuestions> best;
    const auto consider = [&](int n_samples, bool both_orders) {
        const Design design = asked_otherwise(now, n_samples, now.n_judges, both_orders);
        const std::int64_t n_calls = rounded(
            static_cast<double>(now.n_questions * (design.verdicts_each() - now.verdicts_each())) *
            pairs);
        if (best && n_calls >= best->n_calls) {
            return true;
        }
        const double chance = chance_of(design, open);
        if (chance < power) {
            return false;
        }
        best = SameQuestions{n_samples, both_orders, n_calls, chance, new_questions(design, open)};
        return true;
    };
    if (room.both_orders && !now.both_orders) {
        consider(now.n_samples, true);
    }
    for (int k = now.n_samples + 1; k <= kMostSamples && room.no_samples.empty(); ++k) {
        if (consider(k, now.both_orders)) {
            break;
        }
    }
    return best;
}

std::string calls_text(std::int64_t n_calls, bool cost_nothing) {
    return cost_nothing ? "calls cost nothing" : count_of(n_calls, "call");
}

std::string words_of(const NextStep& step, std::int64_t n_questions, bool measured) {
    const std::string further = fmt::format(
        "{} ({})",
        count_of(*step.n_more, "further question"),
        calls_text(*step.n_more_calls, step.calls_cost_nothing));
    if (!measured) {
        return fmt::format(
            "if it is as good, {} would show that it may ship; of fewer than {} questions nothing "
            "else is said",
            further,
            kFewestForVariance);
    }
    if (!step.same) {
        return fmt::format("nothing on the same {} reaches the margin; if it is as good, {} would",
                           count_of(n_questions, "question"),
                           further);
    }
    return fmt::format(
        "if it is as good, {} on the same {} would show that it may ship with probability {} ({}), "
        "and so would "
        "{}",
        way_of_asking(step.same->n_samples, 1, step.same->both_orders),
        count_of(n_questions, "question"),
        chance(step.same->chance),
        step.calls_cost_nothing ? "calls cost nothing"
                                : count_of(step.same->n_calls, "further call"),
        further);
}

std::string words_to_confirm(const NextStep& step) {
    std::string out = fmt::format("{} asked about as these were",
                                  count_of(*step.n_new, "new question"));
    if (step.same && step.same->n_new) {
        out += fmt::format(", or {} with {}",
                           *step.same->n_new,
                           way_of_asking(step.same->n_samples, 1, step.same->both_orders));
    }
    return out;
}

}  // namespace

VerdictVariance verdict_variance_of(std::span<const std::vector<stats::CallVerdict>> answers_alone,
                                    std::span<const std::vector<stats::CallVerdict>> with_repeats) {
    VerdictVariance out;
    const auto ladder = stats::covariance_ladder(answers_alone);
    out.n_questions = ladder ? ladder->n_questions : 0;
    if (out.n_questions < kFewestForVariance) {
        out.why = fmt::format("only {} with a verdict, and below {} their variance says too little",
                              count_of(out.n_questions, "question"),
                              kFewestForVariance);
        return out;
    }
    out.v = std::max(0.0, *ladder->v);
    out.variance_of_question_mean = ladder->variance_of_question_mean;
    out.order = ladder->order;
    out.judge = ladder->judge;
    out.sample = ladder->sample;
    std::vector<std::vector<stats::CallVerdict>> repeated;
    for (const std::vector<stats::CallVerdict>& calls : with_repeats) {
        if (std::any_of(calls.begin(), calls.end(), [](const stats::CallVerdict& said) {
                return said.call.repeat != 0;
            })) {
            repeated.push_back(calls);
        }
    }
    const auto of_repeated = stats::covariance_ladder(repeated);
    if (of_repeated && of_repeated->v && *of_repeated->v > 0 && of_repeated->repeat) {
        out.repeat = *out.v * *of_repeated->repeat / *of_repeated->v;
    }
    return out;
}

std::optional<NextStep> next_step_of(const Design& now,
                                     std::span<const SteppedVariant> variants,
                                     const StepRoom& room) {
    const std::vector<const SteppedVariant*> open = open_ones(variants);
    if (open.empty()) {
        return std::nullopt;
    }
    NextStep out;
    out.calls_cost_nothing = room.calls_cost_nothing;
    out.no_samples = room.no_samples;
    std::int64_t n_more = 0;
    for (const SteppedVariant* variant : open) {
        n_more = std::max(n_more, *variant->decision.n_more_ship);
    }
    out.n_more = n_more;
    out.n_more_calls = rounded(static_cast<double>(n_more * now.verdicts_each()) *
                               pairs_each(variants));
    out.n_new = now.n_questions + n_more;
    const bool measured = std::all_of(open.begin(), open.end(), [](const SteppedVariant* variant) {
        return variant->variance.v.has_value();
    });
    if (measured) {
        out.same = same_questions(now, variants, room);
    }
    out.words = words_of(out, now.n_questions, measured);
    out.to_confirm = words_to_confirm(out);
    return out;
}

std::string way_of_asking(int n_samples, int n_judges, bool both_orders) {
    std::string out;
    if (n_samples > 1) {
        out = fmt::format("{} samples a question", n_samples);
    }
    if (n_judges > 1) {
        out += fmt::format("{}{} judges together", out.empty() ? "" : ", ", n_judges);
    }
    if (both_orders) {
        out += out.empty() ? "both orders" : ", both orders";
    }
    return out.empty() ? "one verdict a question" : out;
}

}  // namespace assay::analysis
