#include "assay/app/draw_controls.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "assay/pairing/controls.hpp"
#include "assay/run/asked.hpp"
#include "assay/run/extensions.hpp"
#include "assay/store/store.hpp"

namespace assay::app {
namespace {

class ControlDrawing {
 public:
    ControlDrawing(RunContext& context,
                   std::span<const std::unique_ptr<VariantRun>> variants,
                   bool any_costs_nothing)
        : context_(context),
          store_(*context.store),
          variants_(variants),
          any_costs_nothing_(any_costs_nothing),
          extensions_(run::load_extensions(store_)),
          drawn_(run::controls_of_plan(
              store_, run::compared_names(context.facts), run::all_judged_keys(context.facts))) {}

    void draw() {
        // An extension may have added nothing to this plan: then its controls have no place.
        draw_of(0);
        if (!extensions_.empty()) {
            draw_of(extensions_.size());
        }
    }

 private:
    void draw_of(std::size_t number) {
        std::vector<pairing::ControlStream> streams;
        std::set<std::string> questions;
        for (const auto& variant : variants_.subspan(1)) {
            const std::vector<const Comparison*> members = members_of(*variant, number);
            for (const Comparison* comparison : members) {
                questions.insert(comparison->question_id);
            }
            if (number == 0 || !members.empty()) {
                streams.push_back(stream_of(*variant, number, members));
            }
        }
        const std::size_t n_questions = number == 0 ? n_questions_before_extensions(questions)
                                                    : questions.size();
        std::vector<Control> own, others;
        for (const Control& control : drawn_) {
            (run::number_of(extensions_, control) == number ? own : others).push_back(control);
        }
        const std::vector<Control> more = pairing::draw_controls(
            {sources_for(number, questions),
             streams,
             own,
             others,
             run::n_controls_for(any_costs_nothing_, n_questions),
             context_.plan.blinding_seed});
        if (more.empty()) {
            return;
        }
        if (number > 0) {
            for (const Control& control : more) {
                extensions_[number - 1].controls.insert(control.id);
            }
            run::save_extensions(store_, extensions_);
        }
        store_.save_controls(more);
        drawn_.insert(drawn_.end(), more.begin(), more.end());
    }

    /// All but those that only extensions added; `first` has those of the first comparisons.
    [[nodiscard]] std::size_t n_questions_before_extensions(
        const std::set<std::string>& first) const {
        std::set<std::string> added;
        for (const auto& variant : variants_.subspan(1)) {
            for (const Comparison& comparison : variant->comparisons) {
                if (!first.contains(comparison.question_id)) {
                    added.insert(comparison.question_id);
                }
            }
        }
        return context_.questions.size() - added.size();
    }

    [[nodiscard]] std::vector<const Comparison*> members_of(const VariantRun& variant,
                                                            std::size_t number) const {
        std::vector<const Comparison*> out;
        for (const Comparison& comparison : variant.comparisons) {
            if (run::number_of(extensions_, comparison) == number) {
                out.push_back(&comparison);
            }
        }
        return out;
    }

    /// Before any decision was shown, a run that gets more questions puts further controls among
    /// these: the others may be judged already.
    [[nodiscard]] static pairing::ControlStream stream_of(
        const VariantRun& variant,
        std::size_t number,
        const std::vector<const Comparison*>& members) {
        const std::string& name = variant.variant.name;
        if (number > 0) {
            return {name, members.front()->order_index, members.back()->order_index + 1};
        }
        const std::int64_t n = std::ssize(members), n_before = variant.n_paired_before;
        return {name, n_before < n ? n_before : 0, n};
    }

    /// The questions of the extension; all of them, where these are too few to make controls of.
    [[nodiscard]] std::vector<pairing::ControlQuestion> sources_for(
        std::size_t number, const std::set<std::string>& questions) const {
        const bool all = number == 0 || std::ssize(questions) < kFewestControls;
        std::vector<pairing::ControlQuestion> out;
        for (std::size_t q = 0; q < context_.questions.size(); ++q) {
            const Question& question = context_.questions[q];
            if (!all && !questions.contains(question.id)) {
                continue;
            }
            pairing::ControlQuestion& source = out.emplace_back(
                pairing::ControlQuestion{question.id, question.text, {}});
            for (const auto& variant : variants_) {
                const std::string& key = variant->facts.keys_for_judges()[q];
                const auto row = store_.answer(key);
                source.answers.push_back(
                    pairing::control_answer(key, row ? &row->answer : nullptr));
            }
        }
        return out;
    }

    RunContext& context_;
    store::Store& store_;
    std::span<const std::unique_ptr<VariantRun>> variants_;
    bool any_costs_nothing_;
    run::Extensions extensions_;
    std::vector<Control> drawn_;
};

}  // namespace

void draw_missing_controls(RunContext& context,
                           std::span<const std::unique_ptr<VariantRun>> variants,
                           bool any_costs_nothing) {
    ControlDrawing(context, variants, any_costs_nothing).draw();
}

}  // namespace assay::app
