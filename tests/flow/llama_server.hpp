#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "program.hpp"

namespace assay::test {

/// llama-server with one slot on a free port of loopback, ready when constructed; throws
/// std::runtime_error if it does not get ready.
class LlamaServer {
 public:
    LlamaServer(const std::string& program, const std::string& model);
    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    /// Greedy completion of token ids with the study's repeat penalty.
    [[nodiscard]] std::vector<std::int32_t> complete(const std::vector<std::int32_t>& prompt,
                                                     int n_tokens) const;
    /// Natural logarithm of each token's probability to come next, over the whole vocabulary.
    [[nodiscard]] std::map<std::int32_t, double> next_log_probs(
        const std::vector<std::int32_t>& prompt, int n_vocab) const;

 private:
    [[nodiscard]] nlohmann::json completion(const nlohmann::json& request) const;

    int port_;
    std::unique_ptr<Program> process_;
};

}  // namespace assay::test
