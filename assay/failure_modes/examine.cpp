#include "assay/failure_modes/examine.hpp"

#include "assay/failure_modes/citation.hpp"
#include "assay/failure_modes/endings.hpp"
#include "assay/failure_modes/formatting.hpp"
#include "assay/failure_modes/instruction_to_judge.hpp"
#include "assay/failure_modes/language.hpp"
#include "assay/failure_modes/read_back.hpp"
#include "assay/failure_modes/refusal.hpp"
#include "assay/failure_modes/repetition.hpp"

namespace assay::failure_modes {

Flags examine(const AnswerFacts& facts) {
    Flags out;
    if (facts.stop_reason == StopReason::kFailed) {
        out.set(Mode::kNoAnswer);
        return out;
    }
    out.set(Mode::kTruncation, is_truncated(facts.text, facts.stop_reason));
    out.set(Mode::kRepetition, is_repetitive(facts.text));
    out.set(Mode::kContextDump, is_context_dump(facts.text, facts.contexts));
    out.set(Mode::kNoAnswer, is_no_answer(facts.text, facts.expected));
    out.set(Mode::kInventedSource, invents_source(facts.text, facts.n_contexts_used));
    out.set(Mode::kWrongContext,
            facts.dataset != nullptr &&
                is_from_wrong_context(facts.text, facts.question_id, *facts.dataset));
    out.set(Mode::kFormatting, has_formatting_artifact(facts.text));
    out.set(Mode::kLanguageSwitch, switches_language(facts.text, facts.question, facts.contexts));
    out.set(Mode::kPromptReadBack,
            reads_instructions_back(facts.text, facts.instructions) ||
                reads_question_back(facts.text, facts.question));
    out.set(Mode::kInstructionToJudge, addresses_judge(facts.text));
    return out;
}

}  // namespace assay::failure_modes
