#pragma once
// A plan of a run directory as it is stored: everything that a report, an audit, a trace, the
// study's files or a check looks at, read once.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "assay/analysis/fidelity.hpp"
#include "assay/analysis/stopping.hpp"
#include "assay/analysis/told_distance.hpp"
#include "assay/records/answer.hpp"
#include "assay/records/control.hpp"
#include "assay/records/plan.hpp"
#include "assay/records/question.hpp"
#include "assay/records/taken_look.hpp"
#include "assay/records/variant.hpp"
#include "assay/records/verdict.hpp"
#include "assay/retrieval/frozen.hpp"
#include "assay/run/asked.hpp"
#include "assay/run/batch_notes.hpp"
#include "assay/run/extensions.hpp"
#include "assay/run/reuse_note.hpp"
#include "assay/run/run_facts.hpp"
#include "assay/run/shown_history.hpp"
#include "assay/store/store.hpp"

namespace assay::run {

/// A judge, with what it was asked in this plan and what it said.
struct StoredJudge {
    [[nodiscard]] const Verdict* verdict(const std::string& item_id) const;

    JudgeFacts facts;
    std::vector<Asked> asked;                 ///< of each variant, the baseline's empty
    std::vector<std::int64_t> n_planned;      ///< of each variant: planned_comparisons
    std::vector<Control> controls;            ///< that it is shown, of all variants
    std::map<std::string, Verdict> verdicts;  ///< current ones by item id, of this plan or another
    exchange::Batches batches;                ///< what was handed out, where it is judged by hand
    UnboundVerdicts unbound;
    ReuseNote reuse;  ///< of verdicts of other runs
};

struct StoredRun {
    /// Throws Error: kUsage where the run was stopped before there was anything to report;
    /// kOperational where what is stored cannot be read. `store` holds the plan.
    StoredRun(const store::Store& store, const std::string& plan_sha256);
    StoredRun(const StoredRun&) = delete;
    StoredRun& operator=(const StoredRun&) = delete;
    StoredRun(StoredRun&&) = default;

    /// Throws Error kUsage if there is none of this name.
    [[nodiscard]] std::size_t variant_index(const std::string& name) const;
    [[nodiscard]] const StoredJudge& judge(const std::string& name) const;
    /// Of this plan.
    [[nodiscard]] const Question& question(const std::string& id) const;
    /// Of answer number i of a variant.
    [[nodiscard]] const Question& question_at(std::size_t i) const {
        return questions[i % questions.size()];
    }
    /// Of a variant, as judges compare them: without thoughts, where the plan takes them off; in
    /// the order of `answers`; empty: not made.
    [[nodiscard]] const std::vector<std::optional<Answer>>& judged_answers(
        std::size_t variant) const;
    /// One that a comparison or a control of this plan names.
    [[nodiscard]] const Answer& answer(const std::string& key) const;

    /// Answers of a variant to each question, as planned by now.
    [[nodiscard]] int n_samples(const VariantFacts& variant) const;
    /// How a judge is asked about one variant.
    [[nodiscard]] analysis::JudgingPlan judging_plan(std::size_t variant,
                                                     const StoredJudge& judge) const;

    store::PlanRecord record;
    Plan plan;
    RunFacts facts;
    std::optional<store::FrozenAnalysis> frozen;  ///< of the first verdict
    std::optional<std::string> frozen_design;
    std::vector<Question> questions;  ///< with copies in one cluster (analysis/copies.hpp)
    std::vector<Variant> variants;    ///< baseline first
    /// Of each variant: the look at its first samples; nothing: it is still to come. No elements
    /// where the plan does not look (generation.samples: auto).
    std::vector<std::optional<TakenLook>> looks;
    bool is_looking = false;  ///< a report of it is to say what the looks that are due would say
    /// As they were written, by variant, then by question (the first samples of all, then the
    /// second ones, and so on); empty: not made.
    std::vector<std::vector<std::optional<Answer>>> answers;
    /// How the variants read the baseline's first answers, by variant, then by question; empty: not
    /// read.
    std::vector<std::vector<std::optional<analysis::ReadAnswer>>> fidelity;
    /// What servers told of the answers' tokens, beside the baseline's; likewise.
    std::vector<std::vector<std::optional<analysis::ToldPair>>> told;
    std::vector<std::vector<store::EngineSession>> sessions;  ///< by variant: of its model file
    std::vector<StoredJudge> judges;                          ///< in the plan's order
    std::optional<retrieval::FrozenRetrieval> retrieval;      ///< empty: the plan retrieves nothing
    Extensions extensions;  ///< after a decision was shown, of this plan or another
    ShownHistory shown;     ///< the decisions that the run ever showed, of this plan or another

 private:
    using StoredAnswers = std::map<std::string, Answer>;  ///< by key

    void read_answers(const store::Store& store);
    [[nodiscard]] std::vector<std::optional<Answer>> answers_under(
        const std::vector<std::string>& keys, const StoredAnswers& stored) const;
    void read_fidelity(const store::Store& store);
    void read_told(const store::Store& store);
    void read_judges(const store::Store& store);
    void read_retrieval(const store::Store& store);

    std::map<std::string, std::size_t> question_places_;
    std::map<std::string, const Answer*, std::less<>> answers_by_key_;
    std::vector<std::vector<std::optional<Answer>>> judged_;  ///< by variant; empty: as `answers`
};

/// The plan that the run is about: the one that was run last. Throws Error kUsage where none was
/// stored; `run_dir` is named in it.
[[nodiscard]] std::string latest_plan(const store::Store& store, const std::string& run_dir);

}  // namespace assay::run
