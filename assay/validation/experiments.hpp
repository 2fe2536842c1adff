#pragma once
// The experiments V1 to V24 of statistics.md 5, V25 to V28, and W1 to W11 and W13 (several verdicts
// of a question). Each row says what was simulated, what came out and what is accepted; rows whose
// text says "must fail" show that the harness sees a wrong method.
//
// They use the product's own functions. What is of their own: naive peeking (V15), an interval of
// the judge alone (V22), and the ways in which data are drawn.

#include <functional>
#include <string>
#include <vector>

#include "assay/validation/bands.hpp"
#include "assay/validation/repeat.hpp"

namespace assay::validation {

struct Experiment {
    std::string id;
    std::function<std::vector<Row>(const Scale&)> run;
};

/// V1 - V9, V23, V24: a number that was fixed before
[[nodiscard]] std::vector<Experiment> fixed_size_experiments();
/// V10 - V17, V25: looking while verdicts come in
[[nodiscard]] std::vector<Experiment> looking_experiments();
/// V18 - V22: clusters, bootstrap, ranking, position, PPI
[[nodiscard]] std::vector<Experiment> model_experiments();

/// V26: few questions, enumerated
[[nodiscard]] std::vector<Experiment> small_sample_experiments();
/// V27: clusters of unequal size
[[nodiscard]] std::vector<Experiment> cluster_size_experiments();

/// V28: which judges pass their controls
[[nodiscard]] std::vector<Experiment> control_experiments();

/// W1 - W6, W11: decisions on several verdicts of a question
[[nodiscard]] std::vector<Experiment> question_experiments();
/// W7, W8: where the noise comes from, and "these questions"
[[nodiscard]] std::vector<Experiment> question_variance_experiments();
/// W9, W10: `samples: auto`
[[nodiscard]] std::vector<Experiment> samples_experiments();

/// W13: decisions on exactly these questions
[[nodiscard]] std::vector<Experiment> these_questions_experiments();

/// All, the V before the W, in the order of their numbers.
[[nodiscard]] std::vector<Experiment> all_experiments();

}  // namespace assay::validation
