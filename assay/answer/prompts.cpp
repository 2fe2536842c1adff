#include "assay/answer/prompts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "assay/base/hash.hpp"
#include "assay/llm/shared_prefix.hpp"
#include "assay/wire/messages.hpp"

namespace assay::answer {
namespace {

std::string without_marks(std::string text) {
    for (std::size_t at = 0; (at = text.find(wire::kLiteralMark, at)) != std::string::npos;) {
        text.erase(at, wire::kLiteralMark.size());
    }
    return text;
}

/// A failed rendering is the template's or the model's fault, not one question's: the run cannot go
/// on.
template <class T>
T need(Result<T> result, const std::string& place) {
    if (!result) {
        Failure failure = result.error();
        if (failure.place.empty()) {
            failure.place = place;
        }
        throw Error(ErrorKind::kUsage, std::move(failure));
    }
    return std::move(*result);
}

class Renderer {
 public:
    Renderer(llm::Engine& engine, const GenerationSettings& settings)
        : engine_(engine), settings_(settings) {}

    struct Prompt {
        std::string user;
        wire::Rendered rendered;
        std::vector<std::int32_t> tokens;
    };

    [[nodiscard]] std::string user_turn(const std::string& id,
                                        const std::string& question,
                                        const std::vector<std::string>& contexts) {
        return need(engine_.render_template(settings_.prompt_template,
                                            variables_of(id, question, contexts)),
                    "prompt-template");
    }

    [[nodiscard]] Prompt render(const std::string& id,
                                const std::string& question,
                                const std::vector<std::string>& contexts,
                                const std::string& place) {
        Prompt prompt;
        const std::string marked = need(
            engine_.render_prompt(settings_.prompt_template, variables_of(id, question, contexts)),
            "prompt-template");
        prompt.user = without_marks(marked);
        prompt.rendered = need(engine_.render({settings_.system,
                                               marked,
                                               settings_.chat_template,
                                               settings_.date,
                                               settings_.thinking}),
                               "chat-template");
        prompt.tokens = need(engine_.tokenize(prompt.rendered.prompt), place);
        return prompt;
    }

 private:
    [[nodiscard]] static std::string variables_of(const std::string& id,
                                                  const std::string& question,
                                                  const std::vector<std::string>& contexts) {
        const nlohmann::json variables{{"id", id}, {"question", question}, {"contexts", contexts}};
        return variables.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    }

    llm::Engine& engine_;
    const GenerationSettings& settings_;
};

/// Tokens of the `i`-th of llm::kPrefixProbes unlike questions on these contexts.
std::vector<std::int32_t> probe(Renderer& renderer,
                                std::size_t i,
                                const std::vector<std::string>& contexts) {
    const std::string beginning = llm::probe_beginning(i);
    return renderer.render(beginning, beginning + " q", contexts, "prompt-template").tokens;
}

std::string messages_hash(const GenerationSettings& settings, const std::string& user) {
    return sha256_of_fields(std::array{settings.system, user});
}

using Tokens = std::vector<std::int32_t>;

/// A piece of fewer tokens takes attention's path of single rows, on which a token costs as much as
/// one that is written (docs/engine.md, "Drafts").
constexpr std::size_t kTokensOfAPiece = 64;

/// What prompts of one kind (with contexts, without) share is a function of the settings, never of
/// the set of questions: the common beginning of prompts whose question and contexts begin in every
/// way that a tokenizer might join with what stands before.
Tokens shared_prefix(Renderer& renderer, bool with_contexts) {
    std::vector<Tokens> lists;
    for (std::size_t i = 0; i < llm::kPrefixProbes; ++i) {
        const std::string other = llm::probe_beginning(i + 3);
        std::vector<std::string> contexts;
        if (with_contexts) {
            contexts.assign(1 + i % 2, other + " c");
        }
        lists.push_back(probe(renderer, i, contexts));
    }
    return llm::common_prefix(lists);
}

/// What the prompts of all questions on the same contexts begin with: a function of settings and
/// contexts, never of the questions. It is the common beginning of prompts of unlike questions on
/// these contexts, but for its last tokens, which are left to the piece behind it: a question alone
/// would be too short a one. Nearly always one prompt is enough to find it: what that has behind
/// the beginning is the same as it has on other contexts.
class PassagesPrefix {
 public:
    /// `n_shared`: tokens of what prompts on any contexts share.
    PassagesPrefix(Renderer& renderer, std::size_t n_shared)
        : renderer_(renderer), n_shared_(n_shared) {
        const std::vector<Tokens> probes = probes_on({"Some passage. It has two sentences."});
        const std::size_t n = llm::common_prefix(probes).size();
        is_longer_ = n >= n_shared + 2;  // else the question stands before them
        behind_.assign(probes[0].begin() + static_cast<std::ptrdiff_t>(n), probes[0].end());
    }

    /// Empty where there is too little of them to be a piece.
    [[nodiscard]] const Tokens& of(const std::vector<std::string>& contexts) {
        const auto [entry, is_new] = found_.try_emplace(sha256_of_fields(contexts));
        if (is_new && is_longer_) {
            Tokens beginning = find(contexts);
            if (beginning.size() >= n_shared_ + 2 * kTokensOfAPiece) {
                beginning.resize(beginning.size() - kTokensOfAPiece);
                entry->second = std::move(beginning);
            }
        }
        return entry->second;
    }

 private:
    [[nodiscard]] Tokens find(const std::vector<std::string>& contexts) const {
        Tokens first = probe(renderer_, 0, contexts);
        if (behind_.size() <= first.size() &&
            std::equal(behind_.rbegin(), behind_.rend(), first.rbegin())) {
            first.resize(first.size() - behind_.size());
            return first;
        }
        return llm::common_prefix(probes_on(contexts));
    }

    [[nodiscard]] std::vector<Tokens> probes_on(const std::vector<std::string>& contexts) const {
        std::vector<Tokens> lists;
        for (std::size_t i = 0; i < llm::kPrefixProbes; ++i) {
            lists.push_back(probe(renderer_, i, contexts));
        }
        return lists;
    }

    Renderer& renderer_;
    std::size_t n_shared_;
    bool is_longer_ = false;  ///< than what prompts on any contexts share
    Tokens behind_;           ///< of the first probe: the question and what the template has behind
    std::map<std::string, Tokens> found_;  ///< by hash of the contexts
};

/// Where prompts are cut. What is not needed is not found.
class PieceCutter {
 public:
    PieceCutter(Renderer& renderer, Pieces pieces) : renderer_(renderer), pieces_(pieces) {}

    [[nodiscard]] std::vector<std::int32_t> ends(const Tokens& prompt,
                                                 const std::vector<std::string>& contexts) {
        std::optional<Tokens>& shared = contexts.empty() ? without_contexts_ : with_contexts_;
        if (!shared) {
            shared = shared_prefix(renderer_, !contexts.empty());
        }
        std::vector<Tokens> prefixes{*shared};
        if (pieces_ == Pieces::kPassages && !contexts.empty()) {
            if (!passages_) {
                passages_.emplace(renderer_, shared->size());
            }
            prefixes.push_back(passages_->of(contexts));
        }
        return llm::usable_prefixes(prompt, prefixes);
    }

 private:
    Renderer& renderer_;
    Pieces pieces_;
    std::optional<Tokens> with_contexts_, without_contexts_;
    std::optional<PassagesPrefix> passages_;
};

}  // namespace

std::vector<std::string> cut_contexts(
    std::vector<std::string> contexts,
    const std::function<bool(const std::vector<std::string>&)>& fits) {
    while (contexts.size() > 1 && !fits(contexts)) {
        contexts.pop_back();
    }
    if (contexts.empty() || fits(contexts)) {
        return contexts;
    }
    const std::string whole = contexts.front();
    std::vector<std::size_t> word_ends;  // byte offsets behind each word
    for (std::size_t i = 0; i < whole.size(); ++i) {
        const auto is_space = [&](std::size_t at) {
            return at >= whole.size() ||
                   std::string_view(" \t\r\n").find(whole[at]) != std::string_view::npos;
        };
        if (!is_space(i) && is_space(i + 1)) {
            word_ends.push_back(i + 1);
        }
    }
    const auto first_words = [&](std::size_t n) {
        return std::vector<std::string>{whole.substr(0, word_ends[n - 1])};
    };
    std::size_t low = 0,
                high = word_ends.size();  // `low` words fit, `high` do not; 0 words: no context
    while (high - low > 1) {
        const std::size_t middle = low + (high - low) / 2;
        (fits(first_words(middle)) ? low : high) = middle;
    }
    return low == 0 ? std::vector<std::string>{} : first_words(low);
}

PromptSet prepare_prompts(llm::Engine& engine,
                          const GenerationSettings& settings,
                          std::span<const Question> questions,
                          Pieces pieces) {
    Renderer renderer(engine, settings);
    PromptSet set;
    set.stops = settings.stop;
    PieceCutter cutter(renderer, pieces);
    const std::size_t room = static_cast<std::size_t>(
        std::max(0, settings.ctx_size - settings.predict));
    for (const Question& question : questions) {
        std::vector<std::string> contexts = question.contexts;
        Renderer::Prompt prompt = renderer.render(
            question.id, question.text, contexts, question.place);
        if (prompt.tokens.size() > room) {
            contexts = cut_contexts(std::move(contexts), [&](const auto& some) {
                return renderer.render(question.id, question.text, some, question.place)
                           .tokens.size() <= room;
            });
            const std::size_t before = prompt.tokens.size();
            prompt = renderer.render(question.id, question.text, contexts, question.place);
            if (prompt.tokens.size() > room) {
                throw_usage(
                    fmt::format("the prompt of question {} has {} tokens ({} without any context); "
                                "with {} for the answer it does not fit the context of {}",
                                question.id,
                                before,
                                prompt.tokens.size(),
                                settings.predict,
                                settings.ctx_size),
                    question.place,
                    "Raise --ctx-size, lower --predict, or shorten the question.");
            }
        }
        PreparedPrompt prepared;
        prepared.id = prepared.question_id = question.id;
        prepared.messages_sha256 = messages_hash(settings, prompt.user);
        prepared.prompt_sha256 = sha256_of_tokens(prompt.tokens);
        prepared.prefix_ends = cutter.ends(prompt.tokens, contexts);
        prepared.n_contexts_used = static_cast<int>(contexts.size());
        prepared.contexts_cut = contexts != question.contexts;
        prepared.user = std::move(prompt.user);
        prepared.text = std::move(prompt.rendered.prompt);
        prepared.tokens = std::move(prompt.tokens);
        set.longest = std::max(set.longest, static_cast<std::int64_t>(prepared.tokens.size()));
        set.prompts.push_back(std::move(prepared));
        if (set.prompts.size() == 1) {
            set.stops.insert(
                set.stops.end(), prompt.rendered.stops.begin(), prompt.rendered.stops.end());
        }
    }
    return set;
}

PromptSet with_samples(PromptSet prompts, int n_samples) {
    const std::size_t n = prompts.prompts.size();
    for (int sample = 1; sample < n_samples; ++sample) {
        for (std::size_t q = 0; q < n; ++q) {
            PreparedPrompt prompt = prompts.prompts[q];
            prompt.sample = sample;
            // No question's id has a control character of this kind in it and a number behind it
            // by chance; it names a task and is never shown.
            prompt.id = fmt::format("{}\x1f{}", prompt.question_id, sample);
            prompts.prompts.push_back(std::move(prompt));
        }
    }
    return prompts;
}

PromptSet messages_of(const PromptSet& prompts) {
    PromptSet set;
    for (const PreparedPrompt& prompt : prompts.prompts) {
        PreparedPrompt& messages = set.prompts.emplace_back();
        messages.id = prompt.id;
        messages.question_id = prompt.question_id;
        messages.sample = prompt.sample;
        messages.user = prompt.user;
        messages.messages_sha256 = prompt.messages_sha256;
        messages.n_contexts_used = prompt.n_contexts_used;
        messages.contexts_cut = prompt.contexts_cut;
    }
    return set;
}

PromptSet prepare_messages(llm::Engine& engine,
                           const GenerationSettings& settings,
                           std::span<const Question> questions) {
    Renderer renderer(engine, settings);
    PromptSet set;
    for (const Question& question : questions) {
        PreparedPrompt& messages = set.prompts.emplace_back();
        messages.id = messages.question_id = question.id;
        messages.user = renderer.user_turn(question.id, question.text, question.contexts);
        messages.messages_sha256 = messages_hash(settings, messages.user);
        messages.n_contexts_used = static_cast<int>(question.contexts.size());
    }
    return set;
}

}  // namespace assay::answer
