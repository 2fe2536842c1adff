#pragma once
// Removing the models that assay has created on somebody's Ollama, and notes of them: a run that
// was killed cannot remove its own, so a later one does.

#include <atomic>
#include <filesystem>
#include <string>

#include "assay/base/progress.hpp"
#include "assay/llm/served_api.hpp"

namespace assay::llm {

/// Removes a model, or finds that it is not there. Waits a few seconds at most. Throws Error
/// kInterrupted.
[[nodiscard]] Result<void> remove_ollama_model(const ServedPlace& place, const std::string& model);

/// One model at one address. It holds no key.
struct CreatedModel {
    std::string model;        ///< begins with kGuestPrefix
    std::string address;      ///< the server's base address
    std::string api_key_env;  ///< the variable of the key that the server wants; may be empty
};

/// What the names of created models begin with; no user's model does.
inline constexpr const char* kGuestPrefix = "assay-temporary-";

/// The note of a model, locked by this process from before the model is created until it is
/// removed.
class CreatedModelNote {
 public:
    /// Waits up to half a minute for another process that holds the note, which mostly removes what
    /// a killed run has left. Throws Error: kOperational if it still does, or if the note cannot be
    /// written into `folder`, which is made; kInterrupted.
    CreatedModelNote(const std::filesystem::path& folder,
                     const CreatedModel& created,
                     const std::atomic<bool>& cancel);
    /// The note stays where forget() was not called: the model may still be there.
    ~CreatedModelNote();
    CreatedModelNote(const CreatedModelNote&) = delete;
    CreatedModelNote& operator=(const CreatedModelNote&) = delete;

    /// The model is gone.
    void forget();

 private:
    std::filesystem::path path_;
    int descriptor_ = -1;
};

/// Removes the models of notes in `folder` that no living process holds. A server is waited for at
/// most a few seconds; a model that cannot be removed is said, and its note stays for the next
/// time. Throws Error kInterrupted only. A file that is no such note is left alone.
void remove_left_models(const std::filesystem::path& folder,
                        const std::atomic<bool>& cancel,
                        Progress& progress);

}  // namespace assay::llm
