// How much a question's mean varies under a design.

#include <algorithm>

#include "assay/analysis/design.hpp"

namespace assay::analysis {

stats::Covariances covariances_of(const Design& design) {
    if (design.measured) {
        return *design.measured;
    }
    const double v = design.settings.expected_decisive_rate, icc = design.settings.icc;
    stats::Covariances out = stats::assumed_covariances(v);
    for (double* covariance : {&out.order, &out.judge, &out.sample}) {
        *covariance = std::max(*covariance, v * icc);
    }
    return out;
}

double variance_of_question_mean(const Design& design) {
    // Each call has the same neighbours: one in the other order, those of the other judges on the
    // same answers, and all of the other samples.
    const stats::Covariances c = covariances_of(design);
    const double n_orders = design.both_orders ? 2 : 1;
    const double of_a_pair = n_orders * design.n_judges;
    const double sum = c.v + (n_orders - 1) * c.order + (of_a_pair - n_orders) * c.judge +
                       of_a_pair * (design.n_samples - 1) * c.sample;
    return sum / (of_a_pair * design.n_samples);
}

}  // namespace assay::analysis
