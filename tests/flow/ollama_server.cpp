#include "ollama_server.hpp"

#include <httplib.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "sim_server.hpp"

namespace assay::test {

using namespace std::chrono_literals;

OllamaServer::OllamaServer(const std::string& program)
    : program_(program), host_("127.0.0.1:" + std::to_string(free_port())) {
    // Through a shell for its output alone: nobody reads it, and a full pipe would stop the server.
    process_ = std::make_unique<Program>(
        Start{.command = {"/bin/sh", "-c", "exec \"$0\" serve >/dev/null 2>&1", program},
              .environment = {{"OLLAMA_HOST", host_},
                              {"OLLAMA_MODELS", models_folder()},
                              {"HOME", folder_.path().string()}},
              .folder = {},
              .out_file = {}});
    for (int i = 0; i < 300 && process_->running(); ++i) {
        if (!get("/api/version").empty()) {
            return;
        }
        std::this_thread::sleep_for(100ms);
    }
    throw std::runtime_error("Ollama does not get ready");
}

std::string OllamaServer::get(const std::string& path) const {
    httplib::Client client("http://" + host_);
    const auto reply = client.Get(path.c_str());
    return reply && reply->status == 200 ? reply->body : "";
}

void OllamaServer::create(const std::string& name, const std::string& gguf) const {
    const std::string recipe = folder_.write("Modelfile", "FROM " + gguf + "\n");
    const Ended ended = run(
        {.command = {program_, "create", name, "-f", recipe},
         .environment = {{"OLLAMA_HOST", host_}, {"HOME", folder_.path().string()}},
         .folder = {},
         .out_file = {}});
    if (ended.exit_code != 0) {
        throw std::runtime_error("ollama create: " + describe(ended));
    }
}

}  // namespace assay::test
