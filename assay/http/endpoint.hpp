#pragma once
// Where requests to a service go and which key may go there.

#include <string>

#include "assay/base/result.hpp"

namespace assay::http {

struct Endpoint {
    std::string base_url;       ///< as libcurl writes it, without a slash at the end:
                                ///< "http://127.0.0.1:9000/v1"
    std::string host;           ///< lower case; an IPv6 address without brackets
    std::string host_and_port;  ///< "127.0.0.1:9000", the scheme's own port filled in
    bool loopback = false;      ///< localhost, 127.0.0.0/8 or ::1
    bool encrypted = false;     ///< https
};

/// Fails on what is not http(s)://host[:port][/path]: a user name, a query or a fragment could hold
/// a key that would be stored. Parsed by libcurl itself, so that the host which is checked is the
/// host that is asked.
[[nodiscard]] Result<Endpoint> parse_endpoint(const std::string& url);

struct KeyOwner {
    std::string place;        ///< for sentences: "judge panel-1"
    std::string provider;     ///< a name of kJudgeProviders
    std::string api_key_env;  ///< the variable that the experiment names; empty: none
};

/// The key for the endpoint, from the environment: of owner.api_key_env, which must then be set;
/// else of the provider's own variable (records/judge_provider.hpp), for its own host over https
/// (must be set) and loopback (may be missing) only. Empty: none is sent.
[[nodiscard]] Result<std::string> find_key(const KeyOwner& owner, const Endpoint& endpoint);

}  // namespace assay::http
