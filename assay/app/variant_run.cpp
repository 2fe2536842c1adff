#include "assay/app/variant_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "assay/app/imatrix_text.hpp"
#include "assay/base/result.hpp"
#include "assay/variants/make_imatrix.hpp"
#include "assay/variants/merge_lora.hpp"
#include "assay/variants/resolve.hpp"

namespace assay::app {
namespace {

/// "SHA-256 with the LoRA adapter SHA-256, scale 1"
std::string text_of(const LoraUse& lora) {
    std::string out = lora.base_sha256;
    for (const LoraFile& adapter : lora.adapters) {
        out += fmt::format("{} the LoRA adapter {}, scale {}",
                           &adapter == &lora.adapters.front() ? " with" : " and",
                           adapter.sha256,
                           adapter.scale);
    }
    return out;
}

}  // namespace

VariantRun::VariantRun(const VariantSpec& variant_spec, std::size_t index, RunContext& context)
    : spec(variant_spec),
      place(index),
      context_(context),
      hash_([&context](const std::string& path) { return context.hash_of(path); }) {
    variant.name = spec.name;
    variant.role = place == 0 ? Role::kBaseline : Role::kVariant;
}

const run::VariantFacts* VariantRun::before() const {
    return context_.before ? &context_.before->variants.at(place) : nullptr;
}

std::vector<const answer::PreparedPrompt*> VariantRun::missing_answers() const {
    const std::vector<std::string> missing = context_.store->missing_answers(facts.answer_keys);
    std::set<std::string> wanted(missing.begin(), missing.end());
    std::vector<const answer::PreparedPrompt*> out;
    for (std::size_t i = 0; i < prompts.prompts.size(); ++i) {
        if (wanted.erase(facts.answer_keys[i]) > 0) {
            out.push_back(&prompts.prompts[i]);
        }
    }
    return out;
}

void VariantRun::keep_samples(int n_samples) {
    const std::size_t n = context_.questions.size() * static_cast<std::size_t>(n_samples);
    if (facts.answer_keys.size() > n) {
        facts.answer_keys.resize(n);
    }
    if (prompts.prompts.size() > n) {
        prompts.prompts.resize(n);
    }
}

const std::string& VariantRun::key_of(const answer::PreparedPrompt& prompt) const {
    return facts.answer_keys[static_cast<std::size_t>(&prompt - prompts.prompts.data())];
}

std::string VariantRun::why_no_fidelity(const VariantRun& baseline) const {
    if (baseline.reader() == nullptr) {
        return "the baseline's answers were not made by assay's own engine, so the probabilities "
               "of their tokens are not known";
    }
    if (reader() == nullptr) {
        return "its answers were not made by assay's own engine, so it cannot be asked what it "
               "thinks of the baseline's tokens";
    }
    if (!baseline.reader()->is_proven || !reader()->is_proven) {
        return "not proven here: on this backend, or with this kind of model, what is read has not "
               "the bits of what is written, and a distance would be partly the engine's";
    }
    if (baseline.reader()->vocabulary_sha256 != reader()->vocabulary_sha256) {
        return "its vocabulary is another than the baseline's, and a divergence of distributions "
               "over different tokens is not defined";
    }
    const bool same_prompts = std::equal(
        prompts.prompts.begin(),
        prompts.prompts.end(),
        baseline.prompts.prompts.begin(),
        baseline.prompts.prompts.end(),
        [](const auto& a, const auto& b) { return a.tokens == b.tokens; });
    return same_prompts ? std::string()
                        : "its prompts are other token ids than the baseline's (own-template)";
}

void VariantRun::refuse_to_answer(std::size_t n_missing) const {
    if (!context_.options.only_judge || n_missing == 0) {
        return;
    }
    throw_usage(
        fmt::format("{} of the {} answers of {} are missing, and only judging was asked for",
                    n_missing,
                    facts.answer_keys.size(),
                    variant.name),
        context_.plan.run_dir,
        "Make them first: the same command with `run` in place of `judge`.");
}

void VariantRun::check_file() {
    check_imatrix_text(spec, place, context_);
    if (spec.file().empty()) {
        return;
    }
    const std::string path = context_.path_of_model(spec.file());
    const auto inspected = context_.engine().inspect(path);
    if (!inspected) {
        throw Error(ErrorKind::kUsage, inspected.error());
    }
    for (const LoraSpec& adapter : spec.merged_lora()) {
        const std::string file = context_.path_of_adapter(spec.file(), adapter.file);
        if (const auto fits = context_.engine().inspect_lora({path, file}); !fits) {
            throw Error(ErrorKind::kUsage, fits.error());
        }
    }
}

variants::Workshop VariantRun::workshop() {
    return {context_.engine(), hash_, context_.progress};
}

ModelFile VariantRun::file_of_plan(const std::string& file) {
    return variants::resolve_file(context_.engine(), context_.path_of_model(file), hash_);
}

LoraFile VariantRun::resolve_adapter(const std::string& base, const LoraSpec& adapter) {
    return variants::resolve_lora({context_.path_of_adapter(base, adapter.file), adapter.scale},
                                  hash_);
}

/// The base with the plan's adapters merged in.
ModelFile VariantRun::merged_file(const ModelFile& base) {
    LoraUse lora{LoraMode::kMerged, base.sha256, {}};
    for (const LoraSpec& adapter : spec.merged_lora()) {
        lora.adapters.push_back(resolve_adapter(spec.file(), adapter));
    }
    variant.origin = "merged from " + text_of(lora);
    variant.lora = lora;
    return variants::merge_lora(
        workshop(), {base, lora.adapters, variants::model_cache(), context_.n_threads()});
}

/// The type that is made of the baseline's file; where the adapter is applied to it at run time, of
/// the file that the baseline's adapter was merged into.
ModelFile VariantRun::made_of(const ModelFile& baseline_file, const TypeSource& made) {
    variants::QuantizeRequest request;
    request.source = baseline_file;
    request.type = made.type;
    request.imatrix = made.imatrix;
    request.cache = variants::model_cache();
    request.n_threads = context_.n_threads();
    if (made.lora_applied) {
        const VariantSpec& baseline = context_.plan.baseline;
        request.source = file_of_plan(baseline.file());
        variant.lora = LoraUse{LoraMode::kApplied,
                               request.source.sha256,
                               {resolve_adapter(baseline.file(), baseline.merged_lora().front())}};
    }
    std::string with_imatrix = made.imatrix.empty() ? "" : " with an importance matrix";
    if (made.imatrix_text) {
        const variants::MadeImatrix matrix = variants::make_imatrix(
            workshop(),
            {request.source,
             *made.imatrix_text,
             request.cache,
             request.n_threads,
             context_.plan.engine.n_gpu_layers});
        request.imatrix = matrix.path;
        with_imatrix = " " + variants::describe(matrix);
    }
    variant.origin = fmt::format(
        "{} from {}{}",
        made.type,
        variant.lora ? text_of(*variant.lora) + " (applied at run time)" : request.source.sha256,
        with_imatrix);
    return variants::quantize(workshop(), request);
}

void VariantRun::resolve_file(const ModelFile& baseline_file) {
    if (!spec.file().empty()) {
        variant.file = file_of_plan(spec.file());
        variant.origin = "file";
        if (!spec.merged_lora().empty()) {
            variant.file = merged_file(variant.file);
        }
        if (const auto checkpoint = context_.checkpoint_sha256(spec.file())) {
            const std::string made = "converted from the checkpoint " + *checkpoint;
            variant.origin = variant.lora ? variant.origin + "; the first of them was " + made
                                          : made;
        }
    }
    if (const TypeSource* made = spec.type()) {
        variant.file = made_of(baseline_file, *made);
    }
    facts.lora = variant.lora;
}

void VariantRun::note_applied_lora() const {
    if (variant.applied_lora() == nullptr) {
        return;
    }
    context_.facts.notes.push_back(
        fmt::format("{}: the LoRA adapter is applied to the quantized base at run time; in the "
                    "baseline it is merged before anything is quantized",
                    variant.name));
}

}  // namespace assay::app
