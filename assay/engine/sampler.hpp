#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "assay/wire/messages.hpp"
#include "llama-cpp.h"

namespace assay::engine {

/// Chooses tokens for one answer. At temperature 0: the largest logit after the repeat penalty, the first of equals, as
/// llama.cpp's penalties and greedy samplers do (a tenth of their time on a large vocabulary). Otherwise llama.cpp's chain
/// penalties, top-k, top-p, min-p, temperature, distribution.
/// The penalty's window is the last repeat_last_n tokens of prompt and answer together, as in llama-server.
class Sampler {
   public:
    Sampler(const wire::Sampling& settings, std::span<const std::int32_t> prompt, std::int32_t n_vocab);

    struct Choice {
        std::int32_t token = 0;
        float logit = 0;      ///< of the model, before the penalty
        bool finite = true;   ///< false: the model gave a number that is not one
    };
    /// `logits`: n_vocab values; they are not changed. The chosen token enters the window.
    [[nodiscard]] Choice choose(const float* logits);

   private:
    [[nodiscard]] std::int32_t choose_greedy(const float* logits) const;
    [[nodiscard]] std::int32_t choose_by_chain(const float* logits);

    wire::Sampling settings_;
    std::int32_t n_vocab_;
    std::vector<std::int32_t> history_;  ///< prompt and answer
    llama_sampler_ptr chain_;            ///< null at temperature 0
    std::vector<llama_token_data> candidates_;
};

}  // namespace assay::engine
