// Temporary files of models that are made, and what killed runs left of them.
//
// Problem: a run that is killed while it merges or quantizes leaves a file of gigabytes that no
// later run uses, and a number of a process in its name says little: it may be another process by
// now, or one in another container that shares the cache.
// Model: whoever makes a file holds a lock on it (flock), which ends with the process. A temporary
// file that can be locked belongs to nobody and is removed, before room on the disk is looked at.
// Invariant: a file that is being made is never removed. Between its creation and its lock there is
// a moment in which it could be; then it is made anew under the same name by whoever writes it.

#include "assay/variants/temporary_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

#include "assay/base/result.hpp"

namespace assay::variants {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnd = ".part";

/// Whether the name is "TARGET.DIGITS.part", of the given target or of any model.
bool is_temporary(std::string_view name, std::string_view target) {
    if (!name.ends_with(kEnd)) {
        return false;
    }
    name.remove_suffix(kEnd.size());
    const std::size_t dot = name.rfind('.');
    if (dot == std::string_view::npos) {
        return false;
    }
    const std::string_view number = name.substr(dot + 1), made = name.substr(0, dot);
    const bool is_number = !number.empty() &&
                           number.find_first_not_of("0123456789") == std::string_view::npos;
    return is_number && (target.empty() ? made.ends_with(".gguf") : made == target);
}

void remove_unless_locked(const fs::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0) {
        return;
    }
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) {
        ::unlink(path.c_str());
    }
    ::close(descriptor);
}

}  // namespace

TemporaryFile::TemporaryFile(const fs::path& target)
    : path_(fmt::format("{}.{}{}", target.string(), ::getpid(), kEnd)),
      descriptor_(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
    if (descriptor_ < 0) {
        throw_operational(fmt::format("cannot be written: {}", std::strerror(errno)),
                          path_.string(),
                          "May you write to its folder?");
    }
    static_cast<void>(::flock(descriptor_, LOCK_EX | LOCK_NB));  // some network disks have no locks
}

TemporaryFile::~TemporaryFile() {
    std::error_code ignored;
    fs::remove(path_, ignored);
    ::close(descriptor_);
}

void remove_left_temporaries(const fs::path& folder, const std::string& target) {
    std::vector<fs::path> found;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        if (is_temporary(entry->path().filename().string(), target)) {
            found.push_back(entry->path());
        }
    }
    for (const fs::path& path : found) {
        remove_unless_locked(path);
    }
}

}  // namespace assay::variants
