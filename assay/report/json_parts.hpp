#pragma once
// Parts that every JSON document of ours shares.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "assay/records/analysis.hpp"

namespace assay::report {

/// Keys keep the order in which they were put.
using Json = nlohmann::ordered_json;

[[nodiscard]] Json json_of(std::optional<double> value);  ///< null where there is none

/// Puts "why" where there is something to explain.
void add_why(Json& out, const std::string& why);

/// {"value", "low", "high", "confidence", "n", "method"}, with null values and a "why" where it is
/// undefined.
[[nodiscard]] Json json_of(const Estimate& estimate);

/// An array of strings; a byte that is no UTF-8 becomes U+FFFD.
[[nodiscard]] Json texts(const std::vector<std::string>& values);

}  // namespace assay::report
