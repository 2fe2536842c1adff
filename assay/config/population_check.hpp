#pragma once
// What a decision about exactly the asked questions needs of an experiment.

#include "assay/config/draft.hpp"
#include "assay/config/problems.hpp"

namespace assay::config {

/// Reports a `dataset.population: these-questions` without anything that shows how a question's
/// verdicts vary: several samples, or both orders where each question has one answer. Reports an
/// early end of judging that it cannot have, too.
void check_population(const Draft& draft, Problems& problems);

}  // namespace assay::config
