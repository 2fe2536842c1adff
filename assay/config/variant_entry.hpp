#pragma once
// The keys that say where a variant comes from, as they are written, before it is decided which of
// them counts.

#include <map>
#include <string>

#include "assay/records/variant_spec.hpp"

namespace assay::config {

/// What is not written is empty. A mapping that names several sources was reported.
struct VariantEntry {
    std::string type;
    std::string file;
    std::string imatrix;
    std::string answers;
    bool allow_missing = false;
    std::map<std::string, std::string> fields{};  ///< of answers
    ServedSpec served;
};

/// The source that an entry names; the only place where it is decided. Nothing named: a file with
/// an empty name.
[[nodiscard]] VariantSource source_of(VariantEntry entry);
/// The entry of a source.
[[nodiscard]] VariantEntry entry_of(const VariantSpec& variant);
/// Whether the source is complete.
[[nodiscard]] bool is_given(const VariantSpec& variant);

}  // namespace assay::config
