#include "report_builder.hpp"

#include <algorithm>
#include <utility>

namespace assay::report {
namespace {

constexpr std::uint64_t kMega = 1'000'000;

ReportVariant variant_of(std::string name,
                         Role role,
                         std::uint64_t size_mb,
                         std::map<std::string, int> types,
                         double speed) {
    ReportVariant v;
    v.variant.name = name;
    v.variant.role = role;
    v.variant.origin = role == Role::kBaseline ? "file" : name + " from " + std::string(64, 'a');
    v.variant.file = {.path = "/models/" + name + ".gguf",
                      .sha256 = std::string(64, static_cast<char>('a' + size_mb % 6)),
                      .size_bytes = size_mb * kMega,
                      .tensor_bytes = size_mb * kMega - 1'500'000,
                      .n_weights = 134'515'008,
                      .tensor_types = std::move(types),
                      .architecture = "llama",
                      .file_type = name.substr(0, name.find('-')),
                      .context_length = 8192,
                      .n_layers = 30,
                      .has_chat_template = true};
    v.engine = {"assay-engine",
                "0.1.0 (llama.cpp v0.5.0 de3ff81)",
                std::string(64, 'e'),
                "x86-64 AVX2, CPU, ubatch 512"};
    v.speed = Speed{
        speed * 10, speed, 16, size_mb * kMega + 200 * kMega, static_cast<double>(size_mb) / 400};
    v.prompt_ms = 4000 / speed;
    v.n_answers = 154;
    v.independence = {8, 8, "8 questions were answered again, each alone."};
    return v;
}

Estimate estimate_of(
    double value, double low, double high, double confidence, std::int64_t n, std::string method) {
    return {value, low, high, confidence, n, std::move(method), {}};
}

ComparisonAnalysis analysis_of(std::string variant,
                               std::string judge,
                               std::int64_t wins,
                               std::int64_t ties,
                               std::int64_t losses,
                               double low,
                               double high,
                               DecisionLabel label) {
    ComparisonAnalysis a;
    a.variant = std::move(variant);
    a.baseline = "SmolLM2-135M-Instruct-F16";
    a.judge = std::move(judge);
    const std::int64_t n = wins + ties + losses, decisive = wins + losses;
    const double win_rate = static_cast<double>(wins) / static_cast<double>(decisive);
    const double net = static_cast<double>(wins - losses) / static_cast<double>(n);
    a.counts = {
        .n_items = n, .n = n, .wins = wins, .ties = ties, .losses = losses, .identical = ties / 2};
    a.win_rate_decisive = estimate_of(win_rate,
                                      std::max(win_rate - 0.1, 0.0),
                                      std::min(win_rate + 0.1, 1.0),
                                      0.95,
                                      decisive,
                                      "Wilson");
    a.loss_rate_decisive = estimate_of(1 - win_rate,
                                       std::max(0.9 - win_rate, 0.0),
                                       std::min(1.1 - win_rate, 1.0),
                                       0.95,
                                       decisive,
                                       "Wilson");
    a.net_win_rate = estimate_of(net, low, high, 0.9, n, "Tango");
    a.score = estimate_of((1 + net) / 2, (1 + low) / 2, (1 + high) / 2, 0.9, n, "Tango");
    a.failure_rate = estimate_of(0, 0, 0.0243, 0.95, n, "Wilson");
    a.sign_test = {0.8358461346, 0.757189, 0.835705};
    a.effect_size = {win_rate > 0.5 ? 2 * win_rate - 1 : 1 - 2 * win_rate, 2 * win_rate - 1, {}};
    a.mde = {0.179, 0.149, 0.8, 0.05, "exact", {}};
    a.position = Position{.variant_first = {wins / 2, losses / 2, ties / 2},
                          .variant_second = {wins - wins / 2, losses - losses / 2, ties - ties / 2},
                          .first_shown_wins = decisive / 2 + 1,
                          .second_shown_wins = decisive - decisive / 2 - 1,
                          .bias = estimate_of(0.0065, -0.117, 0.13, 0.95, n, "stratified"),
                          .net_stratified = estimate_of(net, low, high, 0.9, n, "stratified"),
                          .p_sign = 0.917,
                          .p_fisher = {},
                          .p_fisher_method = {}};
    a.confidence = {{Confidence::kHigh, wins, losses / 2, 1},
                    {Confidence::kMedium, 0, losses - losses / 2, ties / 2 - 1},
                    {Confidence::kNone, 0, 0, ties - ties / 2}};
    a.tost = {0.0979, 0.0321, 0.0979, 0.122};
    a.decision.label = label;
    a.worst_case = a.best_case = {a.decision, a.net_win_rate};
    return a;
}

JudgedItem item_of(std::string id,
                   OutcomeKind kind,
                   std::string baseline_answer,
                   std::string variant_answer,
                   std::string reasoning) {
    JudgedItem item;
    item.question = "What is asked in " + id + "?";
    item.expected = "An answer to " + id + ".";
    item.baseline_answer = std::move(baseline_answer);
    item.variant_answer = std::move(variant_answer);
    item.outcome.question_id = std::move(id);
    item.outcome.kind = kind;
    item.outcome.confidence = Confidence::kHigh;
    item.outcome.reasoning = std::move(reasoning);
    item.verdict = VerdictState::kA;
    return item;
}

ReportComparison equivalent() {
    ReportComparison c{
        analysis_of("Q8_0", "panel-1", 10, 133, 11, -0.056, 0.043, DecisionLabel::kEquivalent), {}};
    c.analysis.decision.why = "the interval lies within the margin";
    return c;
}

ReportComparison non_inferior() {
    ReportComparison c{
        analysis_of("Q6_K", "panel-1", 40, 90, 24, 0.021, 0.186, DecisionLabel::kNonInferior), {}};
    c.analysis.decision.detectably_better = true;
    return c;
}

ReportComparison inconclusive() {
    ReportComparison c{
        analysis_of("Q4_K_M", "panel-1", 45, 61, 48, -0.1219, 0.0834, DecisionLabel::kInconclusive),
        {}};
    c.analysis.decision.n_more = 364;
    c.analysis.decision.n_more_ship = 219;
    c.analysis.decision.why = "the interval [-12.2, +8.3] reaches beyond the margin of 10 points";
    c.items = {item_of("q1", OutcomeKind::kWin, "No.", "Yes.", "B is right"),
               item_of("q2",
                       OutcomeKind::kLoss,
                       "Plants take in carbon dioxide.",
                       kNastyAnswer,
                       "A | is <b>right</b>\nB is `not`"),
               item_of("q3", OutcomeKind::kLoss, "100 degrees Celsius", "", "B is empty"),
               item_of("q4", OutcomeKind::kLoss, "Jupiter", "", "")};
    c.items[1].question = "Which | gas?\n<img src=x onerror=alert(1)>";
    c.items[3].outcome.no_answer_variant = true;
    c.items[3].verdict.reset();
    c.items[3].failure = "the engine died on this question twice, alone";
    c.items[3].expected.reset();
    return c;
}

ReportComparison worse_within_margin() {
    ReportComparison c{
        analysis_of("Q3_K_S", "panel-1", 30, 74, 50, -0.217, -0.043, DecisionLabel::kDegraded), {}};
    c.analysis.decision.detectably_worse = true;
    c.analysis.counts.n_items += 5;
    c.analysis.counts.invalid = 3;
    c.analysis.counts.errors = 1;
    c.analysis.counts.refused = 1;
    c.analysis.failure_rate = estimate_of(5.0 / 159, 0.0135, 0.0715, 0.95, 159, "Wilson");
    c.analysis.worst_case.net_win_rate = estimate_of(-0.157, -0.24, -0.07, 0.9, 159, "Tango");
    c.analysis.worst_case.decision = c.analysis.best_case.decision = c.analysis.decision;
    c.analysis.best_case.net_win_rate = c.analysis.net_win_rate;
    c.analysis.clusters = ClusterSummary{.n_clusters = 20,
                                         .largest = 9,
                                         .n_effective = 17.4,
                                         .largest_share = 0.06,
                                         .design_effect = 1.31,
                                         .design_effect_used = 1.31,
                                         .p_sign_flip = {},
                                         .p_sign_flip_method = {},
                                         .why = {}};
    for (int i = 1; i <= 3; ++i) {
        c.items.push_back(item_of("i" + std::to_string(i), OutcomeKind::kInvalid, "x", "y", ""));
    }
    c.items.push_back(item_of("e1", OutcomeKind::kError, "x", "y", ""));
    c.items.push_back(item_of("f1", OutcomeKind::kRefused, "x", "y", ""));
    for (JudgedItem& item : c.items) {
        item.failure = "no verdict in <reply> | of the judge";
    }
    for (int i = 1; i <= 3; ++i) {
        c.items.push_back(item_of("j" + std::to_string(i), OutcomeKind::kInvalid, "x", "y", ""));
    }
    return c;
}

ReportComparison degraded() {
    ReportComparison c{
        analysis_of("Q2_K", "panel-1", 10, 24, 120, -0.78, -0.63, DecisionLabel::kDegraded), {}};
    c.analysis.decision.beyond_margin = true;
    c.analysis.decision.detectably_worse = true;
    c.analysis.sign_test = {1e-9, 1e-9, 1e-9};
    for (int i = 1; i <= 27; ++i) {
        c.items.push_back(item_of("n" + std::to_string(i),
                                  OutcomeKind::kLoss,
                                  "The right one.",
                                  "the the the the",
                                  "B repeats itself"));
    }
    return c;
}

ReportComparison not_measured() {
    ReportComparison c;
    c.analysis.variant = "served";
    c.analysis.baseline = "SmolLM2-135M-Instruct-F16";
    c.analysis.judge = "panel-1";
    c.analysis.counts = {.n_items = 154, .errors = 2, .not_judged = 152};
    for (Estimate* e : {&c.analysis.win_rate_decisive,
                        &c.analysis.loss_rate_decisive,
                        &c.analysis.net_win_rate,
                        &c.analysis.score,
                        &c.analysis.failure_rate}) {
        e->why = "nothing was judged";
    }
    c.analysis.effect_size.why = c.analysis.mde.why = "nothing was judged";
    c.analysis.decision.why = "the judge could not be reached";
    c.analysis.worst_case = c.analysis.best_case = {c.analysis.decision, c.analysis.net_win_rate};
    return c;
}

/// Of 20 and 20 controls.
ControlsSummary controls_of(std::int64_t n_lost, std::int64_t n_preferred, std::int64_t n_pending) {
    ControlsSummary c;
    c.n_swapped = 20 - n_pending;
    c.n_swapped_lost = n_lost;
    c.n_identical = 20;
    c.n_preferred = c.n_first_preferred = n_preferred;
    c.n_pending = n_pending;
    c.swapped_lost = {static_cast<double>(n_lost) / static_cast<double>(c.n_swapped),
                      0.75,
                      1.0,
                      0.95,
                      c.n_swapped,
                      "Clopper-Pearson interval",
                      ""};
    c.side_preferred = {
        static_cast<double>(n_preferred) / 20, 0.0, 0.25, 0.95, 20, "Clopper-Pearson interval", ""};
    c.passed = n_pending == 0;
    if (n_pending > 0) {
        c.why = std::to_string(n_pending) + " of the 40 controls have no verdict yet";
    }
    return c;
}

}  // namespace

ReportModel example_report() {
    ReportModel m;
    m.experiment.name = "science <b>set</b>";
    m.experiment.plan_sha256 = std::string(64, 'p');
    m.experiment.plan_json = R"({"name": "science", "analysis": {"margin": 0.1}})";
    m.experiment.n_questions = 154;
    m.experiment.dataset_file = "questions.jsonl";
    m.experiment.dataset_sha256 = std::string(64, 'd');
    m.experiment.generation.system = "You are an \xE2\x82\xAC assistant.";
    m.experiment.generation.stop = {"\n\n"};
    m.experiment.exploratory = true;
    m.experiment.exploratory_why = "the margin was 0.05 when the first verdict came.";
    m.experiment.exploratory_reasons = {"the margin was 0.05 when the first verdict came"};
    m.experiment.command = "assay run science.yaml --run DIR";

    m.variants = {
        variant_of(
            "SmolLM2-135M-Instruct-F16", Role::kBaseline, 271, {{"F16", 211}, {"F32", 61}}, 91.25),
        variant_of("Q8_0", Role::kVariant, 145, {{"F32", 61}, {"Q8_0", 211}}, 140.5),
        variant_of("Q6_K", Role::kVariant, 138, {{"F32", 61}, {"Q6_K", 30}, {"Q8_0", 181}}, 150),
        variant_of("Q4_K_M",
                   Role::kVariant,
                   105,
                   {{"F32", 61}, {"Q4_K", 1}, {"Q5_0", 166}, {"Q6_K", 14}, {"Q8_0", 30}},
                   163.25),
        variant_of("Q3_K_S", Role::kVariant, 89, {{"F32", 61}, {"IQ4_NL", 180}, {"Q3_K", 31}}, 170),
        variant_of("Q2_K", Role::kVariant, 88, {{"F32", 61}, {"IQ4_NL", 180}, {"Q2_K", 31}}, 171),
        {}};
    m.variants[3].n_failed = 1;
    m.variants[3].n_empty = 1;
    m.variants[3].n_length_stop = 12;
    m.variants[4].independence = {0, 0, "Not asked for."};
    m.variants[5].n_contexts_cut = 2;
    m.variants[5].speed->peak_memory_bytes = 0;
    m.variants[5].speed->load_s = 0;
    m.variants[6].variant.name = "served";
    m.variants[6].variant.origin = "http://127.0.0.1:9000/v1";
    m.variants[6].engine = {"openai", "sim-1", "", ""};

    ReportJudge panel;
    panel.name = "panel-1";
    panel.provider = "openai";
    panel.model = "sim-1";
    panel.url = "http://127.0.0.1:9000/v1";
    panel.versions = {"sim-1-2025", "sim-1-2026"};
    panel.n_by_version = {660, 40};
    panel.cost = {1.25, {}, {}, 0.95, 700, "tokens of the replies times the prices", ""};
    panel.n_calls = 700;
    panel.show_expected = false;
    panel.controls = controls_of(19, 1, 0);
    ReportJudge metric;
    metric.name = metric.provider = "reference";
    metric.show_contexts = false;
    metric.costs_nothing = true;
    metric.cost.why = "a metric costs nothing";
    metric.controls = controls_of(17, 0, 3);
    m.judges = {panel, metric};
    m.comparisons = {equivalent(),
                     non_inferior(),
                     inconclusive(),
                     worse_within_margin(),
                     degraded(),
                     not_measured()};
    FailureModeRow incorrect;
    incorrect.mode = "incorrect";
    incorrect.n = 120;
    incorrect.baseline = 12;
    incorrect.variant = 30;
    incorrect.difference = {.value = 0.15,
                            .low = 0.07,
                            .high = 0.23,
                            .n = 120,
                            .method = "Newcombe's method 10",
                            .why = ""};
    incorrect.p_mid = 0.0002;
    incorrect.p_holm = 0.0016;
    FailureModeRow never = incorrect;
    never.mode = "off_topic";
    never.baseline = never.variant = 0;
    m.comparisons[4].tags = {incorrect, never};
    m.comparisons.push_back(
        {analysis_of("Q8_0", "reference", 12, 130, 12, -0.05, 0.05, DecisionLabel::kEquivalent),
         {}});
    m.comparisons.push_back(
        {analysis_of("Q4_K_M", "reference", 40, 60, 54, -0.19, 0.01, DecisionLabel::kInconclusive),
         {}});
    m.recommendation = {
        "Q6_K",
        "Q6_K may replace SmolLM2-135M-Instruct-F16: it is not worse by more than 10 points."};
    m.host = {"AMD EPYC 7B13", 2, "Debian GNU/Linux 12"};
    m.proof = {
        154, 154, false, {"`served` ran elsewhere: its engine is not proven to be the same."}};
    return m;
}

ReportModel report_of_given_answers() {
    ReportModel model = example_report();
    model.variants.resize(2);
    for (ReportVariant& v : model.variants) {
        const bool is_baseline = v.variant.role == Role::kBaseline;
        v.variant.origin = "answers that were made elsewhere";
        v.variant.file = {};
        v.variant.answers = AnswersFile{
            is_baseline ? "/lab/f16.jsonl" : "/lab/q4.jsonl", "abc", "study", "", 154};
        v.engine = {};
        v.speed.reset();
        v.prompt_ms = 0;
        v.n_length_stop = 0;
        v.n_unknown_stop = v.n_unknown_contexts = 154;
        v.independence = {};
    }
    model.proof = {};
    return model;
}

/// Q4_K_M was read with a proof of the path, a served variant was not; verdicts by KLD.
static FidelityReport example_fidelity() {
    VariantDistance tokens;
    tokens.n_answers = 154;
    tokens.n_tokens = 8800;
    tokens.mean_kld = estimate_of(0.0547, 0.0481, 0.0613, 0.95, 8800, "CR1");
    tokens.mean_answer_kld = estimate_of(0.0601, 0.052, 0.0682, 0.95, 154, "CR1");
    tokens.median_kld = 0.0123;
    tokens.p90_kld = 0.14;
    tokens.p99_kld = 0.71;
    tokens.max_kld = 3.25;
    tokens.same_top = estimate_of(0.872, 0.861, 0.882, 0.95, 8800, "Wilson");
    tokens.log_prob_difference = estimate_of(-0.061, -0.07, -0.052, 0.95, 8800, "CR1");
    tokens.n_diverged = 130;
    tokens.agreed_tokens = estimate_of(21.4, 18.9, 23.9, 0.95, 154, "Kaplan-Meier");
    tokens.horizon = 96;
    VariantFidelity read;
    read.variant = "Q4_K_M";
    read.tokens = tokens;
    read.identical = estimate_of(0.156, 0.107, 0.221, 0.95, 154, "Wilson");
    read.n_answer_tokens = 9012;
    read.n_verified_tokens = 3296;
    VariantFidelity served;
    served.variant = "served";
    served.why = "a server answered, and it tells no probabilities.";
    served.identical = estimate_of(0.3, 0.233, 0.377, 0.95, 154, "Wilson");
    served.agreed_words = estimate_of(17.2, 14.9, 19.5, 0.95, 154, "Kaplan-Meier");
    served.words_horizon = 70;
    OutcomesByKld rows{"Q4_K_M",
                       "panel-1",
                       {},
                       "Of 48 losses, 20 are in the fifth with the largest "
                       "KLD and 2 in the fifth with the smallest."};
    for (int i = 0; i < 5; ++i) {
        KldFifth& fifth = rows.fifths.emplace_back();
        fifth.low = 0.01 * i;
        fifth.high = 0.01 * i + 0.0095;
        fifth.counts.n = 30;
        fifth.counts.identical = i == 0 ? 20 : 0;
        fifth.counts.losses = 2 + i * 4;
        fifth.counts.wins = 9;
        fifth.counts.ties = 19 - i * 4;
        const double lost = static_cast<double>(fifth.counts.losses) / 30;
        fifth.lost = estimate_of(lost, lost / 2, lost * 1.5, 0.95, 30, "Wilson");
    }
    return {SelfReading{8, 412, 412, 0}, {read, served}, {rows}};
}

ReportModel report_with_everything() {
    ReportModel model = example_report();
    model.fidelity = example_fidelity();
    for (JudgedItem& item : model.comparisons[2].items) {
        item.distance = AnswerDistance{57, 3.1, 1.5, 50, -2.5, {}};
        item.distance->divergence = {12, 5, 2, "\n", kNastyAnswer, 0.61, 0.33, 0.2, 0.52};
    }
    for (JudgedItem& item : model.comparisons[3].items) {
        item.text_divergence = TextDivergence{3, kNastyAnswer, ""};
    }
    model.experiment.known_bad = "Q2_K";
    model.experiment.generation.temp = 0.7;
    model.experiment.generation.own_template = true;
    model.experiment.generation.thinking = true;
    model.variants[1].n_unknown_stop = 3;
    model.variants[1].failure_modes = model.comparisons[4].tags;
    model.variants[6].variant.served = ServedModel{};
    model.variants[6].variant.served->provider = "openai";
    model.variants[6].variant.served->model = "sim-1";
    model.variants[6].variant.served->server_version = "1.2";
    model.variants[6].variant.served->quantization = "Q4";
    ReportJudge& panel = model.judges.front();
    panel.controls.n_truncated = 20;
    panel.controls.n_truncated_lost = 15;
    panel.controls.truncated_lost = estimate_of(0.75, 0.509, 0.913, 0.95, 20, "Clopper-Pearson");
    panel.controls.n_damaged = 25;
    panel.controls.n_damaged_lost = 15;
    panel.controls.n_damaged_won = 1;
    panel.controls.damaged_lost = estimate_of(0.6, 0.387, 0.789, 0.95, 25, "Clopper-Pearson");
    panel.controls.net_detection = estimate_of(0.56, 0.33, 0.74, 0.95, 25, "Tango score interval");
    panel.controls.by_damage = {{Damage::kNumber,
                                 9,
                                 9,
                                 0,
                                 estimate_of(1, 0.664, 1, 0.95, 9, "Clopper-Pearson"),
                                 Sight::kSees},
                                {Damage::kNegation,
                                 8,
                                 0,
                                 1,
                                 estimate_of(0, 0, 0.369, 0.95, 8, "Clopper-Pearson"),
                                 Sight::kDoesNot},
                                {Damage::kHalf,
                                 8,
                                 6,
                                 0,
                                 estimate_of(0.75, 0.349, 0.968, 0.95, 8, "Clopper-Pearson"),
                                 Sight::kTooFewSay}};
    panel.controls.n_padded = 20;
    panel.controls.n_padded_won = 4;
    panel.controls.padded_won = estimate_of(0.2, 0.057, 0.437, 0.95, 20, "Clopper-Pearson");
    panel.controls.n_reformatted = 20;
    panel.controls.n_reformatted_preferred = 1;
    panel.controls.form_preferred = estimate_of(0.05, 0.001, 0.249, 0.95, 20, "Clopper-Pearson");
    panel.repeats = RepeatStability{
        40, 36, estimate_of(0.9, 0.769, 0.96, 0.95, 40, "Wilson"), 0.05, 0.86};
    ComparisonAnalysis& a = model.comparisons[2].analysis;
    a.both_orders = BothOrders{};
    a.both_orders->n = 77;
    a.both_orders->n_flipped = 30;
    a.both_orders->flip_rate = estimate_of(0.39, 0.288, 0.501, 0.95, 77, "Wilson");
    a.length_control = LengthControl{estimate_of(-0.15, -0.25, -0.05, 0.9, 154, "adjusted"), true};
    a.decision.claimed = false;
    a.calibration = Calibration{.people = {"people"},
                                .n_labelled = 40,
                                .n_judge_only = 114,
                                .n_settled = 0,
                                .people_on_labelled = -0.2,
                                .judge_on_labelled = -0.05,
                                .lambda = 0.62,
                                .net = estimate_of(-0.16, -0.29, -0.03, 0.9, 154, "calibrated"),
                                .label = DecisionLabel::kDegraded,
                                .label_differs = true,
                                .note = "If they are a random sample."};
    a.stopping = StoppingSummary{
        "hybrid", 154, 80, 3, true, 0.031, "Judging stopped early: the variant is worse."};
    model.comparisons[1].analysis.length_control = LengthControl{};
    return model;
}

}  // namespace assay::report
