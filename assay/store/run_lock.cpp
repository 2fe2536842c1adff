#include "assay/store/run_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "assay/base/result.hpp"
#include "assay/base/text.hpp"

namespace assay::store {
namespace {

/// " (process 123)", or empty while the holder has not written its number yet.
std::string holder_of(int descriptor) {
    std::array<char, 32> buffer{};
    const ssize_t n = ::pread(descriptor, buffer.data(), buffer.size(), 0);
    if (n <= 0) {
        return {};
    }
    const std::string_view text = trim(
        std::string_view(buffer.data(), static_cast<std::size_t>(n)));
    if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) {
        return {};
    }
    return fmt::format(" (process {})", text);
}

/// Only for the other's message: a full disk must not keep anyone from opening a run.
void write_own_number(int descriptor) {
    const std::string text = fmt::format("{}\n", ::getpid());
    if (::ftruncate(descriptor, 0) != 0 || ::pwrite(descriptor, text.data(), text.size(), 0) < 0) {
        return;
    }
}

}  // namespace

RunLock::RunLock(const std::filesystem::path& run_dir) {
    const std::filesystem::path path = run_dir / "assay.lock";
    descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor_ < 0) {
        throw_operational("cannot write here: " + std::generic_category().message(errno),
                          path.string(),
                          "Make the folder writable, or use another --run");
    }
    int rc = 0;
    do {
        rc = ::flock(descriptor_, LOCK_EX | LOCK_NB);
    } while (rc != 0 && errno == EINTR);
    if (rc != 0) {
        const int error = errno;
        const std::string holder = holder_of(descriptor_);
        ::close(descriptor_);
        if (error == EWOULDBLOCK) {
            throw_operational("another assay is working on this run directory" + holder,
                              run_dir.string(),
                              "Wait for it to end, or use another --run");
        }
        throw_operational("cannot lock: " + std::generic_category().message(error),
                          path.string(),
                          "Use a --run on a file system that has locks");
    }
    write_own_number(descriptor_);
}

RunLock::~RunLock() {
    ::close(descriptor_);
}

}  // namespace assay::store
