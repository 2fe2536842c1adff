#pragma once

#include "assay/base/result.hpp"
#include "assay/wire/messages.hpp"

namespace assay::engine {

/// Reads the header of a GGUF (and of the other parts of a split one) and refuses what would make
/// llama.cpp abort or load garbage later: no GGUF, cut off data, no weights, an impossible number
/// of layers, a token twice. Reads no weights.
[[nodiscard]] Result<wire::Inspected> inspect_model(const std::string& path);

}  // namespace assay::engine
