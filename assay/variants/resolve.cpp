#include "assay/variants/resolve.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"

namespace assay::variants {
namespace {

std::string hash_of_parts(const std::vector<std::string>& parts, const HashFile& hash) {
    if (parts.size() == 1) {
        return hash(parts.front());
    }
    std::vector<std::string> hashes;
    for (const std::string& part : parts) {
        hashes.push_back(hash(part));
    }
    return sha256_of_fields(hashes);
}

/// Room for a file of at most the source's size; the library itself only says "iostream error".
void check_disk(const std::filesystem::path& folder, std::uint64_t needed) {
    std::error_code error;
    const auto space = std::filesystem::space(folder, error);
    if (!error && space.available < needed) {
        throw_operational(fmt::format("{} free, up to {} needed for the quantized file",
                                      format_bytes(space.available),
                                      format_bytes(needed)),
                          folder.string(),
                          "Free some space, or set ASSAY_CACHE to a folder on another disk.");
    }
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

ModelFile resolve_file(llm::Engine& engine, const std::string& path, const HashFile& hash) {
    auto inspected = engine.inspect(path);
    if (!inspected) {
        throw Error(ErrorKind::kUsage, inspected.error());
    }
    ModelFile file = std::move(inspected->file);
    file.sha256 = hash_of_parts(inspected->parts, hash);
    return file;
}

ModelFile quantize(llm::Engine& engine,
                   const QuantizeRequest& request,
                   const HashFile& hash,
                   Progress& progress) {
    namespace fs = std::filesystem;
    fs::path target = request.target;
    const bool cached = target.empty();
    if (cached) {
        const auto hello = engine.hello();
        if (!hello) {
            throw Error(ErrorKind::kOperational, hello.error());
        }
        const std::string recipe = sha256_of_fields(
            std::array{request.source.sha256,
                       request.type,
                       request.imatrix.empty() ? std::string() : hash(request.imatrix),
                       std::string(request.allow_requantize ? "requantized" : ""),
                       hello->version});
        target = request.cache / fmt::format("{}-{}-{}.gguf",
                                             slug(fs::path(request.source.path).stem().string()),
                                             request.type,
                                             recipe.substr(0, 12));
        if (fs::exists(target)) {
            return resolve_file(engine, target.string(), hash);
        }
    }
    std::error_code error;
    const fs::path folder = fs::absolute(target).parent_path();
    fs::create_directories(folder, error);
    if (error) {
        throw_operational(fmt::format("the folder cannot be made: {}", error.message()),
                          folder.string(),
                          cached ? "Set ASSAY_CACHE to a folder that you can write to." : "");
    }
    check_disk(folder, request.source.size_bytes);

    const fs::path temporary = fmt::format("{}.{}.part", target.string(), ::getpid());
    std::uint64_t done = 0;
    progress.begin(fmt::format("making {}", request.type), 0, "tensors");
    const auto made = engine.quantize(
        {request.source.path,
         temporary.string(),
         request.type,
         request.imatrix,
         request.allow_requantize,
         request.n_threads},
        [&](std::uint64_t now, std::uint64_t total) {
            if (done == 0) {
                progress.begin(fmt::format("making {}", request.type), total, "tensors");
            }
            if (now > done) {
                progress.advance(now - done);
            }
            done = now;
        });
    if (!made) {
        fs::remove(temporary, error);
        throw Error(ErrorKind::kOperational, made.error());
    }
    fs::rename(temporary, target, error);
    if (error) {
        fs::remove(temporary);
        throw_operational(
            fmt::format("the finished file cannot be put in place: {}", error.message()),
            target.string());
    }
    ModelFile file = resolve_file(engine, target.string(), hash);
    progress.finish(fmt::format(
        "{}, {:.2f} bits a weight", format_bytes(file.size_bytes), file.bits_per_weight()));
    return file;
}

}  // namespace assay::variants
