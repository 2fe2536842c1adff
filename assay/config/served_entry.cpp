#include "assay/config/served_entry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "assay/base/text.hpp"
#include "assay/config/judge_address.hpp"
#include "assay/config/key_names.hpp"
#include "assay/config/limits_check.hpp"
#include "assay/records/judge_provider.hpp"
#include "assay/records/settings.hpp"

namespace assay::config {
namespace {

constexpr std::array<std::string_view, 2> kServedProviders{"ollama", "openai"};
constexpr std::array<std::string_view, 4> kServers{"llama-server", "vllm", "ollama", "openai"};

/// What a served model takes beside its name and provider.
std::vector<std::string_view> served_keys() {
    std::vector<std::string_view> keys{"model", "url", "urls", "server", "api-key-env", "pull"};
    const ServedSpec defaults;
    visit_served_transport(defaults, [&](const Setting& setting, const auto&, const auto&) {
        keys.push_back(setting.key);
    });
    return keys;
}

void read_addresses(MapReader& map, ServedSpec& served, Problems& problems) {
    std::vector<std::string> urls;
    if (map.has("url") && map.has("urls")) {
        problems.add(map.where("urls"), "is given beside url; give one of them");
    }
    std::string url;
    if (map.text("url", url)) {
        urls.push_back(url);
    }
    map.texts("urls", urls);
    const std::string_view key = map.has("urls") ? "urls" : "url";
    for (const std::string& each : urls) {
        auto checked = checked_url(each);
        if (!checked) {
            problems.add(map.where(key), checked.error().message, checked.error().remedy);
        }
        if (checked) {
            served.urls.push_back(std::move(*checked));
        }
    }
}

}  // namespace

void read_served(MapReader& map, ServedSpec& served, Problems& problems) {
    map.know("provider");
    const std::vector<std::string_view> keys = served_keys();
    for (const std::string_view key : keys) {
        map.know(key);
    }
    if (!map.has("provider")) {
        for (const std::string_view key : keys) {
            if (!map.has(key)) {
                continue;
            }
            problems.add(map.where(key),
                         "belongs to a model that a server runs",
                         "Write provider: ollama or provider: openai beside it.");
        }
        return;
    }
    map.read("provider", served.provider, Words{kServedProviders});
    map.text("model", served.model);
    read_addresses(map, served, problems);
    read_key_variable(map, served.api_key_env, problems);
    map.read("server", served.server, Words{kServers});
    map.read("pull", served.pull, YesNo{});
    visit_served_transport(served, [&](const Setting& setting, auto& field, const auto& rule) {
        map.read(setting.key, field, rule);
    });
    check_prices(map, served, problems);
    const bool has_file = map.has("type") || map.has("quant") || map.has("file") ||
                          map.has("checkpoint");
    if (map.has("model") && trim(served.model).empty()) {
        problems.add(map.where("model"), "is empty");
    }
    if (served.provider == "openai") {
        if (!map.has("model")) {
            problems.add(map.where(""), "openai needs model");
        }
        if (!map.has("url") && !map.has("urls")) {
            problems.add(map.where(""), "openai needs url");
        }
        if (has_file) {
            problems.add(map.where("provider"),
                         "cannot be given a file: only ollama takes one",
                         "Write model, or provider: ollama.");
        }
        if (map.has("pull")) {
            problems.add(map.where("pull"), "belongs to ollama");
        }
    } else if (served.provider == "ollama") {
        if (map.has("server")) {
            problems.add(map.where("server"), "belongs to openai, which many servers speak");
        }
        if (map.has("model") == has_file) {
            problems.add(map.where(""),
                         fmt::format("needs one of model, type and file, and has {}",
                                     has_file ? "several" : "none"),
                         "Write {provider: ollama, model: \"qwen2.5:0.5b\"}, or {type: Q4_K_M, "
                         "provider: ollama} for a file of ours.");
        }
        if (has_file && map.has("pull")) {
            problems.add(map.where("pull"), "belongs to a model of the server's");
        }
    }
    if (map.has("answers")) {
        problems.add(map.where("answers"), "is given beside provider; give one of them");
    }
}

std::optional<ServedSource> served_of_text(std::string_view text,
                                           const Where& where,
                                           Problems& problems) {
    const std::size_t address = text.rfind("@http");
    const auto provider = std::find_if(
        kServedProviders.begin(), kServedProviders.end(), [&](std::string_view each) {
            return text.starts_with(std::string(each) + ":");
        });
    if (address == std::string_view::npos || provider == kServedProviders.end()) {
        return std::nullopt;
    }
    ServedSpec server;
    server.provider = *provider;
    const std::size_t at = provider->size() + 1;
    server.model = address > at ? text.substr(at, address - at) : "";
    if (server.model.empty()) {
        problems.add(where,
                     "names no model before its address",
                     fmt::format("Write {}:MODEL@URL.", *provider));
    }
    auto url = checked_url(text.substr(address + 1));
    if (url) {
        server.urls.push_back(std::move(*url));
    } else {
        problems.add(where, "the address " + url.error().message, url.error().remedy);
    }
    return ServedSource{std::move(server)};
}

Result<std::string> default_ollama_url() {
    const char* host = std::getenv("OLLAMA_HOST");
    return host ? ollama_url(host) : std::string(find_judge_provider("ollama")->default_url);
}

}  // namespace assay::config
