#include "assay/config/judge_entry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "assay/base/text.hpp"
#include "assay/config/entry_reader.hpp"
#include "assay/config/judge_address.hpp"
#include "assay/config/key_names.hpp"
#include "assay/config/limits_check.hpp"

namespace assay::config {
namespace {

constexpr auto kProviders = judge_provider_names();

using Keys = std::vector<std::string_view>;

bool holds(const Keys& keys, std::string_view key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

/// What a judge of this kind takes beside its name and provider.
Keys keys_of(JudgeKind kind) {
    Keys keys;
    JudgeSpec defaults;
    defaults.settings = default_settings(kind);
    visit_judge(defaults, [&](const Setting& setting, const auto&, const auto&) {
        keys.push_back(setting.key);
    });
    if (kind == JudgeKind::kApi) {
        keys.insert(keys.end(), {"url", "model", "api-key-env"});
    }
    if (kind == JudgeKind::kEmbedded) {
        keys.push_back("file");
    }
    if (kind == JudgeKind::kApi || kind == JudgeKind::kEmbedded) {
        keys.push_back("prompt-template");
    }
    return keys;
}

/// The keys of every kind.
std::set<std::string_view> all_keys() {
    std::set<std::string_view> out;
    for (const JudgeProvider& provider : kJudgeProviders) {
        const Keys keys = keys_of(provider.kind);
        out.insert(keys.begin(), keys.end());
    }
    return out;
}

/// The first judge of a kind.
std::string_view provider_of(JudgeKind kind) {
    for (const JudgeProvider& provider : kJudgeProviders) {
        if (provider.kind == kind) {
            return provider.name;
        }
    }
    return {};
}

/// Why a judge takes nothing that an API judge takes.
std::string why_no_api(const JudgeProvider& provider) {
    switch (provider.kind) {
        case JudgeKind::kMetric:
            return fmt::format("{} is a metric and needs nothing", provider.name);
        case JudgeKind::kEmbedded: return fmt::format("{} is a file", provider.name);
        case JudgeKind::kByHand:
            return fmt::format("the verdicts of {} are imported", provider.name);
        case JudgeKind::kApi: break;
    }
    return {};
}

class JudgeEntry : EntryReader {
 public:
    JudgeEntry(MapReader& map,
               const std::filesystem::path& folder,
               Draft& draft,
               Problems& problems)
        : EntryReader(folder, draft, problems), map_(map) {}

    JudgeSpec read(std::string& template_file) {
        std::string provider;
        map_.read("provider", provider, Words{kProviders});
        if (!map_.has("provider")) {
            problems_.add(map_.where(""),
                          "names no provider",
                          "Write provider: reference, or provider: openai with url and model.");
        }
        JudgeSpec judge = judge_of(provider);
        note_text(map_, "name", judge.name);
        if (const JudgeProvider* row = find_judge_provider(provider)) {
            refuse_what_others_take(*row);
            read_settings(judge, template_file);
            check(*row, judge);
        } else {
            know_all();
        }
        map_.finish();
        return judge;
    }

 private:
    void know_all() {
        for (const std::string_view key : all_keys()) {
            map_.know(key);
        }
    }

    void refuse_what_others_take(const JudgeProvider& provider) {
        const Keys own = keys_of(provider.kind);
        for (const std::string_view key : all_keys()) {
            map_.know(key);
            if (map_.has(key) && !holds(own, key)) {
                refuse(key, provider);
            }
        }
    }

    /// Reports a key that is a setting of other kinds, and whose it is.
    void refuse(std::string_view key, const JudgeProvider& provider) {
        const bool of_api = holds(keys_of(JudgeKind::kApi), key);
        const bool of_file = holds(keys_of(JudgeKind::kEmbedded), key);
        if (of_api && of_file) {
            problems_.add(map_.where(key),
                          fmt::format("belongs to a judge that is a model and called by assay, "
                                      "which {} is not",
                                      provider.name),
                          fmt::format("Leave {} out.", key));
        } else if (of_api) {
            problems_.add(map_.where(key), "belongs to an API judge; " + why_no_api(provider));
        } else {
            const JudgeKind owner = of_file ? JudgeKind::kEmbedded : JudgeKind::kMetric;
            problems_.add(map_.where(key),
                          fmt::format("belongs to provider: {}", provider_of(owner)));
        }
    }

    void read_settings(JudgeSpec& judge, std::string& template_file) {
        visit_judge(judge, reader(map_));
        if (judge.replies()) {
            path(map_, "prompt-template", template_file);
        }
        if (judge.kind() == JudgeKind::kEmbedded) {
            model_path(map_, "file", judge.embedded().file);
        }
        if (judge.kind() == JudgeKind::kApi) {
            note_text(map_, "model", judge.api().model);
            read_url(judge.api());
        }
        std::string variable;  // looked at in any case: it refuses keys that are written here
        read_key_variable(map_, variable, problems_);
        if (judge.kind() == JudgeKind::kApi) {
            judge.api().api_key_env = variable;
        }
    }

    void read_url(ApiSettings& settings) {
        std::string url;
        if (!map_.text("url", url)) {
            return;
        }
        auto checked = checked_url(url);
        if (checked) {
            settings.url = std::move(*checked);
        } else {
            problems_.add(map_.where("url"), checked.error().message, checked.error().remedy);
        }
    }

    void check(const JudgeProvider& provider, const JudgeSpec& judge) {
        if (judge.kind() == JudgeKind::kEmbedded) {
            check_embedded(provider, judge.embedded());
        }
        if (judge.kind() == JudgeKind::kApi) {
            check_api(provider, judge.api());
        }
    }

    void check_embedded(const JudgeProvider& provider, const EmbeddedSettings& settings) {
        if (settings.tags && !settings.reasoning) {
            problems_.add(map_.where("tags"),
                          "a judge of label probabilities writes nothing",
                          "Write reasoning: true, or leave tags out.");
        }
        if (!map_.has("file")) {
            problems_.add(map_.where(""), fmt::format("{} needs file", provider.name));
        }
    }

    void check_api(const JudgeProvider& provider, const ApiSettings& settings) {
        if (provider.needs_url && !map_.has("url")) {
            problems_.add(map_.where(""), fmt::format("{} needs url", provider.name));
        }
        if (!map_.has("model")) {
            problems_.add(map_.where(""), fmt::format("{} needs model", provider.name));
        }
        if (map_.has("model") && trim(settings.model).empty()) {
            problems_.add(map_.where("model"), "is empty");
        }
        if (settings.batch && !provider.has_batches) {
            problems_.add(map_.where("batch"),
                          fmt::format("{} has no batch API", provider.name),
                          "Leave batch out.");
        }
        check_prices(map_, settings, problems_);
    }

    MapReader& map_;
};

}  // namespace

JudgeSpec read_judge(MapReader& map,
                     const std::filesystem::path& folder,
                     std::string& template_file,
                     Draft& draft,
                     Problems& problems) {
    return JudgeEntry(map, folder, draft, problems).read(template_file);
}

}  // namespace assay::config
