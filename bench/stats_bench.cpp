// Times the functions of assay/stats one by one, for bench/stats_speed.py. Prints a JSON object a
// line:
// {"name", "ns" (of one call, the best of several rounds), "value" (of the call with the study's
// numbers)}.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <vector>

#include "assay/base/random.hpp"
#include "assay/stats/agreement.hpp"
#include "assay/stats/bayes.hpp"
#include "assay/stats/bootstrap.hpp"
#include "assay/stats/clusters.hpp"
#include "assay/stats/distributions.hpp"
#include "assay/stats/exact.hpp"
#include "assay/stats/fisher.hpp"
#include "assay/stats/proportion.hpp"
#include "assay/stats/sign_test.hpp"
#include "assay/stats/sign_test_power.hpp"
#include "assay/stats/tango.hpp"

namespace {

using namespace assay;
using Clock = std::chrono::steady_clock;

/// `call(i)` with i = 0 is the one whose value is printed; other i vary the numbers a little, so
/// that nothing is computed once for all calls.
void measure(const char* name,
             std::int64_t n_calls,
             const std::function<double(std::int64_t)>& call) {
    double best = 0, sink = 0;
    for (int round = 0; round < 5; ++round) {
        const auto start = Clock::now();
        for (std::int64_t i = 0; i < n_calls; ++i) {
            sink += call(i % 7);
        }
        const std::chrono::duration<double, std::nano> elapsed = Clock::now() - start;
        const double each = elapsed.count() / static_cast<double>(n_calls);
        best = round == 0 ? each : std::min(best, each);
    }
    if (sink == 0.123456789) {
        std::puts("");  // the values are used
    }
    std::fputs(
        fmt::format(
            "{{\"name\": \"{}\", \"ns\": {:.4g}, \"value\": {:.17g}}}\n", name, best, call(0))
            .c_str(),
        stdout);
    std::fflush(stdout);
}

/// Kinds of clusters for 1,500 questions: as in both orders, two verdicts each.
std::vector<stats::ClusterTotal> questions_in_both_orders() {
    return {{2, -2, 250}, {2, -1, 200}, {2, 0, 600}, {2, 1, 210}, {2, 2, 240}};
}

/// 3 raters, 1,000 units, ratings -1, 0, 1; the same numbers in stats_speed.py.
std::vector<std::vector<std::optional<double>>> ratings() {
    std::vector<std::vector<std::optional<double>>> out(3);
    for (int unit = 0; unit < 1000; ++unit) {
        for (int rater = 0; rater < 3; ++rater) {
            out[static_cast<std::size_t>(rater)].emplace_back(
                (unit * 7 + (unit % 5 == rater ? unit / 3 : 0)) % 3 - 1);
        }
    }
    return out;
}

}  // namespace

int main() {
    measure("tango_interval", 20'000, [](std::int64_t i) {
        return stats::tango_interval(stats::net_counts(45 + i, 48, 61),
                                     stats::normal_critical(0.90))
            ->low;
    });
    measure("wilson", 200'000, [](std::int64_t i) { return stats::wilson(45 + i, 93, 0.95).low; });
    measure("clopper_pearson", 20'000, [](std::int64_t i) {
        return stats::clopper_pearson(45 + i, 93, 0.95).low;
    });
    measure("sign_test", 100'000, [](std::int64_t i) {
        return stats::sign_test(45 + i, 48).two_sided;
    });
    measure("binomial_test_minlike", 20'000, [](std::int64_t i) {
        return stats::binomial_test_minlike(45 + i, 93, 0.4);
    });
    measure(
        "mcnemar", 200'000, [](std::int64_t i) { return stats::mcnemar(45 + i, 48).p_corrected; });
    measure("fisher_2x3", 200, [](std::int64_t i) {
        return stats::fisher_2x3({{{23 + i, 24, 30}, {22, 24, 31}}}).p;
    });
    measure("cohen_kappa", 100'000, [](std::int64_t i) {
        return *stats::cohen_kappa({{40 + i, 9, 5}, {8, 60, 11}, {6, 10, 51}});
    });
    const auto units = ratings();
    measure("krippendorff_alpha", 200, [&](std::int64_t) {
        return *stats::krippendorff_alpha(units, stats::Metric::kInterval);
    });
    measure("dirichlet_net", 200, [](std::int64_t i) {
        return stats::dirichlet_net({46.0 + static_cast<double>(i), 62, 49}, 0.1)->p_equivalent;
    });
    measure("sign_test_detectable", 500, [](std::int64_t i) {
        return *stats::sign_test_detectable(93 + i, 0.8, 0.05);
    });
    measure("exact_unconditional_99", 1, [](std::int64_t i) {
        return *stats::exact_unconditional_noninferiority(30 + i, 30, 99, 0.1);
    });
    measure("bca_net_1500", 1, [](std::int64_t i) {
        return stats::bca_net(450 + i, 440, 610 - i, 0.95)->interval.low;
    });
    const auto clusters = questions_in_both_orders();
    measure("bca_clustered_1500_10000", 1, [&](std::int64_t) {
        return stats::bca_clustered(clusters, 0.95)->interval.low;
    });
    const std::vector<stats::ClusterTotal> singletons{{1, 1, 450}, {1, -1, 440}, {1, 0, 610}};
    measure("bca_resampled_1500_10000", 1, [&](std::int64_t) {
        return stats::bca_clustered(singletons, 0.95)->interval.low;
    });
    std::vector<double> y;
    std::vector<std::int64_t> labels;
    for (int i = 0; i < 3000; ++i) {
        y.push_back((i * 7 + i / 3) % 3 - 1);
        labels.push_back(i / 2);
    }
    measure("cluster_mean_3000", 100, [&](std::int64_t) {
        return *stats::cluster_mean(y, labels, 0.9)->se_cr1;
    });
    return 0;
}
