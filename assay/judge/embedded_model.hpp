#pragma once
// What the embedded judge needs of its model: the vocabulary to make prompts with, and the weights
// for as long as it judges. The spine hands in the engine process; tests hand in a script.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/llm/generator.hpp"

namespace assay::judge {

class EmbeddedModel {
 public:
    struct Facts {
        bool has_chat_template = false;
        std::int64_t n_ctx_train = 0;  ///< tokens that it was trained for; 0: not said
    };
    /// What the judge wants of the engine; a prompt and what is generated after it must fit into
    /// `stream_size` tokens.
    struct Context {
        int n_slots = 1;  ///< 1 for labels alone, a multiple of 8 where text is generated
        int stream_size = 4096;
    };

    virtual ~EmbeddedModel() = default;

    /// Reads the vocabulary and no weights. To be called before chat, tokenize and fingerprint, and
    /// again whenever others may have used the engine. Fails on a file that is no model.
    [[nodiscard]] virtual Result<Facts> open() = 0;
    /// System and user turn through the file's chat template (ChatML where it has none), ending
    /// where the model is to write; with thinking switched off where the template has a switch. An
    /// empty `system` is no turn.
    [[nodiscard]] virtual Result<std::string> chat(const std::string& system,
                                                   const std::string& user) = 0;
    /// `add_special`: what the model wants at the beginning of a text. `parse_special`: the text of
    /// a control token is that token.
    [[nodiscard]] virtual Result<std::vector<std::int32_t>> tokenize(const std::string& text,
                                                                     bool add_special,
                                                                     bool parse_special) = 0;
    /// Hash of what a reply depends on besides the file and the prompt (docs/engine.md, "The
    /// fingerprint").
    [[nodiscard]] virtual Result<std::string> fingerprint(const Context& context) = 0;
    /// SHA-256 of the file; of the parts' hashes for a split one. Throws Error where it cannot be
    /// read.
    [[nodiscard]] virtual std::string file_sha256() = 0;
    /// Loads the weights, greedy; they are in memory until the generator is destroyed.
    [[nodiscard]] virtual Result<std::unique_ptr<llm::Generator>> load(const Context& context) = 0;
};

}  // namespace assay::judge
