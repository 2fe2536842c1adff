#include "assay/app/shared_prompts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "assay/base/result.hpp"

namespace assay::app {

SharedPrompts::SharedPrompts(const GenerationSettings& settings,
                             std::span<const Question> questions,
                             Progress& progress)
    : settings_(settings),
      questions_(questions),
      progress_(progress),
      is_equal_(questions.size(), true) {}

answer::PromptSet SharedPrompts::token_ids(llm::Engine& engine,
                                           const Variant& variant,
                                           const wire::Loaded& loaded,
                                           int n_samples) {
    if (!first_) {
        progress_.begin("prompts", questions_.size() * n_models_, "prompts");
    }
    const bool makes_prompts = !first_ || settings_.own_template;
    note_limits(variant, loaded, makes_prompts);
    answer::PromptSet prompts;
    if (makes_prompts) {
        prompts = answer::prepare_prompts(engine, settings_, questions_, pieces_);
    } else {
        check_tokens(engine, variant);
        prompts = *first_;
    }
    if (!first_) {
        first_ = prompts;
        n_context_tokens_ = counts_contexts_ ? context_tokens(engine) : 0;
    }
    count_equal(prompts);
    longest_ = std::max(longest_, prompts.longest);
    long_rope_ = long_rope_ || loaded.long_rope;
    progress_.advance(questions_.size());
    return answer::with_samples(std::move(prompts), n_samples);
}

void SharedPrompts::note_limits(const Variant& variant,
                                const wire::Loaded& loaded,
                                bool makes_prompts) {
    if (loaded.n_ctx_train > 0 && settings_.ctx_size > loaded.n_ctx_train) {
        notes_.push_back(fmt::format("{} was trained for a context of {} tokens; ctx-size is {}",
                                     variant.name,
                                     loaded.n_ctx_train,
                                     settings_.ctx_size));
    }
    if (!loaded.has_chat_template && settings_.chat_template.empty() && makes_prompts) {
        notes_.push_back(fmt::format("{} has no chat template: ChatML was used", variant.name));
    }
}

void SharedPrompts::check_tokens(llm::Engine& engine, const Variant& variant) const {
    for (const answer::PreparedPrompt& prompt : first_->prompts) {
        const auto tokens = engine.tokenize(prompt.text);
        if (!tokens) {
            throw Error(ErrorKind::kOperational, tokens.error());
        }
        if (*tokens != prompt.tokens) {
            throw_usage(fmt::format("its tokenizer gives other token ids than the baseline's "
                                    "(question {}): the variants would not see the same prompt",
                                    prompt.question_id),
                        variant.file.path,
                        "Is it another model? If it is meant, say own-template: true under "
                        "generation; the report then says that not only the weights differ.");
        }
    }
}

/// Of all questions, each context for itself.
std::int64_t SharedPrompts::context_tokens(llm::Engine& engine) const {
    std::int64_t n = 0;
    for (const Question& question : questions_) {
        for (const std::string& context : question.contexts) {
            const auto tokens = engine.tokenize(wire::Tokenize{context, false, false});
            if (!tokens) {
                throw Error(ErrorKind::kOperational, tokens.error());
            }
            n += static_cast<std::int64_t>(tokens->size());
        }
    }
    return n;
}

void SharedPrompts::count_equal(const answer::PromptSet& prompts) {
    for (std::size_t q = 0; q < prompts.prompts.size(); ++q) {
        is_equal_[q] = is_equal_[q] &&
                       prompts.prompts[q].prompt_sha256 == first_->prompts[q].prompt_sha256;
    }
}

void SharedPrompts::finish(run::RunFacts& facts) {
    if (!first_) {
        return;
    }
    facts.notes.insert(facts.notes.end(), notes_.begin(), notes_.end());
    facts.n_context_tokens = n_context_tokens_;
    if (n_models_ > 1) {
        facts.n_prompts_compared = static_cast<std::int64_t>(questions_.size());
        facts.n_prompts_equal = std::count(is_equal_.begin(), is_equal_.end(), true);
    }
    if (settings_.own_template) {
        facts.notes.push_back(
            "own-template: each variant used its own chat template, so not only the weights "
            "differ");
    }
    const std::vector<std::int32_t>& ends = first_->prompts.front().prefix_ends;
    progress_.finish(fmt::format(
        "longest {} tokens, the first {} shared", longest_, ends.empty() ? 0 : ends.front()));
}

void SharedPrompts::let_go() {
    first_.reset();
    messages_.reset();
}

void SharedPrompts::begin_again() {
    let_go();
    n_models_ = 0;
    n_context_tokens_ = 0;
    is_equal_.assign(questions_.size(), true);
    notes_.clear();
}

answer::PromptSet SharedPrompts::messages(llm::Engine& engine, int n_samples) {
    if (!messages_) {
        messages_ = first_ ? answer::messages_of(*first_)
                           : answer::prepare_messages(engine, settings_, questions_);
    }
    return answer::with_samples(*messages_, n_samples);
}

}  // namespace assay::app
