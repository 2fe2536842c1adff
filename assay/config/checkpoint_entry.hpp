#pragma once
// A checkpoint folder in the place of a model's file, as an experiment file and the command line
// name it.

#include <filesystem>
#include <string>
#include <string_view>

#include "assay/config/draft.hpp"
#include "assay/config/problems.hpp"
#include "assay/config/variant_entry.hpp"
#include "assay/config/yaml_reader.hpp"

namespace assay::config {

/// Reads the key `checkpoint` into the entry's file ("checkpoint:DIR"), and notes it as the place
/// of the file. Reports one beside `file`. A relative folder is relative to `folder`.
void read_checkpoint(MapReader& map,
                     const std::filesystem::path& folder,
                     VariantEntry& entry,
                     Draft& draft,
                     Problems& problems);

/// "checkpoint:DIR" with DIR made absolute, or a model's file (model_path_of).
[[nodiscard]] std::string model_or_checkpoint_of(const std::filesystem::path& base,
                                                 std::string_view text,
                                                 const Where& where,
                                                 Problems& problems);

/// The same for a LoRA adapter, which is a file or the folder of one.
[[nodiscard]] std::string adapter_or_checkpoint_of(const std::filesystem::path& base,
                                                   std::string_view text,
                                                   const Where& where,
                                                   Problems& problems);

}  // namespace assay::config
