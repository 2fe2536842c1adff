#pragma once
// The services behind API judges, once for config/ and judge/: their names, where they are, whose key goes where. Besides, the judges
// that are given their pairs as files and whose verdicts are imported.

#include <array>
#include <string_view>

namespace assay {

struct JudgeProvider {
    std::string_view name;          ///< JudgeSpec::provider
    std::string_view default_url;   ///< of JudgeSpec::url
    std::string_view key_variable;  ///< holds the key that is sent to own_host and to loopback by default; empty: none
    std::string_view own_host;      ///< gets that key over https only; empty: none
    bool needs_url = false;         ///< many servers speak it: an experiment must say which one it means
};

inline constexpr std::array<JudgeProvider, 4> kJudgeProviders{{
    {"openai", "https://api.openai.com/v1", "OPENAI_API_KEY", "api.openai.com", true},
    {"gemini", "https://generativelanguage.googleapis.com", "GEMINI_API_KEY", "generativelanguage.googleapis.com"},
    {"anthropic", "https://api.anthropic.com", "ANTHROPIC_API_KEY", "api.anthropic.com"},
    {"ollama", "http://127.0.0.1:11434", "", ""},
}};

/// Judges that nothing here calls: a person, or a chat into which batches are pasted.
inline constexpr std::array<std::string_view, 2> kByHandProviders{"batch", "human"};
[[nodiscard]] constexpr bool is_by_hand(std::string_view provider) { return provider == kByHandProviders[0] || provider == kByHandProviders[1]; }

/// Null: no API judge has this name.
[[nodiscard]] constexpr const JudgeProvider* find_judge_provider(std::string_view name) {
    for (const JudgeProvider& provider : kJudgeProviders) {
        if (provider.name == name) return &provider;
    }
    return nullptr;
}

}  // namespace assay
