#include "sim_server.hpp"

#include <arpa/inet.h>
#include <httplib.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace assay::test {
namespace {

/// A socket bound to a free port of loopback; `port` is set to it.
int bound_socket(int& port) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
        getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
        throw std::runtime_error("no port on 127.0.0.1");
    }
    port = ntohs(address.sin_port);
    return fd;
}

}  // namespace

struct SimServer::Http {
    httplib::Server server;
};

SimServer::SimServer(Script script, int port)
    : script_(std::move(script)), http_(std::make_unique<Http>()) {
    http_->server.new_task_queue = [] { return new httplib::ThreadPool(16); };
    const auto answer = [this](const httplib::Request& request, httplib::Response& response) {
        const int together = ++now_;
        for (int most = n_at_once_;
             together > most && !n_at_once_.compare_exchange_weak(most, together);) {
        }
        SeenRequest seen{request.body,
                         request.get_header_value("Authorization"),
                         request.path,
                         {},
                         request.method};
        if (const auto mark = request.target.find('?'); mark != std::string::npos) {
            seen.query = request.target.substr(mark + 1);
        }
        for (const auto& [name, part] : request.files) {
            seen.parts[name] = part.content;
        }
        for (const auto& [name, value] : request.headers) {
            std::string lower = name;
            std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) {
                return std::tolower(c);
            });
            seen.headers[lower] = value;
        }
        int n = 0;
        {
            const std::lock_guard lock(mutex_);
            seen_.push_back(seen);
            n = static_cast<int>(seen_.size());
        }
        const ScriptedReply reply = script_(seen, n);
        std::this_thread::sleep_for(reply.delay);
        response.status = reply.status;
        for (const auto& [name, value] : reply.headers) {
            response.set_header(name.c_str(), value);
        }
        response.set_content(reply.body, "application/json");
        --now_;
    };
    // a HEAD is handled as a GET
    http_->server.Post(".*", answer).Get(".*", answer).Delete(".*", answer);
    port_ = port != 0 && http_->server.bind_to_port("127.0.0.1", port)
                ? port
                : http_->server.bind_to_any_port("127.0.0.1");
    if (port != 0 && port_ != port) {
        throw std::runtime_error("the port is taken");
    }
    thread_ = std::thread([this] { http_->server.listen_after_bind(); });
    while (!http_->server.is_running()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

SimServer::~SimServer() {
    http_->server.stop();
    thread_.join();
}

std::vector<SeenRequest> SimServer::seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
}

RawServer::RawServer(std::string bytes, std::chrono::milliseconds hold) {
    listener_ = bound_socket(port_);
    if (listen(listener_, 16) != 0) {
        throw std::runtime_error("listen");
    }
    thread_ = std::thread([this, bytes = std::move(bytes), hold] {
        while (!end_) {
            pollfd waiting{listener_, POLLIN, 0};
            if (poll(&waiting, 1, 20) <= 0) {
                continue;
            }
            const int fd = accept(listener_, nullptr, nullptr);
            if (fd < 0) {
                continue;
            }
            ++n_connections_;
            char buffer[65536];
            // Requests of these tests arrive in one piece or two; what is left unread would only
            // make the close a reset.
            pollfd readable{fd, POLLIN, 0};
            while (poll(&readable, 1, 30) > 0 && recv(fd, buffer, sizeof buffer, 0) > 0) {
            }
            for (const char& byte : bytes) {
                if (hold.count() == 0) {
                    static_cast<void>(!send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL));
                    break;
                }
                if (end_ || send(fd, &byte, 1, MSG_NOSIGNAL) != 1) {
                    break;
                }
                std::this_thread::sleep_for(hold);
            }
            close(fd);
        }
    });
}

RawServer::~RawServer() {
    end_ = true;
    thread_.join();
    close(listener_);
}

void Gate::pass() {
    ++arrived_;
    for (int i = 0; i < 2000 && arrived_ < n_; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

int free_port() {
    int port = 0;
    close(bound_socket(port));
    return port;
}

std::string completion_json(const std::string& content, const std::string& finish_reason) {
    return nlohmann::json{
        {"model", "sim-1-2026"},
        {"choices",
         nlohmann::json::array({{{"index", 0},
                                 {"finish_reason", finish_reason},
                                 {"message", {{"role", "assistant"}, {"content", content}}}}})},
        {"usage", {{"prompt_tokens", 10}, {"completion_tokens", 5}}}}
        .dump();
}

std::string verdict_completion(const std::string& verdict, const std::string& reasoning) {
    return completion_json(nlohmann::json{
        {"reasoning", reasoning},
        {"verdict", verdict},
        {"confidence", "high"}}.dump());
}

}  // namespace assay::test
