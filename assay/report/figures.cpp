#include "assay/report/figures.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "assay/records/names.hpp"

namespace assay::report {
namespace {

/// Digits after the point that make about three significant ones.
int n_decimals(double value) {
    if (value >= 99.95) {
        return 0;
    }
    return value >= 9.995 ? 1 : 2;
}

}  // namespace

std::string points(double share) {
    const double rounded = std::round(share * 1000) / 10;
    return rounded == 0 ? "0.0" : fmt::format("{:+.1f}", rounded);
}

std::string percent(double share) {
    return fmt::format("{:.1f} %", share * 100);
}

std::string percent_of(std::int64_t part, std::int64_t whole) {
    return whole <= 0 ? std::string(kNotMeasured)
                      : percent(static_cast<double>(part) / static_cast<double>(whole));
}

std::string p_value(double p) {
    return p < 0.0001 ? "< 0.0001" : fmt::format("{:.4f}", p);
}

std::string confidence_level(double confidence) {
    return fmt::format("{:.4g} %", confidence * 100);
}

std::string points_with_interval(const Estimate& e) {
    if (!e.value) {
        return std::string(kNotMeasured);
    }
    if (!e.low || !e.high) {
        return points(*e.value);
    }
    return fmt::format("{} [{}, {}]", points(*e.value), points(*e.low), points(*e.high));
}

std::string rate_with_interval(const Estimate& e) {
    if (!e.value) {
        return e.why.empty() ? std::string(kNotMeasured) : "undefined: " + e.why;
    }
    if (!e.low || !e.high) {
        return percent(*e.value);
    }
    return fmt::format("{} [{:.1f}, {:.1f}]", percent(*e.value), *e.low * 100, *e.high * 100);
}

std::string short_bytes(std::uint64_t bytes) {
    static constexpr std::array<const char*, 5> kUnits{"B", "kB", "MB", "GB", "TB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 999.5 && unit + 1 < kUnits.size()) {
        value /= 1000;
        ++unit;
    }
    const int decimals = unit == 0 ? 0 : n_decimals(value);
    return fmt::format("{:.{}f} {}", value, decimals, kUnits[unit]);
}

std::string figure_or_not_measured(double value) {
    if (!(value > 0)) {
        return std::string(kNotMeasured);
    }
    return fmt::format("{:.{}f}", value, n_decimals(value));
}

std::string decision_words(const Decision& decision) {
    if (decision.label == DecisionLabel::kDegraded && !decision.beyond_margin) {
        return decision.on_these_questions
                   ? "worse on these questions; by more than the margin is not settled"
                   : "worse; by more than the margin is not settled";
    }
    return words_of(decision);
}

namespace {

/// How many more questions each claim needs, if the two are alike. decision.n_more is there.
std::string further_words(const Decision& decision) {
    const std::int64_t to_ship = decision.n_more_ship.value_or(0);
    if (to_ship == 0) {
        return fmt::format("; about {} more question{} needed to show that they are equivalent",
                           *decision.n_more,
                           *decision.n_more == 1 ? " is" : "s are");
    }
    return fmt::format(
        "; about {} more question{} needed to show that it may ship, {} that they are equivalent",
        to_ship,
        to_ship == 1 ? " is" : "s are",
        *decision.n_more);
}

}  // namespace

std::string decision_sentence(const Decision& decision) {
    std::string out = decision_words(decision);
    const bool within = decision.label == DecisionLabel::kEquivalent;
    if (within && decision.detectably_worse) {
        out += ", though detectably worse (within the margin)";
    }
    if (decision.label != DecisionLabel::kDegraded && decision.detectably_better) {
        out += within ? ", and detectably better (within the margin)" : ", and detectably better";
    }
    if (decision.n_more && *decision.n_more > 0) {
        out += further_words(decision);
    }
    return out;
}

std::string_view damage_words(Damage damage) {
    switch (damage) {
        case Damage::kNumber: return "a number or unit";
        case Damage::kNegation: return "a negation";
        case Damage::kExchange: return "names exchanged";
        case Damage::kSentence: return "a sentence of another answer";
        case Damage::kHalf: return "the second half missing";
    }
    return {};
}

std::string_view sight_words(Sight sight) {
    switch (sight) {
        case Sight::kSees: return "seen";
        case Sight::kDoesNot: return "not seen";
        case Sight::kTooFewSay: return "too few to say";
    }
    return {};
}

}  // namespace assay::report
