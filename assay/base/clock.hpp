#pragma once

#include <string>

namespace assay {

/// Now, as 2025-01-31T12:00:00Z. For the store's "created_at" only; nothing that a report shows may
/// come from it.
[[nodiscard]] std::string utc_now();

}  // namespace assay
