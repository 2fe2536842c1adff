#pragma once

#include "assay/base/result.hpp"
#include "assay/wire/messages.hpp"

namespace assay::engine {

/// Reads the header of a GGUF (and of the other parts of a split one). Refuses what is no language
/// model, what is not the first part of all parts, and what would make llama.cpp abort or load
/// garbage later: no GGUF, cut off data, no weights, an impossible number of layers, a token twice.
/// Reads no weights. Every model that is run, quantized or asked as a judge is looked at here.
[[nodiscard]] Result<wire::Inspected> inspect_model(const std::string& path);

}  // namespace assay::engine
