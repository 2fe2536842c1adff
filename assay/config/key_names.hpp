#pragma once
// Keys of services: an experiment names the environment variable that holds one, and never the key
// itself.

#include <string>

#include "assay/config/problems.hpp"
#include "assay/config/yaml_reader.hpp"

namespace assay::config {

/// Reads `api-key-env` into `variable`. Reports what is no variable's name, and a key that was
/// written into the file.
void read_key_variable(MapReader& map, std::string& variable, Problems& problems);

}  // namespace assay::config
