#include "assay/engine/sampler.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace assay::engine {

Sampler::Sampler(const wire::Sampling& settings, std::span<const std::int32_t> prompt, std::int32_t n_vocab)
    : settings_(settings), n_vocab_(n_vocab), history_(prompt.begin(), prompt.end()) {
    if (settings_.temp <= 0) return;
    chain_.reset(llama_sampler_chain_init(llama_sampler_chain_default_params()));
    const auto add = [&](llama_sampler* sampler) { llama_sampler_chain_add(chain_.get(), sampler); };
    add(llama_sampler_init_penalties(n_vocab, settings.repeat_last_n, static_cast<float>(settings.repeat_penalty), 0.0F, 0.0F));
    if (settings.top_k > 0) add(llama_sampler_init_top_k(settings.top_k));
    if (settings.top_p < 1) add(llama_sampler_init_top_p(static_cast<float>(settings.top_p), 1));
    if (settings.min_p > 0) add(llama_sampler_init_min_p(static_cast<float>(settings.min_p), 1));
    add(llama_sampler_init_temp(static_cast<float>(settings.temp)));
    add(llama_sampler_init_dist(settings.seed));
    for (const std::int32_t token : prompt) llama_sampler_accept(chain_.get(), token);
    candidates_.resize(static_cast<std::size_t>(n_vocab));
}

Sampler::Choice Sampler::choose(const float* logits) {
    Choice choice;
    choice.token = chain_ ? choose_by_chain(logits) : choose_greedy(logits);
    choice.logit = logits[choice.token];
    choice.finite = std::isfinite(choice.logit);
    history_.push_back(choice.token);
    return choice;
}

std::int32_t Sampler::choose_greedy(const float* logits) const {
    const std::size_t window = settings_.repeat_penalty == 1.0 ? 0 : std::min(history_.size(), static_cast<std::size_t>(std::max(0, settings_.repeat_last_n)));
    std::vector<std::int32_t> penalised(history_.end() - static_cast<std::ptrdiff_t>(window), history_.end());
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

std::int32_t Sampler::choose_by_chain(const float* logits) {
    for (std::int32_t token = 0; token < n_vocab_; ++token) candidates_[static_cast<std::size_t>(token)] = {token, logits[token], 0.0F};
    llama_token_data_array array{candidates_.data(), candidates_.size(), -1, false};
    llama_sampler_apply(chain_.get(), &array);
    if (array.selected < 0) throw std::runtime_error("llama.cpp's samplers chose no token");
    const std::int32_t token = array.data[array.selected].id;
    llama_sampler_accept(chain_.get(), token);
    return token;
}

}  // namespace assay::engine
