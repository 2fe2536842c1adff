#include "assay/app/served_variant.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "assay/base/result.hpp"

namespace assay::app {
namespace {

std::unique_ptr<llm::ServedGenerator> generator_for(const VariantSpec& spec,
                                                    const std::string& model,
                                                    const GenerationSettings& generation,
                                                    const std::atomic<bool>& cancel,
                                                    Progress& progress) {
    llm::ServedGenerator::Options options{spec.name, spec.served, generation};
    options.spec.model = model;
    return std::make_unique<llm::ServedGenerator>(std::move(options), cancel, progress);
}

/// "model-00001-of-00003.gguf"
bool is_split(const std::string& path) {
    const std::string stem = std::filesystem::path(path).stem().string();
    return stem.size() > 9 && stem.substr(stem.size() - 9, 4) == "-of-" &&
           stem.find_first_not_of("0123456789", stem.size() - 5) == std::string::npos;
}

}  // namespace

ServedVariant::ServedVariant(const VariantSpec& spec,
                             const Plan& plan,
                             const std::atomic<bool>& cancel,
                             Progress& progress)
    : spec_(spec),
      generation_(plan.generation),
      run_dir_(plan.run_dir),
      cancel_(cancel),
      progress_(progress),
      model_(spec.served.model.empty() ? spec.name : spec.served.model),
      generator_(generator_for(spec, model_, generation_, cancel, progress)) {}

void ServedVariant::connect(const ModelFile& file) {
    if (spec_.served.model.empty()) {
        progress_.begin(fmt::format("bringing {} to Ollama", spec_.name), 0, "");
        if (is_split(file.path)) {
            throw_usage(
                fmt::format("{}: a model in several files is not taken to Ollama", spec_.name),
                file.path,
                "Join them with llama-gguf-split --merge.");
        }
        model_ = llm::guest_name(run_dir_, file.sha256);
        guest_ = std::make_unique<llm::OllamaGuest>(generator_->places(),
                                                    model_,
                                                    llm::OllamaGuest::File{file.path, file.sha256},
                                                    progress_);
        generator_ = generator_for(spec_, model_, generation_, cancel_, progress_);
        progress_.finish("");
    } else if (spec_.served.pull) {
        progress_.begin(fmt::format("getting {}", model_), 0, "");
        for (const llm::ServedPlace& place : generator_->places()) {
            llm::pull_ollama_model(place, model_);
        }
        progress_.finish("");
    }
    generator_->connect();
}

ServedModel ServedVariant::model() const {
    const llm::ServedFacts& facts = generator_->facts();
    std::string addresses;
    for (const llm::ServedPlace& place : generator_->places()) {
        addresses += (addresses.empty() ? "" : ", ") + place.target().url;
    }
    ServedModel out;
    out.provider = spec_.served.provider;
    out.address = addresses;
    out.model = model_;
    out.digest = facts.digest;
    out.quantization = facts.quantization;
    out.server_version = facts.server_version;
    out.size_bytes = facts.size_bytes;
    out.server = facts.server;
    out.n_parameters = facts.n_parameters;
    out.chat_template = facts.chat_template;
    out.parameters = facts.parameters;
    return out;
}

EngineInfo ServedVariant::engine() const {
    const llm::ServedFacts& facts = generator_->facts();
    return {facts.server, facts.server_version, generator_->fingerprint(), llm::describe(facts)};
}

std::string ServedVariant::what_is_not_known(const std::string& engine) const {
    return fmt::format(
        "{}: run by a server ({}), {} at a time; it does not tell the token ids of prompts and "
        "answers nor its memory, and that an answer does not depend on what ran beside it is not "
        "proven. A speed is the server's own, of single requests",
        spec_.name,
        engine,
        n_parallel());
}

}  // namespace assay::app
