#pragma once
// The LoRA adapters of a baseline or variant, as an experiment file and the command line name them.

#include <filesystem>

#include "assay/config/draft.hpp"
#include "assay/config/problems.hpp"
#include "assay/config/variant_entry.hpp"
#include "assay/config/yaml_reader.hpp"

namespace assay::config {

/// Reads the key `lora`: of an entry with a file a list of adapters, each a file or {file, scale};
/// of one with a type the word "applied". Reports what belongs to neither. Relative paths are
/// relative to `folder`. Where each was written is noted in `draft`.
void read_lora(MapReader& map,
               const std::filesystem::path& folder,
               VariantEntry& entry,
               Draft& draft,
               Problems& problems);

/// Gives the baseline's file the adapters of the flags --lora (FILE each) and --lora-scaled
/// (FILE:SCALE each), in this order, in place of the experiment file's.
void apply_lora_flags(const Overrides& flags, Draft& draft, Problems& problems);

}  // namespace assay::config
