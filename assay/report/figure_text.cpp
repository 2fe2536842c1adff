#include "assay/report/figure_text.hpp"

#include <fmt/format.h>

#include "assay/records/names.hpp"
#include "assay/report/figures.hpp"
#include "assay/report/second_interval.hpp"

namespace assay::report {

Text not_measured() {
    return own_words(kNotMeasured);
}

Text points_text(const Estimate& estimate) {
    return own_words(points_with_interval(estimate));
}

Text rate_text(const Estimate& estimate) {
    const std::string rate = rate_with_interval(estimate);
    return estimate.value ? own_words(rate) : foreign(rate);
}

Text share_text(std::int64_t part, std::int64_t whole) {
    return own_words(percent_of(part, whole));
}

Text p_text(double p) {
    return own_words(p_value(p));
}

Text p_text(const std::optional<double>& p) {
    return p ? p_text(*p) : not_measured();
}

Text level_text(double confidence) {
    return own_words(confidence_level(confidence));
}

Text size_text(std::uint64_t bytes) {
    return own_words(short_bytes(bytes));
}

Text positive_text(double value) {
    return own_words(figure_or_not_measured(value));
}

Text shortest_text(double value) {
    return own_words(fmt::format("{}", value));
}

Text decimals_text(double value, int n) {
    return own_words(fmt::format("{:.{}f}", value, n));
}

Text digits_text(double value, int n) {
    return own_words(fmt::format("{:.{}g}", value, n));
}

Text decision_text(const Decision& decision) {
    return own_words(decision_words(decision));
}

Text decision_sentence_text(const Decision& decision) {
    return own_words(decision_sentence(decision));
}

Text second_interval_text(const ComparisonAnalysis& analysis) {
    return second_interval_contradicts(analysis) ? Text(" (second interval disagrees)") : Text();
}

Text not_claimed_text(const Decision& decision) {
    return decision.claimed.value_or(true) ? Text() : Text(" (not claimed)");
}

Text confidence_text(Confidence level) {
    return level == Confidence::kNone ? Text("none given") : own_words(name_of(level));
}

Text outcome_text(OutcomeKind kind) {
    return own_words(name_of(kind));
}

Text role_text(Role role) {
    return own_words(name_of(role));
}

}  // namespace assay::report
