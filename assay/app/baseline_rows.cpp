#include "assay/app/baseline_rows.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace assay::app {
namespace {

/// A file that no name leads to; -1: none can be made.
int open_nameless(const std::filesystem::path& folder) {
    const int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0) {
        return file;
    }
    // A file system that knows no such files.
    std::string name = (folder / "rows-XXXXXX").string();
    const int named = ::mkostemp(name.data(), O_CLOEXEC);
    if (named >= 0) {
        ::unlink(name.c_str());
    }
    return named;
}

/// Calls `transfer(done)`, which moves bytes behind the first `done` and gives how many, until all
/// `n` are moved.
template <class Transfer>
bool move_all(std::size_t n, const Transfer& transfer) {
    for (std::size_t done = 0; done < n;) {
        const ssize_t moved = transfer(done);
        if (moved < 0 && errno == EINTR) {
            continue;
        }
        if (moved <= 0) {
            return false;
        }
        done += static_cast<std::size_t>(moved);
    }
    return true;
}

bool write_all(int file, const std::string& bytes, std::uint64_t offset) {
    return move_all(bytes.size(), [&](std::size_t done) {
        return ::pwrite(
            file, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    });
}

bool read_all(int file, std::string& bytes, std::uint64_t offset) {
    return move_all(bytes.size(), [&](std::size_t done) {
        return ::pread(
            file, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    });
}

}  // namespace

BaselineRows::BaselineRows(std::filesystem::path folder, std::uint64_t most_bytes)
    : folder_(std::move(folder)), most_bytes_(most_bytes) {}

BaselineRows::~BaselineRows() {
    if (file_ >= 0) {
        ::close(file_);
    }
}

Result<bool> BaselineRows::keep(const std::string& question_id, const wire::Written& written) {
    const std::uint64_t n_bytes = written.rows.size() + written.logits.size();
    if (size_bytes_ + n_bytes > most_bytes_) {
        return false;
    }
    if (file_ < 0) {
        file_ = open_nameless(folder_);
    }
    if (file_ < 0 || !write_all(file_, written.rows, size_bytes_) ||
        !write_all(file_, written.logits, size_bytes_ + written.rows.size())) {
        return fail(fmt::format("the rows of the baseline's answers cannot be kept ({})",
                                std::strerror(errno)),
                    folder_.string());
    }
    places_[question_id] = {
        size_bytes_, written.tokens, written.rows.size(), written.logits.size()};
    size_bytes_ += n_bytes;
    return true;
}

std::shared_ptr<const wire::Written> BaselineRows::load(const std::string& question_id) const {
    const auto found = places_.find(question_id);
    if (found == places_.end()) {
        return nullptr;
    }
    const Place& place = found->second;
    auto out = std::make_shared<wire::Written>();
    out->tokens = place.tokens;
    out->rows.resize(place.n_row_bytes);
    out->logits.resize(place.n_logit_bytes);
    if (!read_all(file_, out->rows, place.offset) ||
        !read_all(file_, out->logits, place.offset + place.n_row_bytes)) {
        throw_operational("the rows of the baseline's answers cannot be read again",
                          folder_.string(),
                          "Is the disk damaged? --no-fidelity does without them.");
    }
    return out;
}

}  // namespace assay::app
