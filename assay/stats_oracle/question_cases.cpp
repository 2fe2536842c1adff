#include <map>
#include <stdexcept>

#include "assay/stats/choose_samples.hpp"
#include "assay/stats/clusters.hpp"
#include "assay/stats/equivalence.hpp"
#include "assay/stats/further_questions.hpp"
#include "assay/stats/question_score.hpp"
#include "assay/stats/question_variance.hpp"
#include "assay/stats/these_questions.hpp"
#include "assay/stats_oracle/case_table.hpp"

namespace assay::stats_oracle {
namespace {

using namespace assay::stats;

std::vector<ValueCount> question_means(const Inputs& in) {
    std::map<double, std::int64_t> counts;
    for (const double y : in.numbers("y")) {
        ++counts[y];
    }
    std::vector<ValueCount> out;
    for (const auto& [value, count] : counts) {
        out.push_back({value, count});
    }
    return out;
}

Outputs case_question_score_z(const Inputs& in) {
    const std::vector<ValueCount> values = question_means(in);
    std::vector<double> z;
    for (const double delta : in.numbers("delta")) {
        z.push_back(question_score_z(values, delta).value());
    }
    return {{"z", z}};
}

/// With what a design effect and degrees of freedom come from: clusters, or none.
QuestionMeans questions_of(const Inputs& in) {
    QuestionMeans out{.values = question_means(in)};
    const double n = static_cast<double>(n_of(out.values));
    if (!in.is_null("cluster")) {
        const auto clustered = cluster_mean(in.numbers("y"), in.labels("cluster"), 0.90).value();
        out.design_effect = design_effect_to_use(clustered);
        out.df = static_cast<double>(clustered.n_clusters) - 1;
    } else if (!in.truth("one_verdict_each")) {
        out.df = n - 1;
    }
    return out;
}
Outputs case_question_score_interval(const Inputs& in) {
    const QuestionMeans questions = questions_of(in);
    const double margin = in.number("margin");
    const auto interval = deciding_interval(questions, in.number("alpha"));
    const auto tests = tost_score(questions, margin);
    if (!interval || !tests) {
        return Outputs::undefined(
            {"estimate", "low", "high", "design_effect", "df", "p_lower", "p_upper", "label"});
    }
    return {{"estimate", interval->estimate},
            {"low", interval->low},
            {"high", interval->high},
            {"design_effect", questions.design_effect},
            {"df", questions.df == kNormal ? Value() : Value(questions.df)},
            {"p_lower", tests->p_lower},
            {"p_upper", tests->p_upper},
            {"label", region_name(region_of(interval->low, interval->high, margin))}};
}

std::int64_t call_part(double x) {
    const auto out = static_cast<std::int64_t>(x);
    if (static_cast<double>(out) != x) {
        throw std::invalid_argument("a number of a call is not a whole number");
    }
    return out;
}

/// [sample, judge, order, repeat], with what follows left to the caller.
Call call_of(const std::vector<double>& row, std::size_t length) {
    if (row.size() != length) {
        throw std::invalid_argument("a call has another number of parts");
    }
    return {call_part(row[0]), call_part(row[1]), call_part(row[2]), call_part(row[3])};
}

Outputs case_covariance_ladder(const Inputs& in) {
    std::vector<std::vector<CallVerdict>> questions;
    for (const auto& question : in.rows_of_rows("questions")) {
        questions.emplace_back();
        for (const std::vector<double>& row : question) {
            const Call call = call_of(row, 5);
            questions.back().push_back({call, static_cast<int>(call_part(row[4]))});
        }
    }
    const auto r = covariance_ladder(questions);
    if (!r) {
        return Outputs::undefined(
            {"estimate", "variance_of_question_mean", "v", "repeat", "order", "judge", "sample"});
    }
    return {{"estimate", r->estimate},
            {"variance_of_question_mean", r->variance_of_question_mean},
            {"v", r->v},
            {"repeat", r->repeat},
            {"order", r->order},
            {"judge", r->judge},
            {"sample", r->sample}};
}

Outputs case_design_plan(const Inputs& in) {
    const Inputs shares = in.item("covariances");
    const Covariances covariances{.v = shares.number("v"),
                                  .repeat = shares.number("repeat"),
                                  .order = shares.number("order"),
                                  .judge = shares.number("judge"),
                                  .sample = shares.number("sample")};
    std::vector<Call> calls;
    for (const std::vector<double>& row : in.rows("calls")) {
        calls.push_back(call_of(row, 4));
    }
    const DesignPlan r = design_plan(
        covariances,
        calls,
        in.count("n"),
        {.delta = in.number("delta"), .margin = in.number("margin"), .alpha = in.number("alpha")},
        in.number("power"));
    return {{"variance_of_question_mean", r.variance_of_question_mean},
            {"power_equivalent", r.power_equivalent},
            {"power_ship", r.power_ship},
            {"questions_equivalent", r.questions_equivalent},
            {"questions_ship", r.questions_ship}};
}

Outputs case_choose_k(const Inputs& in) {
    const std::string goal = in.text("goal");
    if (goal != "ship" && goal != "equivalent") {
        throw std::invalid_argument("unknown goal \"" + goal + "\"");
    }
    const ChosenSamples r = choose_samples(
        {.second_moment = in.number("second_moment"), .product = in.number("product")},
        {.n = in.count("n"),
         .margin = in.number("margin"),
         .alpha_end = in.number("alpha_end"),
         .power = in.number("power"),
         .goal = goal == "ship" ? SamplesGoal::kShip : SamplesGoal::kEquivalent,
         .most = in.count("k_max"),
         .cluster_design_effect = in.number("cluster_design_effect")});
    return {{"target", r.target}, {"k", r.k}, {"reachable", r.reachable}};
}

Outputs case_further_questions(const Inputs& in) {
    const auto r = further_questions(question_means(in),
                                     {.margin = in.number("margin"),
                                      .alpha = in.number("alpha"),
                                      .power = in.number("power"),
                                      .cluster_design_effect = in.number("cluster_design_effect")});
    if (!r) {
        return Outputs::undefined({"second_moment",
                                   "questions_ship",
                                   "questions_equivalent",
                                   "more_ship",
                                   "more_equivalent"});
    }
    return {{"second_moment", r->second_moment},
            {"questions_ship", r->questions_ship},
            {"questions_equivalent", r->questions_equivalent},
            {"more_ship", r->more_ship},
            {"more_equivalent", r->more_equivalent}};
}

std::optional<TheseQuestions> these_questions(const Inputs& in) {
    const std::string kind = in.text("kind");
    if (kind == "samples") {
        return these_questions_of_samples(in.rows("table"), in.number("alpha"));
    }
    if (kind != "orders") {
        throw std::invalid_argument("unknown kind \"" + kind + "\"");
    }
    std::vector<std::vector<VerdictsOfOrders>> questions;
    for (const auto& judges : in.rows_of_rows("table")) {
        questions.emplace_back();
        for (const std::vector<double>& said : judges) {
            questions.back().push_back({said.at(0), said.at(1)});
        }
    }
    return these_questions_of_orders(questions, in.number("alpha"));
}
Outputs case_these_questions(const Inputs& in) {
    const auto r = these_questions(in);
    if (!r) {
        return Outputs::undefined({"estimate", "se", "questions_with_a_difference", "low", "high"});
    }
    return {{"estimate", r->estimate},
            {"se", r->se},
            {"questions_with_a_difference", r->questions_with_a_difference},
            {"low", r->low},
            {"high", r->high}};
}

}  // namespace

std::vector<Case> question_cases() {
    return {
        {"question_score_z", case_question_score_z},
        {"question_score_interval", case_question_score_interval},
        {"covariance_ladder", case_covariance_ladder},
        {"design_plan", case_design_plan},
        {"choose_k", case_choose_k},
        {"further_questions", case_further_questions},
        {"these_questions", case_these_questions},
    };
}

}  // namespace assay::stats_oracle
