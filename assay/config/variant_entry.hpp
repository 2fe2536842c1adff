#pragma once
// The keys that say where a variant comes from, as they are written, before it is decided which of
// them counts.

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/records/rules.hpp"
#include "assay/records/variant_spec.hpp"

namespace assay::config {

/// The value of `lora` of a type to which the baseline's adapter is applied at run time.
inline constexpr std::string_view kLoraApplied = "applied";
inline constexpr std::array<std::string_view, 1> kLoraWords{kLoraApplied};

/// The value of `imatrix` for a matrix that is made.
inline constexpr std::string_view kImatrixMade = "make";
/// What `imatrix-chunks` may be; 0: all.
inline constexpr Range kImatrixChunks{0, 1'000'000};

/// What a scale may be.
inline constexpr Range kLoraScale{-1000, 1000};

/// What is not written is empty. A mapping that names several sources was reported.
struct VariantEntry {
    std::string type;
    std::string file;
    std::string imatrix;
    std::optional<ImatrixText> imatrix_text{};  ///< in place of imatrix
    std::vector<LoraSpec> lora{};               ///< of file
    bool lora_applied = false;                  ///< of type
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
