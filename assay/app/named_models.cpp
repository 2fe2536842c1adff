#include "assay/app/named_models.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <set>

#include "assay/app/or_throw.hpp"
#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/config/draft.hpp"
#include "assay/records/checkpoint_name.hpp"
#include "assay/variants/merge_lora.hpp"
#include "assay/variants/ollama_store.hpp"
#include "assay/variants/resolve.hpp"

namespace assay::app {
namespace {

std::string name_of_model(const VariantSpec& spec) {
    if (!spec.name.empty()) {
        return slug(spec.name);
    }
    if (const TypeSource* type = spec.type()) {
        return type->type;
    }
    const std::string file = spec.file();
    return slug(file.ends_with(".gguf") ? std::filesystem::path(file).stem().string() : file);
}

VariantSpec model_of_word(const std::string& word,
                          const std::string& imatrix,
                          const std::string& what,
                          config::Problems& problems) {
    const config::Where where{"--variants", 0, 0, ""};
    const std::filesystem::path here = std::filesystem::current_path();
    VariantSpec spec = config::variant_of_text(trim(word), here, where, problems);
    if (auto* type = std::get_if<TypeSource>(&spec.source); type != nullptr && !imatrix.empty()) {
        type->imatrix = config::absolute_path(here, imatrix, {"--imatrix", 0, 0, ""}, problems);
    }
    if (const auto why = why_no_file(spec, word, what)) {
        problems.add(where, why->message, why->remedy);
    }
    spec.name = name_of_model(spec);
    return spec;
}

}  // namespace

std::optional<Failure> why_no_file(const VariantSpec& spec,
                                   const std::string& word,
                                   const std::string& what) {
    if (!spec.runs_here()) {
        return Failure{fmt::format("{} is no model file: {} by files only", word, what),
                       {},
                       "Name a GGUF, ollama:NAME, or a type that is made of the baseline."};
    }
    if (checkpoint_of(spec.file())) {
        return Failure{fmt::format("{} is a checkpoint folder: {} by GGUF files only", word, what),
                       {},
                       "Convert it first: a run with it keeps the GGUF in the cache."};
    }
    return std::nullopt;
}

NamedModels named_models(const ModelWords& words,
                         const std::string& what,
                         config::Problems& problems) {
    NamedModels out;
    std::set<std::string> names;
    if (!words.baseline.empty()) {
        const config::Where where{"--baseline", 0, 0, ""};
        out.baseline = config::baseline_of_text(
            words.baseline, std::filesystem::current_path(), where, problems);
        if (const auto why = why_no_file(*out.baseline, words.baseline, what)) {
            problems.add(where, why->message, why->remedy);
        }
        out.baseline->name = name_of_model(*out.baseline);
    }
    for (const std::string& word : words.variants) {
        out.variants.push_back(model_of_word(word, words.imatrix, what, problems));
        if (!names.insert(out.variants.back().name).second) {
            problems.add({"--variants", 0, 0, ""},
                         fmt::format("two variants have the name {}", out.variants.back().name),
                         "Give them names: one=FILE,two=FILE.");
        }
    }
    return out;
}

ModelFile file_of_model(const VariantSpec& spec,
                        const ModelFile* baseline,
                        const ModelWorkshop& workshop) {
    const variants::HashFile hash = [](const std::string& path) {
        return or_throw(sha256_of_file(path));
    };
    const TypeSource* type = spec.type();
    if (type == nullptr) {
        const std::string path = variants::path_of_model(spec.file());
        variants::MergeRequest merge;
        for (const LoraSpec& adapter : spec.merged_lora()) {
            static_cast<void>(or_throw(workshop.engine.inspect_lora({path, adapter.file})));
            merge.adapters.push_back(variants::resolve_lora(adapter, hash));
        }
        merge.base = variants::resolve_file(workshop.engine, path, hash);
        if (merge.adapters.empty()) {
            return merge.base;
        }
        merge.cache = variants::model_cache();
        merge.n_threads = workshop.n_threads;
        return variants::merge_lora({workshop.engine, hash, workshop.progress}, merge);
    }
    ASSAY_CHECK(baseline != nullptr);
    variants::QuantizeRequest request;
    request.source = *baseline;
    request.type = type->type;
    request.imatrix = type->imatrix;
    request.cache = variants::model_cache();
    request.n_threads = workshop.n_threads;
    return variants::quantize({workshop.engine, hash, workshop.progress}, request);
}

}  // namespace assay::app
