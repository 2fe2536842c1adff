#include "assay/report/render_markdown.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "assay/records/judge_provider.hpp"
#include "assay/records/names.hpp"
#include "assay/records/plan.hpp"
#include "assay/report/figures.hpp"
#include "assay/report/markdown_results.hpp"
#include "assay/report/markdown_sensitivity.hpp"
#include "assay/report/markdown_text.hpp"

namespace assay::report {
namespace {

bool is_metric(const ReportJudge& judge) {
    return assay::is_metric(judge.provider);
}

const ReportVariant* baseline_of(const ReportModel& model) {
    return model.variants.empty() ? nullptr : &model.variants.front();
}

bool any_file(const ReportModel& model) {
    return std::any_of(model.variants.begin(), model.variants.end(), [](const ReportVariant& v) {
        return !v.variant.file.sha256.empty();
    });
}

bool any_given(const ReportModel& model) {
    return std::any_of(model.variants.begin(), model.variants.end(), [](const ReportVariant& v) {
        return v.variant.answers.has_value();
    });
}

std::string code_list(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) {
        out += (out.empty() ? "" : ", ") + md_code(name);
    }
    return out;
}

std::string bullet(std::string_view text) {
    return fmt::format("- {}\n", text);
}

/// "40.0 % of the baseline's"; empty for the baseline, or where one of the two is not known.
std::string relative(double value, double baseline) {
    return value > 0 && baseline > 0
               ? fmt::format(" ({:.1f} % of the baseline)", value / baseline * 100)
               : std::string();
}

std::string heading(const ReportModel& model) {
    const ReportExperiment& e = model.experiment;
    std::string out = fmt::format("# assay: {}\n\n",
                                  e.name.empty() ? "experiment" : md_text(e.name));
    if (!model.recommendation.sentence.empty()) {
        out += md_text(model.recommendation.sentence) + "\n\n";
    }
    if (e.exploratory) {
        out += "**Exploratory:** " + md_text(e.exploratory_why) + "\n\n";
    }
    return out;
}

std::string key_finding(const ReportModel& model) {
    MarkdownTable table({"variant",
                         "wins",
                         "ties",
                         "losses",
                         "net win rate, points",
                         "level",
                         "p, exact sign test",
                         "effect size",
                         "decision"},
                        "lrrrlrrrl");
    for (const ReportComparison* comparison : deciding_comparisons(model)) {
        const ComparisonAnalysis& a = comparison->analysis;
        const Counts& c = a.counts;
        const std::string none(kNotMeasured);
        const bool measured = c.n > 0, decisive = c.wins + c.losses > 0;
        table.add({md_code(a.variant),
                   measured ? std::to_string(c.wins) : none,
                   measured ? std::to_string(c.ties) : none,
                   measured ? std::to_string(c.losses) : none,
                   points_with_interval(a.net_win_rate),
                   measured ? confidence_level(a.net_win_rate.confidence) : "",
                   decisive ? p_value(a.sign_test.exact) : none,
                   a.effect_size.abs_2p_minus_1
                       ? fmt::format("{:.3f}", *a.effect_size.abs_2p_minus_1)
                       : "undefined",
                   "**" + decision_sentence(a.decision) + "**" +
                       (a.decision.claimed.value_or(true) ? "" : " (not claimed)")});
    }
    std::string out = "## Key finding\n\n";
    if (table.empty()) {
        return out + "Nothing was judged: not measured.\n\n";
    }
    const ReportVariant* baseline = baseline_of(model);
    return out +
           fmt::format(
               "Each variant against {} on {} questions, as judged by {}. Effect size: abs(2p - 1) "
               "of the "
               "decisive win rate p.\n\n",
               md_code(baseline ? baseline->variant.name : ""),
               model.experiment.n_questions,
               md_code(model.judges.front().name)) +
           table.text();
}

/// "Q4_K 120, Q6_K 30, F32 61": the most frequent first.
std::string tensor_types(const ModelFile& file) {
    std::vector<std::pair<std::string, int>> types(file.tensor_types.begin(),
                                                   file.tensor_types.end());
    std::stable_sort(types.begin(), types.end(), [](const auto& a, const auto& b) {
        return a.second > b.second;
    });
    std::string out;
    for (const auto& [type, count] : types) {
        out += fmt::format("{}{} {}", out.empty() ? "" : ", ", md_text(type), count);
    }
    return out.empty() ? std::string(kNotMeasured) : out;
}

/// The name of what was run or read.
std::string source_text(const Variant& v) {
    if (v.answers) {
        return md_code(std::filesystem::path(v.answers->path).filename().string());
    }
    if (v.served) {
        return fmt::format("{} at {}", md_code(v.served->model), md_code(v.served->address));
    }
    return v.file.path.empty() ? "none"
                               : md_code(std::filesystem::path(v.file.path).filename().string());
}

/// How it came about, and what a file of answers or a server tells of it.
std::string made_text(const Variant& v) {
    std::string out = md_text(v.origin);
    if (v.answers) {
        out += fmt::format(" ({}; {})",
                           md_text(v.answers->format),
                           v.answers->generator.empty() ? "the file does not name the model"
                                                        : "by " + md_code(v.answers->generator));
    }
    if (v.served) {
        out += fmt::format(
            " ({}{}{})",
            md_text(v.served->provider),
            v.served->server_version.empty() ? "" : " " + md_text(v.served->server_version),
            v.served->quantization.empty() ? "" : ", " + md_text(v.served->quantization));
    }
    return out;
}

/// How it is run, where that is not the default.
std::string recipe_text(const ReportVariant& v) {
    if (!v.variant.runs_here() || v.recipe == RunRecipe()) {
        return "";
    }
    std::string out = ", run with " + md_text(describe_recipe(v.recipe));
    if (v.kv_bytes_per_token > 0) {
        out += fmt::format(" ({} bytes a token)", v.kv_bytes_per_token);
    }
    return out;
}

std::string models_compared(const ReportModel& model) {
    MarkdownTable table({"name",
                         "role",
                         "file",
                         "size",
                         "bits per weight",
                         "type it names",
                         "tensors by real type",
                         "made"},
                        "lllrrlll");
    const ReportVariant* baseline = baseline_of(model);
    for (const ReportVariant& v : model.variants) {
        const ModelFile& file = v.variant.file;
        const bool is_baseline = v.variant.role == Role::kBaseline;
        const std::string none(kNotMeasured);
        const std::string size = short_bytes(v.variant.size_bytes()) +
                                 (is_baseline || !baseline
                                      ? ""
                                      : relative(
                                            static_cast<double>(v.variant.size_bytes()),
                                            static_cast<double>(baseline->variant.size_bytes())));
        table.add({md_code(v.variant.name),
                   std::string(name_of(v.variant.role)),
                   source_text(v.variant),
                   v.variant.size_bytes() == 0 ? none : size,
                   figure_or_not_measured(file.bits_per_weight()),
                   file.file_type.empty() ? "not said" : md_code(file.file_type),
                   tensor_types(file),
                   made_text(v.variant) + recipe_text(v)});
    }
    if (!any_file(model)) {
        return "## Models compared\n\n" + table.text() +
               "There is no file of a model here: sizes and types were not measured.\n\n";
    }
    return "## Models compared\n\n" + table.text() +
           "The types are counted in the files. A quantization is a mixture, and where a tensor's "
           "rows do not divide "
           "into a type's "
           "blocks another type takes its place: what differs from the file's name is seen "
           "here.\n\n";
}

std::string generation_text(const GenerationSettings& g) {
    std::string out = fmt::format(
        "temp {}, top-k {}, top-p {}, min-p {}, repeat-penalty {} over {} tokens, ctx-size {}, "
        "predict {}, ",
        g.temp,
        g.top_k,
        g.top_p,
        g.min_p,
        g.repeat_penalty,
        g.repeat_last_n,
        g.ctx_size,
        g.predict);
    out += g.temp > 0 ? fmt::format("seed {}", g.seed) : std::string("greedy (no random draw)");
    out += g.own_template ? ", each variant with its own chat template"
                          : ", one chat template for all";
    if (g.thinking) {
        out += ", thinking on";
    }
    return out;
}

std::string independence_text(const ReportVariant& v) {
    const IndependenceCheck& check = v.independence;
    std::string out = "Independence of neighbours, " + md_code(v.variant.name) + ": ";
    out += check.n_checked == 0
               ? std::string(kNotMeasured)
               : fmt::format("{} of {} answers were the same when asked again alone",
                             check.n_equal,
                             check.n_checked);
    return out + (check.note.empty() ? "." : ". " + md_text(check.note));
}

std::string controls(const ReportModel& model) {
    const EqualityProof& proof = model.proof;
    std::string out = "## Controls\n\n";
    const bool all_here = std::all_of(model.variants.begin(),
                                      model.variants.end(),
                                      [](const auto& v) { return v.variant.runs_here(); });
    out += bullet(
        proof.n_prompts_compared == 0
            ? "Same prompts: not measured."
            : fmt::format(
                  "Same prompts: the token ids of {} of {} prompts are equal for all variants{}.",
                  proof.n_prompts_equal,
                  proof.n_prompts_compared,
                  all_here ? "" : " that ran in assay's engine"));
    out += bullet(proof.same_engine
                      ? "Same engine: one fingerprint for all variants."
                      : "Same engine: not shown, the variants did not run under one fingerprint.");
    out += bullet(!any_answered_by_settings(model)
                      ? "Same settings: not known, all answers were made elsewhere."
                      : fmt::format("Same settings{}: {}.",
                                    any_given(model) ? " for those that were answered here" : "",
                                    generation_text(model.experiment.generation)));
    for (const ReportVariant& v : model.variants) {
        out += bullet(independence_text(v));
    }
    for (const std::string& note : proof.notes) {
        out += bullet(md_text(note));
    }
    out += md_judge_controls(model);
    return out + "\n";
}

std::string saw(const ReportJudge& judge) {
    std::string out = " Beside the two answers it saw the question";
    if (judge.show_expected) {
        out += judge.show_contexts ? ", the expected answer" : " and the expected answer";
    }
    return out + (judge.show_contexts ? " and the passages." : ".");
}

std::string judge_text(const ReportJudge& judge, bool decides) {
    std::string out = md_code(judge.name) +
                      (decides ? " decides" : " is a further judge, for sensitivity only");
    if (is_metric(judge) && !judge.model.empty() && judge.model != kReferenceMetrics[0]) {
        return out + fmt::format(
                         ": a metric, not a judge of meaning. It is the {} of each answer with the "
                         "expected answer; the larger "
                         "value wins, and a difference within the tie band (0.05 where none is "
                         "named) is a tie. A right answer "
                         "in other words scores low.",
                         md_code(judge.model));
    }
    if (is_metric(judge)) {
        return out +
               ": a metric, not a judge of meaning. It is the token F1 of each answer with the "
               "expected answer, as "
               "SQuAD defines it; the "
               "larger value wins, and a difference of at most 0.05 is a tie. A right answer in "
               "other words scores "
               "low.";
    }
    if (is_by_hand(judge.provider)) {
        out += fmt::format(
            ": its pairs were given out as batches (provider {}), and {} verdicts were imported; "
            "they are said to be by {}.",
            md_code(judge.provider),
            judge.n_calls,
            judge.versions.empty() ? "nobody" : code_list(judge.versions));
        return out + saw(judge);
    }
    if (is_embedded(judge.provider)) {
        out += fmt::format(
            ": the model file {}, run by assay's own engine; {} prompts, one pair each{}.",
            md_code(judge.model),
            judge.n_calls,
            judge.versions.empty() ? "" : "; the file is " + code_list(judge.versions));
    } else {
        out += fmt::format(
            ": {} at {} (provider {}), {} calls, one pair a prompt; the replies named {}.",
            md_code(judge.model),
            md_code(judge.url),
            md_code(judge.provider),
            judge.n_calls,
            judge.versions.empty() ? "no model" : code_list(judge.versions));
    }
    if (judge.versions.size() > 1) {
        std::string counts;
        for (std::size_t i = 0; i < judge.versions.size(); ++i) {
            counts += fmt::format("{}{} of {}",
                                  i == 0 ? "" : ", ",
                                  judge.n_by_version[i],
                                  md_code(judge.versions[i]));
        }
        out += fmt::format(" **These are verdicts of more than one model:** {}.", counts);
    }
    if (judge.cost.value) {
        out += fmt::format(" They cost {:.4g} at its prices.", *judge.cost.value);
    }
    return out + saw(judge);
}

std::string blinding(const ReportModel& model) {
    std::string out = "## Blinding\n\n";
    for (const ReportJudge& judge : model.judges) {
        out += bullet(judge_text(judge, &judge == &model.judges.front()));
    }
    out += bullet(
        fmt::format("Two answers are called A and B; no name of a variant is in what is judged. "
                    "Which of them is A was drawn in "
                    "balanced blocks with blinding seed {}, and so was the order of judging.",
                    model.experiment.blinding_seed));
    out += bullet("Byte-identical answers are ties without a call, and are counted apart.");
    return out + "\n";
}

std::string practical_implications(const ReportModel& model) {
    MarkdownTable table({"name",
                         "quality",
                         "file size",
                         "prefill, tokens/s",
                         "decode, tokens/s",
                         "peak memory",
                         "parallel"},
                        "llrrrrr");
    const ReportVariant* baseline = baseline_of(model);
    const auto deciding = deciding_comparisons(model);
    const Speed base = baseline ? baseline->speed.value_or(Speed{}) : Speed{};
    for (const ReportVariant& v : model.variants) {
        const auto comparison = std::find_if(
            deciding.begin(), deciding.end(), [&](const ReportComparison* c) {
                return c->analysis.variant == v.variant.name;
            });
        const bool is_baseline = v.variant.role == Role::kBaseline;
        const Speed speed = v.speed.value_or(Speed{});
        const auto against = [&](double value, double other) {
            return is_baseline ? std::string() : relative(value, other);
        };
        const auto size_text = [&](std::uint64_t bytes, std::uint64_t other) {
            return bytes == 0 ? std::string(kNotMeasured)
                              : short_bytes(bytes) +
                                    against(static_cast<double>(bytes), static_cast<double>(other));
        };
        const std::uint64_t base_size = baseline ? baseline->variant.size_bytes() : 0;
        table.add(
            {md_code(v.variant.name),
             is_baseline                    ? "the baseline"
             : comparison == deciding.end() ? std::string(kNotMeasured)
                                            : decision_words((*comparison)->analysis.decision),
             size_text(v.variant.size_bytes(), base_size),
             figure_or_not_measured(speed.prefill_tokens_per_s) +
                 against(speed.prefill_tokens_per_s, base.prefill_tokens_per_s),
             figure_or_not_measured(speed.decode_tokens_per_s) +
                 against(speed.decode_tokens_per_s, base.decode_tokens_per_s),
             size_text(speed.peak_memory_bytes, base.peak_memory_bytes),
             speed.n_parallel > 0 ? std::to_string(speed.n_parallel) : std::string(kNotMeasured)});
    }
    if (!any_answered_by_settings(model)) {
        return "## Practical implications\n\n" + table.text() +
               "Speed and memory were not measured: the answers were made elsewhere.\n\n";
    }
    const HostInfo& host = model.host;
    return "## Practical implications\n\n" + table.text() +
           fmt::format(
               "Speeds are those of answering this set, all questions in flight together, on {}{}: "
               "one measurement "
               "each, without an interval. "
               "Peak memory is that of an engine process that loaded this variant only.\n\n",
               host.cpu.empty() ? "a machine that is not known" : md_text(host.cpu),
               host.cores > 0 ? fmt::format(" ({} cores)", host.cores) : std::string());
}

std::string multiplicity_text(const ReportModel& model, std::size_t n_variants) {
    const std::string& rule = model.experiment.multiplicity;
    const bool any_unknown = std::any_of(
        model.variants.begin() + 1, model.variants.end(), [](const ReportVariant& v) {
            return v.variant.size_bytes() == 0;
        });
    if (rule == "ladder") {
        return fmt::format(
            "{} variants are claimed in a fixed sequence from the largest file to the smallest{}, "
            "each at alpha = {:.4g}; after the first that fails nothing is claimed.",
            n_variants,
            any_unknown ? ", those of unknown size last in the order of the plan" : "",
            model.experiment.alpha);
    }
    if (rule == "holm") {
        return fmt::format("{} variants are claimed by Holm's adjusted p values at alpha = {:.4g}.",
                           n_variants,
                           model.experiment.alpha);
    }
    return fmt::format(
        "{} variants are decided, each at alpha = {:.4g}, without a correction for their number.",
        n_variants,
        model.experiment.alpha);
}

std::string caveats(const ReportModel& model) {
    std::string out = "## Caveats\n\n";
    const auto deciding = deciding_comparisons(model);
    const bool any_metric = std::any_of(model.judges.begin(), model.judges.end(), is_metric);
    const bool not_judged = std::any_of(deciding.begin(), deciding.end(), [](const auto* c) {
        return c->analysis.counts.not_judged > 0;
    });
    const bool cut = std::any_of(model.variants.begin(), model.variants.end(), [](const auto& v) {
        return v.n_length_stop > 0;
    });
    out += bullet(fmt::format(
        "The result holds for these {} questions and others like them, these settings, and this "
        "judge; not for other tasks.",
        model.experiment.n_questions));
    if (any_metric) {
        out += bullet(
            "The reference metric compares words with the expected answer. It does not know "
            "whether an answer is "
            "right.");
    }
    if (deciding.size() > 1) {
        out += bullet(multiplicity_text(model, deciding.size()));
    }
    if (not_judged) {
        out += bullet(
            "Some comparisons were not judged: judging stopped early, or run again to judge them.");
    }
    if (std::any_of(model.variants.begin(), model.variants.end(), [](const auto& v) {
            return v.n_unknown_stop > 0;
        })) {
        out += bullet(
            "Of some answers it is not known whether the limit of tokens cut them: a cut answer "
            "that ends with a sentence is not seen as one.");
    }
    if (cut) {
        out += bullet(
            "Some answers were cut at the limit of tokens; a longer limit may change the result.");
    }
    if (!model.proof.same_engine) {
        out += bullet(
            "Not only the weights may differ: the variants did not run under one engine "
            "fingerprint.");
    }
    if (model.experiment.generation.own_template && any_answered_by_settings(model)) {
        out += bullet("Not only the weights differ: each variant used its own chat template.");
    }
    if (model.experiment.generation.temp > 0 && any_answered_by_settings(model)) {
        out += bullet("Answers were sampled; another seed gives other answers.");
    }
    if (model.experiment.exploratory) {
        out += bullet("Exploratory: " + md_text(model.experiment.exploratory_why) + ".");
    }
    return out + "\n";
}

std::string reproducibility(const ReportModel& model) {
    const ReportExperiment& e = model.experiment;
    MarkdownTable hashes({"what", "SHA-256"}, "ll");
    hashes.add({"plan", md_code(e.plan_sha256)});
    hashes.add({"dataset " + md_code(e.dataset_file), md_code(e.dataset_sha256)});
    for (const ReportVariant& v : model.variants) {
        if (v.variant.answers) {
            hashes.add(
                {"answers of " + md_code(v.variant.name), md_code(v.variant.answers->sha256)});
        }
        if (v.variant.served) {
            hashes.add({"digest of " + md_code(v.variant.name),
                        v.variant.served->digest.empty() ? "not told"
                                                         : md_code(v.variant.served->digest)});
        }
        if (!v.variant.file.sha256.empty()) {
            hashes.add({"weights of " + md_code(v.variant.name), md_code(v.variant.file.sha256)});
        }
    }
    std::vector<std::string> engines;
    for (const ReportVariant& v : model.variants) {
        if (v.variant.answers) {
            continue;  // nobody says what made them
        }
        const std::string line = fmt::format(
            "Engine: {} {}, fingerprint {}{}.",
            md_text(v.engine.name),
            md_text(v.engine.version),
            v.engine.fingerprint.empty() ? "not known" : md_code(v.engine.fingerprint),
            v.engine.description.empty() ? "" : " (" + md_text(v.engine.description) + ")");
        if (std::find(engines.begin(), engines.end(), line) == engines.end()) {
            engines.push_back(line);
        }
    }
    std::string out = "## Reproducibility\n\n" + hashes.text();
    for (const std::string& line : engines) {
        out += bullet(line);
    }
    out += bullet(
        any_answered_by_settings(model)
            ? fmt::format("Seeds: blinding {}, generation {}.", e.blinding_seed, e.generation.seed)
            : fmt::format("Seed: blinding {}.", e.blinding_seed));
    out += bullet("Host: " + (model.host.cpu.empty() ? "not known" : md_text(model.host.cpu)) +
                  (model.host.os.empty() ? "" : ", " + md_text(model.host.os)) + ".");
    out += bullet(
        "In the run's folder: `assay.sqlite` (everything), `report.json`, `evaluation/responses/` "
        "(the answers), "
        "`evaluation/exports/` "
        "(what was judged, the key to A and B, the judge's replies, the verdicts).");
    if (e.command.empty()) {
        return out + "\n";
    }
    return out + "\nRun again (what is done is kept):\n\n" + md_code_block(e.command);
}

std::string conclusion(const ReportModel& model) {
    std::string out = "## Conclusion and recommendation\n\n";
    for (const ReportComparison* comparison : deciding_comparisons(model)) {
        const ComparisonAnalysis& a = comparison->analysis;
        out += bullet(fmt::format("{}: {}, net win rate {}{}.",
                                  md_code(a.variant),
                                  decision_sentence(a.decision),
                                  points_with_interval(a.net_win_rate),
                                  a.net_win_rate.value ? " points" : ""));
    }
    const std::string& sentence = model.recommendation.sentence;
    return out + "\n" +
           (sentence.empty() ? "No recommendation." : "**" + md_text(sentence) + "**") + "\n";
}

}  // namespace

std::string render_markdown(const ReportModel& model) {
    return heading(model) + key_finding(model) + models_compared(model) + controls(model) +
           blinding(model) + md_match_outcomes(model) + md_win_rates(model) +
           md_significance(model) + md_net_win_rate(model) + md_position(model) +
           md_confidence(model) + md_lost_questions(model) + md_failures(model) +
           md_stopping(model) + md_sensitivity(model) + practical_implications(model) +
           caveats(model) + md_sample_size(model) + reproducibility(model) + conclusion(model);
}

}  // namespace assay::report
