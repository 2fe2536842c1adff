#pragma once

#include <memory>
#include <string>

#include "program.hpp"
#include "temp_folder.hpp"

namespace assay::test {

/// A real Ollama on a free port of loopback with an empty store of its own, ready when constructed;
/// throws std::runtime_error if it does not get ready.
class OllamaServer {
 public:
    explicit OllamaServer(const std::string& program);
    [[nodiscard]] std::string url() const { return "http://" + host_; }
    [[nodiscard]] std::string models_folder() const { return (folder_ / "models").string(); }
    /// GET of a path, as text.
    [[nodiscard]] std::string get(const std::string& path) const;
    /// A model of its own from a GGUF file, as its command line makes it.
    void create(const std::string& name, const std::string& gguf) const;

 private:
    TempFolder folder_;
    std::string program_;
    std::string host_;
    std::unique_ptr<Program> process_;
};

}  // namespace assay::test
