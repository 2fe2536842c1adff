#pragma once
// A variant as it is asked for: where it comes from and how it is run.

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "assay/records/request_limits.hpp"
#include "assay/records/run_recipe.hpp"

namespace assay {

/// A LoRA adapter as it is asked for.
struct LoraSpec {
    std::string file;    ///< GGUF of the adapter
    double scale = 1.0;  ///< of its change, beside alpha / rank, which the file says

    [[nodiscard]] bool operator==(const LoraSpec&) const = default;
};

/// An existing GGUF.
struct FileSource {
    std::string file;              ///< of a split model the first part; or kOllamaFile and a name
    std::vector<LoraSpec> lora{};  ///< merged into it; then the variant is the merged file
};

/// What an importance matrix is made from.
struct ImatrixText {
    std::string file;  ///< UTF-8
    int n_chunks = 0;  ///< the first so many chunks of it; 0: all

    [[nodiscard]] bool operator==(const ImatrixText&) const = default;
};

/// A file that is made by quantizing the baseline's.
struct TypeSource {
    std::string type;           ///< a llama.cpp quantization type by its name ("Q4_K_M")
    std::string imatrix{};      ///< importance matrix file; may be empty
    bool lora_applied = false;  ///< made of the baseline's file before its adapter is merged; the
                                ///< engine applies the adapter at run time
    std::optional<ImatrixText> imatrix_text{};  ///< an importance matrix is made of the file that
                                                ///< is quantized; then `imatrix` is empty
};

/// Answers that were made elsewhere.
struct AnswersSource {
    std::string file;
    bool allow_missing = false;  ///< a question without an answer is left out instead of stopping
                                 ///< the run
    std::map<std::string, std::string> fields{};  ///< ours (answer, id, question, contexts, ...:
                                                  ///< intake/names.hpp) -> the file's field
};

/// A model behind HTTP that makes answers. How it is reached is no part of what answers depend on,
/// but for the addresses of servers that do not say which weights they run.
struct ServedSpec : RequestLimits {  ///< of all addresses together
    std::string provider;            ///< "ollama" | "openai"
    std::string model;  ///< as the server calls it; empty: a model of ours is created there (ollama
                        ///< only)
    std::vector<std::string> urls;  ///< base addresses; several are used at once
    std::string server;  ///< of openai: llama-server | vllm | ollama | openai; empty: as the server
                         ///< tells
    std::string api_key_env;  ///< environment variable that holds the key; empty: the provider's
                              ///< own, for its own host and loopback only
    bool pull = false;        ///< ollama gets the model from its registry if it does not have it
    int concurrency = 4;      ///< requests under way at each address
    double timeout_s = 600;   ///< for one answer
    int retries = 5;          ///< further attempts after a transport error, 429 or 5xx
};

/// A server runs it.
struct ServedSource {
    ServedSpec server;
    std::variant<std::monostate, FileSource, TypeSource> ours{};  ///< what is created there if
                                                                  ///< server.model is empty
};

/// Where a variant comes from. A file with an empty name stands for an entry that is not complete;
/// no plan that was loaded holds one.
using VariantSource = std::variant<FileSource, TypeSource, AnswersSource, ServedSource>;

/// One way of running the model, the baseline included. The baseline is never made from a type.
struct VariantSpec {
    std::string name;  ///< default: the type, or the file's stem, as a slug; unique among all
    VariantSource source{};
    RunRecipe recipe{};  ///< of what runs here; of others it is the engine's default and unused

    /// Whether assay-engine runs it on this machine.
    [[nodiscard]] bool runs_here() const {
        return std::holds_alternative<FileSource>(source) ||
               std::holds_alternative<TypeSource>(source);
    }
    /// Null if it is of another kind.
    [[nodiscard]] const AnswersSource* answers() const {
        return std::get_if<AnswersSource>(&source);
    }
    [[nodiscard]] const ServedSource* served() const { return std::get_if<ServedSource>(&source); }
    [[nodiscard]] ServedSource* served() { return std::get_if<ServedSource>(&source); }
    /// The type that is made, to be run here or by a server; null: none is made.
    [[nodiscard]] const TypeSource* type() const {
        return served() ? std::get_if<TypeSource>(&served()->ours)
                        : std::get_if<TypeSource>(&source);
    }
    /// The GGUF of ours that is run here or by a server; empty: there is none.
    [[nodiscard]] std::string file() const {
        const FileSource* found = served() ? std::get_if<FileSource>(&served()->ours)
                                           : std::get_if<FileSource>(&source);
        return found ? found->file : std::string();
    }
    /// The adapters that are merged into file(); empty: none.
    [[nodiscard]] std::vector<LoraSpec> merged_lora() const {
        const FileSource* found = served() ? std::get_if<FileSource>(&served()->ours)
                                           : std::get_if<FileSource>(&source);
        return found ? found->lora : std::vector<LoraSpec>();
    }
    /// Whether the engine applies the baseline's adapter to the type at run time.
    [[nodiscard]] bool applies_lora() const { return type() && type()->lora_applied; }
};

}  // namespace assay
