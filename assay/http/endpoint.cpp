#include "assay/http/endpoint.hpp"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>

#include "assay/base/text.hpp"
#include "assay/records/api_version.hpp"
#include "assay/records/judge_provider.hpp"

namespace assay::http {
namespace {

struct UrlDeleter {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

std::string part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
    char* text = nullptr;
    if (curl_url_get(url, part, &text, flags) != CURLUE_OK) {
        return {};
    }
    const std::unique_ptr<char, decltype(&curl_free)> owner(text, curl_free);
    return text;
}

bool is_loopback(const std::string& host) {
    in_addr v4{};
    if (inet_pton(AF_INET, host.c_str(), &v4) == 1) {
        return (ntohl(v4.s_addr) >> 24) == 127;
    }
    in6_addr v6{};
    if (inet_pton(AF_INET6, host.c_str(), &v6) == 1) {
        return IN6_IS_ADDR_LOOPBACK(&v6);
    }
    return host == "localhost";
}

constexpr std::string_view kDeployments = "/openai/deployments/";

bool is_host_of_azure(std::string_view host) {
    return host.ends_with(".openai.azure.com") || host.ends_with(".cognitiveservices.azure.com") ||
           host.ends_with(".services.ai.azure.com");
}

/// A JSON Web Token: three parts, the first of which is JSON in base64.
bool is_token(std::string_view key) {
    return key.starts_with("eyJ") && std::count(key.begin(), key.end(), '.') == 2;
}

std::optional<std::string> variable(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    if (!value) {
        return {};
    }
    const std::string_view text = trim(value);
    if (text.empty()) {
        return {};
    }
    return std::string(text);
}

}  // namespace

Result<Endpoint> parse_endpoint(const std::string& url) {
    const std::unique_ptr<CURLU, UrlDeleter> parsed(curl_url());
    if (!parsed) {
        throw_operational("libcurl: out of memory");
    }
    const char* shape = "give the base address alone, like http://127.0.0.1:9000/v1";
    // What is wrong with it may be a key inside: such an address is not repeated.
    if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
        return fail("the url is not an address", {}, shape);
    }
    for (const CURLUPart part :
         {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT}) {
        const std::string text = part_of(parsed.get(), part);
        const bool is_kept = part == CURLUPART_QUERY && is_api_version(text);
        if (!text.empty() && !is_kept) {
            return fail(
                "the url holds a user name, a fragment or a query other than api-version, which "
                "would be stored",
                {},
                std::string(shape) + ", and name the key's environment variable in api-key-env");
        }
    }
    Endpoint endpoint;
    endpoint.query = part_of(parsed.get(), CURLUPART_QUERY);
    if (curl_url_set(parsed.get(), CURLUPART_QUERY, nullptr, 0) != CURLUE_OK) {
        throw_operational("libcurl: out of memory");
    }
    const std::string scheme = part_of(parsed.get(), CURLUPART_SCHEME);
    if (scheme != "http" && scheme != "https") {
        return fail(fmt::format("the url begins with {}://", scheme), url, shape);
    }
    endpoint.encrypted = scheme == "https";
    endpoint.base_url = part_of(parsed.get(), CURLUPART_URL);
    while (!endpoint.base_url.empty() && endpoint.base_url.back() == '/') {
        endpoint.base_url.pop_back();
    }
    const std::string host = to_lower_ascii(part_of(parsed.get(), CURLUPART_HOST));
    endpoint.host = !host.empty() && host.front() == '[' ? host.substr(1, host.size() - 2) : host;
    endpoint.host_and_port = host + ":" + part_of(parsed.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
    endpoint.loopback = is_loopback(endpoint.host);
    const bool host_of_azure = is_host_of_azure(endpoint.host);
    const std::string path = to_lower_ascii(part_of(parsed.get(), CURLUPART_PATH));
    const bool is_deployment = path.find(kDeployments) != std::string::npos;
    endpoint.azure = host_of_azure || is_deployment;
    if (host_of_azure && is_deployment && endpoint.query.empty()) {
        return fail("the url of a deployment at Azure lacks its api-version",
                    endpoint.base_url,
                    "write it behind the address, like ?api-version=2024-10-21");
    }
    return endpoint;
}

std::string key_variable(const KeyOwner& owner, const Endpoint& endpoint) {
    const JudgeProvider* provider = find_judge_provider(owner.provider);
    ASSAY_CHECK(provider != nullptr);
    if (!owner.api_key_env.empty()) {
        return owner.api_key_env;
    }
    const bool own_host = endpoint.host == provider->own_host && endpoint.encrypted;
    if (own_host || endpoint.loopback) {
        return std::string(provider->key_variable);
    }
    const bool of_azure = is_host_of_azure(endpoint.host) && endpoint.encrypted;
    return of_azure && owner.provider == "openai" ? kAzureKeyVariable : "";
}

Result<std::string> find_key(const KeyOwner& owner, const Endpoint& endpoint) {
    const std::string name = key_variable(owner, endpoint);
    if (name.empty()) {
        return std::string();
    }
    const auto key = variable(name);
    if (!key) {
        if (owner.api_key_env.empty() && endpoint.loopback) {
            return std::string();
        }
        return fail(fmt::format("the environment variable {} is not set", name),
                    owner.place,
                    "put the key for " + endpoint.host + " into it");
    }
    const bool printable = std::all_of(
        key->begin(), key->end(), [](char c) { return c > 0x20 && c < 0x7F; });
    if (!printable) {
        return fail(
            fmt::format("the environment variable {} holds a space or a character that no key has",
                        name),
            owner.place);
    }
    return *key;
}

std::vector<std::string> key_headers(const Endpoint& endpoint, const std::string& key) {
    if (key.empty()) {
        return {};
    }
    if (endpoint.azure && !is_token(key)) {
        return {"api-key: " + key};
    }
    return {"Authorization: Bearer " + key};
}

}  // namespace assay::http
