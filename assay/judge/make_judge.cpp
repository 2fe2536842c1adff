#include "assay/judge/make_judge.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "assay/base/text.hpp"
#include "assay/judge/anthropic.hpp"
#include "assay/judge/by_hand.hpp"
#include "assay/judge/gemini.hpp"
#include "assay/judge/gguf.hpp"
#include "assay/judge/ollama.hpp"
#include "assay/judge/openai.hpp"
#include "assay/judge/reference.hpp"
#include "assay/records/settings.hpp"

namespace assay::judge {
namespace {

using Maker = Result<std::unique_ptr<Judge>> (*)(const JudgeSpec&, const Services&, Progress&);

struct ApiJudge {
    std::string_view provider;
    Maker make;
};

/// Every API judge of kJudgeProviders.
constexpr ApiJudge kApiJudges[] = {
    {"openai", make_openai_judge},
    {"gemini", make_gemini_judge},
    {"anthropic", make_anthropic_judge},
    {"ollama", make_ollama_judge},
};

Maker maker_of(const JudgeProvider& provider) {
    switch (provider.kind) {
        case JudgeKind::kMetric: return make_reference_judge;
        case JudgeKind::kEmbedded: return make_gguf_judge;
        case JudgeKind::kByHand: return make_by_hand_judge;
        case JudgeKind::kApi: break;
    }
    const auto* const found = std::find_if(
        std::begin(kApiJudges), std::end(kApiJudges), [&](const ApiJudge& judge) {
            return judge.provider == provider.name;
        });
    ASSAY_CHECK(found != std::end(kApiJudges));
    return found->make;
}

Failure unknown_provider(const JudgeSpec& spec) {
    constexpr auto kNames = judge_provider_names();
    const std::vector<std::string> known(kNames.begin(), kNames.end());
    const std::string nearest = nearest_word(spec.provider, known);
    return {fmt::format("unknown provider \"{}\"", spec.provider),
            fmt::format("judge {}", spec.name),
            nearest.empty() ? fmt::format("known: {}", fmt::join(known, ", "))
                            : fmt::format("did you mean {}?", nearest)};
}

/// Tags that the judge could not give.
std::optional<Failure> complaint_of_tags(const JudgeSpec& spec) {
    const ReplySettings* replies = spec.replies();
    if (!replies || !replies->tags) {
        return std::nullopt;
    }
    if (spec.kind() == JudgeKind::kEmbedded && !spec.embedded().reasoning) {
        return Failure{"tags need reasoning: labels are probabilities, and nothing is written",
                       fmt::format("judge {}", spec.name),
                       "Write reasoning: true, or leave tags out."};
    }
    const std::string& jinja = replies->prompt_template;
    if (!jinja.empty() &&
        (jinja.find("tags_a") == std::string::npos || jinja.find("tags_b") == std::string::npos)) {
        return Failure{"its prompt-template does not ask for tags_a and tags_b",
                       fmt::format("judge {}", spec.name),
                       "Let it ask for both lists and say what their words mean "
                       "(docs/failure_modes.md), or leave tags out."};
    }
    return std::nullopt;
}

}  // namespace

Result<std::unique_ptr<Judge>> make_judge(const JudgeSpec& spec,
                                          const Services& services,
                                          Progress& progress) {
    const JudgeProvider* provider = find_judge_provider(spec.provider);
    if (!provider) {
        return tl::unexpected<Failure>(unknown_provider(spec));
    }
    if (const std::string wrong = first_complaint(spec); !wrong.empty()) {
        return fail(wrong, fmt::format("judge {}", spec.name));
    }
    if (auto wrong = complaint_of_tags(spec)) {
        return tl::unexpected<Failure>(std::move(*wrong));
    }
    return maker_of(*provider)(spec, services, progress);
}

}  // namespace assay::judge
