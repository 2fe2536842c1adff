#pragma once
// What single fields of a file of outcomes say.

#include <cstdint>
#include <string>
#include <string_view>

#include "assay/intake/row_problems.hpp"
#include "assay/records/verdict.hpp"

namespace assay::exchange {

/// A name for a message: in quotes, and shortened.
[[nodiscard]] std::string in_quotes(std::string_view name);

/// The largest number that tells a question's samples apart.
inline constexpr int kMostSampleNumber = 9999;
/// A number from 0 to kMostSampleNumber that tells a question's samples apart, or a problem.
[[nodiscard]] int sample_from(std::string_view text, intake::RowProblems& out, std::int64_t line);

/// A confidence's word (high, medium, low, none; letter case does not matter), or a problem.
[[nodiscard]] Confidence confidence_from(std::string_view word,
                                         intake::RowProblems& out,
                                         std::int64_t line);

enum class NameLook { kQuantized, kFullPrecision, kUnknown };
/// What a model's name looks like: "Q4_K_M", "q4", "model-int8-gptq" quantized; "f16",
/// "model-BF16", "baseline" full precision. A name that looks like both is quantized (made from the
/// other).
[[nodiscard]] NameLook look_of(std::string_view name);

}  // namespace assay::exchange
