#pragma once
// Verdicts of other runs, so that a judge that costs something is not asked the same twice. One
// JSON file a verdict, in a folder that any number of runs may share at a time.

#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "assay/records/control.hpp"
#include "assay/records/verdict.hpp"

namespace assay::app {

/// A verdict with the run that asked for it.
struct CachedVerdict {
    Verdict verdict;  ///< without an item_id, and with n_attempts = 0: nobody was asked
    std::string run;  ///< empty: an earlier version of assay kept it
};

class VerdictCache {
 public:
    /// Makes the folder where it is missing. Throws Error (kUsage) if it cannot be made.
    explicit VerdictCache(std::filesystem::path folder);

    /// SHA-256 of all that a verdict depends on: the judge's identity (provider, address, model,
    /// parameters, prompt's texts) and what is shown.
    [[nodiscard]] static std::string key(const std::string& judge_identity,
                                         const BlindedPair& pair);

    /// A damaged file counts as none.
    [[nodiscard]] std::optional<CachedVerdict> find(const std::string& key) const;
    /// ERROR is not kept, nor what came from a cache. A file that cannot be written is no error:
    /// the verdict is in the run. `run`: a name that no other run has.
    void put(const std::string& key, const Verdict& verdict, const std::string& run) const;

    /// Keeps what a judge said of the controls of a run; replaces what was kept of it. Empty: takes
    /// it away.
    void put_controls(const std::string& judge_key,
                      const std::string& run,
                      std::span<const ControlOutcome> outcomes) const;
    /// Whether the judge passed the controls of that run, by the rules of today
    /// (analysis/controls.hpp). No, where nothing was kept or it cannot be read.
    [[nodiscard]] bool judge_passed(const std::string& judge_key, const std::string& run) const;

 private:
    [[nodiscard]] std::filesystem::path path_of(const std::string& key) const;
    [[nodiscard]] std::filesystem::path path_of_controls(const std::string& judge_key,
                                                         const std::string& run) const;

    std::filesystem::path folder_;
};

}  // namespace assay::app
