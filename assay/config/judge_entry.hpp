#pragma once
// A judge's mapping in an experiment file.

#include <filesystem>
#include <string>

#include "assay/config/draft.hpp"
#include "assay/config/yaml_reader.hpp"
#include "assay/records/judge_spec.hpp"

namespace assay::config {

/// The judge of the mapping. Which keys it may have follows from its provider's kind; a key that
/// another kind takes is reported with whose it is. `template_file` gets the path in
/// prompt-template. Finishes `map`.
[[nodiscard]] JudgeSpec read_judge(MapReader& map,
                                   const std::filesystem::path& folder,
                                   std::string& template_file,
                                   Draft& draft,
                                   Problems& problems);

}  // namespace assay::config
