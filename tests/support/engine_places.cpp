#include "engine_places.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

namespace assay::test {
namespace {

namespace fs = std::filesystem;

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

fs::path cache() {
    if (const std::string own = variable("ASSAY_CACHE"); !own.empty()) {
        return own;
    }
    if (const std::string xdg = variable("XDG_CACHE_HOME"); !xdg.empty()) {
        return fs::path(xdg) / "assay";
    }
    return fs::path(variable("HOME")) / ".cache" / "assay";
}

/// The newest of cache()/NAME*/below that exists.
std::string newest_in_cache(const std::string& name, const std::string& below) {
    std::vector<fs::path> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(cache(), error)) {
        if (entry.path().filename().string().starts_with(name) &&
            fs::exists(entry.path() / below)) {
            found.push_back(entry.path() / below);
        }
    }
    const auto newest = std::max_element(
        found.begin(), found.end(), [](const auto& a, const auto& b) {
            return fs::last_write_time(a) < fs::last_write_time(b);
        });
    return newest == found.end() ? "" : newest->string();
}

}  // namespace

std::string real_engine() {
    const std::string own = variable("ASSAY_TEST_ENGINE");
    return own.empty() ? ASSAY_SOURCE_DIR "/build/release/bin/assay-engine" : own;
}

std::string real_model() {
    const std::string own = variable("ASSAY_TEST_MODEL");
    return own.empty() ? ASSAY_SOURCE_DIR "/build/models/SmolLM2-135M-Instruct-F16.gguf" : own;
}

std::string embedding_model() {
    const std::string own = variable("ASSAY_TEST_EMBEDDER");
    return own.empty() ? ASSAY_SOURCE_DIR "/build/models/all-MiniLM-L6-v2-F16.gguf" : own;
}

std::string missing_for_models() {
    if (!fs::exists(real_engine())) {
        return real_engine() + " is not there: `make build`";
    }
    if (!fs::exists(real_model())) {
        return real_model() + " is not there: `make model`";
    }
    return {};
}

std::string llama_server() {
    return llama_tool("llama-server");
}

std::string llama_tool(const std::string& name) {
    return newest_in_cache("llama-v", "bin/" + name);
}

std::string ollama() {
    return newest_in_cache("ollama-v", "ollama");
}

std::string llama_source() {
    return newest_in_cache("llama.cpp-v", "models").empty()
               ? ""
               : fs::path(newest_in_cache("llama.cpp-v", "models")).parent_path().string();
}

}  // namespace assay::test
