#pragma once
// What the items of batches are that were handed out for judging by hand: exported by this run, or
// named by a mapping.

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "assay/app/hand_judged_run.hpp"
#include "assay/exchange/study.hpp"
#include "assay/records/comparison.hpp"
#include "assay/records/control.hpp"

namespace assay::app {

/// What one item of a batch is.
struct BatchTarget {
    std::string id;  ///< of a comparison or control; empty: it is not of the present plan
    std::string task_id;
    std::string as_a, as_b;
    bool needs_call = true;
    bool unbound = false;
    bool turned = false;                     ///< the judge was shown B as A
    const Comparison* comparison = nullptr;  ///< one of the two, unless `id` is empty
    const Control* control = nullptr;
};
/// By batch and example, both from 1.
using BatchTargets = std::map<std::pair<int, int>, BatchTarget>;

/// Sentences, each once, in the order in which they came.
class ImportProblems {
 public:
    void add(const std::string& sentence);
    /// Throws Error kUsage with the first of them.
    void throw_if_any() const;

 private:
    std::vector<std::string> all_;
};

/// "batch_01 example 3"
[[nodiscard]] std::string words_of(exchange::BatchPlace place);

/// What the run exported, or what the files `mappings` (and controls/ beside them) mean where there
/// are some. Reports what is stale or means nothing of this run. Throws Error kUsage where a
/// mapping cannot be read.
[[nodiscard]] BatchTargets batch_targets_of(const HandJudgedRun& run,
                                            std::span<const std::string> mappings,
                                            ImportProblems& problems);

}  // namespace assay::app
