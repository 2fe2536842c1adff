#pragma once
// Which outcomes depend on each other.

#include <cstdint>
#include <span>
#include <vector>

#include "assay/records/outcome.hpp"

namespace assay {

/// Numbers for the questions and clusters of outcomes, from 0 in the order in which they first
/// come. Outcomes of one cluster are dependent, or of one question where it names no cluster; a
/// cluster and a question of the same name are apart. One pass; found once and used by all that
/// needs it.
struct Dependence {
    Dependence() = default;
    explicit Dependence(std::span<const Outcome> outcomes);

    std::vector<std::uint32_t> question;  ///< of each outcome
    std::vector<std::uint32_t> cluster;   ///< of each outcome
    std::size_t n_questions = 0;
    std::size_t n_clusters = 0;
};

}  // namespace assay
