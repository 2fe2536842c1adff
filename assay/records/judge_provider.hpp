#pragma once
// The table of judges: one row for every name that JudgeSpec::provider can have. What a judge is
// asked, how it is reached and what it needs follow from its row, never from its name.

#include <array>
#include <string>
#include <string_view>

namespace assay {

enum class JudgeKind {
    kMetric,    ///< computed here from both answers and the expected one
    kApi,       ///< a model behind HTTP
    kEmbedded,  ///< a model file, run by an engine process of our own
    kByHand,    ///< nothing here calls it: its pairs go out as files, its verdicts are imported
};

/// One way of naming a judge on the command line, for help and for messages.
struct JudgeForm {
    std::string_view form;
    std::string_view what;
};

struct JudgeProvider {
    std::string_view name;  ///< JudgeSpec::provider
    JudgeKind kind{};
    std::array<JudgeForm, 2> forms{};  ///< the second may be empty
    std::string_view default_url{};    ///< of an API judge whose address is not given
    std::string_view key_variable{};   ///< holds the key that is sent to own_host and to loopback
                                       ///< by default; empty: none
    std::string_view own_host{};       ///< gets that key over https only; empty: none
    bool needs_url = false;    ///< many servers speak it: an experiment must say which one it means
    bool has_batches = false;  ///< it has a batch API
    bool follows_ollama_host = false;  ///< its address is that of OLLAMA_HOST, if that is set
    bool is_people = false;            ///< its verdicts are those of people
};

inline constexpr std::array<JudgeProvider, 8> kJudgeProviders{{
    {.name = "reference",
     .kind = JudgeKind::kMetric,
     .forms = {{{"reference", "a metric: token F1 with the expected answer"},
                {"reference:METRIC", "rouge_l or chrf instead"}}}},
    {.name = "openai",
     .kind = JudgeKind::kApi,
     .forms = {{{"openai:MODEL@URL", "any server with /chat/completions"}}},
     .default_url = "https://api.openai.com/v1",
     .key_variable = "OPENAI_API_KEY",
     .own_host = "api.openai.com",
     .needs_url = true,
     .has_batches = true},
    {.name = "gemini",
     .kind = JudgeKind::kApi,
     .forms = {{{"gemini:MODEL[@URL]", "Google's generateContent"}}},
     .default_url = "https://generativelanguage.googleapis.com",
     .key_variable = "GEMINI_API_KEY",
     .own_host = "generativelanguage.googleapis.com",
     .has_batches = true},
    {.name = "anthropic",
     .kind = JudgeKind::kApi,
     .forms = {{{"anthropic:MODEL[@URL]", "Anthropic's messages"}}},
     .default_url = "https://api.anthropic.com",
     .key_variable = "ANTHROPIC_API_KEY",
     .own_host = "api.anthropic.com",
     .has_batches = true},
    {.name = "ollama",
     .kind = JudgeKind::kApi,
     .forms = {{{"ollama:MODEL[@URL]", "Ollama's chat"}}},
     .default_url = "http://127.0.0.1:11434",
     .follows_ollama_host = true},
    {.name = "gguf",
     .kind = JudgeKind::kEmbedded,
     .forms = {{{"gguf:FILE", "a model file, run by assay's own engine"}}}},
    {.name = "batch",
     .kind = JudgeKind::kByHand,
     .forms = {{{"batch:NAME", "texts to paste into a chat; verdicts are imported"}}}},
    {.name = "human",
     .kind = JudgeKind::kByHand,
     .forms = {{{"human:NAME", "texts for a person; verdicts are imported"}}},
     .is_people = true},
}};

/// The judge of a plan that names none.
inline constexpr std::string_view kDefaultProvider = kJudgeProviders.front().name;

/// Null: no judge has this name.
[[nodiscard]] constexpr const JudgeProvider* find_judge_provider(std::string_view name) {
    for (const JudgeProvider& provider : kJudgeProviders) {
        if (provider.name == name) {
            return &provider;
        }
    }
    return nullptr;
}

/// False also where no judge has this name.
[[nodiscard]] constexpr bool is_of_kind(std::string_view provider, JudgeKind kind) {
    const JudgeProvider* row = find_judge_provider(provider);
    return row != nullptr && row->kind == kind;
}
[[nodiscard]] constexpr bool is_metric(std::string_view provider) {
    return is_of_kind(provider, JudgeKind::kMetric);
}
[[nodiscard]] constexpr bool is_api(std::string_view provider) {
    return is_of_kind(provider, JudgeKind::kApi);
}
[[nodiscard]] constexpr bool is_embedded(std::string_view provider) {
    return is_of_kind(provider, JudgeKind::kEmbedded);
}
[[nodiscard]] constexpr bool is_by_hand(std::string_view provider) {
    return is_of_kind(provider, JudgeKind::kByHand);
}
/// Whether the verdicts are those of people.
[[nodiscard]] constexpr bool is_people(std::string_view provider) {
    const JudgeProvider* row = find_judge_provider(provider);
    return row != nullptr && row->is_people;
}

/// Whether a question without an expected answer cannot be judged.
[[nodiscard]] constexpr bool needs_expected_answers(JudgeKind kind) {
    return kind == JudgeKind::kMetric;
}
/// Whether the engine is needed before the first pair: it renders the prompts.
[[nodiscard]] constexpr bool needs_engine(JudgeKind kind) {
    return kind == JudgeKind::kApi || kind == JudgeKind::kEmbedded;
}

/// The names of all rows, in the table's order.
[[nodiscard]] constexpr auto judge_provider_names() {
    std::array<std::string_view, kJudgeProviders.size()> names{};
    for (std::size_t i = 0; i < names.size(); ++i) {
        names[i] = kJudgeProviders[i].name;
    }
    return names;
}

/// "reference, reference:METRIC, openai:MODEL@URL, ...".
[[nodiscard]] inline std::string judge_forms() {
    std::string out;
    for (const JudgeProvider& provider : kJudgeProviders) {
        for (const JudgeForm& form : provider.forms) {
            if (!form.form.empty()) {
                out += (out.empty() ? "" : ", ") + std::string(form.form);
            }
        }
    }
    return out;
}

}  // namespace assay
