#pragma once
// A judge as an experiment describes it: what every judge has, and the settings of its kind. A
// setting that a kind does not take has no place here.

#include <array>
#include <string>
#include <string_view>
#include <variant>

#include "assay/records/judge_provider.hpp"
#include "assay/records/request_limits.hpp"

namespace assay {

/// What MetricSettings::metric may be; the first is the default.
inline constexpr std::array<std::string_view, 3> kReferenceMetrics{"token_f1", "rouge_l", "chrf"};

struct MetricSettings {
    std::string metric{kReferenceMetrics[0]};
    double tie_band = 0.05;  ///< a difference of at most this is a tie; in [0, 1), in steps of a
                             ///< millionth
};

/// Of a judge that writes replies to us.
struct ReplySettings {
    std::string model;            ///< as the server calls it; of an embedded judge the file's stem
    std::string prompt_template;  ///< Jinja text; empty: the built-in one
    double temp = 0.0;            ///< an embedded judge takes no other
    int max_tokens = 1024;        ///< of a reply
    bool tags = false;            ///< after the verdict it tags each answer (AnswerTag)
};

struct ApiSettings : ReplySettings, RequestLimits {
    std::string url;           ///< base address
    std::string api_key_env;   ///< environment variable that holds the key; empty: the provider's
                               ///< own, for its own host and loopback only
    int concurrency = 4;       ///< requests under way at the same time
    double timeout_s = 120;    ///< for one request
    int retries = 5;           ///< further attempts after a transport error, 429 or 5xx
    bool batch = false;        ///< through the provider's batch API, at kBatchPrice of its prices
                               ///< (records/verdict_cost.hpp)
    double batch_poll_s = 60;  ///< longest time between two looks at a batch
    bool allow_version_change = false;  ///< replies that name another model version do not stop the
                                        ///< judge; the report counts by version
};

struct EmbeddedSettings : ReplySettings {
    std::string file;        ///< the model; of a split one the first part
    bool reasoning = false;  ///< it writes its reasoning before the verdict
    int ctx_size = 0;  ///< tokens of prompt and reply, never more than it was trained for; 0: 8192,
                       ///< or 4096 with reasoning
};

struct ByHandSettings {};

/// In the order of JudgeKind.
using JudgeSettings = std::variant<MetricSettings, ApiSettings, EmbeddedSettings, ByHandSettings>;

struct JudgeSpec {
    std::string name;  ///< default: the model's slug; "reference", "reference-rouge_l" ... for a
                       ///< metric; unique
    std::string provider;       ///< a name of kJudgeProviders
    bool show_contexts = true;  ///< whether the judge sees the passages; without effect on a
                                ///< metric
    bool show_expected = true;  ///< whether it sees the expected answer; likewise
    JudgeSettings settings;     ///< those of the provider's kind

    [[nodiscard]] JudgeKind kind() const { return static_cast<JudgeKind>(settings.index()); }

    /// Each throws std::bad_variant_access for a judge of another kind.
    [[nodiscard]] const MetricSettings& metric() const {
        return std::get<MetricSettings>(settings);
    }
    [[nodiscard]] const ApiSettings& api() const { return std::get<ApiSettings>(settings); }
    [[nodiscard]] const EmbeddedSettings& embedded() const {
        return std::get<EmbeddedSettings>(settings);
    }
    [[nodiscard]] MetricSettings& metric() { return std::get<MetricSettings>(settings); }
    [[nodiscard]] ApiSettings& api() { return std::get<ApiSettings>(settings); }
    [[nodiscard]] EmbeddedSettings& embedded() { return std::get<EmbeddedSettings>(settings); }

    /// Null: it writes no replies to us.
    [[nodiscard]] const ReplySettings* replies() const {
        if (const auto* called = std::get_if<ApiSettings>(&settings)) {
            return called;
        }
        return std::get_if<EmbeddedSettings>(&settings);
    }
    [[nodiscard]] ReplySettings* replies() {
        if (auto* called = std::get_if<ApiSettings>(&settings)) {
            return called;
        }
        return std::get_if<EmbeddedSettings>(&settings);
    }
};

/// The settings of a kind, each at its default.
[[nodiscard]] inline JudgeSettings default_settings(JudgeKind kind) {
    switch (kind) {
        case JudgeKind::kMetric: return MetricSettings{};
        case JudgeKind::kApi: return ApiSettings{};
        case JudgeKind::kEmbedded: return EmbeddedSettings{};
        case JudgeKind::kByHand: return ByHandSettings{};
    }
    return {};
}

/// A judge of this provider with every setting at its default. An unknown provider is kept as it is
/// written; whoever makes the judge refuses it.
[[nodiscard]] inline JudgeSpec judge_of(std::string_view provider) {
    const JudgeProvider* row = find_judge_provider(provider);
    JudgeSpec judge;
    if (row) {
        judge.settings = default_settings(row->kind);
    }
    judge.provider = provider;
    return judge;
}

}  // namespace assay
