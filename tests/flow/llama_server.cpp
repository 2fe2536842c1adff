#include "llama_server.hpp"

#include <httplib.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "sim_server.hpp"

namespace assay::test {

using namespace std::chrono_literals;
using nlohmann::json;

LlamaServer::LlamaServer(const std::string& program, const std::string& model)
    : port_(free_port()) {
    // Through a shell for its output alone: nobody reads it, and a full pipe would stop the server.
    process_ = std::make_unique<Program>(Start{.command = {"/bin/sh",
                                                           "-c",
                                                           "exec \"$0\" \"$@\" >/dev/null 2>&1",
                                                           program,
                                                           "-m",
                                                           model,
                                                           "--host",
                                                           "127.0.0.1",
                                                           "--port",
                                                           std::to_string(port_),
                                                           "-np",
                                                           "1",
                                                           "-c",
                                                           "4096",
                                                           "-t",
                                                           "2",
                                                           "-ngl",
                                                           "0",
                                                           "--no-webui",
                                                           "--seed",
                                                           "1"},
                                               .environment = {},
                                               .folder = {},
                                               .out_file = {}});
    for (int i = 0; i < 600 && process_->running(); ++i) {
        httplib::Client client("127.0.0.1", port_);
        if (const auto reply = client.Get("/health"); reply && reply->status == 200) {
            return;
        }
        std::this_thread::sleep_for(100ms);
    }
    throw std::runtime_error("llama-server does not get ready");
}

nlohmann::json LlamaServer::completion(const nlohmann::json& request) const {
    httplib::Client client("127.0.0.1", port_);
    client.set_read_timeout(60s);
    const auto reply = client.Post("/completion", request.dump(), "application/json");
    if (!reply || reply->status != 200) {
        throw std::runtime_error("llama-server: " +
                                 (reply ? reply->body : std::string("no reply")));
    }
    return json::parse(reply->body);
}

std::vector<std::int32_t> LlamaServer::complete(const std::vector<std::int32_t>& prompt,
                                                int n_tokens) const {
    return completion({{"prompt", prompt},
                       {"n_predict", n_tokens},
                       {"temperature", 0},
                       {"repeat_penalty", 1.05},
                       {"repeat_last_n", 64},
                       {"cache_prompt", false},
                       {"return_tokens", true}})
        .at("tokens")
        .get<std::vector<std::int32_t>>();
}

std::map<std::int32_t, double> LlamaServer::next_log_probs(const std::vector<std::int32_t>& prompt,
                                                           int n_vocab) const {
    const json reply = completion({{"prompt", prompt},
                                   {"n_predict", 1},
                                   {"temperature", 0},
                                   {"n_probs", n_vocab},
                                   {"cache_prompt", false}});
    std::map<std::int32_t, double> out;
    for (const json& entry : reply.at("completion_probabilities").at(0).at("top_logprobs")) {
        out[entry.at("id")] = entry.at("logprob");
    }
    return out;
}

}  // namespace assay::test
