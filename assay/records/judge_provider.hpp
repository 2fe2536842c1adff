#pragma once
// The services behind API judges, once for config/ and judge/: their names, where they are, whose
// key goes where. Besides, the judges that are given their pairs as files and whose verdicts are
// imported.

#include <array>
#include <string>
#include <string_view>

namespace assay {

struct JudgeProvider {
    std::string_view name;          ///< JudgeSpec::provider
    std::string_view default_url;   ///< of JudgeSpec::url
    std::string_view key_variable;  ///< holds the key that is sent to own_host and to loopback by
                                    ///< default; empty: none
    std::string_view own_host;      ///< gets that key over https only; empty: none
    bool needs_url = false;    ///< many servers speak it: an experiment must say which one it means
    bool has_batches = false;  ///< it has a batch API (JudgeSpec::batch)
};

inline constexpr std::array<JudgeProvider, 4> kJudgeProviders{{
    {"openai", "https://api.openai.com/v1", "OPENAI_API_KEY", "api.openai.com", true, true},
    {"gemini",
     "https://generativelanguage.googleapis.com",
     "GEMINI_API_KEY",
     "generativelanguage.googleapis.com",
     false,
     true},
    {"anthropic",
     "https://api.anthropic.com",
     "ANTHROPIC_API_KEY",
     "api.anthropic.com",
     false,
     true},
    {"ollama", "http://127.0.0.1:11434", "", ""},
}};

/// JudgeSpec::provider of a judge whose verdicts are those of people.
inline constexpr std::string_view kPeopleProvider = "human";

/// Every way of naming a judge on the command line, for help and for messages.
struct JudgeForm {
    std::string_view form;
    std::string_view what;
};
inline constexpr std::array<JudgeForm, 9> kJudgeForms{{
    {"reference", "a metric: token F1 with the expected answer"},
    {"reference:METRIC", "rouge_l or chrf instead"},
    {"openai:MODEL@URL", "any server with /chat/completions"},
    {"gemini:MODEL[@URL]", "Google's generateContent"},
    {"anthropic:MODEL[@URL]", "Anthropic's messages"},
    {"ollama:MODEL[@URL]", "Ollama's chat"},
    {"gguf:FILE", "a model file, run by assay's own engine"},
    {"batch:NAME", "texts to paste into a chat; verdicts are imported"},
    {"human:NAME", "texts for a person; verdicts are imported"},
}};
/// "reference, openai:MODEL@URL, ...".
[[nodiscard]] inline std::string judge_forms() {
    std::string out;
    for (const JudgeForm& form : kJudgeForms) {
        out += (out.empty() ? "" : ", ") + std::string(form.form);
    }
    return out;
}
/// Judges that nothing here calls: a person, or a chat into which batches are pasted.
inline constexpr std::array<std::string_view, 2> kByHandProviders{"batch", kPeopleProvider};
[[nodiscard]] constexpr bool is_by_hand(std::string_view provider) {
    return provider == kByHandProviders[0] || provider == kByHandProviders[1];
}

/// Null: no API judge has this name.
[[nodiscard]] constexpr const JudgeProvider* find_judge_provider(std::string_view name) {
    for (const JudgeProvider& provider : kJudgeProviders) {
        if (provider.name == name) {
            return &provider;
        }
    }
    return nullptr;
}

}  // namespace assay
