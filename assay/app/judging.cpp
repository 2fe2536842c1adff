#include "assay/app/judging.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <tuple>

#include "assay/app/terminal.hpp"
#include "assay/pairing/controls.hpp"
#include "assay/pairing/draw.hpp"
#include "assay/pairing/unblind.hpp"
#include "assay/records/judge_provider.hpp"
#include "assay/records/names.hpp"
#include "assay/records/verdict_cost.hpp"

namespace assay::app {
namespace {

/// A run that goes on with the same comparisons has the same first one; other answers or another
/// order have another.
std::string shown_key(const std::string& judge_key, const Comparison& first) {
    return fmt::format("decision shown {} {}", judge_key, first.id);
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
            analysis::JudgingPlan{planned_comparisons(store, task.judge_key, task.asked.in_order),
                                  judge.costs_nothing()},
            task.plan.analysis);
        stopping_->advance(outcomes_);
        collect_missing();
    }

    [[nodiscard]] std::size_t size() const { return missing_.size(); }
    [[nodiscard]] bool stopped_early() const { return stopping_->state().stopped; }
    [[nodiscard]] std::string how_it_ended() const { return stopping_->summary().sentence; }

    /// What the judge has to be asked next. What the cache knows goes into `settle` instead.
    std::optional<BlindedPair> next(const std::function<void(const Verdict&)>& settle) {
        while (next_ < missing_.size()) {
            const Place& place = missing_[next_++];
            if (place.control != nullptr) {
                return blind(*place.control);
            }
            if (stopped_early()) {
                continue;  // the verdicts that are there decide
            }
            BlindedPair pair = blind(*place.comparison);
            if (task_.cache == nullptr || place.comparison->repeat > 0) {
                return pair;
            }
            const std::string key = VerdictCache::key(identity_, pair);
            const auto known = task_.read_cache ? task_.cache->find(key) : std::nullopt;
            if (!known) {
                cache_keys_[pair.item_id] = key;
                return pair;
            }
            Verdict verdict = *known;
            verdict.item_id = pair.item_id;
            settle(verdict);
        }
        return std::nullopt;
    }

    void take(const Verdict& verdict) {
        if (const auto key = cache_keys_.extract(verdict.item_id); !key.empty()) {
            task_.cache->put(key.mapped(), verdict);
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
        for (const Control& control : task_.controls) {
            if (wanted.contains(control.id)) {
                missing_.push_back({control.place, &control, nullptr});
            }
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

std::string design_of(const AnalysisSettings& settings) {
    return fmt::format("stopping {}, multiplicity {}", settings.stopping, settings.multiplicity);
}

std::string judge_note(const std::string& name, const std::string& judge_key) {
    return fmt::format("{} of judge {}", name, judge_key);
}
void freeze_design(store::Store& store, const AnalysisSettings& settings) {
    store.freeze_analysis(settings.margin, settings.alpha);
    if (!store.note(kFrozenDesign)) {
        store.put_note(kFrozenDesign, design_of(settings));
    }
}

void sort_in_judging_order(std::vector<Comparison>& comparisons) {
    std::sort(comparisons.begin(), comparisons.end(), [](const Comparison& a, const Comparison& b) {
        return std::tie(a.order_index, a.order) < std::tie(b.order_index, b.order);
    });
}

std::int64_t planned_comparisons(const store::Store& store,
                                 const std::string& judge_key,
                                 std::span<const Comparison> in_order) {
    const auto n = static_cast<std::int64_t>(in_order.size());
    if (in_order.empty()) {
        return n;
    }
    const auto note = store.note(shown_key(judge_key, in_order.front()));
    return note ? std::stoll(*note) : n;
}

void note_decision_shown(store::Store& store,
                         const std::string& judge_key,
                         std::span<const Comparison> in_order) {
    if (in_order.empty() || store.note(shown_key(judge_key, in_order.front()))) {
        return;
    }
    store.put_note(shown_key(judge_key, in_order.front()), std::to_string(in_order.size()));
}

std::vector<Control> controls_of_plan(const store::Store& store,
                                      std::span<const std::string> variants,
                                      const std::set<std::string>& answer_keys) {
    std::vector<Control> out;
    for (Control& control : store.controls()) {
        if (std::find(variants.begin(), variants.end(), control.variant) == variants.end()) {
            continue;
        }
        if (answer_keys.contains(control.honest_answer_key) &&
            answer_keys.contains(control.other_answer_key)) {
            out.push_back(std::move(control));
        }
    }
    return out;
}

std::int64_t n_controls_for(bool costs_nothing, std::size_t n_questions) {
    return costs_nothing ? std::max(kFewestControls, static_cast<std::int64_t>(n_questions))
                         : kFewestControls;
}

std::vector<Control> first_controls(std::span<const Control> controls, std::int64_t n_each) {
    std::vector<Control> out;
    for (const ControlKind kind : kControlKinds) {
        std::vector<Control> of_kind;
        std::copy_if(controls.begin(),
                     controls.end(),
                     std::back_inserter(of_kind),
                     [&](const Control& control) { return control.kind == kind; });
        std::stable_sort(of_kind.begin(), of_kind.end(), [](const Control& a, const Control& b) {
            return a.rank < b.rank;
        });
        const auto n = std::min(of_kind.size(), static_cast<std::size_t>(n_each));
        out.insert(out.end(), of_kind.begin(), of_kind.begin() + static_cast<std::ptrdiff_t>(n));
    }
    return out;
}

std::int64_t n_missing(const JudgingTask& task, store::Store& store, const judge::Judge& judge) {
    return static_cast<std::int64_t>(Stream(task, store, judge).size());
}

Asked asked_of(const Plan& plan,
               const report::ReportJudge& judge,
               std::span<const Comparison> drawn) {
    Asked out;
    for (const Comparison& comparison : drawn) {
        out.in_order.push_back(comparison);
        if (judge.both_orders) {
            out.in_order.push_back(pairing::in_other_order(comparison));
        }
    }
    // Whoever judges by hand is not asked again.
    if (!judge.costs_nothing && !is_by_hand(judge.provider)) {
        out.repeats = pairing::choose_repeats(
            drawn, plan.judging.repeats, plan.judging.repeat_share, plan.blinding_seed);
    }
    return out;
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
    freeze_design(store, task.plan.analysis);
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
    const judge::RunResult result = judge.run([&] { return stream.next(settle); }, settle, cancel);
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
