#include "assay/app/failure_mode_counter.hpp"

#include "assay/failure_modes/compare.hpp"
#include "assay/failure_modes/examine.hpp"
#include "assay/failure_modes/read_back.hpp"

namespace assay::app {

FailureModeCounter::FailureModeCounter(std::span<const Question> questions, const GenerationSettings& settings, std::span<const std::optional<Answer>> baseline)
    : questions_(questions), words_(questions), instructions_(failure_modes::fixed_texts(settings.prompt_template)), baseline_(questions.size()) {
    instructions_.push_back(settings.system);
    for (std::size_t q = 0; q < questions.size(); ++q) {
        if (baseline[q]) baseline_[q] = flags_of(q, *baseline[q]);
    }
}

std::vector<FailureModeRow> FailureModeCounter::count(std::span<const std::optional<Answer>> answers) const {
    std::vector<failure_modes::Flags> baseline, variant;
    for (std::size_t q = 0; q < questions_.size(); ++q) {
        if (!answers[q] || !baseline_[q]) continue;
        baseline.push_back(*baseline_[q]);
        variant.push_back(flags_of(q, *answers[q]));
    }
    std::vector<FailureModeRow> out;
    if (baseline.empty()) return out;
    for (const failure_modes::ModeComparison& mode : failure_modes::compare(baseline, variant)) {
        FailureModeRow row;
        row.mode = failure_modes::name_of(mode.mode);
        row.n = static_cast<std::int64_t>(baseline.size());
        row.baseline = mode.baseline.count;
        row.variant = mode.variant.count;
        row.difference.n = row.n;
        row.difference.method = "Newcombe's method 10";
        if (mode.difference) {
            row.difference.value = mode.difference->estimate;
            row.difference.low = mode.difference->low;
            row.difference.high = mode.difference->high;
        }
        row.p_mid = mode.p_mid;
        row.p_holm = mode.p_holm;
        out.push_back(std::move(row));
    }
    return out;
}

failure_modes::Flags FailureModeCounter::flags_of(std::size_t q, const Answer& answer) const {
    const Question& question = questions_[q];
    failure_modes::AnswerFacts facts;
    facts.text = answer.text;
    facts.stop_reason = answer.stop_reason;
    // Where nobody says how many passages were shown: all of them.
    facts.n_contexts_used = answer.n_contexts_used == kContextsUnknown ? static_cast<int>(question.contexts.size()) : answer.n_contexts_used;
    facts.question_id = question.id;
    facts.question = question.text;
    if (question.expected) facts.expected = *question.expected;
    facts.contexts = question.contexts;
    facts.instructions = instructions_;
    facts.dataset = &words_;
    return failure_modes::examine(facts);
}

}  // namespace assay::app
