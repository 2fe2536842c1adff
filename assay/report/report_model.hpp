#pragma once
// Everything that a report shows, as plain data. The spine fills it from the store; report.md,
// report.json and the terminal's table are pure functions of it, so the same run always gives the
// same bytes. Nothing here may come from a wall clock.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/records/analysis.hpp"
#include "assay/records/decisions_shown.hpp"
#include "assay/records/fidelity_report.hpp"
#include "assay/records/host.hpp"
#include "assay/records/outcome.hpp"
#include "assay/records/plan.hpp"
#include "assay/records/retrieval.hpp"
#include "assay/records/variant.hpp"
#include "assay/records/verdict.hpp"

namespace assay::report {

/// What was asked: the resolved experiment.
struct ReportExperiment {
    std::string name;
    std::string plan_sha256;
    std::string plan_json;  ///< the resolved plan as one JSON document, shown in report.json; may
                            ///< be empty
    std::int64_t n_questions = 0;
    double margin = 0.10;      ///< net win rate, in (0, 1)
    double alpha = 0.05;       ///< one-sided
    std::string dataset_file;  ///< name only, without the folders of this machine
    std::string dataset_sha256;
    GenerationSettings generation;
    std::uint64_t blinding_seed = 1;
    std::string multiplicity = "ladder";  ///< ladder | holm | none
    bool on_these_questions = false;      ///< what is decided is about exactly the asked questions
    std::string known_bad;        ///< the variant that is there to be found degraded; empty: none
    bool exploratory = false;     ///< rules were changed after the first verdict, or the experiment
                                  ///< after a decision had been shown
    std::string exploratory_why;  ///< a sentence, when exploratory: all reasons together
    std::vector<std::string> exploratory_reasons{};  ///< each of them, without a full stop
    std::string command;  ///< what makes this run again: "assay run science.yaml --run DIR"; may be
                          ///< empty
};

/// Questions that were answered a second time, alone, and how many of those texts were the same.
struct IndependenceCheck {
    std::int64_t n_checked = 0;  ///< 0: not checked
    std::int64_t n_equal = 0;
    std::string note;  ///< a sentence: what was compared, or why it was not checked; may be empty
};

/// One way of running the model: its file, how it ran, and the facts of its answers.
struct ReportVariant {
    Variant variant;
    EngineInfo engine;
    RunRecipe recipe;                      ///< of a variant that runs here
    std::uint64_t kv_bytes_per_token = 0;  ///< of the KV cache; 0: not known, or all have the
                                           ///< default recipe
    std::optional<Speed> speed;            ///< empty: not measured
    double prompt_ms = 0;                  ///< median over the answers of the time that computing
                                           ///< the prompt took; 0: not measured
    std::int64_t n_answers = 0;            ///< questions that were tried, failed ones included
    std::int64_t n_failed = 0;             ///< StopReason::kFailed
    std::int64_t n_length_stop = 0;        ///< StopReason::kLength: cut at the limit of tokens
    std::int64_t n_contexts_cut = 0;       ///< the prompt was too long and passages were left out
    std::int64_t n_unknown_stop = 0;      ///< StopReason::kUnknown: then n_length_stop is not known
    std::int64_t n_unknown_contexts = 0;  ///< kContextsUnknown: then n_contexts_cut is not known
    std::int64_t n_empty = 0;  ///< an answer that is empty or white space only, failed ones not
                               ///< counted
    IndependenceCheck independence;
    std::vector<FailureModeRow> failure_modes;  ///< against the baseline; empty for the baseline
                                                ///< itself
};

/// One comparison after unblinding, with what a reader wants to see of it.
struct JudgedItem {
    std::string question;  ///< text; its id is outcome.question_id
    std::optional<std::string> expected;
    std::vector<std::string> alternatives;  ///< further texts that are as right
    std::string baseline_answer;            ///< bytes as the model wrote them; empty if it failed
    std::string variant_answer;
    std::string comparison_id;  ///< empty: there was nothing to compare
    int sample = 0;             ///< which of the question's pairs of answers
    Outcome outcome;  ///< from the variant's side; who was shown first, confidence, reasoning
    std::optional<VerdictState> verdict;  ///< what the judge said, still in A and B; empty: no call
                                          ///< was made
    std::string failure;  ///< a sentence, for INVALID, ERROR, REFUSED and for an answer that
                          ///< failed; may be empty
    std::optional<AnswerDistance> distance{};  ///< of the variant on the baseline's answer; empty:
                                               ///< not measured
    std::optional<TextDivergence> text_divergence{};  ///< where `distance` is empty and fidelity
                                                      ///< was asked for: of the two texts
};

/// A variant against the baseline, by one judge.
struct ReportComparison {
    ComparisonAnalysis analysis;
    std::vector<JudgedItem> items;  ///< in the dataset's order; of each question its samples, two
                                    ///< each where both orders were judged
    std::vector<FailureModeRow> tags{};  ///< what the judge tagged, a row a tag; empty: it gave no
                                         ///< tags
};

/// Verdicts that were taken from other runs.
struct VerdictReuse {
    std::int64_t n_taken = 0;
    std::int64_t n_again = 0;  ///< asked again before any was taken
    std::int64_t n_same = 0;   ///< of those: the judge said what the other run says
    bool stopped = false;      ///< too few were the same, so none is taken
};

struct ReportJudge {
    std::string name;
    std::string provider;  ///< "reference": the metric, no model is called
    std::string model;  ///< as asked for; of a metric its name (runs of before it could be chosen:
                        ///< empty, token F1)
    std::string url;
    std::vector<std::string> versions;       ///< models that the replies named, sorted, each once
    std::vector<std::int64_t> n_by_version;  ///< verdicts of each of the versions
    Estimate cost;               ///< of these verdicts, in the currency of the judge's prices
    std::int64_t n_calls = 0;    ///< verdicts that needed a call (identical and failed answers need
                                 ///< none)
    bool show_contexts = true;   ///< the judge saw the passages
    bool show_expected = true;   ///< the judge saw the expected answer
    bool costs_nothing = false;  ///< its verdicts are computed here: all is judged, whatever they
                                 ///< are
    bool both_orders = false;    ///< each pair was put to it twice, each answer first once
    std::optional<RepeatStability> repeats;  ///< empty: no pair was to be asked again
    ControlsSummary controls;                ///< of pairs whose right outcome is known, among the
                                             ///< run's first comparisons
    std::vector<ExtensionSummary> extensions{};  ///< of the run after a decision was shown, oldest
                                                 ///< first
    std::optional<VerdictReuse> reuse{};         ///< empty: other runs had no verdict for it
};

/// How much the verdicts of a panel's judges have in common, on one variant.
struct PanelCorrelation {
    std::string variant;
    std::int64_t n_questions = 0;  ///< on which each judge gave all its verdicts; 30 at least
    double variance = 0;           ///< of a verdict
    double covariance = 0;         ///< of two judges' verdicts of one question
    std::optional<double> correlation{};  ///< covariance / variance, in [-1, 1]; empty: no verdict
                                          ///< varies
};

/// The judges of a run as one that decides.
struct ReportPanel {
    std::vector<ReportComparison> comparisons;   ///< by variant in the plan's order; the judge's
                                                 ///< name is kPanelName
    std::vector<PanelCorrelation> correlations;  ///< of the variants where there is one
};

/// What shows that only the weights differ.
struct EqualityProof {
    std::int64_t n_prompts_compared = 0;  ///< questions whose prompt token ids were compared over
                                          ///< all variants
    std::int64_t n_prompts_equal = 0;     ///< of these, the same for all variants
    bool same_engine = false;             ///< one engine fingerprint for all variants
    std::vector<std::string> notes;       ///< sentences: what was not proven, or differs on purpose
};

struct ReportModel {
    ReportExperiment experiment;
    std::vector<ReportVariant> variants;        ///< the baseline first, then in the plan's order
    std::vector<ReportJudge> judges;            ///< the plan's order; the first decides, where no
                                                ///< panel does
    std::vector<ReportComparison> comparisons;  ///< by judge in that order, within a judge by
                                                ///< variant in the plan's order
    std::optional<ReportPanel> panel{};         ///< empty: the judges do not decide together
    Recommendation recommendation;              ///< by the judge, or the panel, that decides
    HostInfo host;
    EqualityProof proof;
    std::vector<std::string> warnings{};    ///< sentences that must be read before any result
    std::vector<std::string> data_notes{};  ///< sentences about the questions and answers: copies,
                                            ///< near copies, a metric that does not fit
    std::vector<DecisionsShown> decisions_shown{};  ///< ever, oldest first
    std::optional<FidelityReport> fidelity{};       ///< empty: nobody asked for it
    std::optional<RetrievalReport> retrieval{};     ///< empty: contexts are the dataset's own
    std::vector<OutcomesByHit> outcomes_by_hit{};   ///< of each comparison; empty: not measured
};

/// Whether assay had any answer made by the experiment's settings: not where all were made
/// elsewhere.
[[nodiscard]] bool any_answered_by_settings(const ReportModel& model);
/// Of a comparison that was not measured: a short reason without a full stop, in the words of the
/// judge or of its server where verdicts failed; else empty.
[[nodiscard]] std::string why_not_measured(const ReportComparison& comparison);
/// The comparisons of the panel or, without one, of the judge that decides, in the model's order.
[[nodiscard]] std::vector<const ReportComparison*> deciding_comparisons(const ReportModel& model);
/// Those of its items, in their order.
[[nodiscard]] std::vector<Outcome> outcomes_of(const ReportComparison& comparison);
/// Those of a panel, then those of the judges.
[[nodiscard]] std::vector<const ReportComparison*> all_comparisons(const ReportModel& model);
/// Whether this judge decides alone.
[[nodiscard]] bool decides(const ReportModel& model, const ReportJudge& judge);
/// The entry of that name, or null.
[[nodiscard]] const ReportVariant* find_variant(const ReportModel& model, const std::string& name);
/// The judge of that name, or null.
[[nodiscard]] const ReportJudge* find_judge(const ReportModel& model, const std::string& name);

}  // namespace assay::report
