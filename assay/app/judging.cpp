#include "assay/app/judging.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "assay/analysis/stopping.hpp"
#include "assay/base/clock.hpp"
#include "assay/pairing/controls.hpp"
#include "assay/pairing/unblind.hpp"
#include "assay/records/names.hpp"
#include "assay/records/verdict_cost.hpp"

namespace assay::app {
namespace {

constexpr std::size_t kWaves = 5;  ///< of a plan, at most: the looks of a group-sequential design
constexpr std::size_t kFewestOfAWave = 50;  ///< pairs and controls: fewer are not worth a day's
                                            ///< wait

/// Whether a pair that was asked for is paid for, whatever its neighbours come to: it is asked in
/// waves then, so that early stopping can save something.
bool is_asked_in_waves(const JudgeSpec& spec) {
    return spec.kind() == JudgeKind::kApi && spec.api().batch;
}

/// One variant's comparisons and controls, as a judge is to see them.
class Stream {
 public:
    Stream(const JudgingTask& task, store::Store& store, const judge::Judge& judge)
        : task_(task), store_(store), identity_(judge.identity()) {
        for (const Question& question : task.questions) {
            by_id_.emplace(question.id, &question);
        }
        for (const Comparison& comparison : task.asked.in_order) {
            std::optional<Verdict> verdict;
            if (const auto row = store.verdict(comparison.id, task.judge_key)) {
                verdict = row->verdict;
            }
            outcomes_.push_back(
                pairing::make_outcome(question_of(comparison.question_id), comparison, verdict));
        }
        stopping_.emplace(
            outcomes_,
            analysis::JudgingPlan{
                .n_planned = run::planned_comparisons(store, task.judge_key, task.asked.in_order),
                .judge_costs_nothing = judge.costs_nothing(),
                .n_samples = task.plan.generation.samples,
                .panel = task.plan.judging.panel,
                .looks_at_samples = task.plan.generation.samples == kAutoSamples},
            task.plan.analysis);
        stopping_->advance(outcomes_);
        collect_missing();
    }

    [[nodiscard]] std::size_t size() const { return missing_.size(); }
    [[nodiscard]] bool stopped_early() const { return stopping_->state().stopped; }
    [[nodiscard]] std::string how_it_ended() const { return stopping_->summary().sentence; }

    /// Lets next() give what is missing: up to the next look of the plan where the judge is asked
    /// in waves and judging may stop early, else all of it. False: nothing is missing any more.
    bool begin_wave() {
        if (next_ == missing_.size()) {
            return false;
        }
        end_ = missing_.size();
        const bool may_stop = task_.plan.analysis.stopping != "none" && !stopped_early() &&
                              stopping_->state().refused.empty();
        if (!is_asked_in_waves(task_.spec) || !may_stop) {
            return true;
        }
        const std::vector<Comparison>& in_order = task_.asked.in_order;
        for (std::size_t look = 1; look < kWaves; ++look) {
            const std::size_t n_before = (in_order.size() * look + kWaves - 1) / kWaves;
            if (n_before == 0 || n_before == in_order.size()) {
                continue;
            }
            const auto last = static_cast<double>(in_order[n_before - 1].order_index);
            const auto behind = std::upper_bound(
                missing_.begin(), missing_.end(), last, [](double at, const Place& place) {
                    return at < place.at;
                });
            const auto end = static_cast<std::size_t>(behind - missing_.begin());
            if (end >= next_ + kFewestOfAWave) {
                end_ = end;
                return true;
            }
        }
        return true;
    }

    /// What the judge has to be asked next in this wave. What is taken from other runs goes into
    /// `settle` instead.
    std::optional<BlindedPair> next(const std::function<void(const Verdict&)>& settle) {
        while (next_ < end_) {
            const Place& place = missing_[next_++];
            if (place.control != nullptr) {
                return blind(*place.control);
            }
            if (stopped_early() && place.comparison->repeat >= 0) {
                continue;  // the verdicts that are there decide
            }
            if (const Verdict* taken = taken_of(*place.comparison)) {
                settle(*taken);
                continue;
            }
            BlindedPair pair = blind(*place.comparison);
            if (task_.cache != nullptr && place.comparison->repeat == 0) {
                cache_keys_[pair.item_id] = VerdictCache::key(identity_, pair);
            }
            return pair;
        }
        return std::nullopt;
    }

    void add_offer(CacheOffer& offer) const {
        std::map<std::string, bool> passed;  // by run
        for (const Place& place : missing_) {
            if (place.comparison == nullptr || place.comparison->repeat != 0) {
                continue;
            }
            const BlindedPair pair = blind(*place.comparison);
            auto known = task_.cache->find(VerdictCache::key(identity_, pair));
            if (!known) {
                continue;
            }
            const auto [run, is_new] = passed.try_emplace(known->run, false);
            if (is_new) {
                run->second = task_.cache->judge_passed(task_.judge_key, known->run);
            }
            if (!run->second) {
                ++offer.n_unproven;
                continue;
            }
            known->verdict.item_id = pair.item_id;
            offer.verdicts.emplace(pair.item_id, std::move(known->verdict));
        }
    }

    void take(const Verdict& verdict) {
        if (const auto key = cache_keys_.extract(verdict.item_id); !key.empty()) {
            task_.cache->put(key.mapped(), verdict, task_.run);
        }
        const auto found = asked_.find(verdict.item_id);
        if (found == asked_.end()) {
            return;  // a control, or asked again
        }
        const Comparison& comparison = task_.asked.in_order[found->second];
        outcomes_[found->second] = pairing::make_outcome(
            question_of(comparison.question_id), comparison, verdict);
        stopping_->advance(outcomes_);
    }

 private:
    struct Place {
        double at = 0;
        const Control* control = nullptr;  ///< one of the two
        const Comparison* comparison = nullptr;
    };

    [[nodiscard]] const Verdict* taken_of(const Comparison& comparison) const {
        if (task_.taken == nullptr) {
            return nullptr;
        }
        const auto found = task_.taken->find(comparison.id);
        return found == task_.taken->end() ? nullptr : &found->second;
    }

    void collect_missing() {
        const std::vector<Comparison>& in_order = task_.asked.in_order;
        std::vector<std::string> ids;
        for (const Comparison& comparison : in_order) {
            if (!comparison.identical && !comparison.variant_failed) {
                ids.push_back(comparison.id);
            }
        }
        for (const Comparison& comparison : task_.asked.repeats) {
            ids.push_back(comparison.id);
        }
        for (const Comparison& comparison : task_.asked.rechecks) {
            ids.push_back(comparison.id);
        }
        for (const Control& control : task_.controls) {
            ids.push_back(control.id);
        }
        const std::vector<std::string> pending = store_.to_judge(ids, task_.judge_key);
        const std::set<std::string> wanted(pending.begin(), pending.end());
        for (std::size_t i = 0; i < in_order.size() && !stopped_early(); ++i) {
            const Comparison& comparison = in_order[i];
            if (!wanted.contains(comparison.id)) {
                continue;
            }
            missing_.push_back({static_cast<double>(comparison.order_index), nullptr, &comparison});
            asked_.emplace(comparison.id, i);
        }
        for (const Comparison& comparison : task_.asked.repeats) {
            if (wanted.contains(comparison.id) && !stopped_early()) {
                missing_.push_back(
                    {static_cast<double>(comparison.order_index), nullptr, &comparison});
            }
        }
        // As controls: they are asked even where judging stopped early.
        for (const Comparison& comparison : task_.asked.rechecks) {
            if (wanted.contains(comparison.id)) {
                missing_.push_back(
                    {static_cast<double>(comparison.order_index), nullptr, &comparison});
            }
        }
        for (const Control& control : task_.controls) {
            if (wanted.contains(control.id)) {
                missing_.push_back({control.place, &control, nullptr});
            }
        }
        if (task_.only != nullptr) {
            std::erase_if(missing_, [&](const Place& place) {
                return place.comparison == nullptr || !task_.only->contains(place.comparison->id);
            });
        }
        std::stable_sort(missing_.begin(), missing_.end(), [](const Place& a, const Place& b) {
            return a.at < b.at;
        });
    }

    [[nodiscard]] const Question& question_of(const std::string& id) const {
        return *by_id_.at(id);
    }

    [[nodiscard]] Answer answer(const std::string& key) const {
        auto row = store_.answer(key);
        ASSAY_CHECK(row.has_value());
        return std::move(row->answer);
    }

    [[nodiscard]] BlindedPair blind(const Comparison& comparison) const {
        return pairing::blind(question_of(comparison.question_id),
                              comparison,
                              answer(comparison.baseline_answer_key),
                              answer(comparison.variant_answer_key));
    }
    [[nodiscard]] BlindedPair blind(const Control& control) const {
        return pairing::blind(question_of(control.question_id),
                              control,
                              answer(control.honest_answer_key),
                              answer(control.other_answer_key));
    }

    const JudgingTask& task_;
    store::Store& store_;
    const std::string identity_;
    std::map<std::string, const Question*> by_id_;
    std::vector<Outcome> outcomes_;  ///< of task.asked.in_order, as far as they are known
    std::optional<analysis::Stopping> stopping_;
    std::vector<Place> missing_;
    std::map<std::string, std::size_t> asked_;       ///< id of a missing comparison -> its place in
                                                     ///< task.asked.in_order
    std::map<std::string, std::string> cache_keys_;  ///< of the comparisons that the judge was
                                                     ///< asked about and that the cache wants
    std::size_t next_ = 0;
    std::size_t end_ = 0;  ///< of the wave
};

/// What came in so far, for the terminal: still blind, so nothing can be read from it of any
/// variant.
class Tally {
 public:
    explicit Tally(const JudgeSpec& spec) : spec_(spec) {}

    void count(const Verdict& verdict) {
        ++states_[verdict.state];
        const bool cached = is_from_cache(verdict);
        n_cached_ += cached;
        if (cached) {
            return;
        }
        if (spec_.kind() == JudgeKind::kApi) {
            cost_ += verdict_cost(spec_.api(), verdict).value_or(0);
        }
    }

    [[nodiscard]] std::string text() const {
        std::string out;
        const auto add = [&](const std::string& part) { out += (out.empty() ? "" : ", ") + part; };
        for (const auto& [state, n] : states_) {
            add(fmt::format("{} {}", n, name_of(state)));
        }
        if (n_cached_ > 0) {
            add(fmt::format("{} from the cache", n_cached_));
        }
        if (token_cost(spec_, 0, 0)) {
            add(fmt::format("cost {:.4g}", cost_));
        }
        return out;
    }

 private:
    const JudgeSpec& spec_;
    std::map<VerdictState, int> states_;
    int n_cached_ = 0;
    double cost_ = 0;
};

}  // namespace

std::string judge_note(const std::string& name, const std::string& judge_key) {
    return fmt::format("{} of judge {}", name, judge_key);
}
std::int64_t n_missing(const JudgingTask& task, store::Store& store, const judge::Judge& judge) {
    return static_cast<std::int64_t>(Stream(task, store, judge).size());
}

void add_offer(CacheOffer& offer,
               const JudgingTask& task,
               store::Store& store,
               const judge::Judge& judge) {
    Stream(task, store, judge).add_offer(offer);
}

bool judge_missing(const JudgingTask& task,
                   judge::Judge& judge,
                   store::Store& store,
                   const std::atomic<bool>& cancel,
                   Progress& progress) {
    Stream stream(task, store, judge);
    if (stream.size() == 0) {
        return true;
    }
    run::freeze_design(store, task.plan.analysis, task.plan.generation);
    progress.begin(
        fmt::format("verdicts of {} on {}", task.spec.name, task.variant), stream.size(), "pairs");
    Tally tally(task.spec);
    const auto settle = [&](const Verdict& verdict) {
        store.save_verdict({verdict.item_id, task.judge_key, task.spec.name, verdict, utc_now()});
        stream.take(verdict);
        tally.count(verdict);
        progress.status(tally.text());
        progress.advance(1);
    };
    judge::RunResult result;
    while (result.end == judge::RunEnd::kFinished && stream.begin_wave()) {
        result = judge.run([&] { return stream.next(settle); }, settle, cancel);
    }
    progress.finish(stream.stopped_early()
                        ? fmt::format("{}; {}", tally.text(), stream.how_it_ended())
                        : tally.text());
    if (result.end != judge::RunEnd::kStopped) {
        return true;
    }
    progress.note(fmt::format("judge {} stopped: {}", task.spec.name, to_sentence(result.why)));
    return false;
}

}  // namespace assay::app
