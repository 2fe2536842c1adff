#include "audit_builder.hpp"

namespace assay::report {
namespace {

Estimate of(double value,
            double low,
            double high,
            std::int64_t n,
            std::string method = "Wilson score interval") {
    return {value, low, high, 0.95, n, std::move(method), ""};
}

Estimate none(std::string why) {
    Estimate out;
    out.why = std::move(why);
    return out;
}

ControlsSummary controls(std::int64_t n_lost) {
    ControlsSummary c;
    c.n_identical = c.n_swapped = 20;
    c.n_preferred = c.n_first_preferred = 1;
    c.n_swapped_lost = n_lost;
    c.swapped_lost = of(
        static_cast<double>(n_lost) / 20, 0.62, 0.97, 20, "Clopper-Pearson interval");
    c.side_preferred = of(0.05, 0.001, 0.249, 20, "Clopper-Pearson interval");
    c.n_truncated = 20;
    c.n_truncated_lost = 15;
    c.truncated_lost = of(0.75, 0.509, 0.913, 20, "Clopper-Pearson interval");
    c.passed = true;
    return c;
}

JudgeAudit panel() {
    JudgeAudit j;
    j.name = "panel-1";
    j.provider = "openai";
    j.model = "sim-<1>";
    j.decides = true;
    j.controls = controls(17);
    j.controls_by_confidence = {{Confidence::kHigh, 15, 0, 18, 17}, {Confidence::kLow, 5, 1, 2, 0}};
    j.position.emplace();
    j.position->first_shown_wins = 60;
    j.position->second_shown_wins = 33;
    j.position->bias = of(0.175, 0.06, 0.29, 154, "stratified");
    j.repeats = RepeatStability{40, 36, of(0.9, 0.769, 0.96, 40), 0.1, 0.86};
    j.flips = Flips{77, 30, of(0.39, 0.288, 0.501, 77)};
    j.length = {90, 60, of(0.667, 0.564, 0.755, 90)};
    j.with_people = {{Confidence::kHigh, 30, 24, of(0.8, 0.627, 0.905, 30)},
                     {Confidence::kNone, 10, 5, of(0.5, 0.237, 0.763, 10)}};
    j.with_judges = {{Confidence::kHigh, 100, 61, of(0.61, 0.512, 0.7, 100)}};
    AuditedVariant v;
    v.name = "Q4_K_M";
    v.decision.label = DecisionLabel::kInconclusive;
    v.decision.n_more = 364;
    v.decision.n_more_ship = 219;
    v.net_win_rate = {-0.0195, -0.1219, 0.0834, 0.9, 154, "Tango", ""};
    v.length_control = LengthControl{{-0.15, -0.25, -0.05, 0.9, 154, "fractional logit", ""}, true};
    v.calibration = Calibration{{"people"},
                                40,
                                114,
                                20,
                                -0.2,
                                -0.05,
                                0.62,
                                {-0.16, -0.29, -0.03, 0.9, 174, "prediction-powered", ""},
                                DecisionLabel::kDegraded,
                                true,
                                "It holds if the labels are a random sample."};
    v.variance.n_questions = 154;
    v.variance.v = 0.6;
    v.variance.repeat = 0.54;
    v.variance.order = 0.486;
    v.variance.variance_of_question_mean = 0.543;
    v.variance.equal_share = 0.12;
    v.next_step = NextStep{
        .same = SameQuestions{4, false, 407, 0.844, 136},
        .n_more = 219,
        .n_more_calls = 193,
        .n_new = 373,
        .words =
            "if it is as good, 4 samples a question on the same 154 questions would show that it "
            "may ship with probability 84.4 % (407 further calls), and so would 219 further "
            "questions "
            "(193 calls)",
        .to_confirm =
            "373 new questions asked about as these were, or 136 with 4 samples a "
            "question",
        .no_samples = ""};
    j.variants = {v, v};
    j.variants[1].variance = {};
    j.variants[1].variance.n_questions = 20;
    j.variants[1].variance.why =
        "only 20 questions with a verdict, and below 30 their variance says "
        "too little";
    j.variants[1].next_step.reset();
    j.variants[1].name = "Q8_0";
    j.variants[1].decision = {};
    j.variants[1].decision.label = DecisionLabel::kEquivalent;
    j.variants[1].length_control.reset();
    j.variants[1].calibration->net = none("only 12 comparisons are labelled, and 20 are needed");
    j.variants[1].calibration->n_labelled = 12;
    j.conduct.n = 348;
    j.conduct.n_usable = 340;
    j.conduct.n_invalid = 5;
    j.conduct.n_errors = 1;
    j.conduct.n_refused = 2;
    j.conduct.failed = of(8.0 / 348, 0.0117, 0.0447, 348);
    j.conduct.n_retried = 7;
    j.conduct.n_attempts = 361;
    j.conduct.n_prompt_tokens = 210'400;
    j.conduct.n_reply_tokens = 30'120;
    j.conduct.elapsed_ms = Percentiles{1840, 5300};
    j.conduct.reasoning_characters = Percentiles{212, 480};
    j.conduct.versions = {"sim-1-2025", "sim-1-2026"};
    j.cost = {0.5321, {}, {}, 0.95, 348, "tokens of the replies times the prices", ""};
    j.warnings = {"It passed its controls narrowly: one more mistake would have failed it.",
                  "Its replies name 2 versions of the model (sim-1-2025, sim-1-2026): they may be "
                  "different judges."};
    return j;
}

JudgeAudit metric() {
    JudgeAudit j;
    j.name = j.provider = "reference";
    j.controls = controls(19);
    j.controls_by_confidence = {{Confidence::kNone, 20, 1, 20, 19}};
    j.length.longer_won = none("no win or loss between answers of different length");
    j.cost = none("a metric costs nothing");
    j.conduct.n = j.conduct.n_usable = 300;
    j.conduct.failed = of(0, 0, 0.0126, 300);
    j.conduct.n_attempts = 300;
    AuditedVariant v;
    v.name = "Q4_K_M";
    v.decision.label = DecisionLabel::kEquivalent;
    v.net_win_rate = {-0.01, -0.07, 0.05, 0.9, 154, "Tango", ""};
    j.variants = {v};
    return j;
}

}  // namespace

RunAudit example_audit() {
    RunAudit out;
    out.experiment = "science | <b>";
    out.plan_sha256 = std::string(64, 'p');
    out.n_questions = 174;
    out.judges = {panel(), metric()};
    PairAgreement pair;
    pair.first = "panel-1";
    pair.second = "people";
    pair.n = 40;
    pair.n_same = 29;
    pair.table = {{{10, 4, 1}, {2, 12, 2}, {0, 2, 7}}};
    pair.same = of(0.725, 0.572, 0.839, 40);
    pair.kappa = of(0.58, 0.36, 0.78, 40, "Cohen's kappa, percentile bootstrap over clusters");
    pair.kappa_weighted = of(0.7, 0.5, 0.85, 40, "Cohen's kappa, quadratic weights");
    pair.alpha = of(0.7, 0.49, 0.84, 40, "Krippendorff's alpha, interval");
    PairAgreement ties = pair;
    ties.second = "reference";
    ties.n = ties.n_same = 30;
    ties.table = {{{0, 0, 0}, {0, 30, 0}, {0, 0, 0}}};
    ties.same = of(1, 0.886, 1, 30);
    ties.kappa = ties.kappa_weighted = ties.alpha = none(
        "undefined: the verdicts are all of one kind, so they would agree by chance alone");
    PairAgreement nothing;
    nothing.first = "people";
    nothing.second = "reference";
    nothing.same = nothing.kappa = nothing.kappa_weighted = nothing.alpha = none(
        "no comparison was decided by both");
    out.pairs = {pair, ties, nothing};
    out.panel = PanelAgreement{{"panel-1", "people", "reference"},
                               70,
                               0,
                               0,
                               none("no comparison was decided by all"),
                               of(0.6, 0.42, 0.75, 70),
                               of(0.66, 0.5, 0.8, 70),
                               none("no comparison was decided by all")};
    out.warnings = {"panel-1 and people agree little."};
    return out;
}

}  // namespace assay::report
