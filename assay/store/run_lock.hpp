#pragma once
// Internal to store/: one assay at a time works on a run directory.

#include <filesystem>

namespace assay::store {

/// Holds an exclusive flock on `run_dir/assay.lock`, whose text is the holder's process id, until
/// it is destroyed. The kernel lets go of it when the process dies, however it dies; and a program
/// started with exec does not inherit it. The file stays: removing it would let two processes hold
/// locks on two files of one name.
class RunLock {
 public:
    /// Throws Error kOperational, naming the holder, where another one holds it.
    explicit RunLock(const std::filesystem::path& run_dir);
    ~RunLock();
    RunLock(const RunLock&) = delete;
    RunLock& operator=(const RunLock&) = delete;

 private:
    int descriptor_ = -1;
};

}  // namespace assay::store
