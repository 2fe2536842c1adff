#pragma once
// Where contexts are retrieved from and how, as an experiment file and the command line say it.

#include <filesystem>

#include "assay/config/draft.hpp"
#include "assay/config/problems.hpp"
#include "assay/config/yaml_reader.hpp"

namespace assay::config {

/// Reads the block `retrieval`. Relative paths are relative to `folder`. Where each value was
/// written is noted in `draft`.
void read_retrieval_entry(MapReader& map,
                          const std::filesystem::path& folder,
                          Draft& draft,
                          Problems& problems);

/// Lays --corpus, --embedder, --query-prefix and --passage-prefix over the draft. The settings that
/// have a row in records/settings.hpp are laid with all others (apply_flags).
void apply_retrieval_flags(const Overrides& flags, Draft& draft, Problems& problems);

}  // namespace assay::config
