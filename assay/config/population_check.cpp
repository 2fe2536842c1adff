#include "assay/config/population_check.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay::config {
namespace {

constexpr const char* kPlace = "dataset.population";

bool any_answer_is_made(const Plan& plan) {
    return !plan.baseline.answers() ||
           std::any_of(plan.variants.begin(), plan.variants.end(), [](const VariantSpec& spec) {
               return !spec.answers();
           });
}

/// An embedded judge always reads both.
bool every_judge_reads_both_orders(const Plan& plan) {
    return plan.judging.both_orders ||
           std::all_of(plan.judges.begin(), plan.judges.end(), [](const JudgeSpec& judge) {
               return judge.kind() == JudgeKind::kEmbedded;
           });
}

}  // namespace

void check_population(const Draft& draft, Problems& problems) {
    const Plan& plan = draft.plan;
    if (!plan.analysis.on_these_questions()) {
        return;
    }
    if (plan.analysis.stopping == "group-sequential") {
        problems.add(draft.origin("analysis.stopping"),
                     "group-sequential ends judging before all of these questions are judged, and "
                     "the decision is about exactly these (dataset.population)",
                     "Say none, or leave it out.");
    }
    if (plan.judging.panel) {
        problems.add(draft.origin(kPlace),
                     "these-questions is decided on the verdicts of one judge, and a panel decides "
                     "here (judging.panel)",
                     "Take one of the two.");
    }
    if (plan.generation.samples == kAutoSamples) {
        problems.add(draft.origin(kPlace),
                     "these-questions needs a number of samples that is fixed beforehand, and "
                     "generation.samples is auto",
                     "Say how many: samples: 4.");
        return;
    }
    if (plan.generation.has_samples()) {
        return;
    }
    if (any_answer_is_made(plan) && plan.generation.temp > 0) {
        problems.add(
            draft.origin(kPlace),
            fmt::format("these-questions needs several samples at temp {}: one answer is one draw "
                        "of many, and nothing shows how much the draw decides",
                        plan.generation.temp),
            "Set generation.samples to 2 or more (--samples 4), or generation.temp to 0.");
    } else if (!every_judge_reads_both_orders(plan)) {
        problems.add(draft.origin(kPlace),
                     "these-questions needs both orders or several samples: one verdict a question "
                     "does not show how much of it is the judge's noise",
                     "Set judging.both-orders to true (--both-orders), or generation.samples to 2 "
                     "or more at a temp above 0.");
    }
}

}  // namespace assay::config
