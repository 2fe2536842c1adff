#pragma once

#include <memory>
#include <string>
#include <vector>

#include "assay/exchange/batches.hpp"
#include "assay/records/plan.hpp"
#include "assay/report/report_model.hpp"
#include "assay/run/stored_run.hpp"
#include "assay/store/store.hpp"

namespace assay::app {

/// A run with one judge whose verdicts are imported (provider `batch` or `human`), opened for
/// writing.
class HandJudgedRun {
 public:
    /// Of one variant.
    struct Stream {
        std::vector<exchange::StudyItem> items;  ///< in the order of judging; what another variant
                                                 ///< has, too, is the first one's only
        std::vector<exchange::StudyControl> controls;
    };

    /// `judge` empty: the only one that is judged by hand. Throws Error: kUsage where there is no
    /// such run or judge, or the run has not come to the judge yet; kOperational where another
    /// process holds the run.
    HandJudgedRun(const std::string& run_dir, const std::string& judge);

    [[nodiscard]] store::Store& store() const { return *store_; }
    /// As it was when it was opened.
    [[nodiscard]] const run::StoredRun& stored() const { return stored_; }
    [[nodiscard]] const AnalysisSettings& analysis() const { return stored_.plan.analysis; }
    [[nodiscard]] const run::JudgeFacts& judge() const { return judge_; }
    [[nodiscard]] const std::string& baseline() const { return stored_.variants.front().name; }
    [[nodiscard]] const std::vector<Stream>& variants() const { return variants_; }
    /// What was ever handed out.
    [[nodiscard]] const exchange::Batches& batches() const { return batches_; }
    void keep_batches(exchange::Batches batches);

    /// Those of a variant that wait for a verdict, in the order of judging.
    [[nodiscard]] std::vector<exchange::BatchEntry> lacking(const Stream& stream) const;

 private:
    [[nodiscard]] bool waits(const std::string& id) const;
    void choose(const std::string& name, const std::string& run_dir);
    void collect(const report::ReportModel& model);

    std::unique_ptr<store::Store> store_;
    run::StoredRun stored_;
    run::JudgeFacts judge_;
    std::vector<Stream> variants_;
    exchange::Batches batches_;
};

/// What has to be done next for judges whose verdicts are imported, a line each; empty: nothing.
[[nodiscard]] std::string next_steps_by_hand(const report::ReportModel& model,
                                             const std::string& run_dir);

}  // namespace assay::app
