#include "assay/run/build_comparison.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "assay/analysis/analyse.hpp"
#include "assay/analysis/cluster_interval.hpp"
#include "assay/base/text.hpp"
#include "assay/pairing/draw.hpp"
#include "assay/pairing/unblind.hpp"
#include "assay/records/dependence.hpp"
#include "assay/run/tag_counter.hpp"

namespace assay::run {
namespace {

/// Why there is nothing to compare: the answer that is missing. Null: it is not drawn yet.
const Answer* missing_answer(const std::optional<Answer>& baseline,
                             const std::optional<Answer>& variant) {
    if (baseline && baseline->stop_reason == StopReason::kFailed) {
        return &*baseline;
    }
    return variant && was_not_given(*variant) ? &*variant : nullptr;
}

/// Fills the items of one variant and judge, question by question, and puts their outcomes into the
/// order of judging.
class Unblinding {
 public:
    Unblinding(const StoredRun& stored, std::size_t variant, const StoredJudge& judge)
        : stored_(stored),
          judge_(judge),
          comparisons_(judge.asked[variant].in_order),
          baseline_(stored.judged_answers(0)),
          variant_(stored.judged_answers(variant)),
          in_order_(comparisons_.size()),
          item_of_(comparisons_.size()) {
        std::map<std::string, std::vector<std::size_t>> places;  // by pair of answers
        for (std::size_t place = 0; place < comparisons_.size(); ++place) {
            places[pair_of(comparisons_[place])].push_back(place);
        }
        const std::size_t n = stored.questions.size();
        const std::vector<std::string>& of_baseline = stored.facts.variants[0].keys_for_judges();
        const std::vector<std::string>& of_variant = stored.facts.variants[variant]
                                                         .keys_for_judges();
        for (std::size_t q = 0; q < n; ++q) {
            for (std::size_t i = q; i < of_variant.size(); i += n) {
                add_pair(i,
                         places[pairing::comparison_id(
                             stored.questions[q].id, of_baseline[i], of_variant[i])]);
            }
        }
    }

    /// Those of comparisons first, then those of questions without one.
    [[nodiscard]] const std::vector<Outcome>& in_order() const { return in_order_; }
    [[nodiscard]] std::vector<report::JudgedItem>& items() { return items_; }
    /// The item of the comparison at this place of the order.
    [[nodiscard]] report::JudgedItem& item_at(std::size_t place) { return items_[item_of_[place]]; }

 private:
    /// The id of the first comparison of the same two answers.
    [[nodiscard]] static std::string pair_of(const Comparison& comparison) {
        return pairing::comparison_id(
            comparison.question_id, comparison.baseline_answer_key, comparison.variant_answer_key);
    }

    /// Of answers number q.
    void add_pair(std::size_t q, const std::vector<std::size_t>& places) {
        const Question& question = stored_.question_at(q);
        report::JudgedItem item;
        item.sample = static_cast<int>(q / stored_.questions.size());
        item.question = question.text;
        item.expected = question.expected;
        item.alternatives = question.alternatives;
        if (baseline_[q]) {
            item.baseline_answer = baseline_[q]->text;
        }
        if (variant_[q]) {
            item.variant_answer = variant_[q]->text;
        }
        if (places.empty()) {
            add_without_comparison(q, std::move(item));
            return;
        }
        for (const std::size_t place : places) {
            fill(item, q, comparisons_[place]);
            in_order_[place] = item.outcome;
            item_of_[place] = items_.size();
            items_.push_back(item);
        }
    }

    void add_without_comparison(std::size_t q, report::JudgedItem item) {
        item.outcome.question_id = stored_.question_at(q).id;
        item.outcome.cluster = stored_.question_at(q).cluster;
        item.outcome.kind = OutcomeKind::kNotJudged;
        if (const Answer* missing = missing_answer(baseline_[q], variant_[q])) {
            item.outcome.kind = OutcomeKind::kNoAnswerBaseline;
            item.failure = missing->failure;
        }
        const int n_orders = judge_.facts.both_orders ? 2 : 1;
        item.outcome.sample = item.sample;
        for (int order = 0; order < n_orders; ++order) {
            item.outcome.variant_is_a = order > 0;  // told apart, as if it had been drawn
            in_order_.push_back(item.outcome);
            items_.push_back(item);
        }
    }

    void fill(report::JudgedItem& item, std::size_t q, const Comparison& comparison) const {
        const Verdict* verdict = judge_.verdict(comparison.id);
        item.comparison_id = comparison.id;
        item.outcome = pairing::make_outcome(
            stored_.question_at(q),
            comparison,
            verdict != nullptr ? std::optional(*verdict) : std::nullopt);
        item.outcome.sample = item.sample;
        if (judge_.unbound.turned.contains(comparison.id)) {
            item.outcome.variant_is_a = !item.outcome.variant_is_a;
        }
        if (variant_[q] && baseline_[q]) {
            item.outcome.baseline_length = n_characters(baseline_[q]->text);
            item.outcome.length_difference = n_characters(variant_[q]->text) -
                                             *item.outcome.baseline_length;
        }
        item.verdict.reset();
        item.failure.clear();
        if (item.outcome.kind == OutcomeKind::kNoAnswerBaseline) {
            item.failure = "neither side says anything";
        }
        if (verdict != nullptr) {
            item.verdict = verdict->state;
            item.failure = verdict->failure;
        } else if (comparison.variant_failed && variant_[q]) {
            item.failure = variant_[q]->failure;
        }
    }

    const StoredRun& stored_;
    const StoredJudge& judge_;
    const std::vector<Comparison>& comparisons_;
    const std::vector<std::optional<Answer>>& baseline_;
    const std::vector<std::optional<Answer>>& variant_;
    std::vector<Outcome> in_order_;
    std::vector<std::size_t> item_of_;
    std::vector<report::JudgedItem> items_;
};

}  // namespace

report::ReportComparison comparison_of(const StoredRun& stored,
                                       std::size_t variant,
                                       const StoredJudge& judge,
                                       const AnalysisSettings& settings) {
    const std::vector<Comparison>& comparisons = judge.asked[variant].in_order;
    Unblinding unblinding(stored, variant, judge);
    const auto n_without = static_cast<std::int64_t>(unblinding.in_order().size() -
                                                     comparisons.size());
    report::ReportComparison out;
    analysis::JudgingPlan plan = stored.judging_plan(variant, judge);
    plan.n_planned += n_without;
    out.analysis = analysis::analyse_in_order(unblinding.in_order(), plan, settings);
    analysis::add_cluster_interval(
        out.analysis, unblinding.in_order(), Dependence(unblinding.in_order()));
    TagCounter tags;
    for (std::size_t place = 0; place < comparisons.size(); ++place) {
        if (is_left_out(out.analysis, place)) {
            unblinding.item_at(place).outcome.kind = OutcomeKind::kNotJudged;
            unblinding.item_at(place).verdict.reset();
        } else if (const Verdict* verdict = judge.verdict(comparisons[place].id)) {
            tags.add(comparisons[place], *verdict);
        }
    }
    out.items = std::move(unblinding.items());
    out.tags = tags.rows();
    out.analysis.variant = stored.variants[variant].name;
    out.analysis.baseline = stored.variants.front().name;
    out.analysis.judge = judge.facts.name;
    return out;
}

}  // namespace assay::run
