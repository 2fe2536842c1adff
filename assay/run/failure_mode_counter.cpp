#include "assay/run/failure_mode_counter.hpp"

#include <algorithm>
#include <future>
#include <thread>

#include "assay/failure_modes/examine.hpp"
#include "assay/failure_modes/read_back.hpp"

namespace assay::run {
namespace {

constexpr std::size_t kFewestForThreads = 256;  ///< answers; below, a thread costs more

}  // namespace

FailureModeRow row_of(std::string_view mode, const failure_modes::FlagComparison& comparison) {
    FailureModeRow row;
    row.mode = mode;
    row.n = comparison.table.n();
    row.baseline = comparison.baseline.count;
    row.variant = comparison.variant.count;
    row.difference.n = row.n;
    row.difference.method = "Newcombe's method 10";
    if (comparison.difference) {
        row.difference.value = comparison.difference->estimate;
        row.difference.low = comparison.difference->low;
        row.difference.high = comparison.difference->high;
    }
    row.p_mid = comparison.p_mid;
    row.p_holm = comparison.p_holm;
    return row;
}

FailureModeCounter::FailureModeCounter(std::span<const Question> questions,
                                       const GenerationSettings& settings,
                                       std::span<const std::optional<Answer>> baseline)
    : questions_(questions),
      words_(questions),
      instructions_(failure_modes::fixed_texts(settings.prompt_template)) {
    instructions_.push_back(settings.system);
    baseline_ = flags_of(baseline);
}

std::vector<FailureModeRow> FailureModeCounter::count(
    std::span<const std::optional<Answer>> answers) const {
    const std::vector<std::optional<failure_modes::Flags>> of_variant = flags_of(answers);
    std::vector<failure_modes::Flags> baseline, variant;
    for (std::size_t q = 0; q < questions_.size(); ++q) {
        if (of_variant[q] && baseline_[q]) {
            baseline.push_back(*baseline_[q]);
            variant.push_back(*of_variant[q]);
        }
    }
    std::vector<FailureModeRow> out;
    if (baseline.empty()) {
        return out;
    }
    for (const failure_modes::ModeComparison& mode : failure_modes::compare(baseline, variant)) {
        out.push_back(row_of(failure_modes::name_of(mode.mode), mode));
    }
    return out;
}

/// Examining texts is most of a large report's time, so it is spread over the cores. Each answer's
/// flags depend on nothing else.
std::vector<std::optional<failure_modes::Flags>> FailureModeCounter::flags_of(
    std::span<const std::optional<Answer>> answers) const {
    std::vector<std::optional<failure_modes::Flags>> out(answers.size());
    const auto examine_every = [&](std::size_t first, std::size_t step) {
        for (std::size_t q = first; q < answers.size(); q += step) {
            if (answers[q] && !was_not_given(*answers[q])) {
                out[q] = flags_of(q, *answers[q]);
            }
        }
    };
    const std::size_t n_threads = answers.size() < kFewestForThreads
                                      ? 1
                                      : std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::future<void>> others;
    for (std::size_t i = 1; i < n_threads; ++i) {
        others.push_back(std::async(std::launch::async, examine_every, i, n_threads));
    }
    examine_every(0, n_threads);
    for (std::future<void>& other : others) {
        other.get();
    }
    return out;
}

failure_modes::Flags FailureModeCounter::flags_of(std::size_t q, const Answer& answer) const {
    const Question& question = questions_[q];
    failure_modes::AnswerFacts facts;
    facts.text = answer.text;
    facts.stop_reason = answer.stop_reason;
    // Where nobody says how many passages were shown: all of them.
    facts.n_contexts_used = answer.n_contexts_used == kContextsUnknown
                                ? static_cast<int>(question.contexts.size())
                                : answer.n_contexts_used;
    facts.question_id = question.id;
    facts.question = question.text;
    if (question.expected) {
        facts.expected = *question.expected;
    }
    facts.contexts = question.contexts;
    facts.instructions = instructions_;
    facts.dataset = &words_;
    return failure_modes::examine(facts);
}

}  // namespace assay::run
