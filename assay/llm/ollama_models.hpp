#pragma once
// Models on an Ollama server: fetched from its registry, and ours, created there for a run and
// removed again.

#include <string>
#include <vector>

#include "assay/base/progress.hpp"
#include "assay/llm/served_api.hpp"

namespace assay::llm {

/// Has the server fetch the model from its registry, or make sure that it is up to date. Takes as
/// long as that takes; throws Error.
void pull_ollama_model(const ServedPlace& place, const std::string& model);

/// A name for a model of ours on somebody's Ollama that no user's model has: "assay-temporary-" and
/// 16 digits of the hash of the run's folder and the file. The same for the same run, so that a run
/// that goes on after a kill finds, and in the end removes, what it left.
[[nodiscard]] std::string guest_name(const std::string& run_dir, const std::string& file_sha256);

/// A GGUF file as a model on Ollama servers, as long as this object lives.
class OllamaGuest {
 public:
    struct File {
        std::string path;
        std::string sha256;
    };
    /// Uploads the file where its blob is not there yet, and creates the model from it, with the
    /// chat template that Ollama recognizes in the file. Throws Error.
    OllamaGuest(const std::vector<ServedPlace>& places,
                std::string name,
                const File& file,
                Progress& progress);
    /// Removes the models; what cannot be removed is noted.
    ~OllamaGuest();
    OllamaGuest(const OllamaGuest&) = delete;
    OllamaGuest& operator=(const OllamaGuest&) = delete;

 private:
    void remove();

    const std::string name_;
    std::vector<ServedPlace> created_at_;
    Progress& progress_;
};

}  // namespace assay::llm
