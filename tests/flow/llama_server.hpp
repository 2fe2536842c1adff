#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "program.hpp"

namespace assay::test {

/// llama-server with one slot on a free port of loopback, ready when constructed; throws std::runtime_error if it does
/// not get ready.
class LlamaServer {
 public:
    LlamaServer(const std::string& program, const std::string& model);
    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    /// Greedy completion of token ids with the study's repeat penalty.
    [[nodiscard]] std::vector<std::int32_t> complete(const std::vector<std::int32_t>& prompt, int n_tokens) const;

 private:
    int port_;
    std::unique_ptr<Program> process_;
};

}  // namespace assay::test
