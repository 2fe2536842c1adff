#include "assay/config/judge_address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "assay/base/text.hpp"
#include "assay/records/api_version.hpp"
#include "assay/records/judge_provider.hpp"
#include "assay/records/rules.hpp"

namespace assay::config {
namespace {

std::string how_to_write_it() {
    return fmt::format(
        "Write {}; for example openai:gpt-5@https://api.openai.com/v1. [@URL] may be left out.",
        judge_forms());
}

struct Parts {
    std::string_view authority;
    std::string_view host;  // with brackets, if it is IPv6
    std::optional<std::string_view> port;
};

std::optional<std::string_view> after_scheme(std::string_view url) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (to_lower_ascii(url.substr(0, scheme.size())) == scheme) {
            return url.substr(scheme.size());
        }
    }
    return std::nullopt;
}

Parts split_authority(std::string_view rest) {
    Parts parts;
    parts.authority = rest.substr(0, rest.find_first_of("/?#\\"));
    const std::size_t bracket = parts.authority.starts_with('[') ? parts.authority.find(']')
                                                                 : std::string_view::npos;
    const std::size_t colon = parts.authority.find(':',
                                                   bracket == std::string_view::npos ? 0 : bracket);
    parts.host = parts.authority.substr(0, colon);
    if (colon != std::string_view::npos) {
        parts.port = parts.authority.substr(colon + 1);
    }
    return parts;
}

bool is_host(std::string_view host) {
    const bool ipv6 = host.size() > 2 && host.starts_with('[') && host.ends_with(']');
    if (ipv6) {
        host = host.substr(1, host.size() - 2);
    }
    return !host.empty() && std::all_of(host.begin(), host.end(), [&](char c) {
        const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (ipv6) {
            return hex || c == ':' || c == '.';
        }
        return hex || (c >= 'g' && c <= 'z') || (c >= 'G' && c <= 'Z') || c == '.' || c == '-' ||
               c == '_';
    });
}

bool is_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() && port > 0;
}

}  // namespace

Result<std::string> checked_url(std::string_view url) {
    constexpr std::string_view kForm = "Write it like http://127.0.0.1:8080/v1.";
    const auto refused = [&](std::string message) {
        return fail(std::move(message), "", std::string(kForm));
    };
    const auto rest = after_scheme(url);
    if (!rest) {
        return refused("must begin with http:// or https://");
    }
    const Parts parts = split_authority(*rest);
    if (parts.authority.find('@') != std::string_view::npos) {
        return fail("holds a user or password; keys come from the environment only",
                    "",
                    "Name the variable with api-key-env.");
    }
    if (std::any_of(url.begin(), url.end(), [](char c) {
            return static_cast<unsigned char>(c) <= ' ' || c == '\x7F';
        })) {
        return refused("holds white space or a control character");
    }
    const std::size_t mark = url.find('?');
    const std::string_view query = mark == std::string_view::npos ? "" : url.substr(mark + 1);
    if (url.find_first_of("#\\") != std::string_view::npos ||
        (mark != std::string_view::npos && !is_api_version(query))) {
        return fail("must be a plain base address, without '?', '#' and '\\'",
                    "",
                    "Write it like http://127.0.0.1:8080/v1; of queries only ?api-version=VERSION "
                    "is kept.");
    }
    if (!is_host(parts.host)) {
        return refused("names no host");
    }
    if (parts.port && !is_port(*parts.port)) {
        return refused("has a port that is not from 1 to 65535");
    }
    url = url.substr(0, mark);
    while (url.ends_with('/')) {
        url.remove_suffix(1);
    }
    return query.empty() ? std::string(url) : fmt::format("{}?{}", url, query);
}

Result<std::string> ollama_url(std::string_view ollama_host) {
    std::string_view host = trim(ollama_host);
    if (host.empty()) {
        return std::string(find_judge_provider("ollama")->default_url);
    }
    const bool has_scheme = host.find("://") != std::string_view::npos;
    const std::string url = has_scheme ? std::string(host) : "http://" + std::string(host);
    const std::string_view rest = std::string_view(url).substr(url.find("://") + 3);
    const Parts parts = split_authority(rest);
    const bool here = parts.host.empty() || parts.host == "0.0.0.0" || parts.host == "[::]";
    std::string out = url.substr(0, url.find("://") + 3) +
                      std::string(here ? "127.0.0.1" : parts.host);
    if (parts.port) {
        out += ":" + std::string(*parts.port);
    }
    if (!parts.port && !has_scheme) {
        out += ":11434";
    }
    return checked_url(out + std::string(rest.substr(parts.authority.size())));
}

Result<JudgeSpec> judge_of_text(std::string_view text) {
    JudgeSpec judge = judge_of(text.substr(0, text.find(':')));
    const JudgeProvider* provider = find_judge_provider(judge.provider);
    if (!provider) {
        return fail(fmt::format("unknown judge \"{}\"", shorten(text, 60)), "", how_to_write_it());
    }
    if (provider->kind == JudgeKind::kMetric && text == provider->name) {
        return judge;
    }
    if (provider->kind == JudgeKind::kEmbedded) {
        std::string& file = judge.embedded().file;
        file = std::string(text.substr(std::min(text.size(), judge.provider.size() + 1)));
        if (file.empty()) {
            return fail(fmt::format("{} needs a file", provider->name), "", how_to_write_it());
        }
        return judge;
    }
    if (provider->kind == JudgeKind::kMetric) {
        std::string& metric = judge.metric().metric;
        metric = std::string(text.substr(judge.provider.size() + 1));
        if (const std::string wrong = complaint(metric, Words{kReferenceMetrics}); !wrong.empty()) {
            return fail("the metric " + wrong, "", "Write reference:rouge_l, for example.");
        }
        return judge;
    }
    if (provider->kind == JudgeKind::kByHand) {
        if (text.size() > judge.provider.size()) {
            judge.name = std::string(text.substr(judge.provider.size() + 1));
        }
        return judge;
    }
    std::string_view rest = text.substr(std::min(text.size(), judge.provider.size() + 1));
    // A model's name may hold an '@' itself ("vendor/model@version"), an address may not before its
    // scheme.
    const std::size_t at = rest.rfind("@http");
    if (rest.empty() || at == 0 || (at == std::string_view::npos && provider->needs_url)) {
        return fail(
            fmt::format(
                "{} needs a model{}", provider->name, provider->needs_url ? " and an address" : ""),
            "",
            how_to_write_it());
    }
    judge.api().model = std::string(rest.substr(0, at));
    if (at == std::string_view::npos) {
        return judge;
    }
    const auto url = checked_url(rest.substr(at + 1));
    if (!url) {
        return fail("the address " + url.error().message, "", url.error().remedy);
    }
    judge.api().url = *url;
    return judge;
}

}  // namespace assay::config
