#pragma once
// What replies to batches say, brought to the items that they mean.

#include <map>
#include <string>
#include <vector>

#include "assay/app/batch_targets.hpp"
#include "assay/judge/batch_reply.hpp"
#include "assay/judge/parse.hpp"
#include "assay/records/verdict.hpp"

namespace assay::app {

/// A verdict that was read, and where.
struct SaidVerdict {
    Verdict verdict;
    BatchTarget target;
    std::string where;  ///< "reply.txt, batch_01 example 3"
};

class SaidVerdicts {
 public:
    /// All must outlive it. `check_codes`: the targets are those that the run exported, so a reply
    /// that repeats another code is of another export.
    SaidVerdicts(const HandJudgedRun& run,
                 const BatchTargets& targets,
                 bool check_codes,
                 ImportProblems& problems)
        : run_(run), targets_(targets), check_codes_(check_codes), problems_(problems) {}

    /// Takes one evaluation of the reply in `file`, or reports why not.
    void add(const judge::BatchEvaluation& evaluation,
             const std::string& file,
             const std::string& model_version);

    /// By item id.
    [[nodiscard]] const std::map<std::string, SaidVerdict>& all() const { return all_; }
    /// Sentences: evaluations that were not taken.
    [[nodiscard]] const std::vector<std::string>& unread() const { return unread_; }

 private:
    [[nodiscard]] BatchTargets::const_iterator find(const judge::BatchEvaluation& evaluation,
                                                    const std::string& file);
    /// The texts of a batch's items.
    const judge::ShownText& shown_in(int batch);

    const HandJudgedRun& run_;
    const BatchTargets& targets_;
    bool check_codes_;
    ImportProblems& problems_;
    std::map<int, judge::ShownText> shown_;
    std::map<std::string, SaidVerdict> all_;
    std::vector<std::string> unread_;
};

}  // namespace assay::app
