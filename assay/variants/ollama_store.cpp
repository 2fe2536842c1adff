#include "assay/variants/ollama_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <vector>

#include "assay/base/text.hpp"
#include "assay/records/plan.hpp"

namespace assay::variants {
namespace {

namespace fs = std::filesystem;

bool is_name_part(std::string_view part) {
    return !part.empty() && part.front() != '.' &&
           std::all_of(part.begin(), part.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '_' || c == '-';
           });
}

/// HOST/NAMESPACE/MODEL/TAG below the folder of manifests.
Result<fs::path> manifest_path(std::string_view name) {
    const std::size_t slash = name.rfind('/');
    const std::size_t colon = name.find(':', slash == std::string_view::npos ? 0 : slash);
    const std::string tag(colon == std::string_view::npos ? "latest" : name.substr(colon + 1));
    std::vector<std::string> parts = split(name.substr(0, colon), '/');
    if (parts.size() == 1) {
        parts.insert(parts.begin(), "library");
    }
    if (parts.size() == 2) {
        parts.insert(parts.begin(), "registry.ollama.ai");
    }
    parts.push_back(tag);
    if (parts.size() != 4 || !std::all_of(parts.begin(), parts.end(), is_name_part)) {
        return fail(fmt::format("\"{}\" is no model's name of Ollama", shorten(name, 80)),
                    {},
                    "Write ollama:MODEL:TAG, as `ollama list` shows it.");
    }
    return fs::path(parts[0]) / parts[1] / parts[2] / parts[3];
}

bool is_digest(std::string_view text) {
    constexpr std::string_view kStart = "sha256:";
    return text.starts_with(kStart) && text.size() == kStart.size() + 64 &&
           text.find_first_not_of("0123456789abcdef", kStart.size()) == std::string_view::npos;
}

}  // namespace

std::optional<std::string_view> ollama_name(std::string_view file) {
    if (!file.starts_with(kOllamaFile)) {
        return {};
    }
    return file.substr(kOllamaFile.size());
}

fs::path ollama_models_folder() {
    if (const char* set = std::getenv("OLLAMA_MODELS"); set != nullptr && *set != '\0') {
        return set;
    }
    const fs::path service = "/usr/share/ollama/.ollama/models";
    const char* home = std::getenv("HOME");
    if (home == nullptr || *home == '\0') {
        return service;
    }
    const fs::path own = fs::path(home) / ".ollama" / "models";
    std::error_code error;
    return !fs::exists(own, error) && fs::exists(service, error) ? service : own;
}

Result<std::string> ollama_model_file(const fs::path& folder, std::string_view name) {
    const auto relative = manifest_path(name);
    if (!relative) {
        return tl::unexpected<Failure>(relative.error());
    }
    const fs::path manifest = folder / "manifests" / *relative;
    const auto text = read_file(manifest);
    if (!text) {
        return fail(fmt::format("Ollama has no model {} here", name),
                    manifest.string(),
                    "`ollama list` shows what is there; OLLAMA_MODELS names another store.");
    }
    const auto document = nlohmann::json::parse(*text, nullptr, false);
    const auto layers = document.is_object() ? document.find("layers") : document.end();
    if (!document.is_object() || layers == document.end() || !layers->is_array()) {
        return fail("is no manifest of Ollama's", manifest.string());
    }
    std::vector<std::string> models;
    for (const auto& layer : *layers) {
        if (!layer.is_object() || !layer.contains("mediaType") || !layer["mediaType"].is_string() ||
            !layer.contains("digest") || !layer["digest"].is_string()) {
            continue;
        }
        const std::string type = layer["mediaType"];
        if (type == "application/vnd.ollama.image.adapter") {
            return fail(fmt::format("{} has an adapter, which its GGUF alone leaves out", name),
                        manifest.string(),
                        fmt::format("Let Ollama run it: {{provider: ollama, model: {}}}.", name));
        }
        if (type == "application/vnd.ollama.image.model") {
            models.push_back(layer["digest"]);
        }
    }
    if (models.size() != 1 || !is_digest(models.front())) {
        return fail(fmt::format("{} has {} GGUF files, not one", name, models.size()),
                    manifest.string());
    }
    const fs::path blob = folder / "blobs" / ("sha256-" + models.front().substr(7));
    std::error_code error;
    if (!fs::is_regular_file(blob, error)) {
        return fail(fmt::format("the weights of {} are not there", name),
                    blob.string(),
                    fmt::format("`ollama pull {}` gets them again.", name));
    }
    return blob.string();
}

Result<std::string> find_model_file(const std::string& file) {
    const auto name = ollama_name(file);
    return name ? ollama_model_file(ollama_models_folder(), *name) : Result<std::string>(file);
}

std::string path_of_model(const std::string& file) {
    auto path = find_model_file(file);
    if (!path) {
        throw Error(ErrorKind::kUsage, path.error());
    }
    return std::move(*path);
}

}  // namespace assay::variants
