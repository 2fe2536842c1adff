// Problem: a test that is made after every verdict finds a false result sooner or later.
//
// Model: each claim has a bet against its opposite (an e-process, MixtureProcess). While the
// opposite is true a bet's capital is a supermartingale that starts at 1, so it ever reaches 1 /
// alpha with probability alpha at most (Ville), however often one looks. The group-sequential
// design looks at fixed points instead, and its boundaries grow with what was spent.
//
// Invariants: alpha_looks and the error of the end together are alpha at most, fixed before the
// first factor. The interval that is shown always supports the label: the running intersection of
// confidence sequences is never wider than before. The sequence is expensive and the capital is
// cheap, so the sequence is computed only where the capital has crossed (may_have_crossed), and
// then for all the factors that were passed over, in order: the result is that of computing it each
// time.
//
// It ends at n_planned settled comparisons at the latest, where Tango's interval decides.

#include "assay/stats/monitor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "assay/base/result.hpp"
#include "assay/stats/clusters.hpp"
#include "assay/stats/distributions.hpp"
#include "assay/stats/question_score.hpp"

namespace assay::stats {
namespace {

constexpr double kPlannedDecisiveRate = 0.6;
constexpr double kPlannedLoss = -0.25;  // the truth that the bet against "no loss" is made for

void count(std::vector<ValueCount>& seen, double value) {
    const auto at = std::lower_bound(
        seen.begin(), seen.end(), value, [](const ValueCount& entry, double wanted) {
            return entry.value < wanted;
        });
    if (at != seen.end() && at->value == value) {
        ++at->count;
    } else {
        seen.insert(at, {value, 1});
    }
}

}  // namespace

MonitorRule make_monitor_rule(StoppingDesign design,
                              std::int64_t n_planned,
                              double margin,
                              double alpha) {
    ASSAY_CHECK(n_planned >= 0 && margin > 0 && margin < 1 && alpha > 0 && alpha < 0.5);
    MonitorRule rule;
    rule.design = design;
    rule.n_planned = n_planned;
    rule.margin = margin;
    rule.alpha = rule.alpha_end = alpha;
    if (design == StoppingDesign::kHybrid) {
        rule.alpha_looks = kShareOfLooks * alpha;
        rule.alpha_end = (1 - kShareOfLooks) * alpha;
    }
    if (design == StoppingDesign::kGroupSequential) {
        rule.boundaries = obrien_fleming_boundaries(alpha, kGroupSequentialLooks);
        rule.alpha_end = normal_upper(rule.boundaries.back());
    }
    return rule;
}

void Monitor::Watch::push(double value) {
    process.push(value);
    const MixtureProcess::Value now = process.value();
    best_log_e = std::max(best_log_e, now.log_e);
    best_log_geometric_e = std::max(best_log_geometric_e, now.log_geometric_e);
}

Monitor::Monitor(MonitorRule rule)
    : rule_(std::move(rule)),
      lower_({.theta0 = -rule_.margin,
              .side = Side::kGreater,
              .delta1 = 0,
              .d0 = kPlannedDecisiveRate}),
      upper_(
          {.theta0 = rule_.margin, .side = Side::kLess, .delta1 = 0, .d0 = kPlannedDecisiveRate}),
      no_loss_(
          {.theta0 = 0, .side = Side::kLess, .delta1 = kPlannedLoss, .d0 = kPlannedDecisiveRate}) {}

void Monitor::push(std::span<const int> values, std::int64_t n_without_value) {
    ASSAY_CHECK(n_without_value >= 0);
    const std::vector<double> means(values.begin(), values.end());
    const auto n = static_cast<std::int64_t>(means.size());
    push({.means = means, .n_verdicts = n, .n_settled = n + n_without_value});
}

void Monitor::push(const Factor& factor) {
    ASSAY_CHECK(factor.n_settled > 0 && factor.n_settled >= factor.n_verdicts);
    ASSAY_CHECK(factor.n_verdicts >= static_cast<std::int64_t>(factor.means.size()));
    ASSAY_CHECK(n_settled_ + factor.n_settled <= rule_.n_planned);
    if (!factor.means.empty()) {
        add_factor(factor);
    }
    n_settled_ += factor.n_settled;
    decision_.reset();
    if (at_end()) {
        ++n_looks_;
        last_look_ = kGroupSequentialLooks;
        decision_ = look_at_interval(rule_.alpha_end, false);
    } else if (rule_.design == StoppingDesign::kHybrid && !factor.means.empty()) {
        ++n_looks_;
        decision_ = look_at_processes();
    } else if (rule_.design == StoppingDesign::kGroupSequential) {
        // A large cluster may jump over a look; the one that it lands on allows for that.
        const std::int64_t look = n_settled_ * kGroupSequentialLooks / rule_.n_planned;
        if (look > last_look_) {
            ++n_looks_;
            last_look_ = look;
            decision_ = look_at_interval(
                normal_upper(rule_.boundaries[static_cast<std::size_t>(look - 1)]), true);
        }
    }
}

void Monitor::add_factor(const Factor& pushed) {
    double sum = 0;
    for (const double mean : pushed.means) {
        ASSAY_CHECK(mean >= -1 && mean <= 1);
        sum += mean;
        values_.push_back(mean);
        owners_.push_back(n_factors());
    }
    n_verdicts_ += pushed.n_verdicts;
    const double factor = sum / static_cast<double>(pushed.means.size());
    factors_.push_back(factor);
    sum_of_factors_ += factor;
    if (rule_.design != StoppingDesign::kHybrid) {
        return;
    }
    for (Watch* watch : {&lower_, &upper_, &no_loss_}) {
        watch->push(factor);
    }
}

/// Cheap, and true whenever look_at_processes() can come to a decision.
bool Monitor::may_have_crossed() const {
    const double threshold = -std::log(rule_.alpha_looks);
    const auto crossed = [&](const Watch& watch) {
        return watch.best_log_e >= threshold && watch.best_log_geometric_e >= threshold;
    };
    return (crossed(lower_) && crossed(upper_)) || crossed(no_loss_);
}

const Interval& Monitor::running_sequence() {
    for (; n_replayed_ < factors_.size(); ++n_replayed_) {
        count(seen_, factors_[n_replayed_]);
        running_ = confidence_sequence_of_values(seen_, 1 - 2 * rule_.alpha_looks, running_);
    }
    return running_;
}

std::optional<MonitorDecision> Monitor::look_at_processes() {
    if (!may_have_crossed()) {
        return std::nullopt;
    }
    const Interval shown = running_sequence();
    const double mean = sum_of_factors_ / static_cast<double>(factors_.size());
    const Region region = region_of(shown.low, shown.high, rule_.margin);
    // An order that was not drawn at random can leave an interval that is empty or far from the
    // estimate.
    const bool holds_the_estimate = shown.low <= mean && mean <= shown.high;
    if (!holds_the_estimate || (region != Region::kEquivalent && region != Region::kDegraded)) {
        return std::nullopt;
    }
    MonitorDecision out{.early = true,
                        .region = region,
                        .interval = {mean_of_questions(), shown.low, shown.high},
                        .tail = rule_.alpha_looks,
                        .anytime = true,
                        .method = {}};
    out.method = method_of(out);
    return out;
}

std::optional<MonitorDecision> Monitor::look_at_interval(double tail, bool early) const {
    if (values_.empty() || tail <= 0) {
        return std::nullopt;  // 0: a boundary at infinity, where alpha is tiny
    }
    QuestionMeans questions;
    for (const double value : values_) {
        count(questions.values, value);
    }
    if (is_dependent()) {
        if (factors_.size() < 2) {
            return std::nullopt;
        }
        questions.df = static_cast<double>(factors_.size() - 1);
    }
    if (factors_.size() < values_.size()) {
        questions.design_effect = design_effect_to_use(*cluster_mean(values_, owners_, 0.9));
    }
    const auto interval = deciding_interval(questions, tail);
    MonitorDecision out{.early = early,
                        .region = region_of(interval->low, interval->high, rule_.margin),
                        .interval = {mean_of_questions(), interval->low, interval->high},
                        .tail = tail,
                        .anytime = false,
                        .method = {}};
    if (early && out.region != Region::kEquivalent && out.region != Region::kDegraded) {
        return std::nullopt;
    }
    out.method = method_of(out);
    return out;
}

double Monitor::mean_of_questions() const {
    double sum = 0;
    for (const double value : values_) {
        sum += value;
    }
    return sum / static_cast<double>(values_.size());
}

std::string Monitor::method_of(const MonitorDecision& decision) const {
    const bool clustered = factors_.size() < values_.size();
    if (decision.anytime) {
        return fmt::format(
            "confidence sequence{} (betting; valid at any look, here look {})",
            clustered ? fmt::format(" of the mean over {} clusters", factors_.size()) : "",
            n_looks_);
    }
    std::string out = clustered ? "effective-count score interval" : "Tango score interval";
    if (n_verdicts_ > static_cast<std::int64_t>(values_.size())) {
        out = "question score interval";
    }
    if (rule_.design == StoppingDesign::kGroupSequential) {
        out += fmt::format(" at the O'Brien-Fleming boundary of look {} of {}, {:.3f}",
                           last_look_,
                           kGroupSequentialLooks,
                           rule_.boundaries[static_cast<std::size_t>(last_look_ - 1)]);
    }
    return out;
}

double Monitor::alpha_spent() const {
    if (n_looks_ == 0) {
        return 0;
    }
    if (at_end()) {
        return rule_.alpha;
    }
    if (rule_.design == StoppingDesign::kHybrid) {
        return rule_.alpha_looks;
    }
    const double share = static_cast<double>(last_look_) / kGroupSequentialLooks;
    return 2 * normal_upper(normal_upper_quantile(rule_.alpha / 2) / std::sqrt(share));
}

double Monitor::p_lower() const {
    return std::exp(-lower_.best_log_e);
}

double Monitor::p_upper() const {
    return std::exp(-upper_.best_log_e);
}

}  // namespace assay::stats
