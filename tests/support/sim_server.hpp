#pragma once
// Servers inside the test program: one that speaks HTTP by a script, one that writes any bytes.

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace assay::test {

struct SeenRequest {
    std::string body;
    std::string authorization;
    std::string path;
    std::map<std::string, std::string> headers = {};  ///< names in lower case
    std::string method = "POST";
    std::string query = {};                         ///< "limit=100", without the question mark
    std::map<std::string, std::string> parts = {};  ///< of a form: name -> content; then there is
                                                    ///< no body
};

struct ScriptedReply {
    int status = 200;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::chrono::milliseconds delay = std::chrono::milliseconds(0);
};

/// `n` is the request's number, from 1. Debian's cpp-httplib queues 5 connections: more that begin
/// at the same moment can be delayed by 1 s.
using Script = std::function<ScriptedReply(const SeenRequest& request, int n)>;

class SimServer {
 public:
    /// `port` 0: a free one.
    explicit SimServer(Script script, int port = 0);
    ~SimServer();
    [[nodiscard]] int port() const { return port_; }
    [[nodiscard]] std::string url() const { return base() + "/v1"; }
    [[nodiscard]] std::string base() const { return "http://127.0.0.1:" + std::to_string(port_); }
    [[nodiscard]] std::vector<SeenRequest> seen() const;
    [[nodiscard]] int n_at_once() const {
        return n_at_once_;
    }  ///< most requests that were being answered together

 private:
    struct Http;
    Script script_;
    std::unique_ptr<Http> http_;
    int port_ = 0;
    mutable std::mutex mutex_;
    std::vector<SeenRequest> seen_;
    std::atomic<int> now_{0}, n_at_once_{0};
    std::thread thread_;
};

/// Reads one request, writes `bytes`, waits, closes the connection; again for every connection.
class RawServer {
 public:
    explicit RawServer(std::string bytes,
                       std::chrono::milliseconds hold = std::chrono::milliseconds(0));
    ~RawServer();
    [[nodiscard]] int port() const { return port_; }
    [[nodiscard]] std::string url() const {
        return "http://127.0.0.1:" + std::to_string(port_) + "/v1";
    }
    [[nodiscard]] int n_connections() const { return n_connections_; }

 private:
    int listener_ = -1;
    int port_ = 0;
    std::atomic<int> n_connections_{0};
    std::atomic<bool> end_{false};
    std::thread thread_;
};

/// Lets nobody through before `n` have come; after 10 s it gives up, so that a test fails instead
/// of hanging.
class Gate {
 public:
    explicit Gate(int n) : n_(n) {}
    void pass();

 private:
    int n_;
    std::atomic<int> arrived_{0};
};

/// A port on which nobody listens.
[[nodiscard]] int free_port();

/// A chat completion whose message is `content`.
[[nodiscard]] std::string completion_json(const std::string& content,
                                          const std::string& finish_reason = "stop");
/// One whose message is a well-formed verdict.
[[nodiscard]] std::string verdict_completion(const std::string& verdict,
                                             const std::string& reasoning = "because");

}  // namespace assay::test
