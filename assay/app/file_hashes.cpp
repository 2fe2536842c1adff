#include "assay/app/file_hashes.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "assay/base/hash.hpp"

namespace assay::app {
namespace {

/// below this a progress bar would only flicker
constexpr std::uint64_t kWorthShowing = 1'000'000'000;

}  // namespace

std::string FileHashes::of(const std::string& path) const {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        throw_usage(std::string("cannot be read: ") + std::strerror(errno), path);
    }
    const auto size = static_cast<std::uint64_t>(status.st_size);
    const std::int64_t mtime_ns = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 +
                                  status.st_mtim.tv_nsec;
    if (const auto known = store_.known_file_hash(path, size, mtime_ns)) {
        return *known;
    }
    const bool show = size > kWorthShowing;
    if (show) {
        progress_.begin(
            "hashing " + std::filesystem::path(path).filename().string(), size >> 20, "MiB");
    }
    std::uint64_t read = 0, shown = 0;
    const auto hash = sha256_of_file(path, [&](std::uint64_t n) {
        read += n;
        if (show && (read >> 20) > shown) {
            progress_.advance((read >> 20) - shown);
            shown = read >> 20;
        }
    });
    if (!hash) {
        throw Error(ErrorKind::kOperational, hash.error());
    }
    if (show) {
        progress_.finish("");
    }
    store_.remember_file_hash(path, size, mtime_ns, *hash);
    return *hash;
}

}  // namespace assay::app
