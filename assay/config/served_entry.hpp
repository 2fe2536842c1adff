#pragma once
// How a model that a server runs is written, as a variant or as the baseline.

#include <optional>
#include <string_view>

#include "assay/config/problems.hpp"
#include "assay/config/yaml_reader.hpp"
#include "assay/records/plan.hpp"

namespace assay::config {

/// Reads the keys of a served model if the mapping names a provider, and reports what does not fit
/// together; without one its keys are reported as belonging to none.
void read_served(MapReader& map, ServedSpec& served, Problems& problems);

/// "ollama:MODEL@URL" or "openai:MODEL@URL"; nothing if the text has another form, as "ollama:NAME"
/// without an address has: that is a file. Reports an address that is none.
[[nodiscard]] std::optional<ServedSource> served_of_text(std::string_view text,
                                                         const Where& where,
                                                         Problems& problems);

/// The address of an Ollama that is not named: OLLAMA_HOST, else its own default. Fails if the
/// variable holds none.
[[nodiscard]] Result<std::string> default_ollama_url();

}  // namespace assay::config
