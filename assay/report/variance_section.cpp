#include "assay/report/variance_section.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "assay/report/figures.hpp"

namespace assay::report {
namespace {

using OrderedJson = nlohmann::ordered_json;

/// The ways in which two verdicts of a question may differ, the nearest first.
struct RungName {
    std::string_view key;
    std::string_view words;
    std::optional<double> VerdictVariance::*covariance;
};
constexpr std::array kRungNames{
    RungName{"repeat", "asked again", &VerdictVariance::repeat},
    RungName{"order", "in the other order", &VerdictVariance::order},
    RungName{"judge", "by another judge", &VerdictVariance::judge},
    RungName{"sample", "of another sample", &VerdictVariance::sample},
};

OrderedJson number_or_null(const std::optional<double>& value) {
    return value ? OrderedJson(*value) : OrderedJson(nullptr);
}

OrderedJson count_or_null(const std::optional<std::int64_t>& value) {
    return value ? OrderedJson(*value) : OrderedJson(nullptr);
}

void add_ladder(Facts& facts, const AuditedVariant& variant) {
    const VerdictVariance& variance = variant.variance;
    if (!variance.v) {
        facts.add(variant.name, kNotMeasured, variance.why);
        return;
    }
    facts.add(variant.name,
              fmt::format("{:.3f}", *variance.v),
              fmt::format("variance of a verdict, of {} questions", variance.n_questions));
    for (const RungName& rung : kRungNames) {
        const auto correlation = variance.correlation(rung.covariance);
        std::string remark = correlation ? "correlation of two verdicts of a question" : "";
        if (variance.*rung.covariance && !correlation) {
            remark = "no verdict differs from another";
        }
        facts.add(
            fmt::format("{}, {}", variant.name, rung.words),
            correlation ? fmt::format("{:.2f}", *correlation) : std::string("not measured here"),
            remark);
    }
}

}  // namespace

Section variance_section(std::span<const AuditedVariant> variants) {
    Section out{"Variance of verdicts, and the next step"};
    Facts facts;
    for (const AuditedVariant& variant : variants) {
        add_ladder(facts, variant);
    }
    out.add(std::move(facts));
    const NextStep* any = nullptr;
    for (const AuditedVariant& variant : variants) {
        if (variant.next_step) {
            any = &*variant.next_step;
            out.add(Paragraph{say("{}: {}. To confirm: {}.",
                                  foreign(variant.name),
                                  foreign(any->words),
                                  foreign(any->to_confirm))});
        }
    }
    if (any == nullptr) {
        return out;
    }
    if (!any->no_samples.empty()) {
        out.add(Paragraph{say("Note: {}.", foreign(any->no_samples))});
    }
    out.add(Paragraph{
        "Whatever is added to questions whose decision was shown is exploratory. What confirms is "
        "new questions in a run of their own, with the design fixed beforehand."});
    return out;
}

std::string variance_to_json(const VerdictVariance& variance) {
    OrderedJson out{{"n_questions", variance.n_questions}, {"v", number_or_null(variance.v)}};
    OrderedJson covariances, correlations;
    for (const RungName& rung : kRungNames) {
        covariances[std::string(rung.key)] = number_or_null(variance.*rung.covariance);
        correlations[std::string(rung.key)] = number_or_null(variance.correlation(rung.covariance));
    }
    out["covariances"] = std::move(covariances);
    out["correlations"] = std::move(correlations);
    out["variance_of_question_mean"] = number_or_null(variance.variance_of_question_mean);
    out["equal_share"] = variance.equal_share;
    out["icc"] = number_or_null(variance.icc);
    out["why"] = variance.why.empty() ? OrderedJson(nullptr) : OrderedJson(variance.why);
    return out.dump();
}

std::string next_step_to_json(const std::optional<NextStep>& step) {
    if (!step) {
        return "null";
    }
    OrderedJson same;
    if (step->same) {
        same = {{"n_samples", step->same->n_samples},
                {"both_orders", step->same->both_orders},
                {"n_calls", step->same->n_calls},
                {"chance", step->same->chance},
                {"n_new", count_or_null(step->same->n_new)}};
    }
    const OrderedJson out{
        {"same_questions", std::move(same)},
        {"n_more", count_or_null(step->n_more)},
        {"n_more_calls", count_or_null(step->n_more_calls)},
        {"n_new", count_or_null(step->n_new)},
        {"calls_cost_nothing", step->calls_cost_nothing},
        {"no_samples",
         step->no_samples.empty() ? OrderedJson(nullptr) : OrderedJson(step->no_samples)}};
    return out.dump();
}

}  // namespace assay::report
