// The part of an engine's variant that reads the baseline's answers.
//
// Problem: how far is a variant from the baseline on the run's own prompts, token by token, and how
// much of its answers need not be written?
//
// Model: the baseline keeps the rows of what it writes. A variant reads each of the baseline's
// answers before it writes its own. What it agrees on is its own beginning (the engine:
// answerer_drafts.cpp), and the facts of each token go into the store. An answer that is stored
// already is only read.
//
// Invariant: what a variant writes has the bytes that it would have without any of this. That holds
// where reading has the bits of writing, and the run proves it on the spot: the baseline reads
// answers of its own first. Where it does not find exactly itself, variants write as ever and read
// afterwards, and the report tells the noise floor.
//
// It ends because each answer is read at most once, and one that cannot be read is left out.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "assay/app/engine_variant.hpp"
#include "assay/base/clock.hpp"
#include "assay/base/text.hpp"

namespace assay::app {
namespace {

constexpr std::size_t kOwnAnswers = 2;  ///< that the baseline reads

}  // namespace

/// Questions whose answer by the baseline this variant has not read.
EngineVariant::Prompts EngineVariant::still_to_read() const {
    Prompts out;
    const Fidelity* fidelity = context().fidelity.get();
    if (fidelity == nullptr || fidelity->failed() || !facts.no_fidelity.empty()) {
        return out;
    }
    const std::vector<std::string>& baseline = context().facts.variants.front().answer_keys;
    for (std::size_t q = 0; q < context().questions.size(); ++q) {  // first samples only
        if (app::has_to_read(*context().store, baseline[q], facts.answer_keys[q])) {
            out.push_back(&prompts.prompts[q]);
        }
    }
    return out;
}

bool EngineVariant::has_to_read(const Prompts& missing) const {
    const Fidelity* fidelity = context().fidelity.get();
    if (fidelity == nullptr || fidelity->failed()) {
        return false;
    }
    if (place == 0) {
        return !fidelity->wanted().empty();
    }
    return missing.empty() && !still_to_read().empty();
}

/// Writes what is missing, and reads again what is stored without its rows.
void EngineVariant::answer_as_baseline(const Prompts& missing) {
    Fidelity* fidelity = context().fidelity.get();
    if (fidelity != nullptr) {
        static_cast<void>(model());  // which says whether its logits can be made of rows
    }
    std::vector<answer::Asked> asked;
    std::set<std::string> is_missing;
    for (const answer::PreparedPrompt* prompt : missing) {
        asked.push_back({prompt});
        is_missing.insert(prompt->id);
    }
    std::map<std::string, Answer> stored;
    for (std::size_t q = 0; q < prompts.prompts.size(); ++q) {
        const std::string& id = prompts.prompts[q].id;
        if (fidelity == nullptr || !fidelity->wants(id) || is_missing.contains(id)) {
            continue;
        }
        const auto row = context().store->answer(facts.answer_keys[q]);
        if (!row || row->answer.stop_reason == StopReason::kFailed) {
            continue;
        }
        stored.emplace(id, row->answer);
        // An empty answer has no token to be read; it is written again.
        answer::Asked again{&prompts.prompts[q]};
        if (!row->answer.tokens.empty()) {
            auto draft = std::make_shared<wire::Written>();
            draft->tokens = row->answer.tokens;
            again.draft = [draft] { return draft; };
        }
        asked.push_back(std::move(again));
    }
    context().progress.begin(
        fmt::format("answers of {}", variant.name), asked.size(), answers_word());
    ask(asked, [&](const auto& prompt, const Answer& answer, const llm::AnswerResult& result) {
        const auto before = stored.find(prompt.id);
        if (before == stored.end()) {
            save(prompt, answer);
        } else if (before->second.tokens != answer.tokens) {
            fidelity->fail(fmt::format("the baseline does not find its stored answer to {} again",
                                       answer.question_id));
        }
        if (fidelity != nullptr && fidelity->wants(prompt.id) &&
            answer.stop_reason != StopReason::kFailed) {
            fidelity->keep(prompt.id, result.written);
        }
        context().progress.advance(1);
    });
    read_own_answers();
}

/// Whether reading is writing, on this machine and with this model.
void EngineVariant::read_own_answers() {
    Fidelity* fidelity = context().fidelity.get();
    if (fidelity == nullptr || fidelity->failed() || fidelity->rows().n_answers() == 0) {
        return;
    }
    context().progress.note(
        fmt::format("the rows of {} answers of {} are kept until the run ends: {} in {}",
                    fidelity->rows().n_answers(),
                    variant.name,
                    format_bytes(fidelity->rows().size_bytes()),
                    context().plan.run_dir));
    std::vector<answer::Asked> asked;
    for (const answer::PreparedPrompt& prompt : prompts.prompts) {
        if (asked.size() < kOwnAnswers && fidelity->can_read(prompt.id)) {
            asked.push_back(
                {&prompt, [fidelity, &prompt] { return fidelity->rows().load(prompt.id); }, true});
        }
    }
    ask(asked, [&](const auto& /*prompt*/, const Answer& answer, const llm::AnswerResult& result) {
        if (answer.failure.empty()) {
            fidelity->note_self(result.reading);
        } else {
            fidelity->fail("the baseline cannot read its own answers: " + answer.failure);
        }
    });
    // Before a variant reads: a run that is stopped then has read on this proof.
    if (fidelity->self_reading()) {
        context().facts.self_reading = fidelity->self_reading();
    }
    run::save_facts(*context().store, context().plan_sha256, context().facts);
}

void EngineVariant::answer_as_variant(const Prompts& missing) {
    Fidelity* fidelity = context().fidelity.get();
    std::set<std::string> to_read;
    for (const answer::PreparedPrompt* prompt : still_to_read()) {
        if (fidelity->can_read(prompt->id)) {
            to_read.insert(prompt->id);
        }
    }
    const auto with_draft = [&](const answer::PreparedPrompt& prompt, bool read_only) {
        return answer::Asked{
            &prompt, [fidelity, &prompt] { return fidelity->rows().load(prompt.id); }, read_only};
    };
    std::set<std::string> to_write;
    std::vector<answer::Asked> asked, afterwards;
    for (const answer::PreparedPrompt* prompt : missing) {
        to_write.insert(prompt->id);
        const bool drafted = to_read.contains(prompt->id) && fidelity->exact();
        asked.push_back(drafted ? with_draft(*prompt, false) : answer::Asked{prompt});
    }
    for (const answer::PreparedPrompt& prompt : prompts.prompts) {
        const std::string& id = prompt.id;
        if (to_read.contains(id) && (!to_write.contains(id) || !fidelity->exact())) {
            afterwards.push_back(with_draft(prompt, true));
        }
    }
    context().progress.begin(fmt::format("answers of {}", variant.name),
                             asked.size() + afterwards.size(),
                             answers_word());
    const answer::AnswerSink keep_facts =
        [&](const auto& prompt, const Answer& answer, const llm::AnswerResult& result) {
            if (answer.failure.empty() && to_read.contains(prompt.id)) {
                save_fidelity(prompt, result.reading);
            }
        };
    const answer::AnswerSink read =
        [&](const auto& prompt, const Answer& answer, const llm::AnswerResult& result) {
            keep_facts(prompt, answer, result);
            context().progress.advance(1);
        };
    ask(asked, [&](const auto& prompt, const Answer& answer, const llm::AnswerResult& result) {
        save(prompt, answer);
        if (fidelity != nullptr && fidelity->exact()) {
            keep_facts(prompt, answer, result);
        }
        context().progress.advance(1);
    });
    ask(afterwards, read);
}

/// A reading that failed leaves no facts, and its reason is told.
void EngineVariant::save_fidelity(const answer::PreparedPrompt& prompt,
                                  const wire::Reading& reading) {
    if (!reading.failure.empty()) {
        facts.no_fidelity = reading.failure;
        return;
    }
    if (reading.kld.empty()) {
        return;
    }
    const auto q = static_cast<std::size_t>(&prompt - prompts.prompts.data());
    const auto draft = context().fidelity->rows().load(prompt.id);
    context().store->save_fidelity({context().facts.variants.front().answer_keys[q],
                                    facts.answer_keys[q],
                                    fidelity_of(prompt.question_id, *draft, reading),
                                    utc_now()});
}

}  // namespace assay::app
