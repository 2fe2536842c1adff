#pragma once
// What `assay verify` found.

#include <cstdint>
#include <string>
#include <vector>

namespace assay::run {

/// Something that differs, or that could not be looked at.
struct Finding {
    std::string place;     ///< a file, or a table of the store
    std::string sentence;  ///< what is the matter with it
};

/// A kind of thing, and how many of them were looked at.
struct Check {
    std::string what;
    std::int64_t n = 0;
};

struct Verification {
    [[nodiscard]] bool differs() const { return !differences.empty(); }

    std::string run_dir;
    std::string plan_sha256;  ///< of the plan that was run last
    std::vector<Check> checks;
    std::vector<Finding> differences;
    std::vector<Finding> not_checked;
};

/// For a person: a line a check and a finding.
[[nodiscard]] std::string verification_text(const Verification& verification);
/// One JSON document with schema_version.
[[nodiscard]] std::string verification_json(const Verification& verification);

}  // namespace assay::run
