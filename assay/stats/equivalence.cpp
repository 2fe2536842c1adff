#include "assay/stats/equivalence.hpp"

#include <algorithm>
#include <cmath>

#include "assay/base/result.hpp"
#include "assay/stats/distributions.hpp"
#include "assay/stats/sample_size.hpp"

namespace assay::stats {

TostResult tost_of(double z_lower, double z_upper, double df) {
    TostResult out{.z_lower = z_lower,
                   .z_upper = z_upper,
                   .p_lower = student_upper(z_lower, df),
                   .p_upper = student_upper(-z_upper, df)};
    out.p_tost = std::max(out.p_lower, out.p_upper);
    return out;
}

std::optional<TostResult> tost_score(const NetCounts& counts, double margin, double df) {
    ASSAY_CHECK(margin > 0 && margin <= 1);
    const auto lower = tango_z(counts, -margin), upper = tango_z(counts, margin);
    if (!lower || !upper) {
        return std::nullopt;
    }
    return tost_of(*lower, *upper, df);
}

std::optional<NetInterval> deciding_interval(const NetCounts& counts, double alpha, double df) {
    ASSAY_CHECK(alpha > 0 && alpha < 0.5);
    return tango_interval(counts, student_upper_quantile(alpha, df));
}

std::optional<double> smallest_equivalence_margin(const NetCounts& counts,
                                                  double alpha,
                                                  double df) {
    const auto interval = deciding_interval(counts, alpha, df);
    if (!interval) {
        return std::nullopt;
    }
    return std::max(std::abs(interval->low), std::abs(interval->high));
}

BinomialTost tost_binomial_decisive(std::int64_t wins, std::int64_t losses, double margin) {
    ASSAY_CHECK(wins >= 0 && losses >= 0 && margin >= 0);
    const std::int64_t n = wins + losses;
    if (n == 0) {
        return {};
    }
    BinomialTost out{.p_lower = binomial_upper(wins, n, 0.5 - margin),
                     .p_upper = binomial_cdf(wins, n, 0.5 + margin)};
    out.p_tost = std::max(out.p_lower, out.p_upper);
    return out;
}

Region region_of(double low, double high, double margin) {
    if (low > -margin) {
        return high < margin ? Region::kEquivalent : Region::kNonInferior;
    }
    return high < 0 ? Region::kDegraded : Region::kInconclusive;
}

std::optional<NetDecision> decide(const NetCounts& counts, const DecisionRule& rule) {
    ASSAY_CHECK(rule.margin > 0 && rule.margin < 1);
    const auto interval = deciding_interval(counts, rule.alpha, rule.df);
    if (!interval) {
        return std::nullopt;
    }
    NetDecision out;
    out.interval = *interval;
    out.region = region_of(interval->low, interval->high, rule.margin);
    out.detectably_worse = interval->high < 0;
    out.detectably_better = interval->low > 0;
    out.beyond_margin = interval->high <= -rule.margin;

    EquivalenceDesign design{.decisive_rate = (counts.wins + counts.losses + 1) / (counts.n + 2),
                             .delta = 0,
                             .margin = rule.margin,
                             .alpha = rule.alpha};
    out.n_total_if_zero = sample_size_equivalence(design, rule.power);
    if (out.n_total_if_zero) {
        const double more = std::ceil(static_cast<double>(*out.n_total_if_zero) - counts.n);
        out.n_more_if_zero = static_cast<std::int64_t>(std::max(0.0, more));
    }
    design.delta = interval->estimate;
    out.n_total_if_observed = sample_size_equivalence(design, rule.power);
    return out;
}

}  // namespace assay::stats
