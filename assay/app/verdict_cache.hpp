#pragma once
// Verdicts of other runs, so that a judge that costs something is not asked the same twice. One
// JSON file a verdict, in a folder that any number of runs may share at a time.

#include <filesystem>
#include <optional>
#include <string>

#include "assay/records/verdict.hpp"

namespace assay::app {

class VerdictCache {
 public:
    /// Makes the folder where it is missing. Throws Error (kUsage) if it cannot be made.
    explicit VerdictCache(std::filesystem::path folder);

    /// SHA-256 of all that a verdict depends on: the judge's identity (provider, address, model,
    /// parameters, prompt's texts) and what is shown.
    [[nodiscard]] static std::string key(const std::string& judge_identity,
                                         const BlindedPair& pair);

    /// Without an item_id, and with n_attempts = 0: nobody was asked. A damaged file counts as
    /// none.
    [[nodiscard]] std::optional<Verdict> find(const std::string& key) const;
    /// ERROR is not kept, nor what came from a cache. A file that cannot be written is no error:
    /// the verdict is in the run.
    void put(const std::string& key, const Verdict& verdict) const;

 private:
    [[nodiscard]] std::filesystem::path path_of(const std::string& key) const;

    std::filesystem::path folder_;
};

}  // namespace assay::app
