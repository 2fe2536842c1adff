#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "assay/records/analysis.hpp"

namespace assay {

/// What the one look at a variant's first samples came to (generation.samples: auto). It is kept
/// and never taken again.
struct TakenLook {
    std::string first_pair;  ///< id of the pair of the first question's first answers: a look is of
                             ///< these answers and no others
    DecisionLabel label = DecisionLabel::kNotMeasured;  ///< at the level of the look
    bool stopped = false;  ///< `label` stands, and no more samples are asked for
    int n_samples = 2;     ///< of a question, in all
    double second_moment = 0;
    double product = 0;     ///< as in stats::SampleMoments
    bool reachable = true;  ///< n_samples are enough for the wanted power, if the two are alike
    std::optional<std::int64_t> questions_needed{};  ///< where they are not: with as many samples

    bool operator==(const TakenLook&) const = default;
};

}  // namespace assay
