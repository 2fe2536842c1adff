#include "assay/judge/embedded_prompts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "assay/judge/prompt.hpp"
#include "assay/llm/shared_prefix.hpp"

namespace assay::judge {
namespace {

/// Stands in for the user turn, so that what the chat template puts around it can be told from it.
constexpr std::string_view kMarker = "ASSAYUSERTURN7041";

std::optional<Frame> split_at_marker(const std::string& rendered) {
    const std::size_t at = rendered.find(kMarker);
    if (at == std::string::npos || rendered.find(kMarker, at + 1) != std::string::npos) {
        return {};
    }
    return Frame{rendered.substr(0, at), rendered.substr(at + kMarker.size()), {}, {}};
}

}  // namespace

Result<Frame> make_frame(EmbeddedModel& model) {
    const std::string system(system_text());
    const auto rendered = model.chat(system, std::string(kMarker));
    std::optional<Frame> frame = rendered ? split_at_marker(*rendered) : std::nullopt;
    if (!frame || frame->before.find(system) == std::string::npos) {
        const auto merged = model.chat("", system + "\n\n" + std::string(kMarker));
        if (!merged) {
            return tl::unexpected<Failure>(merged.error());
        }
        frame = split_at_marker(*merged);
    }
    if (!frame) {
        return fail("its chat template does not show the user's turn once and as it is");
    }
    auto before = model.tokenize(frame->before, true, true);
    if (!before) {
        return tl::unexpected<Failure>(before.error());
    }
    frame->before_tokens = std::move(*before);
    return std::move(*frame);
}

std::optional<std::int32_t> single_token(EmbeddedModel& model,
                                         const Frame& frame,
                                         const std::string& text) {
    const auto tokens = model.tokenize(frame.after + text, false, true);
    const std::vector<std::int32_t>& after = frame.after_tokens;
    if (!tokens || tokens->size() != after.size() + 1) {
        return {};
    }
    if (!std::equal(after.begin(), after.end(), tokens->begin())) {
        return {};
    }
    return tokens->back();
}

std::string EmbeddedSetup::variables(const BlindedPair& pair) const {
    return spec.embedded().reasoning
               ? template_variables(pair, spec.show_contexts, spec.show_expected)
               : label_variables(pair, spec.show_contexts, spec.show_expected, labels.tie.word);
}

int EmbeddedSetup::reply_tokens() const {
    if (!spec.embedded().reasoning) {
        return 0;
    }
    return thinking == Thinking::kNone ? spec.embedded().max_tokens
                                       : 2 * spec.embedded().max_tokens + kTokensOfEndOfThought;
}

Result<llm::Prompt> EmbeddedPrompts::of(const BlindedPair& pair) {
    auto tokens = tokens_of(pair);
    if (!tokens) {
        return tl::unexpected<Failure>(tokens.error());
    }
    const auto n = static_cast<int>(tokens->size());
    if (n + setup_.reply_tokens() > setup_.most_tokens) {
        return fail(
            fmt::format("The prompt has {} tokens{}; the judge's context holds {}.",
                        n,
                        setup_.spec.embedded().reasoning
                            ? fmt::format(", and its reply may have {}", setup_.reply_tokens())
                            : "",
                        setup_.most_tokens),
            "",
            "Raise its ctx-size as far as the model was trained for, or write "
            "show-contexts: false.");
    }
    llm::Prompt prompt{.id = pair.item_id, .tokens = std::move(*tokens)};
    prompt.prefix_ends = llm::usable_prefixes(prompt.tokens, {&prefix_like(pair), 1});
    if (setup_.spec.embedded().reasoning) {
        prompt.task = llm::AnswerTask{
            .predict = setup_.spec.embedded().max_tokens,
            .grammar = verdict_grammar(setup_.thinking, setup_.spec.embedded().tags)};
        return prompt;
    }
    const auto n_longer_prefix = longer_prefix(pair, prompt);
    if (!n_longer_prefix) {
        return tl::unexpected<Failure>(n_longer_prefix.error());
    }
    if (*n_longer_prefix != 0) {
        prompt.prefix_ends.push_back(*n_longer_prefix);
    }
    prompt.task = llm::LabelTask{setup_.labels.tokens()};
    return prompt;
}

/// Both orders of a pair are read one after the other: what they share (question, expected answer,
/// contexts) is computed once. 0: there is no other order, or it shares too little.
Result<int> EmbeddedPrompts::longer_prefix(const BlindedPair& pair, const llm::Prompt& prompt) {
    if (pair.answer_a == pair.answer_b) {
        return 0;
    }
    BlindedPair other = pair;
    std::swap(other.answer_a, other.answer_b);
    const auto others = tokens_of(other);
    if (!others) {
        // without it the pieces would be others
        return tl::unexpected<Failure>(others.error());
    }
    return llm::usable_longer_prefix(
        prompt.tokens, *others, prompt.prefix_ends.empty() ? 0 : prompt.prefix_ends.back());
}

Result<EmbeddedPrompts::Tokens> EmbeddedPrompts::tokens_of(const BlindedPair& pair) {
    const auto user = setup_.render(setup_.jinja, setup_.variables(pair));
    if (!user) {
        return fail("The judge's prompt cannot be rendered: " + to_sentence(user.error()));
    }
    // Whatever stands in a pair's texts is text: no answer can end its turn by writing a control
    // token.
    const auto middle = model_.tokenize(*user, false, false);
    if (!middle) {
        return fail("The judge's prompt cannot be tokenized: " + to_sentence(middle.error()));
    }
    Tokens tokens = setup_.frame.before_tokens;
    tokens.insert(tokens.end(), middle->begin(), middle->end());
    tokens.insert(tokens.end(), setup_.frame.after_tokens.begin(), setup_.frame.after_tokens.end());
    return tokens;
}

const EmbeddedPrompts::Tokens& EmbeddedPrompts::prefix_like(const BlindedPair& pair) {
    const std::pair kind(pair.expected.has_value(), !pair.contexts.empty());
    const auto [entry, is_new] = prefixes_.try_emplace(kind);
    if (is_new) {
        entry->second = shared_prefix(kind.first, kind.second);
    }
    return entry->second;
}

EmbeddedPrompts::Tokens EmbeddedPrompts::shared_prefix(bool with_expected, bool with_contexts) {
    std::vector<Tokens> lists;
    for (std::size_t i = 0; i < llm::kPrefixProbes; ++i) {
        const auto text = [&](std::size_t shift) { return llm::probe_beginning(i + shift) + " q"; };
        BlindedPair probe{"", text(0), {}, {}, text(1), text(2)};
        if (with_expected) {
            probe.expected = text(3);
        }
        if (with_contexts) {
            probe.contexts.assign(1 + i % 2, text(4));
        }
        const auto tokens = tokens_of(probe);
        if (!tokens) {
            return {};  // what is wrong is said of the pair itself
        }
        lists.push_back(*tokens);
    }
    return llm::common_prefix(lists);
}

}  // namespace assay::judge
