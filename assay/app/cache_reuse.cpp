// Verdicts that another run paid for, and whether they may be used here.
//
// Problem: a folder of verdicts is only as good as the judge that wrote them. It may have been
// blind on that day, the model behind the name may have changed since, or somebody wrote the files.
// The controls of this run do not show it, as they are always asked anew.
// Model: a verdict counts as offered only if the run that asked for it kept the outcomes of its
// controls, and they pass. Of all that is offered a random share from the seed is asked again
// before anything is taken. Where the two disagree too often, nothing is taken.
// Invariant: which pairs are asked again is drawn once and stored with what the cache said, so a
// run that goes on comes to the same answer, and the report counts what was seen. It ends because
// each pair is offered once.

#include "assay/app/cache_reuse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "assay/analysis/recheck.hpp"
#include "assay/base/clock.hpp"
#include "assay/base/random.hpp"
#include "assay/records/names.hpp"
#include "assay/run/reuse_note.hpp"

namespace assay::app {
namespace {

void draw_asked_again(run::ReuseNote& note,
                      const std::map<std::string, Verdict>& offered,
                      std::uint64_t seed) {
    std::vector<std::string> fresh;
    for (const auto& [id, verdict] : offered) {
        if (note.offered.insert(id).second) {
            fresh.push_back(id);
        }
    }
    Rng(seed, fmt::format("judge cache/{}", note.offered.size()))
        .shuffle(std::span<std::string>(fresh));
    const auto share = static_cast<std::size_t>(
        std::ceil(kShareAskedAgain * static_cast<double>(fresh.size())));
    fresh.resize(std::min(fresh.size(), std::max(kFewestAskedAgain, share)));
    for (const std::string& id : fresh) {
        note.again.emplace(id, name_of(offered.at(id).state));
    }
}

/// Empty: what was asked again is mostly what the cache says.
std::string why_not(const run::ReuseNote& note,
                    const store::Store& store,
                    const std::string& judge_key) {
    std::int64_t n = 0, n_same = 0;
    for (const auto& [id, cached] : note.again) {
        const auto row = store.verdict(id, judge_key);
        if (row && row->verdict.state != VerdictState::kError && !is_from_cache(row->verdict)) {
            ++n;
            n_same += name_of(row->verdict.state) == cached;
        }
    }
    if (!analysis::too_few_the_same(n_same, n)) {
        return {};
    }
    return fmt::format(
        "of {} of its verdicts that were asked for again only {} are the same", n, n_same);
}

/// What was taken before is asked for as if it had not come.
void give_back(std::span<const JudgingTask> tasks, store::Store& store) {
    for (const JudgingTask& task : tasks) {
        for (const Comparison& comparison : task.asked.in_order) {
            const auto row = store.verdict(comparison.id, task.judge_key);
            if (!row || !is_from_cache(row->verdict)) {
                continue;
            }
            Verdict none;
            none.item_id = comparison.id;
            none.failure = "it was taken from the judge cache, which is not used any more";
            store.save_verdict({comparison.id, task.judge_key, task.spec.name, none, utc_now()});
        }
    }
}

}  // namespace

Reuse reuse_of_cache(std::span<const JudgingTask> tasks,
                     judge::Judge& judge,
                     store::Store& store,
                     const std::atomic<bool>& cancel,
                     Progress& progress) {
    Reuse out;
    const JudgingTask& any = tasks.front();
    run::ReuseNote note = run::load_reuse(store, any.judge_key);
    if (note.stopped) {
        return out;
    }
    CacheOffer offer;
    for (const JudgingTask& task : tasks) {
        add_offer(offer, task, store, judge);
    }
    if (offer.n_unproven > 0) {
        progress.note(fmt::format(
            "{} verdicts of the judge cache are not taken for {}: the runs that asked for them "
            "kept no controls that it passed (an earlier version of assay kept none)",
            offer.n_unproven,
            any.spec.name));
    }
    if (offer.verdicts.empty() && note.again.empty()) {
        return out;
    }
    draw_asked_again(note, offer.verdicts, any.plan.blinding_seed);
    run::save_reuse(store, any.judge_key, note);
    std::set<std::string> again;
    for (const auto& [id, cached] : note.again) {
        again.insert(id);
        offer.verdicts.erase(id);
    }
    for (JudgingTask task : tasks) {
        task.only = &again;
        if (!judge_missing(task, judge, store, cancel, progress)) {
            out.judge_stopped = true;
            return out;
        }
    }
    const std::string why = why_not(note, store, any.judge_key);
    if (why.empty()) {
        out.verdicts = std::move(offer.verdicts);
        return out;
    }
    note.stopped = true;
    run::save_reuse(store, any.judge_key, note);
    give_back(tasks, store);
    progress.note(fmt::format(
        "the judge cache is not used for {}: {}. All is asked anew", any.spec.name, why));
    return out;
}

}  // namespace assay::app
