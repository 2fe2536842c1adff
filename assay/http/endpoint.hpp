#pragma once
// Where requests to a service go, which key may go there, and in which header.

#include <string>
#include <vector>

#include "assay/base/result.hpp"

namespace assay::http {

struct Endpoint {
    std::string base_url;       ///< as libcurl writes it, without a slash at the end:
                                ///< "http://127.0.0.1:9000/v1"
    std::string host;           ///< lower case; an IPv6 address without brackets
    std::string host_and_port;  ///< "127.0.0.1:9000", the scheme's own port filled in
    bool loopback = false;      ///< localhost, 127.0.0.0/8 or ::1
    bool encrypted = false;     ///< https
    std::string query;          ///< kept on every request: "api-version=2024-10-21"; mostly empty
    bool azure = false;         ///< an OpenAI service of Azure: by its host, or by the path of a
                                ///< deployment, which a gateway before it has, too
};

/// Fails on what is not http(s)://host[:port][/path][?api-version=VERSION]: a user name, another
/// query or a fragment could hold a key that would be stored. Fails, too, on a deployment at a host
/// of Azure's without its api-version, which Azure would answer with 404. Parsed by libcurl itself,
/// so that the host which is checked is the host that is asked.
[[nodiscard]] Result<Endpoint> parse_endpoint(const std::string& url);

struct KeyOwner {
    std::string place;        ///< for sentences: "judge panel-1"
    std::string provider;     ///< a name of kJudgeProviders
    std::string api_key_env;  ///< the variable that the experiment names; empty: none
};

/// Holds the key of what an experiment asks at a host of Azure's with provider openai.
inline constexpr const char* kAzureKeyVariable = "AZURE_OPENAI_API_KEY";

/// The variable of the environment whose key goes to the endpoint: owner.api_key_env; else the
/// provider's own (records/judge_provider.hpp) for its own host over https and for loopback, and
/// kAzureKeyVariable for hosts of Azure's over https. Empty: no key goes there.
[[nodiscard]] std::string key_variable(const KeyOwner& owner, const Endpoint& endpoint);

/// The key for the endpoint, from that variable. It must be set, unless it is the provider's own
/// and the endpoint is loopback. Empty: none is sent.
[[nodiscard]] Result<std::string> find_key(const KeyOwner& owner, const Endpoint& endpoint);

/// The header in which OpenAI's protocol has the key: "Authorization: Bearer KEY"; "api-key: KEY"
/// where the endpoint is Azure's, unless the key is a token of Entra ID (a JWT), which Azure wants
/// as a bearer, too. None without a key.
[[nodiscard]] std::vector<std::string> key_headers(const Endpoint& endpoint,
                                                   const std::string& key);

}  // namespace assay::http
