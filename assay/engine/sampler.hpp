#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "assay/wire/messages.hpp"
#include "llama-cpp.h"

namespace assay::engine {

/// Chooses tokens for one answer. At temperature 0: the largest logit after the repeat penalty, the
/// first of equals, as llama.cpp's penalties and greedy samplers do (a tenth of their time on a
/// large vocabulary). Otherwise llama.cpp's chain penalties, top-k, top-p, min-p, temperature,
/// distribution. The penalty's window is the last repeat_last_n tokens of prompt and answer
/// together, as in llama-server. Under a grammar (temperature 0 only) it is the largest of those
/// that the grammar allows.
class Sampler {
 public:
    /// `grammar`: GBNF that grammar_of accepts, or empty.
    Sampler(const wire::Sampling& settings,
            const std::string& grammar,
            std::span<const std::int32_t> prompt,
            const llama_vocab* vocab);

    struct Choice {
        std::int32_t token = 0;
        float logit = 0;     ///< of the model, before the penalty
        bool finite = true;  ///< false: the model gave a number that is not one
        bool ended = false;  ///< the grammar allows nothing more, not even an end token: the answer
                             ///< is complete
    };
    /// `logits`: n_vocab values; they are not changed. The chosen token enters the window.
    [[nodiscard]] Choice choose(const float* logits);

 private:
    [[nodiscard]] std::int32_t choose_greedy(const float* logits) const;
    [[nodiscard]] std::optional<std::int32_t> choose_by_grammar(const float* logits);
    [[nodiscard]] std::int32_t choose_by_chain(const float* logits);

    wire::Sampling settings_;
    std::int32_t n_vocab_;
    std::vector<std::int32_t> history_;  ///< prompt and answer
    llama_sampler_ptr chain_;            ///< null at temperature 0
    llama_sampler_ptr grammar_;          ///< null without a grammar
    std::vector<llama_token_data> candidates_;
};

/// The grammar as llama.cpp reads it; null: it is none.
[[nodiscard]] llama_sampler_ptr grammar_of(const llama_vocab* vocab, const std::string& grammar);

}  // namespace assay::engine
