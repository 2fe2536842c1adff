#include "assay/engine/sampler.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace assay::engine {

llama_sampler_ptr grammar_of(const llama_vocab* vocab, const std::string& grammar) {
    return llama_sampler_ptr(llama_sampler_init_grammar(vocab, grammar.c_str(), "root"));
}

Sampler::Sampler(const wire::Sampling& settings,
                 const std::string& grammar,
                 std::span<const std::int32_t> prompt,
                 const llama_vocab* vocab)
    : settings_(settings),
      n_vocab_(llama_vocab_n_tokens(vocab)),
      history_(prompt.begin(), prompt.end()) {
    if (!grammar.empty()) {
        grammar_ = grammar_of(vocab, grammar);
    }
    if (settings_.temp <= 0) {
        return;
    }
    chain_.reset(llama_sampler_chain_init(llama_sampler_chain_default_params()));
    const auto add = [&](llama_sampler* sampler) {
        llama_sampler_chain_add(chain_.get(), sampler);
    };
    add(llama_sampler_init_penalties(
        n_vocab_, settings.repeat_last_n, static_cast<float>(settings.repeat_penalty), 0.0F, 0.0F));
    if (settings.top_k > 0) {
        add(llama_sampler_init_top_k(settings.top_k));
    }
    if (settings.top_p < 1) {
        add(llama_sampler_init_top_p(static_cast<float>(settings.top_p), 1));
    }
    if (settings.min_p > 0) {
        add(llama_sampler_init_min_p(static_cast<float>(settings.min_p), 1));
    }
    add(llama_sampler_init_temp(static_cast<float>(settings.temp)));
    add(llama_sampler_init_dist(settings.seed));
    for (const std::int32_t token : prompt) {
        llama_sampler_accept(chain_.get(), token);
    }
    candidates_.resize(static_cast<std::size_t>(n_vocab_));
}

Sampler::Choice Sampler::choose(const float* logits) {
    Choice choice;
    if (grammar_) {
        const auto allowed = choose_by_grammar(logits);
        if (!allowed) {
            choice.ended = true;
            return choice;
        }
        choice.token = *allowed;
    } else {
        choice.token = chain_ ? choose_by_chain(logits) : choose_greedy(logits);
    }
    choice.logit = logits[choice.token];
    choice.finite = std::isfinite(choice.logit);
    history_.push_back(choice.token);
    return choice;
}

std::int32_t Sampler::choose_greedy(const float* logits) const {
    const std::size_t window = settings_.repeat_penalty == 1.0
                                   ? 0
                                   : std::min(history_.size(),
                                              static_cast<std::size_t>(
                                                  std::max(0, settings_.repeat_last_n)));
    std::vector<std::int32_t> penalised(history_.end() - static_cast<std::ptrdiff_t>(window),
                                        history_.end());
    std::sort(penalised.begin(), penalised.end());
    penalised.erase(std::unique(penalised.begin(), penalised.end()), penalised.end());

    const auto penalty = static_cast<float>(settings_.repeat_penalty);
    std::int32_t best = 0;
    float best_value = -INFINITY;
    bool found = false;
    auto next = penalised.begin();
    for (std::int32_t token = 0; token < n_vocab_; ++token) {
        float value = logits[token];
        if (next != penalised.end() && *next == token) {
            value = value <= 0 ? value * penalty : value / penalty;
            ++next;
        }
        // A NaN is never larger: it is returned, and so noticed, only when there is nothing else.
        if (!found ? !std::isnan(value) : value > best_value) {
            found = true;
            best = token;
            best_value = value;
        }
    }
    return best;
}

/// The likeliest token mostly fits the grammar, and asking for one is far cheaper than for the
/// whole vocabulary.
std::optional<std::int32_t> Sampler::choose_by_grammar(const float* logits) {
    std::int32_t token = choose_greedy(logits);
    llama_token_data single{token, 0.0F, 0.0F};
    llama_token_data_array one{&single, 1, -1, false};
    llama_sampler_apply(grammar_.get(), &one);
    if (std::isinf(single.logit)) {
        candidates_.resize(static_cast<std::size_t>(n_vocab_));
        for (std::int32_t i = 0; i < n_vocab_; ++i) {
            candidates_[static_cast<std::size_t>(i)] = {i, logits[i], 0.0F};
        }
        llama_token_data_array all{candidates_.data(), candidates_.size(), -1, false};
        llama_sampler_apply(grammar_.get(), &all);
        std::vector<float> masked(candidates_.size());
        std::transform(candidates_.begin(),
                       candidates_.end(),
                       masked.begin(),
                       [](const llama_token_data& candidate) { return candidate.logit; });
        token = choose_greedy(masked.data());
        if (masked[static_cast<std::size_t>(token)] == -INFINITY) {
            return std::nullopt;
        }
    }
    llama_sampler_accept(grammar_.get(), token);
    return token;
}

std::int32_t Sampler::choose_by_chain(const float* logits) {
    for (std::int32_t token = 0; token < n_vocab_; ++token) {
        candidates_[static_cast<std::size_t>(token)] = {token, logits[token], 0.0F};
    }
    llama_token_data_array array{candidates_.data(), candidates_.size(), -1, false};
    llama_sampler_apply(chain_.get(), &array);
    if (array.selected < 0) {
        throw std::runtime_error("llama.cpp's samplers chose no token");
    }
    const std::int32_t token = array.data[array.selected].id;
    llama_sampler_accept(chain_.get(), token);
    return token;
}

}  // namespace assay::engine
