#include "assay/app/variant_run.hpp"

#include <fmt/format.h>

#include <array>
#include <set>

#include "assay/app/engine_variant.hpp"
#include "assay/app/given_variant.hpp"
#include "assay/app/served_variant.hpp"
#include "assay/base/result.hpp"
#include "assay/variants/ollama_store.hpp"
#include "assay/variants/resolve.hpp"

namespace assay::app {
namespace {

template <class Room>
std::unique_ptr<VariantRun> make(const VariantSpec& spec, std::size_t place, RunContext& context) {
    return std::make_unique<Room>(spec, place, context);
}

struct Kind {
    bool (*is)(const VariantSpec& spec);
    std::unique_ptr<VariantRun> (*make)(const VariantSpec&, std::size_t, RunContext&);
};

constexpr std::array kKinds{
    Kind{[](const VariantSpec& spec) { return !spec.answers.empty(); }, make<GivenVariant>},
    Kind{[](const VariantSpec& spec) { return !spec.served.provider.empty(); },
         make<ServedVariant>},
    Kind{[](const VariantSpec&) { return true; }, make<EngineVariant>},
};

}  // namespace

VariantRun::VariantRun(const VariantSpec& spec, std::size_t place, RunContext& context)
    : spec(spec), place(place), context_(context) {
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
    if (spec.file.empty()) {
        return;
    }
    const auto inspected = context_.engine().inspect(variants::path_of_model(spec.file));
    if (!inspected) {
        throw Error(ErrorKind::kUsage, inspected.error());
    }
}

void VariantRun::resolve_file(const ModelFile& baseline_file) {
    const auto hash = [this](const std::string& path) { return context_.hash_of(path); };
    if (!spec.file.empty()) {
        variant.recipe = "file";
        variant.file = variants::resolve_file(
            context_.engine(), variants::path_of_model(spec.file), hash);
    }
    if (!spec.type.empty()) {
        variants::QuantizeRequest request;
        request.source = baseline_file;
        request.type = spec.type;
        request.imatrix = spec.imatrix;
        request.cache = variants::model_cache();
        request.n_threads = context_.n_threads();
        variant.recipe = fmt::format("{} from {}{}",
                                     spec.type,
                                     request.source.sha256,
                                     spec.imatrix.empty() ? "" : " with an importance matrix");
        variant.file = variants::quantize(context_.engine(), request, hash, context_.progress);
    }
}

std::unique_ptr<VariantRun> make_variant_run(const VariantSpec& spec,
                                             std::size_t place,
                                             RunContext& context) {
    for (const Kind& kind : kKinds) {
        if (kind.is(spec)) {
            return kind.make(spec, place, context);
        }
    }
    throw std::logic_error("a variant of no kind");
}

}  // namespace assay::app
