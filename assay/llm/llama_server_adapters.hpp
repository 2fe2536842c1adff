#pragma once
// LoRA adapters that a llama-server was started with: read back, and named in every request.

#include <string>
#include <string_view>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/llm/served_api.hpp"

namespace assay::llm {

/// What GET /lora-adapters tells; empty: none is loaded, or the server is too old to tell. `root`
/// is the address without /v1. Fails as read_adapters does.
[[nodiscard]] Result<std::vector<ServedAdapter>> look_at_adapters(const ServedPlace& root);

/// The list in a reply. Fails on one that cannot be read, and on an activated LoRA, which changes
/// the model only behind certain tokens. `url`: of the reply, for sentences.
[[nodiscard]] Result<std::vector<ServedAdapter>> read_adapters(const std::string& url,
                                                               std::string_view body);

/// Why a model with these adapters is not taken: all of them have scale 0, so that it is the base.
/// Empty: it is.
[[nodiscard]] std::string complaint_on(const std::vector<ServedAdapter>& adapters);

/// `lora` of a request: [{"id": 0, "scale": 1.0}].
[[nodiscard]] std::string scales_json(const std::vector<ServedAdapter>& adapters);

}  // namespace assay::llm
