#include "assay/analysis/graded_rate.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <vector>

#include "assay/analysis/evidence.hpp"
#include "assay/stats/clusters.hpp"

namespace assay::analysis {

std::optional<Estimate> graded_rate_of(std::span<const Outcome> outcomes,
                                       const Dependence& dependence,
                                       double alpha) {
    if (std::none_of(outcomes.begin(), outcomes.end(), [](const Outcome& outcome) {
            return outcome.graded.has_value();
        })) {
        return std::nullopt;
    }
    struct Graded {
        std::string_view question;
        double value;
        std::int64_t cluster;
        bool operator<(const Graded& other) const {
            return std::tie(question, value) < std::tie(other.question, other.value);
        }
    };
    std::vector<Graded> graded;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        if (const auto value = value_of(outcomes[i].kind)) {
            graded.push_back({outcomes[i].question_id,
                              outcomes[i].graded.value_or(*value),
                              dependence.cluster[i]});
        }
    }
    std::sort(graded.begin(), graded.end());
    std::vector<double> y;
    // numbered anew, in this order
    std::vector<std::int64_t> clusters, number(dependence.n_clusters, -1);
    std::int64_t n_clusters = 0;
    for (const Graded& row : graded) {
        std::int64_t& cluster = number[static_cast<std::size_t>(row.cluster)];
        if (cluster < 0) {
            cluster = n_clusters++;
        }
        y.push_back(row.value);
        clusters.push_back(cluster);
    }
    Estimate out;
    out.confidence = 1 - 2 * alpha;
    out.n = static_cast<std::int64_t>(y.size());
    out.method = "mean of the graded verdicts, CR1 standard error and Student's t";
    const auto mean = stats::cluster_mean(y, clusters, out.confidence);
    if (mean) {
        out.value = mean->mean;
    }
    if (mean && mean->interval) {
        out.low = mean->interval->low;
        out.high = mean->interval->high;
    } else {
        out.why = mean ? "one comparison or one cluster has no spread"
                       : "no comparison has a verdict";
    }
    return out;
}

}  // namespace assay::analysis
