#include "assay/app/hand_judged_run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <utility>

#include "assay/records/judge_provider.hpp"
#include "assay/run/batch_notes.hpp"
#include "assay/run/build_report.hpp"
#include "assay/run/note_shown.hpp"
#include "assay/run/study_rows.hpp"

namespace assay::app {

namespace {

std::unique_ptr<store::Store> open_run(const std::string& run_dir) {
    // A run must be there: open would make one.
    static_cast<void>(store::Store::open_read_only(run_dir));
    auto store = store::Store::open(run_dir);
    run::keep_what_was_shown_before(*store);
    return store;
}

}  // namespace

HandJudgedRun::HandJudgedRun(const std::string& run_dir, const std::string& judge)
    : store_(open_run(run_dir)), stored_(*store_, run::latest_plan(*store_, run_dir)) {
    const report::ReportModel model = run::build_report(stored_);
    choose(judge, run_dir);
    collect(model);
    batches_ = stored_.judge(judge_.name).batches;
}

void HandJudgedRun::collect(const report::ReportModel& model) {
    std::set<std::string> seen;
    for (const report::ReportComparison& comparison : model.comparisons) {
        if (comparison.analysis.judge != judge_.name) {
            continue;
        }
        Stream stream;
        std::vector<Comparison> comparisons;
        for (exchange::StudyItem& item : run::study_items(stored_, comparison.analysis)) {
            // Two variants with the same file share their comparisons: one verdict is of both.
            if (!seen.insert(item.comparison.id).second) {
                continue;
            }
            comparisons.push_back(item.comparison);
            stream.items.push_back(std::move(item));
        }
        store_->save_comparisons(comparisons);  // the run stopped at this judge, perhaps before it
                                                // had drawn the other orders
        stream.controls = run::study_controls(stored_, comparison.analysis.variant, judge_.name);
        variants_.push_back(std::move(stream));
    }
}

void HandJudgedRun::choose(const std::string& name, const std::string& run_dir) {
    const run::RunFacts& facts = stored_.facts;
    std::vector<std::string> by_hand;
    for (const run::JudgeFacts& judge : facts.judges) {
        if (is_by_hand(judge.provider)) {
            by_hand.push_back(judge.name);
        }
    }
    if (by_hand.empty()) {
        throw_usage("no judge of the run is given its pairs as files",
                    run_dir,
                    "Run it again with `--judge batch:NAME` (a chat into which batches are pasted) "
                    "or `--judge human:NAME`, beside its other judges.");
    }
    const std::string list = fmt::format("{}", fmt::join(by_hand, ", "));
    if (name.empty() && by_hand.size() > 1) {
        throw_usage(
            fmt::format("the run has several judges that are given their pairs as files: {}", list),
            run_dir,
            "Name one of them with --judge.");
    }
    const std::string& wanted = name.empty() ? by_hand.front() : name;
    if (std::find(by_hand.begin(), by_hand.end(), wanted) == by_hand.end()) {
        throw_usage(
            fmt::format(
                "--judge {}: no judge of this name is given its pairs as files; there is {}",
                wanted,
                list),
            run_dir);
    }
    judge_ = *std::find_if(facts.judges.begin(),
                           facts.judges.end(),
                           [&](const run::JudgeFacts& judge) { return judge.name == wanted; });
    const auto rows = store_->judges();
    if (std::none_of(rows.begin(), rows.end(), [&](const store::JudgeRow& row) {
            return row.key == judge_.key;
        })) {
        throw_usage(fmt::format("the run has not come to judge {} yet", judge_.name),
                    run_dir,
                    "Run it again with the same command.");
    }
}

void HandJudgedRun::keep_batches(exchange::Batches batches) {
    batches_ = std::move(batches);
    run::save_batches(*store_, judge_.key, batches_);
}

bool HandJudgedRun::waits(const std::string& id) const {
    const std::string ids[] = {id};
    return !store_->to_judge(ids, judge_.key).empty();
}

std::vector<exchange::BatchEntry> HandJudgedRun::lacking(const Stream& stream) const {
    std::vector<exchange::BatchEntry> out;
    for (const exchange::StudyEntry& entry :
         exchange::in_judging_order(stream.items, stream.controls)) {
        if (entry.is_control) {
            const Control& control = stream.controls[entry.index].control;
            if (waits(control.id)) {
                out.push_back({control.id, control.question_id});
            }
        } else if (const exchange::StudyItem& item = stream.items[entry.index];
                   exchange::needs_call(item.comparison) && !item.left_out &&
                   waits(item.comparison.id)) {
            out.push_back({item.comparison.id, item.comparison.question_id});
        }
    }
    return out;
}

std::string next_steps_by_hand(const report::ReportModel& model, const std::string& run_dir) {
    std::string out;
    for (const report::ReportJudge& judge : model.judges) {
        if (!is_by_hand(judge.provider)) {
            continue;
        }
        std::int64_t waiting = judge.controls.n_pending;
        for (const report::ReportComparison& comparison : model.comparisons) {
            const bool stopped = comparison.analysis.stopping &&
                                 comparison.analysis.stopping->stopped_early;
            if (comparison.analysis.judge == judge.name && !stopped) {
                waiting += comparison.analysis.counts.not_judged +
                           comparison.analysis.counts.errors;
            }
        }
        if (waiting == 0) {
            continue;  // controls that only inform are not among them
        }
        out += fmt::format(
            "pairs wait for a verdict of {0}: `assay export batches {1} --judge {0}` writes them, "
            "`assay import verdicts {1} FILE... --judge {0}` reads the replies\n",
            judge.name,
            run_dir);
    }
    return out;
}

}  // namespace assay::app
