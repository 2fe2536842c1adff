// A model of ours on somebody's Ollama must not stay there, whatever ends the run.
//
// Before a model is created, a note with its name and address is written below the cache folder,
// and locked (flock) by the process for as long as it lives; when the model is removed, so is the
// note. The kernel gives the lock up when the process ends, however it ends. So a note that can be
// locked is one whose process is dead: its model is removed, by any later run.
//
// Invariant: who creates or removes a model at an address holds the lock of its note, of which
// there is one by name and address. So nobody removes what another one has just created anew. A
// note that was unlinked while somebody waited for its lock is none any more; it is opened again.
//
// Nothing is ever removed but what a note names and begins with kGuestPrefix.

#include "assay/llm/created_models.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

#include "assay/base/hash.hpp"
#include "assay/base/result.hpp"
#include "assay/base/text.hpp"
#include "assay/http/endpoint.hpp"

namespace assay::llm {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kPatience{30};
constexpr std::chrono::milliseconds kLockAgain{50};
constexpr double kRemovalLimit = 5;        ///< s
constexpr std::size_t kMostBytes = 65536;  ///< of a note
constexpr const char* kEnding = ".json";

fs::path path_of(const fs::path& folder, const CreatedModel& created) {
    const std::string at = sha256_hex(created.address).substr(0, 16);
    return folder / (created.model + "-" + at + kEnding);
}

/// Whether the descriptor's file is still the one at the path.
bool is_there(int descriptor, const fs::path& path) {
    struct stat held {
    }, now{};
    return ::fstat(descriptor, &held) == 0 && ::stat(path.c_str(), &now) == 0 &&
           held.st_ino == now.st_ino && held.st_dev == now.st_dev;
}

enum class Locked { kYes, kHeld, kGone, kFailed };

Locked lock(int descriptor, const fs::path& path) {
    int rc = 0;
    do {
        rc = ::flock(descriptor, LOCK_EX | LOCK_NB);
    } while (rc != 0 && errno == EINTR);
    if (rc != 0) {
        return errno == EWOULDBLOCK ? Locked::kHeld : Locked::kFailed;
    }
    return is_there(descriptor, path) ? Locked::kYes : Locked::kGone;
}

[[noreturn]] void cannot_write(const fs::path& path) {
    throw_operational("cannot note here which model is created on Ollama: " +
                          std::generic_category().message(errno),
                      path.string(),
                      "Make the folder writable, or set ASSAY_CACHE to another one.");
}

std::string text_of(const CreatedModel& created) {
    return nlohmann::json{{"model", created.model},
                          {"address", created.address},
                          {"api-key-env", created.api_key_env}}
               .dump(2, ' ', false, nlohmann::json::error_handler_t::replace) +
           "\n";
}

std::optional<CreatedModel> read_note(int descriptor) {
    std::string text(kMostBytes, '\0');
    const ssize_t n = ::pread(descriptor, text.data(), text.size(), 0);
    text.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    const auto document = nlohmann::json::parse(text, nullptr, false);
    if (!document.is_object()) {
        return {};
    }
    CreatedModel out;
    const std::array<std::pair<const char*, std::string*>, 3> fields{
        {{"model", &out.model}, {"address", &out.address}, {"api-key-env", &out.api_key_env}}};
    for (const auto& [key, field] : fields) {
        const auto found = document.find(key);
        if (found == document.end() || !found->is_string()) {
            return {};
        }
        *field = found->get<std::string>();
    }
    return out.model.starts_with(kGuestPrefix) ? std::optional(out) : std::nullopt;
}

/// Asks the server of a note. Empty: the model is gone.
Result<void> remove_noted(const CreatedModel& created, const std::atomic<bool>& cancel) {
    const auto endpoint = http::parse_endpoint(created.address);
    if (!endpoint) {
        return tl::unexpected<Failure>(endpoint.error());
    }
    const auto key = http::find_key({"", "ollama", created.api_key_env}, *endpoint);
    if (!key) {
        return tl::unexpected<Failure>(key.error());
    }
    http::HttpTarget target = http::target_at(*endpoint);
    target.headers = {"Content-Type: application/json", "Accept: application/json"};
    for (std::string& header : http::key_headers(*endpoint, *key)) {
        target.headers.push_back(std::move(header));
    }
    return remove_ollama_model(ServedPlace(std::move(target), cancel), created.model);
}

/// A note that is locked.
void remove_left(const fs::path& path,
                 int descriptor,
                 const std::atomic<bool>& cancel,
                 Progress& progress) {
    struct stat status {};
    if (::fstat(descriptor, &status) == 0 && status.st_size == 0) {
        ::unlink(path.c_str());  // killed before it was written, so before anything was created
        return;
    }
    const auto created = read_note(descriptor);
    if (!created) {
        return;
    }
    const auto removed = remove_noted(*created, cancel);
    if (removed) {
        ::unlink(path.c_str());
        progress.note(
            fmt::format("removed the model {} at {}, which a run that was killed had "
                        "left there",
                        created->model,
                        created->address));
        return;
    }
    progress.note(
        fmt::format("the model {} at {}, which a run that was killed had left there, "
                    "could not be removed: {}; the next run tries again. If that server "
                    "is gone for good, delete {}",
                    created->model,
                    created->address,
                    removed.error().message,
                    path.string()));
}

}  // namespace

Result<void> remove_ollama_model(const ServedPlace& place, const std::string& model) {
    const nlohmann::json request{{"model", model}};
    const http::HttpReply reply = place.ask(
        {.method = "DELETE", .path = "/api/delete", .body = request.dump()}, kRemovalLimit);
    if (reply.status != 200 && reply.status != 404) {
        return tl::unexpected<Failure>(failure_of(place, "/api/delete", reply));
    }
    return {};
}

CreatedModelNote::CreatedModelNote(const fs::path& folder,
                                   const CreatedModel& created,
                                   const std::atomic<bool>& cancel)
    : path_(path_of(folder, created)) {
    std::error_code error;
    fs::create_directories(folder, error);
    const auto until = std::chrono::steady_clock::now() + kPatience;
    for (;;) {
        if (cancel) {
            throw Error(ErrorKind::kInterrupted, {"stopped", {}, {}});
        }
        descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (descriptor_ < 0) {
            cannot_write(path_);
        }
        const Locked locked = lock(descriptor_, path_);
        if (locked == Locked::kYes) {
            break;
        }
        if (locked == Locked::kFailed) {
            const int why = errno;
            ::close(descriptor_);
            errno = why;
            cannot_write(path_);
        }
        ::close(descriptor_);
        if (std::chrono::steady_clock::now() > until) {
            throw_operational(
                fmt::format("another assay has the model {} at {}", created.model, created.address),
                path_.string(),
                "Wait for it to end, and run again.");
        }
        std::this_thread::sleep_for(kLockAgain);
    }
    const std::string text = text_of(created);
    const bool written = ::ftruncate(descriptor_, 0) == 0 &&
                         ::pwrite(descriptor_, text.data(), text.size(), 0) ==
                             static_cast<ssize_t>(text.size()) &&
                         ::fsync(descriptor_) == 0;
    if (!written) {
        const int why = errno;
        ::unlink(path_.c_str());
        ::close(descriptor_);
        errno = why;
        cannot_write(path_);
    }
}

CreatedModelNote::~CreatedModelNote() {
    ::close(descriptor_);
}

void CreatedModelNote::forget() {
    ::unlink(path_.c_str());
}

void remove_left_models(const fs::path& folder,
                        const std::atomic<bool>& cancel,
                        Progress& progress) {
    std::vector<fs::path> paths;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        if (entry->path().filename().string().starts_with(kGuestPrefix) &&
            entry->path().extension() == kEnding) {
            paths.push_back(entry->path());
        }
    }
    std::sort(paths.begin(), paths.end());
    for (const fs::path& path : paths) {
        const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
        if (descriptor < 0) {
            continue;  // its owner has just removed it
        }
        try {
            if (lock(descriptor, path) == Locked::kYes) {
                remove_left(path, descriptor, cancel, progress);
            }
        } catch (...) {
            ::close(descriptor);
            throw;
        }
        ::close(descriptor);
    }
}

}  // namespace assay::llm
