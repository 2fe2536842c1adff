#include <algorithm>
#include <filesystem>
#include <utility>

#include "assay/report/figure_text.hpp"
#include "assay/report/report_sections.hpp"

namespace assay::report {
namespace {

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

Text file_name_of(const std::string& path) {
    return code(std::filesystem::path(path).filename().string());
}

/// "Q4_K 120, Q6_K 30, F32 61": the most frequent first.
Text tensor_types(const ModelFile& file) {
    std::vector<std::pair<std::string, int>> types(file.tensor_types.begin(),
                                                   file.tensor_types.end());
    std::stable_sort(types.begin(), types.end(), [](const auto& a, const auto& b) {
        return a.second > b.second;
    });
    Text out;
    for (const auto& [type, count] : types) {
        if (!out.empty()) {
            out += ", ";
        }
        out += say("{} {}", foreign(type), count);
    }
    return out.empty() ? not_measured() : out;
}

/// The name of what was run or read.
Text source_text(const Variant& v) {
    if (v.answers) {
        return file_name_of(v.answers->path);
    }
    if (v.served) {
        return say("{} at {}", code(v.served->model), code(v.served->address));
    }
    return v.file.path.empty() ? Text("none") : file_name_of(v.file.path);
}

/// The adapters that its server has loaded; their content is not told.
Text served_adapters_text(const ServedModel& served) {
    Text out;
    for (const ServedAdapter& adapter : served.adapters) {
        out += out.empty() ? Text(", with the server's LoRA adapter ") : Text(" and ");
        out += say("{} (scale {})", code(adapter.path), shortest_text(adapter.scale));
    }
    return out;
}

/// How it came about, and what a file of answers or a server tells of it.
Text made_text(const Variant& v) {
    Text out = foreign(v.origin);
    if (v.answers) {
        out += say(" ({}; {})",
                   foreign(v.answers->format),
                   v.answers->generator.empty() ? Text("the file does not name the model")
                                                : say("by {}", code(v.answers->generator)));
    }
    if (v.served) {
        const auto after = [](Text separator, const std::string& told) {
            return told.empty() ? Text() : std::move(separator) + foreign(told);
        };
        out += say(" ({}{}{})",
                   foreign(v.served->provider),
                   after(" ", v.served->server_version),
                   after(", ", v.served->quantization));
        out += served_adapters_text(*v.served);
    }
    return out;
}

/// The adapters in its file, or that which the engine applies.
Text lora_text(const Variant& variant) {
    if (!variant.lora) {
        return {};
    }
    const bool applied = variant.applied_lora() != nullptr;
    Text out = applied ? Text(", with the LoRA adapter ") : Text(", with merged in ");
    for (const LoraFile& adapter : variant.lora->adapters) {
        if (&adapter != &variant.lora->adapters.front()) {
            out += " and ";
        }
        out += say("{} (scale {})",
                   code(std::filesystem::path(adapter.path).filename().string()),
                   shortest_text(adapter.scale));
    }
    if (applied) {
        out += say(" applied at run time ({}, in its size)",
                   size_text(variant.applied_lora()->size_bytes));
    }
    return out;
}

/// How it is run, where that is not the default.
Text recipe_text(const ReportVariant& v) {
    if (!v.variant.runs_here() || v.recipe == RunRecipe()) {
        return {};
    }
    Text out = say(", run with {}", foreign(describe_recipe(v.recipe)));
    if (v.kv_bytes_per_token > 0) {
        out += say(" ({} bytes a token)", v.kv_bytes_per_token);
    }
    return out;
}

Text relative_size(const Variant& variant, const ReportVariant* baseline) {
    if (variant.size_bytes() == 0) {
        return not_measured();
    }
    Text out = size_text(variant.size_bytes());
    if (baseline != nullptr && variant.role != Role::kBaseline) {
        out += relative_text(static_cast<double>(variant.size_bytes()),
                             static_cast<double>(baseline->variant.size_bytes()));
    }
    return out;
}

Text generation_text(const GenerationSettings& g) {
    Text out = say(
        "temp {}, top-k {}, top-p {}, min-p {}, repeat-penalty {} over {} tokens, ctx-size {}, "
        "predict {}, ",
        shortest_text(g.temp),
        g.top_k,
        shortest_text(g.top_p),
        shortest_text(g.min_p),
        shortest_text(g.repeat_penalty),
        g.repeat_last_n,
        g.ctx_size,
        g.predict);
    out += g.temp > 0 ? say("seed {}", g.seed) : Text("greedy (no random draw)");
    if (g.samples == kAutoSamples) {
        out += say(
            ", {} samples of each question and further ones up to {} where the look asked for "
            "them, with the same dice for all models",
            kFirstSamples,
            kMostSamples);
    } else if (g.has_samples()) {
        out += say(", {} samples of each question with the same dice for all models", g.samples);
    }
    out += g.own_template ? Text(", each variant with its own chat template")
                          : Text(", one chat template for all");
    if (g.thinking) {
        out += ", thinking on";
    }
    return out;
}

Text prompts_text(const ReportModel& model) {
    const EqualityProof& proof = model.proof;
    if (proof.n_prompts_compared == 0) {
        return "Same prompts: not measured.";
    }
    const bool all_here = std::all_of(model.variants.begin(),
                                      model.variants.end(),
                                      [](const ReportVariant& v) { return v.variant.runs_here(); });
    return say("Same prompts: the token ids of {} of {} prompts are equal for all variants{}.",
               proof.n_prompts_equal,
               proof.n_prompts_compared,
               all_here ? Text() : Text(" that ran in assay's engine"));
}

Text settings_text(const ReportModel& model) {
    if (!any_answered_by_settings(model)) {
        return "Same settings: not known, all answers were made elsewhere.";
    }
    Text out = say("Same settings{}: {}.",
                   any_given(model) ? Text(" for those that were answered here") : Text(),
                   generation_text(model.experiment.generation));
    if (model.experiment.generation.has_samples()) {
        out +=
            " What is compared is what the models write at this temperature, over questions and "
            "dice; how their greedy answers compare is another question.";
    }
    return out;
}

Text independence_text(const ReportVariant& v) {
    const IndependenceCheck& check = v.independence;
    Text out = say("Independence of neighbours, {}: ", code(v.variant.name));
    out += check.n_checked == 0 ? not_measured()
                                : say("{} of {} answers were the same when asked again alone",
                                      check.n_equal,
                                      check.n_checked);
    out += ".";
    if (!check.note.empty()) {
        // The note is a sentence with its own full stop.
        out += " " + foreign(check.note);
    }
    return out;
}

}  // namespace

Section models_section(const ReportModel& model) {
    Table table({"name",
                 "role",
                 "file",
                 "size",
                 "bits per weight",
                 "type it names",
                 "tensors by real type",
                 "made"},
                "lllrrlll");
    for (const ReportVariant& v : model.variants) {
        const ModelFile& file = v.variant.file;
        table.add({code(v.variant.name),
                   role_text(v.variant.role),
                   source_text(v.variant),
                   relative_size(v.variant, baseline_of(model)),
                   positive_text(file.bits_per_weight()),
                   file.file_type.empty() ? Text("not said") : code(file.file_type),
                   tensor_types(file),
                   made_text(v.variant) + lora_text(v.variant) + recipe_text(v)});
    }
    Section section{"Models compared"};
    section.add(std::move(table));
    if (any_file(model)) {
        section.add(Paragraph{
            "The types are counted in the files. A quantization is a mixture, and where a tensor's "
            "rows do not divide into a type's blocks another type takes its place: what differs "
            "from the file's name is seen here."});
    } else {
        section.add(
            Paragraph{"There is no file of a model here: sizes and types were not measured."});
    }
    return section;
}

Section controls_section(const ReportModel& model) {
    Bullets bullets;
    bullets.items.push_back(prompts_text(model));
    bullets.items.push_back(
        model.proof.same_engine
            ? Text("Same engine: one fingerprint for all variants.")
            : Text("Same engine: not shown, the variants did not run under one fingerprint."));
    bullets.items.push_back(settings_text(model));
    for (const ReportVariant& v : model.variants) {
        bullets.items.push_back(independence_text(v));
    }
    for (const std::string& note : model.proof.notes) {
        bullets.items.push_back(foreign(note));
    }
    for (Text& judge : judge_controls(model)) {
        bullets.items.push_back(std::move(judge));
    }
    Section section{"Controls"};
    section.add(std::move(bullets));
    return section;
}

}  // namespace assay::report
