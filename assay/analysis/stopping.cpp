// Problem: verdicts come in any order, some fail and are tried again, and judging should stop as
// soon as the evidence is enough. Whoever looks often finds something by chance.
//
// Model: the comparisons have an order that was drawn before the first verdict. Stopping takes them
// strictly in this order and hands them to stats::Monitor in factors: all comparisons of a cluster
// or question at once, because they depend on each other and count as one observation.
//
// Invariants: what is taken is a prefix of the order without a gap, so it is a random sample of
// all; a comparison that waits for its verdict holds up all behind it. The state depends on the
// outcomes in that prefix only, not on when they came: a run that goes on and the report come to
// the same stop. After a stop nothing more is taken, so later verdicts cannot take the decision
// back.
//
// It ends because n_taken only grows, up to the number of planned comparisons; at that number
// Monitor decides by the rule of the end.

#include "assay/analysis/stopping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "assay/analysis/evidence.hpp"
#include "assay/analysis/phrases.hpp"
#include "assay/analysis/small_sample.hpp"
#include "assay/analysis/tally.hpp"
#include "assay/base/result.hpp"
#include "assay/records/names.hpp"

namespace assay::analysis {
namespace {

/// A cluster or question whose comparisons do not stand together; nothing: they all do.
std::optional<std::string> torn_owner(std::span<const Outcome> in_order) {
    std::set<std::string> begun;
    std::string last;
    for (const Outcome& outcome : in_order) {
        const std::string owner = owner_of(outcome);
        if (owner == last) {
            continue;
        }
        if (!begun.insert(owner).second) {
            return outcome.cluster ? fmt::format("cluster \"{}\"", *outcome.cluster)
                                   : fmt::format("question \"{}\"", outcome.question_id);
        }
        last = owner;
    }
    return std::nullopt;
}

bool is_extended(std::span<const Outcome> in_order, const JudgingPlan& plan) {
    return static_cast<std::int64_t>(in_order.size()) > plan.n_planned;
}

/// Empty: early stopping is possible.
std::string why_refused(std::span<const Outcome> in_order,
                        const JudgingPlan& plan,
                        const AnalysisSettings& settings) {
    if (settings.stopping == "none") {
        return "";
    }
    if (settings.on_these_questions()) {
        return "Early stopping is off: the decision is about exactly these questions, so all of "
               "them are judged.";
    }
    if (plan.looks_at_samples) {
        return "The samples are looked at once.";
    }
    if (plan.judge_costs_nothing) {
        return "Early stopping is off: this judge costs nothing, so it would lose power and save "
               "nothing.";
    }
    if (is_extended(in_order, plan)) {
        return fmt::format(
            "Early stopping is off: {} were planned when judging began and there are {} now. What "
            "a run says that was "
            "extended once its decision could be seen is exploratory; to confirm it, judge new "
            "questions in a run of "
            "their own.",
            count_of(plan.n_planned, "comparison"),
            in_order.size());
    }
    if (plan.n_samples > 1) {
        return fmt::format(
            "Early stopping is off: each question has {} samples, and the number was fixed before.",
            plan.n_samples);
    }
    if (plan.panel) {
        return "Early stopping is off: a panel decides, and each question has a verdict of each of "
               "its judges.";
    }
    if (const auto owner = torn_owner(in_order)) {
        return fmt::format(
            "Early stopping is off: the comparisons of {} do not stand together in the order of "
            "judging, and dependent "
            "comparisons count as one observation.",
            *owner);
    }
    return "";
}

/// The look asked for more samples, or for no more, and all of them are judged.
bool is_behind_the_look(std::span<const Outcome> in_order, const JudgingPlan& plan) {
    return plan.look && !plan.look->stopped && plan.n_samples == plan.look->n_samples &&
           std::none_of(in_order.begin(), in_order.end(), [](const Outcome& outcome) {
               return outcome.kind == OutcomeKind::kNotJudged;
           });
}

/// An extended run may have been looked at before, so its end keeps the level that the looks left.
stats::MonitorRule rule_of(std::span<const Outcome> in_order,
                           const JudgingPlan& plan,
                           const AnalysisSettings& settings,
                           bool refused,
                           bool is_behind_the_look) {
    const auto n = static_cast<std::int64_t>(in_order.size());
    if (plan.looks_at_samples) {
        stats::MonitorRule rule = stats::make_monitor_rule(
            stats::StoppingDesign::kHybrid, n, settings.margin, settings.alpha);
        rule.design = stats::StoppingDesign::kNone;
        rule.alpha_end = is_behind_the_look ? rule.alpha_end : rule.alpha_looks;
        return rule;
    }
    const bool keeps_level = !plan.judge_costs_nothing && (!refused || is_extended(in_order, plan));
    const auto design = keeps_level ? stopping_design(settings.stopping)
                                    : stats::StoppingDesign::kNone;
    stats::MonitorRule rule = stats::make_monitor_rule(design, n, settings.margin, settings.alpha);
    if (refused) {
        rule.design = stats::StoppingDesign::kNone;
    }
    return rule;
}

std::string label_words(stats::Region region) {
    return region == stats::Region::kEquivalent ? "equivalent" : "degraded";
}

}  // namespace

stats::StoppingDesign stopping_design(std::string_view name) {
    if (name == "hybrid") {
        return stats::StoppingDesign::kHybrid;
    }
    if (name == "group-sequential") {
        return stats::StoppingDesign::kGroupSequential;
    }
    ASSAY_CHECK(name == "none");
    return stats::StoppingDesign::kNone;
}

Stopping::Stopping(std::span<const Outcome> in_order,
                   const JudgingPlan& plan,
                   const AnalysisSettings& settings)
    : plan_(plan),
      alpha_(settings.alpha),
      design_(settings.stopping),
      state_{.n_leading = static_cast<std::int64_t>(in_order.size()),
             .refused = why_refused(in_order, plan, settings)},
      is_behind_the_look_(is_behind_the_look(in_order, plan)),
      monitor_(rule_of(in_order, plan, settings, !state_.refused.empty(), is_behind_the_look_)) {
    if (!state_.refused.empty()) {
        design_ = "none";
    }
    for (const Outcome& outcome : in_order) {
        std::string owner = owner_of(outcome);
        if (!places_.empty()) {
            places_.back().ends_factor = owner != places_.back().owner;
        }
        places_.push_back({std::move(owner), true});
    }
}

bool Stopping::push(const Outcome& outcome) {
    const bool waits = outcome.kind == OutcomeKind::kNotJudged ||
                       outcome.kind == OutcomeKind::kError;
    if (state_.stopped || waits || state_.n_taken == static_cast<std::int64_t>(places_.size())) {
        return false;
    }
    const Place& place = places_[static_cast<std::size_t>(state_.n_taken)];
    ASSAY_CHECK(owner_of(outcome) == place.owner);
    add(questions_[outcome.question_id], outcome.kind, Failed::kLeftOut);
    if (value_of(outcome.kind)) {
        ++n_counted_;
        n_identical_ += outcome.identical;
    } else {
        n_failed_ += outcome.kind == OutcomeKind::kInvalid || outcome.kind == OutcomeKind::kRefused;
        n_left_out_ += outcome.kind == OutcomeKind::kNoAnswerBaseline;
    }
    ++state_.n_taken;
    if (place.ends_factor) {
        close_factor();
    }
    return true;
}

void Stopping::close_factor() {
    std::vector<double> means;
    std::int64_t n_verdicts = 0, n_settled = 0;
    for (const auto& [id, verdicts] : questions_) {
        n_settled += verdicts.calls;
        if (verdicts.counts()) {
            n_verdicts += verdicts.n();
            means.push_back(verdicts.mean());
        }
    }
    monitor_.push({.means = means, .n_verdicts = n_verdicts, .n_settled = n_settled});
    questions_.clear();
    const std::int64_t n_unknown = n_failed_ + n_left_out_;
    const bool holds_off = more_than_5_percent(n_unknown, n_counted_ + n_unknown) ||
                           n_counted_ == n_identical_ || monitor_.n_factors() < kIntervalAlone;
    if (!monitor_.decision() || !monitor_.decision()->early || holds_off) {
        return;
    }
    state_.stopped = true;
    state_.n_leading = state_.n_taken;
}

void Stopping::advance(std::span<const Outcome> in_order) {
    ASSAY_CHECK(in_order.size() == places_.size());
    while (state_.n_taken < static_cast<std::int64_t>(in_order.size()) &&
           push(in_order[static_cast<std::size_t>(state_.n_taken)])) {
    }
}

bool Stopping::may_decide() const {
    if (!plan_.looks_at_samples || plan_.is_looking) {
        return true;
    }
    return plan_.look && (plan_.look->stopped || is_behind_the_look_);
}

double Stopping::tail() const {
    return state_.stopped ? monitor_.decision()->tail : monitor_.rule().alpha_end;
}

StoppingSummary Stopping::summary_of_samples() const {
    StoppingSummary out;
    out.design = "hybrid";
    out.n_planned = out.n_used = static_cast<std::int64_t>(places_.size());
    out.of_samples = true;
    if (!plan_.look) {
        out.alpha_share = stats::kShareOfLooks;
        out.sentence = fmt::format(
            "The look at the first {} samples of each question is still to come, and until then "
            "nothing is decided.",
            kFirstSamples);
        return out;
    }
    const TakenLook& look = *plan_.look;
    out.looks = 1;
    out.stopped_early = look.stopped;
    out.alpha_share = is_behind_the_look_ ? 1 - stats::kShareOfLooks : stats::kShareOfLooks;
    out.alpha_spent = is_behind_the_look_ ? alpha_ : tail();
    if (look.stopped) {
        out.sentence = fmt::format(
            "The look at {} samples of each question ended it as {}, and the interval is valid for "
            "that.",
            look.n_samples,
            name_of(look.label));
        return out;
    }
    out.sentence = fmt::format(
        "The look at {} samples of each question asked for {}; {}.",
        kFirstSamples,
        look.n_samples == kFirstSamples ? std::string("no more")
                                        : fmt::format("{} in all", look.n_samples),
        is_behind_the_look_ ? fmt::format("all of them are judged, and the {} interval decides",
                                          percent_level(1 - 2 * tail()))
                            : std::string("until all of them are judged nothing is decided"));
    if (!look.reachable) {
        out.sentence += look.questions_needed
                            ? fmt::format(
                                  " It is the most that are asked for; about {} questions "
                                  "with as many samples have the wanted power.",
                                  *look.questions_needed)
                            : std::string(" It is the most that are asked for.");
    }
    return out;
}

StoppingSummary Stopping::summary() const {
    if (plan_.looks_at_samples) {
        return summary_of_samples();
    }
    StoppingSummary out;
    out.design = design_;
    out.n_planned = static_cast<std::int64_t>(places_.size());
    out.n_used = state_.n_leading;
    out.looks = monitor_.n_looks();
    out.stopped_early = state_.stopped;
    out.alpha_spent = monitor_.alpha_spent();
    out.sentence = state_.refused;
    if (state_.stopped) {
        const stats::MonitorDecision& decision = *monitor_.decision();
        out.sentence = fmt::format(
            "Judging stopped early as {}, after {} of {} (look {}, {} design), and the interval is "
            "valid for that; the "
            "p values of the sign test make no allowance for it.",
            label_words(decision.region),
            out.n_used,
            count_of(out.n_planned, "planned comparison"),
            out.looks,
            design_);
    } else if (out.sentence.empty()) {
        out.sentence = sentence_of_the_end();
    }
    return out;
}

std::string Stopping::sentence_of_the_end() const {
    const std::string level = percent_level(1 - 2 * tail());
    if (design_ == "none") {
        return fmt::format("Without early stopping: the {} interval of all comparisons decides.",
                           level);
    }
    if (state_.n_taken < state_.n_leading) {
        return fmt::format(
            "{} of {} are settled without a gap, and no look up to there has stopped judging ({} "
            "design).",
            state_.n_taken,
            count_of(state_.n_leading, "planned comparison"),
            design_);
    }
    return fmt::format(
        "Judging went to the end of the plan: {}, none of which stopped it ({} design), so the {} "
        "interval decides.",
        count_of(monitor_.n_looks(), "look"),
        design_,
        level);
}

Stopping stopping_of(std::span<const Outcome> in_order,
                     const JudgingPlan& plan,
                     const AnalysisSettings& settings) {
    Stopping stopping(in_order, plan, settings);
    stopping.advance(in_order);
    return stopping;
}

std::vector<stats::ValueCount> factors_of(std::span<const Outcome> leading, Failed failed) {
    struct Sum {
        double sum = 0;
        double n = 0;
    };
    const Dependence dependence(leading);
    const std::vector<QuestionVerdicts> questions = verdicts_by_question(
        leading, dependence, failed);
    std::vector<bool> taken(questions.size(), false);
    std::vector<Sum> owners(dependence.n_clusters);
    for (std::size_t i = 0; i < leading.size(); ++i) {
        const std::uint32_t question = dependence.question[i];
        if (!taken[question] && questions[question].counts()) {
            owners[dependence.cluster[i]].sum += questions[question].mean();
            ++owners[dependence.cluster[i]].n;
        }
        taken[question] = true;
    }
    std::map<double, std::int64_t> counts;
    for (const Sum& owner : owners) {
        if (owner.n > 0) {
            ++counts[owner.sum / owner.n];
        }
    }
    std::vector<stats::ValueCount> out;
    for (const auto& [value, count] : counts) {
        out.push_back({value, count});
    }
    return out;
}

}  // namespace assay::analysis
