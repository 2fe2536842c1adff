#pragma once
// How numbers read in a sentence of `why`.

#include <cstdint>
#include <string>
#include <string_view>

namespace assay::analysis {

/// A share as signed percentage points with one decimal: "-1.9", "+8.3", "0.0".
[[nodiscard]] std::string points(double share);
/// As above, with the decimals that keep it apart from `edge`: "-10.04" beside -0.1. Four at most;
/// closer ones read like the edge.
[[nodiscard]] std::string points_beside(double share, double edge);
/// A margin, unsigned and without needless zeros: "10", "2.5".
[[nodiscard]] std::string plain_points(double share);
/// A margin that is large enough, rounded up to a tenth of a point: "18.4" of 0.18331.
[[nodiscard]] std::string points_up(double share);
/// A probability in per cent with one decimal, "below 0.1 %" and "above 99.9 %" at the ends.
[[nodiscard]] std::string chance(double probability);
/// A level in per cent: "90 %", "97.5 %".
[[nodiscard]] std::string percent_level(double share);
/// "1 question", "364 questions".
[[nodiscard]] std::string count_of(std::int64_t count, std::string_view singular);

/// With a capital letter at the start and a full stop at the end; empty stays empty.
[[nodiscard]] std::string sentence(std::string text);

}  // namespace assay::analysis
