#include "assay/app/planned_design.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "assay/analysis/copies.hpp"
#include "assay/analysis/design_options.hpp"
#include "assay/app/answer_work.hpp"
#include "assay/base/result.hpp"

namespace assay::app {
namespace {

/// The verdicts that are planned with, or a note why none are.
struct Measured {
    std::optional<MeasuredIn> in;
    std::string note;
};

Measured measured_for(const std::string& run_dir, const std::string& judge) {
    Measured out;
    std::string why;
    out.in = measured_in(run_dir, judge, why);
    if (!out.in) {
        out.note = fmt::format("{} cannot tell how verdicts vary ({}), so that is assumed",
                               run_dir,
                               why.empty() ? "it has none" : why);
    }
    return out;
}

/// Of the plan's own run directory, where there is one.
Measured measured_before(const Plan& plan) {
    if (!std::filesystem::exists(std::filesystem::path(plan.run_dir) / "assay.sqlite")) {
        return {};
    }
    try {
        return measured_for(plan.run_dir, plan.judges.front().name);
    } catch (const Error& error) {
        return {{}, fmt::format("{} was not looked at: {}", plan.run_dir, error.what())};
    }
}

bool is_metric(const JudgeSpec& judge) {
    return judge.kind() == JudgeKind::kMetric;
}

/// Judged in both orders whatever the plan says.
bool reads_both_orders(const JudgeSpec& judge) {
    return judge.kind() == JudgeKind::kEmbedded;
}

/// Whoever asks for samples has them.
std::string why_no_samples(const Plan& plan) {
    return plan.generation.has_samples() ? std::string() : run::why_no_samples(plan);
}

analysis::DesignRoom room_of(const Plan& plan) {
    const JudgeSpec& first = plan.judges.front();
    analysis::DesignRoom out;
    out.samples = why_no_samples(plan).empty();
    out.one_order = !reads_both_orders(first);
    out.both_orders = !is_metric(first);
    out.n_judges = is_metric(first)
                       ? 1
                       : static_cast<int>(std::count_if(
                             plan.judges.begin(), plan.judges.end(), [](const JudgeSpec& judge) {
                                 return !is_metric(judge);
                             }));
    return out;
}

analysis::Design with_pilot(const analysis::Design& design, const Measured& measured) {
    return measured.in ? analysis::with_measured(design, measured.in->variant.variance) : design;
}

}  // namespace

analysis::Design design_of(const Plan& plan, std::span<const Question> questions) {
    AnalysisSettings settings = plan.analysis;
    if (is_metric(plan.judges.front())) {
        settings.stopping = "none";
    }
    if (plan.generation.has_samples() || plan.judging.panel || settings.on_these_questions()) {
        settings.stopping = "none";
    }
    analysis::Design design = analysis::make_design(
        static_cast<std::int64_t>(questions.size()),
        analysis::cluster_shape(analysis::with_copies_joined(questions)),
        plan.judging.both_orders || reads_both_orders(plan.judges.front()),
        settings);
    design.n_samples = plan.generation.first_samples();
    if (plan.judging.panel) {
        design.n_judges = static_cast<int>(plan.judges.size());
    }
    return plan.generation.samples == kAutoSamples ? analysis::with_auto_samples(design) : design;
}

std::vector<JudgeWork> work_of(const Plan& plan, std::span<const Question> questions) {
    std::vector<JudgeWork> out;
    for (const JudgeSpec& spec : plan.judges) {
        if (auto work = judge_work(spec, plan, questions)) {
            out.push_back(std::move(*work));
        }
    }
    return out;
}

PlannedDesign planned_design(const Plan& plan,
                             std::span<const Question> questions,
                             const PlanningChoices& choices) {
    const Measured measured = choices.pilot.empty()
                                  ? measured_before(plan)
                                  : measured_for(choices.pilot, plan.judges.front().name);
    const double equal = measured.in ? measured.in->variant.variance.equal_share : 0;
    PlannedDesign out{with_pilot(design_of(plan, questions), measured), {}};
    out.table = make_design_table(
        out.design,
        room_of(plan),
        {.pairs_each = static_cast<double>(plan.variants.size()) * (1 - equal),
         .calls_cost = !is_metric(plan.judges.front()),
         .question = choices.question_cost});
    out.table.measured = measured.in;
    out.table.note = measured.note;
    out.table.no_samples = why_no_samples(plan);
    out.table.work.judges = is_metric(plan.judges.front()) ? std::vector<JudgeWork>()
                                                           : work_of(plan, questions);
    out.table.work.answer_seconds = [plan, questions](int n_samples) {
        Plan other = plan;
        other.generation.samples = n_samples;
        return answer_seconds(other, questions);
    };
    return out;
}

PlannedDesign planned_size(const analysis::Design& design, const PlanningChoices& choices) {
    const Measured measured = choices.pilot.empty() ? Measured() : measured_for(choices.pilot, "");
    PlannedDesign out{with_pilot(design, measured), {}};
    out.table = make_design_table(out.design, {}, {.question = choices.question_cost});
    out.table.measured = measured.in;
    out.table.note = measured.note;
    out.table.no_samples = "samples need a temperature above 0";
    return out;
}

}  // namespace assay::app
