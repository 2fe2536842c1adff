#pragma once
// Models on an Ollama server: fetched from its registry, and ours, created there for a run and
// removed again.

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "assay/base/progress.hpp"
#include "assay/llm/created_models.hpp"
#include "assay/llm/served_api.hpp"

namespace assay::llm {

/// Has the server fetch the model from its registry, or make sure that it is up to date. Takes as
/// long as that takes; throws Error.
void pull_ollama_model(const ServedPlace& place, const std::string& model);

/// A name for a model of ours on somebody's Ollama that no user's model has: kGuestPrefix and 16
/// digits of the hash of the run's folder, the variant and the files' hashes. The same for the same
/// run, so that a run that goes on after a kill finds what it left.
[[nodiscard]] std::string guest_name(const std::string& run_dir,
                                     const std::string& variant,
                                     const std::string& files_sha256);

/// A GGUF file as a model on Ollama servers, as long as this object lives.
class OllamaGuest {
 public:
    struct Order {
        std::string name;             ///< of the model: guest_name()
        std::string path;             ///< of the file
        std::string sha256;           ///< of the file
        std::string api_key_env;      ///< the variable of the servers' key; may be empty
        std::filesystem::path notes;  ///< folder of the notes of what was created
        std::string adapter{};  ///< a LoRA adapter that Ollama applies to the file, with scale 1
                                ///< (a Modelfile's ADAPTER); empty: none
        std::string adapter_sha256{};
    };
    /// Uploads the files where their blobs are not there yet, and creates the model from them, with
    /// the chat template that Ollama recognizes in the model's file. Throws Error, also if Ollama
    /// made the model without the adapter.
    OllamaGuest(const std::vector<ServedPlace>& places,
                Order order,
                const std::atomic<bool>& cancel,
                Progress& progress);
    /// Removes the models; one that cannot be removed is said, and its note stays.
    ~OllamaGuest();
    OllamaGuest(const OllamaGuest&) = delete;
    OllamaGuest& operator=(const OllamaGuest&) = delete;

 private:
    struct Made {
        ServedPlace place;
        std::unique_ptr<CreatedModelNote> note;
    };
    void create_at(const ServedPlace& place, const std::atomic<bool>& cancel);
    [[nodiscard]] std::string request() const;
    void check_adapter(const ServedPlace& place) const;
    void remove();

    const Order order_;
    std::vector<Made> made_;
    Progress& progress_;
};

}  // namespace assay::llm
