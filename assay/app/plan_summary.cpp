#include "assay/app/plan_summary.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "assay/analysis/copies.hpp"
#include "assay/analysis/phrases.hpp"
#include "assay/app/answer_work.hpp"
#include "assay/app/design_text.hpp"
#include "assay/app/judge_work.hpp"
#include "assay/app/planned_design.hpp"
#include "assay/base/text.hpp"
#include "assay/config/plan_json.hpp"

namespace assay::app {
namespace {

std::size_t n_served(const Plan& plan) {
    const auto is_served = [](const VariantSpec& spec) { return spec.served() != nullptr; };
    return static_cast<std::size_t>(is_served(plan.baseline) + std::count_if(plan.variants.begin(),
                                                                             plan.variants.end(),
                                                                             is_served));
}

std::string source_of(const VariantSpec& spec) {
    if (const AnswersSource* answers = spec.answers()) {
        return "answers in " + answers->file;
    }
    const ServedSource* served = spec.served();
    if (served == nullptr) {
        return spec.file();
    }
    const ServedSpec& server = served->server;
    return fmt::format("{} at {} ({})",
                       server.model.empty() ? spec.file() : server.model,
                       fmt::join(server.urls, ", "),
                       server.provider);
}

/// "4 of each question, "
std::string samples_text(const GenerationSettings& generation) {
    if (generation.samples == kAutoSamples) {
        return fmt::format("{} of each question, then up to {} where the decision needs them, ",
                           kFirstSamples,
                           kMostSamples);
    }
    return generation.has_samples() ? fmt::format("{} of each question, ", generation.samples)
                                    : std::string();
}

std::vector<std::string> names_of(const std::vector<VariantSpec>& variants) {
    std::vector<std::string> names;
    for (const VariantSpec& spec : variants) {
        names.push_back(spec.name);
    }
    return names;
}

/// A line for each variant that is not run as the engine block says.
std::string recipes_text(const Plan& plan) {
    std::string out;
    const auto add = [&](const VariantSpec& spec) {
        if (spec.runs_here() && spec.recipe != plan.engine.recipe) {
            out += fmt::format("  recipe     {}: {}\n", spec.name, describe_recipe(spec.recipe));
        }
    };
    add(plan.baseline);
    for (const VariantSpec& spec : plan.variants) {
        add(spec);
    }
    return out;
}

/// A line for each variant whose weights an adapter changes.
std::string adapters_text(const Plan& plan) {
    std::string out;
    const auto add = [&](const VariantSpec& spec) {
        for (const LoraSpec& adapter : spec.merged_lora()) {
            out += fmt::format("  LoRA       {}: {}, scale {}, merged into its file\n",
                               spec.name,
                               adapter.file,
                               adapter.scale);
        }
        if (spec.applies_lora()) {
            out += fmt::format("  LoRA       {}: the baseline's adapter, applied at run time\n",
                               spec.name);
        }
    };
    add(plan.baseline);
    for (const VariantSpec& spec : plan.variants) {
        add(spec);
    }
    return out;
}

std::string judge_text(const JudgeSpec& spec) {
    switch (spec.kind()) {
        case JudgeKind::kMetric:
            return fmt::format("{} ({}, a metric)", spec.provider, spec.metric().metric);
        case JudgeKind::kByHand: return fmt::format("{} (by hand)", spec.name);
        case JudgeKind::kEmbedded:
            return fmt::format("{} ({}, {})",
                               spec.name,
                               spec.embedded().file,
                               spec.embedded().reasoning ? "reasoning" : "labels");
        case JudgeKind::kApi: break;
    }
    return fmt::format("{} ({} at {})", spec.name, spec.api().model, spec.api().url);
}

std::string judges_text(const std::vector<JudgeWork>& judges) {
    if (judges.empty()) {
        return "";
    }
    std::string out = "\njudges, at most\n";
    for (const JudgeWork& work : judges) {
        out += fmt::format("  {}: {} and {}; about {} prompt tokens and {} reply tokens\n",
                           work.name,
                           analysis::count_of(work.n_pairs, "pair"),
                           analysis::count_of(work.n_controls, "control"),
                           about_tokens(work.prompt_tokens),
                           about_tokens(work.reply_tokens));
        if (work.cost) {
            out += fmt::format(
                "  {}: about {:.2f} at its prices, {:.2f} if every reply were as long as it may "
                "be\n",
                work.name,
                *work.cost,
                *work.most_cost);
        }
    }
    return out;
}

nlohmann::ordered_json json_of(const JudgeWork& work) {
    nlohmann::ordered_json out{{"name", work.name},
                               {"n_pairs", work.n_pairs},
                               {"n_controls", work.n_controls},
                               {"n_calls", work.n_calls()},
                               {"prompt_tokens", work.prompt_tokens},
                               {"reply_tokens", work.reply_tokens},
                               {"most_reply_tokens", work.most_reply_tokens},
                               {"cost", nullptr},
                               {"most_cost", nullptr}};
    if (work.cost) {
        out["cost"] = *work.cost;
        out["most_cost"] = *work.most_cost;
    }
    return out;
}

/// The document of both forms: the design's figures between what is known of an experiment and of
/// its judges.
std::string document(nlohmann::ordered_json experiment,
                     const DesignFigures& figures,
                     const DesignTable& table,
                     const std::vector<JudgeWork>& judges) {
    nlohmann::ordered_json out{{"schema_version", 1}, {"experiment", std::move(experiment)}};
    out.update(nlohmann::ordered_json::parse(design_json(figures)));
    out["designs"] = nlohmann::ordered_json::parse(design_table_json(table));
    out["judges"] = nlohmann::ordered_json::array();
    for (const JudgeWork& work : judges) {
        out["judges"].push_back(json_of(work));
    }
    return out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string summarize_plan(const Plan& plan, std::span<const Question> questions) {
    std::vector<std::string> judges;
    for (const JudgeSpec& spec : plan.judges) {
        judges.push_back(judge_text(spec));
    }
    std::int64_t calls = 0, controls = 0;
    for (const JudgeWork& work : work_of(plan, questions)) {
        calls += work.n_calls();
        controls += work.n_controls;
    }

    std::string out = fmt::format("experiment {}\n", plan.name);
    const std::size_t n_asked = questions.size() *
                                static_cast<std::size_t>(plan.generation.first_samples()),
                      n_to_make = n_asked * files_to_run(plan).size(),
                      n_to_ask = n_asked * n_served(plan);
    out += fmt::format("  baseline   {} ({})\n", plan.baseline.name, source_of(plan.baseline));
    out += fmt::format("  variants   {}\n", fmt::join(names_of(plan.variants), ", "));
    out += adapters_text(plan);
    out += recipes_text(plan);
    out += fmt::format("  questions  {} of {}\n", questions.size(), plan.dataset.file);
    if (plan.retrieval.asked_for()) {
        const std::string& embedder = plan.retrieval.embedder;
        out += fmt::format("  retrieval  the {} best passages of {}, {}\n",
                           plan.retrieval.top,
                           plan.retrieval.corpus,
                           embedder.empty() ? "lexical" : "lexical and dense by " + embedder);
    }
    if (n_to_make + n_to_ask == 0) {
        out += "  answers    all are read from files\n";
    } else {
        out += fmt::format("  answers    {}at most {} tokens each, temperature {}, {} threads\n",
                           samples_text(plan.generation),
                           plan.generation.predict,
                           plan.generation.temp,
                           n_threads_of(plan));
    }
    if (n_to_ask > 0) {
        out += fmt::format("  servers    at most {} questions are asked of served models\n",
                           n_to_ask / static_cast<std::size_t>(plan.generation.first_samples()) *
                               static_cast<std::size_t>(plan.generation.most_samples()));
    }
    out += fmt::format(
        "  judges     {}{}{}\n",
        fmt::join(judges, ", "),
        plan.judging.panel ? ", who decide together" : "",
        calls > 0 ? fmt::format("; at most {} calls, {} of them controls", calls, controls) : "");
    out += fmt::format("  decision   net win rate{}, margin {:g} points, alpha {:g}\n",
                       plan.analysis.on_these_questions() ? " on exactly these questions" : "",
                       plan.analysis.margin * 100,
                       plan.analysis.alpha);
    out += fmt::format("  run        {}\n", plan.run_dir);
    if (n_to_make > 0) {
        out += fmt::format(
            "  time       about {} for {} answers if none is there yet (a rule of thumb: half to "
            "twice that)\n",
            format_duration(answer_seconds(plan, questions)),
            n_to_make);
    }
    return out;
}

std::string data_warnings(std::span<const Question> questions) {
    std::string out;
    for (const std::string& note : analysis::notes_on_copies(questions)) {
        out += fmt::format("warning: {}\n", note);
    }
    return out;
}

std::string run_preface(const Plan& plan, std::span<const Question> questions) {
    const analysis::Design design = design_of(plan, questions);
    const std::string warning = analysis::warning_of(
        design, analysis::questions_needed(design), analysis::reach_of(design));
    return summarize_plan(plan, questions) + warning + (warning.empty() ? "" : "\n");
}

std::string plan_text(const Plan& plan,
                      std::span<const Question> questions,
                      const PlanningChoices& choices) {
    const PlannedDesign planned = planned_design(plan, questions, choices);
    return summarize_plan(plan, questions) + data_warnings(questions) +
           judges_text(work_of(plan, questions)) + "\n" + design_text(figures_of(planned.design)) +
           design_table_text(planned.table);
}

std::string plan_json(const Plan& plan,
                      std::span<const Question> questions,
                      const PlanningChoices& choices) {
    const PlannedDesign planned = planned_design(plan, questions, choices);
    nlohmann::ordered_json experiment{{"name", plan.name},
                                      {"plan_sha256", config::plan_sha256(plan)},
                                      {"baseline", plan.baseline.name},
                                      {"variants", names_of(plan.variants)},
                                      {"n_questions", questions.size()},
                                      {"n_answers", questions.size() * files_to_run(plan).size()},
                                      {"answer_seconds", answer_seconds(plan, questions)},
                                      {"run", plan.run_dir}};
    return document(
        std::move(experiment), figures_of(planned.design), planned.table, work_of(plan, questions));
}

std::string size_text(const analysis::Design& design, const PlanningChoices& choices) {
    const PlannedDesign planned = planned_size(design, choices);
    return design_text(figures_of(planned.design)) + design_table_text(planned.table);
}

std::string size_json(const analysis::Design& design, const PlanningChoices& choices) {
    const PlannedDesign planned = planned_size(design, choices);
    return document(nullptr, figures_of(planned.design), planned.table, {});
}

}  // namespace assay::app
