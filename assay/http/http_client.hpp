#pragma once
// Requests to one or several addresses, many at once, on the caller's thread (curl's multi
// interface).

#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "assay/http/endpoint.hpp"

namespace assay::http {

struct HttpTarget {
    std::string url;
    std::string query{};        ///< put behind the path of every request: "api-version=2024-10-21"
    std::string host_and_port;  ///< for sentences
    std::vector<std::string> headers;  ///< "Name: value"; sent to this address only, never to a
                                       ///< proxy
    double timeout_s = 120;            ///< of one whole request, connecting included
    bool use_proxy = true;             ///< heed http_proxy, https_proxy, no_proxy
    std::size_t most_reply_bytes = 8u << 20;  ///< unpacked
};

/// The endpoint's base address without headers: what all of its requests share.
[[nodiscard]] HttpTarget target_at(const Endpoint& endpoint);

struct HttpRequest {
    std::string method = "POST";      ///< GET, HEAD, POST or DELETE
    std::string path = {};            ///< added to the target's url; empty, or begins with '/'
    std::string body = {};            ///< of POST and DELETE
    std::filesystem::path file = {};  ///< of POST, in place of `body`: read while it is sent
    std::size_t target = 0;           ///< index into the client's targets
    std::string content_type = {};  ///< besides the target's headers; empty: they have it, or there
                                    ///< is no body
};

struct HttpReply {
    std::size_t id = 0;
    int status = 0;  ///< 0: no reply, see `trouble`
    std::string body;
    std::string retry_after;                    ///< the header's value, may be empty
    std::string date;                           ///< likewise
    std::string server;                         ///< likewise
    std::map<std::string, std::string> limits;  ///< headers with "ratelimit" in their names, which
                                                ///< are in lower case
    std::string trouble;  ///< a sentence that begins with host:port: no connection, timeout, broken
                          ///< off, too long
    bool connected = false;  ///< a connection was made; false: refused, no such host
};

/// Redirects are not followed and certificates are verified. A reply's body is cut off with trouble
/// beyond the target's most_reply_bytes, and one connection attempt takes at most 10 s. There is no
/// lower limit of speed: a judge sends nothing while it thinks; the whole request's time limit ends
/// a reply that trickles.
class HttpClient {
 public:
    explicit HttpClient(HttpTarget target)
        : HttpClient(std::vector<HttpTarget>{std::move(target)}) {}
    explicit HttpClient(std::vector<HttpTarget> targets);
    /// Breaks off what is in flight.
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// Begins a request. `id` comes back with its reply. A file that cannot be read throws Error.
    void send(std::size_t id, HttpRequest request);
    void post(std::size_t id, std::string body) { send(id, {.body = std::move(body)}); }

    /// Works on the requests until one or more have ended, for at most `wait`, and returns those;
    /// sleeps if there are none.
    [[nodiscard]] std::vector<HttpReply> poll(std::chrono::milliseconds wait);

 private:
    struct State;
    std::unique_ptr<State> state_;
};

/// One request, waited for. The client must have nothing else under way. Throws Error kInterrupted
/// when `cancel` is set.
[[nodiscard]] HttpReply call(HttpClient& client,
                             HttpRequest request,
                             const std::atomic<bool>& cancel);

}  // namespace assay::http
