#include "assay/app/judging.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "assay/app/terminal.hpp"
#include "assay/pairing/controls.hpp"
#include "assay/pairing/unblind.hpp"
#include "assay/records/names.hpp"

namespace assay::app {
namespace {

/// A run that goes on with the same comparisons has the same first one; other answers or another order have another.
std::string shown_key(const std::string& judge_key, const Comparison& first) { return fmt::format("decision shown {} {}", judge_key, first.id); }

/// One variant's comparisons and controls, as a judge is to see them.
class Stream {
   public:
    Stream(const JudgingTask& task, store::Store& store, bool costs_nothing) : task_(task), store_(store) {
        for (const Question& question : task.questions) by_id_.emplace(question.id, &question);
        for (const Comparison& comparison : task.in_order) {
            std::optional<Verdict> verdict;
            if (const auto row = store.verdict(comparison.id, task.judge_key)) verdict = row->verdict;
            outcomes_.push_back(pairing::make_outcome(question_of(comparison.question_id), comparison, verdict));
        }
        stopping_.emplace(outcomes_, analysis::JudgingPlan{planned_comparisons(store, task.judge_key, task.in_order), costs_nothing}, task.plan.analysis);
        stopping_->advance(outcomes_);
        collect_missing();
    }

    [[nodiscard]] std::size_t size() const { return missing_.size(); }
    [[nodiscard]] bool stopped_early() const { return stopping_->state().stopped; }
    [[nodiscard]] std::string how_it_ended() const { return stopping_->summary().sentence; }

    std::optional<BlindedPair> next() {
        for (; next_ < missing_.size(); ++next_) {
            const Place& place = missing_[next_];
            if (place.control == nullptr && stopping_->state().stopped) continue;  // the verdicts that are there decide
            ++next_;
            return place.control != nullptr ? blind(*place.control) : blind(*place.comparison);
        }
        return std::nullopt;
    }

    void take(const Verdict& verdict) {
        const auto found = asked_.find(verdict.item_id);
        if (found == asked_.end()) return;  // a control
        const Comparison& comparison = task_.in_order[found->second];
        outcomes_[found->second] = pairing::make_outcome(question_of(comparison.question_id), comparison, verdict);
        stopping_->advance(outcomes_);
    }

   private:
    struct Place {
        double at = 0;
        const Control* control = nullptr;  ///< one of the two
        const Comparison* comparison = nullptr;
    };

    void collect_missing() {
        std::vector<std::string> ids;
        for (const Comparison& comparison : task_.in_order) {
            if (!comparison.identical && !comparison.variant_failed) ids.push_back(comparison.id);
        }
        for (const Control& control : task_.controls) ids.push_back(control.id);
        const std::vector<std::string> pending = store_.to_judge(ids, task_.judge_key);
        const std::set<std::string> wanted(pending.begin(), pending.end());
        for (std::size_t i = 0; i < task_.in_order.size() && !stopped_early(); ++i) {
            const Comparison& comparison = task_.in_order[i];
            if (!wanted.contains(comparison.id)) continue;
            missing_.push_back({static_cast<double>(comparison.order_index), nullptr, &comparison});
            asked_.emplace(comparison.id, i);
        }
        for (const Control& control : task_.controls) {
            if (wanted.contains(control.id)) missing_.push_back({control.place, &control, nullptr});
        }
        std::stable_sort(missing_.begin(), missing_.end(), [](const Place& a, const Place& b) { return a.at < b.at; });
    }

    [[nodiscard]] const Question& question_of(const std::string& id) const { return *by_id_.at(id); }

    [[nodiscard]] Answer answer(const std::string& key) const {
        auto row = store_.answer(key);
        ASSAY_CHECK(row.has_value());
        return std::move(row->answer);
    }

    [[nodiscard]] BlindedPair blind(const Comparison& comparison) const {
        return pairing::blind(question_of(comparison.question_id), comparison, answer(comparison.baseline_answer_key), answer(comparison.variant_answer_key));
    }
    [[nodiscard]] BlindedPair blind(const Control& control) const {
        return pairing::blind(question_of(control.question_id), control, answer(control.honest_answer_key), answer(control.other_answer_key));
    }

    const JudgingTask& task_;
    store::Store& store_;
    std::map<std::string, const Question*> by_id_;
    std::vector<Outcome> outcomes_;  ///< of task.in_order, as far as they are known
    std::optional<analysis::Stopping> stopping_;
    std::vector<Place> missing_;
    std::map<std::string, std::size_t> asked_;  ///< id of a missing comparison -> its place in task.in_order
    std::size_t next_ = 0;
};

std::string failed_states(const std::map<VerdictState, int>& states) {
    std::string out;
    for (const auto& [state, n] : states) {
        if (state == VerdictState::kA || state == VerdictState::kB || state == VerdictState::kTie) continue;
        out += fmt::format("{}{} {}", out.empty() ? "" : ", ", n, name_of(state));
    }
    return out;
}

}  // namespace

std::string design_of(const AnalysisSettings& settings) { return fmt::format("stopping {}, multiplicity {}", settings.stopping, settings.multiplicity); }

void freeze_design(store::Store& store, const AnalysisSettings& settings) {
    store.freeze_analysis(settings.margin, settings.alpha);
    if (!store.note(kFrozenDesign)) store.put_note(kFrozenDesign, design_of(settings));
}

void sort_in_judging_order(std::vector<Comparison>& comparisons) {
    std::sort(comparisons.begin(), comparisons.end(), [](const Comparison& a, const Comparison& b) { return a.order_index < b.order_index; });
}

std::int64_t planned_comparisons(const store::Store& store, const std::string& judge_key, std::span<const Comparison> in_order) {
    const auto n = static_cast<std::int64_t>(in_order.size());
    if (in_order.empty()) return n;
    const auto note = store.note(shown_key(judge_key, in_order.front()));
    return note ? std::stoll(*note) : n;
}

void note_decision_shown(store::Store& store, const std::string& judge_key, std::span<const Comparison> in_order) {
    if (in_order.empty() || store.note(shown_key(judge_key, in_order.front()))) return;
    store.put_note(shown_key(judge_key, in_order.front()), std::to_string(in_order.size()));
}

std::vector<Control> controls_of_plan(const store::Store& store, std::span<const std::string> variants, const std::set<std::string>& answer_keys) {
    std::vector<Control> out;
    for (Control& control : store.controls()) {
        if (std::find(variants.begin(), variants.end(), control.variant) == variants.end()) continue;
        if (answer_keys.contains(control.honest_answer_key) && answer_keys.contains(control.other_answer_key)) out.push_back(std::move(control));
    }
    return out;
}

std::int64_t n_controls_for(bool costs_nothing, std::size_t n_questions) {
    return costs_nothing ? std::max(kFewestControls, static_cast<std::int64_t>(n_questions)) : kFewestControls;
}

std::vector<Control> first_controls(std::span<const Control> controls, std::int64_t n_each) {
    std::vector<Control> out;
    for (const ControlKind kind : {ControlKind::kIdentical, ControlKind::kSwapped}) {
        std::vector<Control> of_kind;
        std::copy_if(controls.begin(), controls.end(), std::back_inserter(of_kind), [&](const Control& control) { return control.kind == kind; });
        std::stable_sort(of_kind.begin(), of_kind.end(), [](const Control& a, const Control& b) { return a.rank < b.rank; });
        const auto n = std::min(of_kind.size(), static_cast<std::size_t>(n_each));
        out.insert(out.end(), of_kind.begin(), of_kind.begin() + static_cast<std::ptrdiff_t>(n));
    }
    return out;
}

bool judge_missing(const JudgingTask& task, judge::Judge& judge, store::Store& store, const std::atomic<bool>& cancel, Progress& progress) {
    Stream stream(task, store, judge.costs_nothing());
    if (stream.size() == 0) return true;
    freeze_design(store, task.plan.analysis);
    progress.begin(fmt::format("verdicts of {} on {}", task.spec.name, task.variant), stream.size(), "pairs");
    std::map<VerdictState, int> states;
    const judge::RunResult result = judge.run(
        [&] { return stream.next(); },
        [&](const Verdict& verdict) {
            store.save_verdict({verdict.item_id, task.judge_key, task.spec.name, verdict, utc_now()});
            stream.take(verdict);
            ++states[verdict.state];
            progress.advance(1);
        },
        cancel);
    const std::string failed = failed_states(states);
    progress.finish(stream.stopped_early() ? fmt::format("{}{}{}", failed, failed.empty() ? "" : "; ", stream.how_it_ended()) : failed);
    if (result.end != judge::RunEnd::kStopped) return true;
    progress.note(fmt::format("judge {} stopped: {}", task.spec.name, to_sentence(result.why)));
    return false;
}

}  // namespace assay::app
