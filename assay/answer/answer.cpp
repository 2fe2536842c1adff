#include "assay/answer/answer.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "assay/base/hash.hpp"
#include "assay/wire/messages.hpp"

namespace assay::answer {
namespace {

/// Each sample of each prompt has a random stream of its own, so that sampling depends on no
/// neighbour either. No model is part of it: all variants throw the same dice.
std::uint32_t seed_of(const PreparedPrompt& prompt, const GenerationSettings& settings) {
    if (settings.temp <= 0) {
        return 0;
    }
    std::string text = fmt::format(
        "{}/{}",
        settings.seed,
        prompt.prompt_sha256.empty() ? prompt.messages_sha256 : prompt.prompt_sha256);
    if (prompt.sample > 0) {
        text += fmt::format("/{}", prompt.sample);
    }
    return static_cast<std::uint32_t>(std::stoul(sha256_hex(text).substr(0, 8), nullptr, 16));
}

/// A prompt of token ids for the engine, or of a user's turn for a server.
llm::Prompt to_prompt(const PreparedPrompt& prompt,
                      const GenerationSettings& settings,
                      std::span<const std::string> stops) {
    llm::Prompt out{.id = prompt.id, .tokens = prompt.tokens, .prefix_ends = prompt.prefix_ends};
    const std::uint32_t seed = seed_of(prompt, settings);
    if (prompt.tokens.empty()) {
        out.task = llm::ChatTask{prompt.user, seed};
    } else {
        out.task = llm::AnswerTask{
            .stops = {stops.begin(), stops.end()}, .seed = seed, .predict = settings.predict};
    }
    return out;
}

/// `ctx_size` where it is part of what an answer depends on; else 0.
std::string settings_text(const GenerationSettings& settings, int ctx_size) {
    return fmt::format(
        "temp {} top_k {} top_p {} min_p {} repeat_penalty {} repeat_last_n {} ctx {} predict {}",
        settings.temp,
        settings.top_k,
        settings.top_p,
        settings.min_p,
        settings.repeat_penalty,
        settings.repeat_last_n,
        ctx_size,
        settings.predict);
}

/// "prefix 30" of the shared prefix alone, as earlier versions wrote it; "prefix 30 400" with the
/// passages.
std::string pieces_text(const PreparedPrompt& prompt) {
    return prompt.prefix_ends.empty()
               ? std::string("prefix 0")
               : fmt::format("prefix {}", fmt::join(prompt.prefix_ends, " "));
}

/// "seed 42" of the first sample, as earlier versions wrote it; "seed 42 sample 3".
std::string seed_text(const PreparedPrompt& prompt, const GenerationSettings& settings) {
    if (settings.temp <= 0) {
        return "greedy";
    }
    const std::string sample = prompt.sample > 0 ? fmt::format(" sample {}", prompt.sample) : "";
    return fmt::format("seed {}{}", settings.seed, sample);
}

}  // namespace

std::string answer_key(const std::string& model_sha256,
                       const PreparedPrompt& prompt,
                       const GenerationSettings& settings,
                       std::span<const std::string> stops,
                       const std::string& engine_fingerprint) {
    std::vector<std::string> fields{
        "answer 1",
        model_sha256,
        prompt.prompt_sha256,
        pieces_text(prompt),
        engine_fingerprint,
        settings_text(settings, settings.repeat_last_n < 0 ? settings.ctx_size : 0),
        seed_text(prompt, settings)};
    fields.insert(fields.end(), stops.begin(), stops.end());
    return sha256_of_fields(fields);
}

std::string served_answer_key(const std::string& served_fingerprint,
                              const PreparedPrompt& prompt,
                              const GenerationSettings& settings) {
    std::vector<std::string> fields{"served answer 1",
                                    served_fingerprint,
                                    prompt.messages_sha256,
                                    settings_text(settings, settings.ctx_size),
                                    seed_text(prompt, settings),
                                    settings.thinking ? "thinking" : "not thinking"};
    fields.insert(fields.end(), settings.stop.begin(), settings.stop.end());
    return sha256_of_fields(fields);
}

namespace {

/// What of a prompt others may share besides the template: its beginning up to the end of its
/// passages; without passages all of it, which its further samples share.
std::string shared_by(const PreparedPrompt& prompt) {
    if (prompt.prefix_ends.size() < 2) {
        return prompt.prompt_sha256.empty() ? prompt.id : prompt.prompt_sha256;
    }
    const std::span<const std::int32_t> tokens = prompt.tokens;
    return sha256_of_tokens(tokens.first(static_cast<std::size_t>(prompt.prefix_ends.back())));
}

/// The samples of a question one behind the other.
void sort_by_question(std::vector<const Asked*>& group) {
    std::map<std::string_view, std::size_t> place;
    for (const Asked* each : group) {
        place.emplace(each->prompt->question_id, place.size());
    }
    std::stable_sort(group.begin(), group.end(), [&](const Asked* a, const Asked* b) {
        return place.at(a->prompt->question_id) < place.at(b->prompt->question_id);
    });
}

}  // namespace

std::vector<const Asked*> in_reuse_order(std::span<const Asked> asked) {
    std::vector<std::vector<const Asked*>> groups;
    std::map<std::string, std::size_t> group_of;
    for (const Asked& each : asked) {
        const std::size_t group = group_of.emplace(shared_by(*each.prompt), groups.size())
                                      .first->second;
        if (group == groups.size()) {
            groups.emplace_back();
        }
        groups[group].push_back(&each);
    }
    std::vector<const Asked*> order;
    for (auto& group : groups) {
        sort_by_question(group);
        order.insert(order.end(), group.begin(), group.end());
    }
    return order;
}

void answer_questions(llm::Generator& generator,
                      std::span<const Asked> asked,
                      const GenerationSettings& settings,
                      std::span<const std::string> stops,
                      const AnswerSink& sink,
                      const std::atomic<bool>& cancel) {
    std::map<std::string, const PreparedPrompt*> by_id;
    for (const Asked& each : asked) {
        by_id.emplace(each.prompt->id, each.prompt);
    }
    const std::vector<const Asked*> order = in_reuse_order(asked);
    std::size_t next = 0;
    generator.generate(
        [&]() -> std::optional<llm::Prompt> {
            if (next == order.size()) {
                return std::nullopt;
            }
            const Asked& each = *order[next++];
            llm::Prompt prompt = to_prompt(*each.prompt, settings, stops);
            auto* task = std::get_if<llm::AnswerTask>(&prompt.task);
            if (task != nullptr && each.draft) {
                task->draft = each.draft();
                task->read_only = each.read_only;
            }
            return prompt;
        },
        [&](const llm::Generated& generated) {
            const PreparedPrompt& prompt = *by_id.at(generated.id);
            const llm::AnswerResult& result = generated.answer();
            Answer answer;
            answer.question_id = prompt.question_id;
            answer.text = result.text;
            answer.tokens = result.tokens;
            answer.stop_reason = result.stop_reason;
            answer.failure = generated.failure;
            answer.n_prompt_tokens = prompt.tokens.empty()
                                         ? result.n_prompt_tokens
                                         : static_cast<std::int64_t>(prompt.tokens.size());
            answer.n_told_tokens = result.n_answer_tokens;
            answer.n_computed_tokens = generated.n_computed_tokens;
            answer.prompt_sha256 = prompt.prompt_sha256;
            answer.messages_sha256 = prompt.messages_sha256;
            answer.trace_sha256 = result.trace_sha256;
            answer.n_contexts_used = prompt.n_contexts_used;
            answer.contexts_cut = prompt.contexts_cut;
            answer.prefill_ms = generated.prefill_ms;
            answer.decode_ms = result.decode_ms;
            answer.n_verified_tokens = result.n_verified;
            answer.read_ms = result.read_ms;
            sink(prompt, answer, result);
        },
        cancel);
}

Recheck recheck_alone(llm::Generator& generator,
                      std::span<const std::pair<const PreparedPrompt*, Answer>> answered,
                      const GenerationSettings& settings,
                      std::span<const std::string> stops,
                      const std::atomic<bool>& cancel) {
    Recheck recheck;
    std::map<std::string, const Answer*> by_id;
    for (const auto& [prompt, answer] : answered) {
        by_id.emplace(prompt->id, &answer);
    }
    std::size_t next = 0;
    generator.generate(
        [&]() -> std::optional<llm::Prompt> {
            if (next == answered.size()) {
                return std::nullopt;
            }
            llm::Prompt prompt = to_prompt(*answered[next++].first, settings, stops);
            prompt.alone = true;
            if (auto* task = std::get_if<llm::AnswerTask>(&prompt.task)) {
                task->predict = std::min(task->predict, static_cast<int>(wire::kTraceTokens));
            }
            return prompt;
        },
        [&](const llm::Generated& again) {
            ++recheck.n_checked;
            if (again.answer().trace_sha256 == by_id.at(again.id)->trace_sha256) {
                ++recheck.n_equal;
            }
        },
        cancel);
    return recheck;
}

}  // namespace assay::answer
