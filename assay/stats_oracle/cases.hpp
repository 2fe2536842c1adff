#pragma once
// The functions that a file of reference values may name, with its inputs and outputs as JSON
// objects.

#include <string>
#include <string_view>

#include "assay/base/result.hpp"

namespace assay::stats_oracle {

/// Outputs of function `fn` as a JSON object's text. Undefined values are null, infinities "inf"
/// and "-inf", not-a-number is "nan". Fails for a function that is not known and for inputs that it
/// does not accept.
[[nodiscard]] Result<std::string> evaluate(std::string_view fn, std::string_view inputs);

}  // namespace assay::stats_oracle
