#pragma once
// A measured text as a person reads it, and as JSON.

#include <string>

#include "assay/app/text_measured.hpp"

namespace assay::app {

/// What llama-perplexity prints of the baseline and of each variant; of compatible figures only.
[[nodiscard]] std::string tool_text_of(const TextMeasured& measured);
/// The table of variants side by side, with what was read and how.
[[nodiscard]] std::string table_of(const TextMeasured& measured);
/// One JSON document (docs/perplexity.md).
[[nodiscard]] std::string json_of(const TextMeasured& measured);

}  // namespace assay::app
