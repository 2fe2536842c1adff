#include "assay/app/variant_run.hpp"

#include <fmt/format.h>

#include <set>

#include "assay/base/result.hpp"
#include "assay/variants/ollama_store.hpp"
#include "assay/variants/resolve.hpp"

namespace assay::app {

VariantRun::VariantRun(const VariantSpec& variant_spec, std::size_t index, RunContext& context)
    : spec(variant_spec), place(index), context_(context) {
    variant.name = spec.name;
    variant.role = place == 0 ? Role::kBaseline : Role::kVariant;
}

const run::VariantFacts* VariantRun::before() const {
    return context_.before ? &context_.before->variants.at(place) : nullptr;
}

VariantRun::MissingAnswers VariantRun::missing_answers() const {
    const std::vector<std::string> missing = context_.store->missing_answers(facts.answer_keys);
    std::set<std::string> wanted(missing.begin(), missing.end());
    MissingAnswers out;
    for (std::size_t q = 0; q < prompts.prompts.size(); ++q) {
        const answer::PreparedPrompt& prompt = prompts.prompts[q];
        out.key_of[prompt.question_id] = facts.answer_keys[q];
        if (wanted.erase(facts.answer_keys[q]) > 0) {
            out.prompts.push_back(&prompt);
        }
    }
    return out;
}

void VariantRun::refuse_to_answer(std::size_t n_missing) const {
    if (!context_.options.only_judge || n_missing == 0) {
        return;
    }
    throw_usage(
        fmt::format("{} of the {} answers of {} are missing, and only judging was asked for",
                    n_missing,
                    context_.questions.size(),
                    variant.name),
        context_.plan.run_dir,
        "Make them first: the same command with `run` in place of `judge`.");
}

void VariantRun::check_file() {
    if (spec.file().empty()) {
        return;
    }
    const std::string path = variants::path_of_model(spec.file());
    const auto inspected = context_.engine().inspect(path);
    if (!inspected) {
        throw Error(ErrorKind::kUsage, inspected.error());
    }
}

void VariantRun::resolve_file(const ModelFile& baseline_file) {
    const auto hash = [this](const std::string& path) { return context_.hash_of(path); };
    if (!spec.file().empty()) {
        variant.origin = "file";
        variant.file = variants::resolve_file(
            context_.engine(), variants::path_of_model(spec.file()), hash);
    }
    if (const TypeSource* made = spec.type()) {
        variants::QuantizeRequest request;
        request.source = baseline_file;
        request.type = made->type;
        request.imatrix = made->imatrix;
        request.cache = variants::model_cache();
        request.n_threads = context_.n_threads();
        variant.origin = fmt::format("{} from {}{}",
                                     made->type,
                                     request.source.sha256,
                                     made->imatrix.empty() ? "" : " with an importance matrix");
        variant.file = variants::quantize(context_.engine(), request, hash, context_.progress);
    }
}

}  // namespace assay::app
