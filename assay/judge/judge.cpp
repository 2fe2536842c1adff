#include "assay/judge/judge.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>

#include "assay/base/text.hpp"
#include "assay/judge/anthropic.hpp"
#include "assay/judge/by_hand.hpp"
#include "assay/judge/gemini.hpp"
#include "assay/judge/gguf.hpp"
#include "assay/judge/ollama.hpp"
#include "assay/judge/openai.hpp"
#include "assay/judge/reference.hpp"

namespace assay::judge {
namespace {

struct Provider {
    std::string_view name;
    Result<std::unique_ptr<Judge>> (*make)(const JudgeSpec&, const Services&, Progress&);
};

constexpr Provider kProviders[] = {
    {"reference", make_reference_judge},  // token F1 with the expected answer
    {"openai", make_openai_judge},        // anything that speaks POST /chat/completions
    {"gemini", make_gemini_judge},
    {"anthropic", make_anthropic_judge},
    {"ollama", make_ollama_judge},
    {"gguf", make_gguf_judge},      // a model file, in an engine process of our own
    {"batch", make_by_hand_judge},  // pairs as files to paste into a chat, verdicts by import
    {"human", make_by_hand_judge},
};

}  // namespace

PairSource source_of(std::span<const BlindedPair> pairs) {
    return [pairs, next = std::size_t{0}]() mutable -> std::optional<BlindedPair> {
        if (next == pairs.size()) {
            return std::nullopt;
        }
        return pairs[next++];
    };
}

std::vector<std::string> provider_names() {
    std::vector<std::string> names;
    for (const Provider& provider : kProviders) {
        names.emplace_back(provider.name);
    }
    return names;
}

Result<std::unique_ptr<Judge>> make_judge(const JudgeSpec& spec,
                                          const Services& services,
                                          Progress& progress) {
    if (spec.tags && spec.provider == "gguf" && !spec.reasoning) {
        return fail("tags need reasoning: labels are probabilities, and nothing is written",
                    fmt::format("judge {}", spec.name),
                    "Write reasoning: true, or leave tags out.");
    }
    if (spec.tags && !spec.prompt_template.empty() &&
        (spec.prompt_template.find("tags_a") == std::string::npos ||
         spec.prompt_template.find("tags_b") == std::string::npos)) {
        return fail("its prompt-template does not ask for tags_a and tags_b",
                    fmt::format("judge {}", spec.name),
                    "Let it ask for both lists and say what their words mean "
                    "(docs/failure_modes.md), or leave tags out.");
    }
    for (const Provider& provider : kProviders) {
        if (provider.name == spec.provider) {
            return provider.make(spec, services, progress);
        }
    }
    const std::vector<std::string> known = provider_names();
    const std::string nearest = nearest_word(spec.provider, known);
    return fail(fmt::format("unknown provider \"{}\"", spec.provider),
                fmt::format("judge {}", spec.name),
                nearest.empty() ? fmt::format("known: {}", fmt::join(known, ", "))
                                : fmt::format("did you mean {}?", nearest));
}

}  // namespace assay::judge
