#pragma once
// Asks a judge for what is missing of a variant.

#include <atomic>
#include <map>
#include <set>
#include <span>
#include <string>

#include "assay/app/verdict_cache.hpp"
#include "assay/base/progress.hpp"
#include "assay/judge/judge.hpp"
#include "assay/records/control.hpp"
#include "assay/records/plan.hpp"
#include "assay/records/question.hpp"
#include "assay/run/asked.hpp"
#include "assay/store/store.hpp"

namespace assay::app {

/// The note that holds a small text of a judge's own (judge::Journal).
[[nodiscard]] std::string judge_note(const std::string& name, const std::string& judge_key);
/// One judge on one variant's comparisons.
struct JudgingTask {
    const Plan& plan;
    const JudgeSpec& spec;
    const std::string& judge_key;
    const std::string& variant;
    std::span<const Question> questions;
    const run::Asked& asked;              ///< of the variant
    std::span<const Control> controls;    ///< the judge's that stand among them
    const VerdictCache* cache = nullptr;  ///< of other runs' verdicts, to be filled; null: none
    std::string run{};                    ///< what the cache calls this run
    const std::map<std::string, Verdict>* taken = nullptr;  ///< by the id of a comparison: verdicts
                                                            ///< that are not asked for; may be null
    const std::set<std::string>* only = nullptr;  ///< ask for these comparisons and nothing else;
                                                  ///< null: for all that is missing
};

/// Verdicts of other runs on what is missing.
struct CacheOffer {
    std::map<std::string, Verdict> verdicts;  ///< by the id of the comparison, with it as item_id:
                                              ///< of runs whose judge passed its controls
    std::int64_t n_unproven = 0;              ///< of other runs
};
/// Adds what `task.cache` has of a task.
void add_offer(CacheOffer& offer,
               const JudgingTask& task,
               store::Store& store,
               const judge::Judge& judge);

/// How many pairs and controls judge_missing would ask for now, if early stopping ended nothing.
[[nodiscard]] std::int64_t n_missing(const JudgingTask& task,
                                     store::Store& store,
                                     const judge::Judge& judge);

/// Asks for what is missing, in the judging order with the controls in their places, and saves each
/// verdict; ends early where the design says so (analysis/stopping.hpp), but not before every
/// control was asked. False: the judge had to stop, and the rest stays pending.
[[nodiscard]] bool judge_missing(const JudgingTask& task,
                                 judge::Judge& judge,
                                 store::Store& store,
                                 const std::atomic<bool>& cancel,
                                 Progress& progress);

}  // namespace assay::app
