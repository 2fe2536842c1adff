#pragma once
// The importance matrix of a type, as an experiment file and the command line name it: a file, or
// the word that has one made of a text.

#include <filesystem>
#include <string_view>

#include "assay/config/draft.hpp"
#include "assay/config/problems.hpp"
#include "assay/config/variant_entry.hpp"
#include "assay/config/yaml_reader.hpp"

namespace assay::config {

/// Reads the keys `imatrix`, `imatrix-text` and `imatrix-chunks`. Reports them where nothing is
/// quantized, and a text or a number of chunks where no matrix is made. Relative paths are relative
/// to `folder`. Where each was written is noted in `draft`.
void read_imatrix(MapReader& map,
                  const std::filesystem::path& folder,
                  VariantEntry& entry,
                  Draft& draft,
                  Problems& problems);

/// Lays --imatrix, --imatrix-text and --imatrix-chunks over every type whose entry says nothing of
/// its own.
void apply_imatrix_flags(const Overrides& flags, Draft& draft, Problems& problems);

/// Reports a matrix that is to be made without a text, or of the dataset itself. `place`: key path
/// of the variant.
void check_imatrix_text(const std::string& place,
                        const VariantSpec& variant,
                        const Draft& draft,
                        Problems& problems);

/// How one is got for a type, for the message that it needs one.
[[nodiscard]] std::string ways_to_an_imatrix(std::string_view type);

}  // namespace assay::config
