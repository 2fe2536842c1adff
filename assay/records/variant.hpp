#pragma once
// judge/ may not include this file: a judge never learns what made an answer
// (tests/lint/layers_test.py).

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "assay/records/served_adapter.hpp"

namespace assay {

/// What a GGUF file holds, read from its header, for all parts of a split file together.
struct ModelFile {
    std::string path;              ///< the first part
    std::string sha256;            ///< of the file; of the parts' hashes in order, for a split file
    std::uint64_t size_bytes = 0;  ///< on disk
    std::uint64_t tensor_bytes = 0;
    std::uint64_t n_weights = 0;              ///< elements of all tensors
    std::map<std::string, int> tensor_types;  ///< type name -> number of tensors: the real ones,
                                              ///< fallbacks included
    std::string architecture;
    std::string file_type;            ///< what the file says that it is ("Q4_K_M")
    std::int64_t context_length = 0;  ///< that it was trained for; 0: not said
    std::int64_t n_layers = 0;
    bool has_chat_template = false;

    [[nodiscard]] double bits_per_weight() const {
        return n_weights == 0
                   ? 0.0
                   : static_cast<double>(tensor_bytes) * 8.0 / static_cast<double>(n_weights);
    }
};

/// The engine as it ran.
struct EngineInfo {
    std::string name;         ///< "assay-engine"
    std::string version;      ///< "0.1.0 (llama.cpp v0.5.0 de3ff81)"
    std::string fingerprint;  ///< SHA-256 of build, instruction set, backend, repack, ubatch; the
                              ///< same for every recipe of a variant
    std::string description;  ///< its parts and the recipe that it ran with, readable
};

struct Speed {
    double prefill_tokens_per_s = 0;  ///< prompt tokens computed per second spent in prefill; 0:
                                      ///< not measured
    double decode_tokens_per_s = 0;   ///< answer tokens, all slots together, per second spent in
                                      ///< decode steps; 0: not measured
    int n_parallel = 0;               ///< slots
    std::uint64_t peak_memory_bytes = 0;  ///< VmHWM of an engine process that loaded this variant
                                          ///< only; 0: not measured
    double load_s = 0;  ///< that the latest such process took for header and weights; 0: not
                        ///< measured
};

enum class Role { kBaseline, kVariant };

/// Answers that were made elsewhere and read from a file.
struct AnswersFile {
    std::string path;
    std::string sha256;
    std::string format;          ///< "study" | "lm-eval" | "alpaca-eval" | "fastchat" | "plain"
    std::string generator;       ///< what the file says made them; empty: it does not
    std::int64_t n_answers = 0;  ///< that belong to a question of the plan
};

/// A model that a server runs. What the server does not tell is empty or 0.
struct ServedModel {
    std::string provider;      ///< "ollama" | "openai"
    std::string address;       ///< base address; several: separated by ", "
    std::string model;         ///< as asked for
    std::string digest;        ///< of the model, as the server gives it
    std::string quantization;  ///< "Q4_K_M"
    std::string server_version;
    std::uint64_t size_bytes = 0;
    std::string server{};  ///< "ollama" | "llama-server" | "vllm" | "openai"
    std::uint64_t n_parameters = 0;
    std::string chat_template{};            ///< its text
    std::string parameters{};               ///< settings that are stored with the model, as text
    std::vector<ServedAdapter> adapters{};  ///< of llama-server, in its order
};

/// A LoRA adapter as it was used.
struct LoraFile {
    std::string path;
    std::string sha256;
    std::uint64_t size_bytes = 0;
    double scale = 1.0;
};

enum class LoraMode { kMerged, kApplied };

/// The adapters that change a variant's weights: merged into its file, or applied by the engine at
/// run time.
struct LoraUse {
    LoraMode mode = LoraMode::kMerged;
    std::string base_sha256;  ///< of the file that they change
    std::vector<LoraFile> adapters;
};

/// One way of running the model. Without `answers` and `served` it is a GGUF file that assay-engine
/// runs.
struct Variant {
    std::string name;
    Role role = Role::kVariant;
    std::string origin;  ///< how it came about, in words: "Q4_K_M from <sha256>", "file", "answers
                         ///< that were made elsewhere"
    ModelFile file;      ///< an empty sha256: there is no file of ours
    std::optional<AnswersFile> answers{};
    std::optional<ServedModel> served{};
    std::optional<LoraUse> lora{};  ///< empty: its file is run as it is

    [[nodiscard]] bool runs_here() const { return !answers && !served; }
    /// The adapter that the engine applies; null: none.
    [[nodiscard]] const LoraFile* applied_lora() const {
        return lora && lora->mode == LoraMode::kApplied ? &lora->adapters.front() : nullptr;
    }
    /// Of its file and the adapter that is applied to it, or what the server tells; 0: not known.
    [[nodiscard]] std::uint64_t size_bytes() const {
        if (file.size_bytes == 0 && served) {
            return served->size_bytes;
        }
        return file.size_bytes + (applied_lora() ? applied_lora()->size_bytes : 0);
    }
};

}  // namespace assay
