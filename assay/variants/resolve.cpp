#include "assay/variants/resolve.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdlib>

#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"

namespace assay::variants {
namespace {

/// Its name in the cache says source, type and recipe.
std::string cached_name(const QuantizeRequest& request,
                        const HashFile& hash,
                        const std::string& engine_version) {
    const std::string recipe = sha256_of_fields(
        std::array{request.source.sha256,
                   request.type,
                   request.imatrix.empty() ? std::string() : hash(request.imatrix),
                   std::string(request.allow_requantize ? "requantized" : ""),
                   engine_version});
    return fmt::format("{}-{}-{}.gguf",
                       slug(std::filesystem::path(request.source.path).stem().string()),
                       request.type,
                       recipe.substr(0, 12));
}

}  // namespace

std::filesystem::path cache_folder() {
    const auto set = [](const char* name) -> std::filesystem::path {
        const char* value = std::getenv(name);
        return value != nullptr && *value != '\0' ? value : "";
    };
    if (const auto own = set("ASSAY_CACHE"); !own.empty()) {
        return own;
    }
    if (const auto xdg = set("XDG_CACHE_HOME"); !xdg.empty()) {
        return xdg / "assay";
    }
    if (const auto home = set("HOME"); !home.empty()) {
        return home / ".cache" / "assay";
    }
    return std::filesystem::temp_directory_path() / "assay-cache";
}

std::filesystem::path model_cache() {
    return cache_folder() / "models";
}

std::filesystem::path created_models_folder() {
    return cache_folder() / "created-models";
}

ModelFile quantize(const Workshop& workshop, const QuantizeRequest& request) {
    MadeFile made;
    made.target = request.target;
    made.in_cache = request.target.empty();
    if (made.in_cache) {
        const auto hello = workshop.engine.hello();
        if (!hello) {
            throw Error(ErrorKind::kOperational, hello.error());
        }
        made.target = request.cache / cached_name(request, workshop.hash, hello->version);
        if (auto before = find_made(workshop, made.target)) {
            return *before;
        }
    }
    made.most_bytes = request.source.size_bytes;
    made.title = fmt::format("making {}", request.type);
    return make_file(workshop, made, [&](const std::string& path, const auto& on_tensor) {
        return workshop.engine.quantize({request.source.path,
                                         path,
                                         request.type,
                                         request.imatrix,
                                         request.allow_requantize,
                                         request.n_threads},
                                        on_tensor);
    });
}

}  // namespace assay::variants
