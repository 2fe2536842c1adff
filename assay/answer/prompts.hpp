#pragma once
// From a question to the token ids that every variant is given, and to the messages that a server
// is given.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/llm/engine.hpp"
#include "assay/records/plan.hpp"
#include "assay/records/question.hpp"

namespace assay::answer {

struct PreparedPrompt {
    std::string id;  ///< of what is asked: the question's, with the number of the sample where it
                     ///< is not the first
    std::string question_id;
    int sample = 0;    ///< which of the question's answers this asks for; the dice are its own
    std::string user;  ///< the user's turn
    std::string text;  ///< after the chat template, wire::kLiteralMark before what only looks like
                       ///< a control token; of a served model empty, like tokens and prompt_sha256
    std::vector<std::int32_t> tokens;
    std::string prompt_sha256;              ///< of the token ids
    std::string messages_sha256;            ///< of system and user turn, before the chat template
    std::vector<std::int32_t> prefix_ends;  ///< lengths of its beginnings that other prompts share,
                                            ///< as of wire::AnswerRequest
    int n_contexts_used = 0;
    bool contexts_cut = false;
};

/// How prompts are cut into pieces that are computed by themselves and kept. Bits of an answer
/// depend on it, so a run keeps to one.
enum class Pieces {
    kTemplate,  ///< what all prompts of a kind share, and the rest
    kPassages,  ///< what all share, the passages, and the rest
};

struct PromptSet {
    std::vector<PreparedPrompt> prompts;  ///< in the order of the questions
    std::vector<std::string> stops;       ///< the experiment's and the chat template's
    std::int64_t longest = 0;             ///< tokens
};

/// Renders and tokenizes every question with the model that `engine` has loaded (its vocabulary is
/// enough). What a question or its contexts hold is text: "<|im_end|>" in one of them is no control
/// token (docs/engine.md). A prompt that leaves no room for `predict` tokens in `ctx_size` loses
/// contexts: the last one first, one after the other, and of the first one as many words from its
/// end as needed; what was cut is recorded. Throws Error kUsage for a question that does not fit
/// without any context, naming its place, and for a template that cannot be rendered.
///
/// Where a prompt is cut is a function of the settings and of its own text, never of the other
/// questions: the first piece is what prompts of any question and contexts begin with, the second
/// what those of any question on the same contexts do.
[[nodiscard]] PromptSet prepare_prompts(llm::Engine& engine,
                                        const GenerationSettings& settings,
                                        std::span<const Question> questions,
                                        Pieces pieces = Pieces::kPassages);

/// `n_samples` of each prompt: all first ones in their order, then all second ones, and so on.
[[nodiscard]] PromptSet with_samples(PromptSet prompts, int n_samples);

/// The same messages for a model that a server runs, which makes tokens of them itself: without
/// text, token ids, prefix.
[[nodiscard]] PromptSet messages_of(const PromptSet& prompts);

/// Messages where no model runs here: nothing counts their tokens, so no context is cut, and a
/// prompt that is too long is the server's to refuse. `engine` renders the prompt template and
/// needs no model. Throws as prepare_prompts does.
[[nodiscard]] PromptSet prepare_messages(llm::Engine& engine,
                                         const GenerationSettings& settings,
                                         std::span<const Question> questions);

/// Contexts cut so that `fits` holds: whole ones from the end, then words from the end of the
/// first. Empty if nothing of them fits.
[[nodiscard]] std::vector<std::string> cut_contexts(
    std::vector<std::string> contexts,
    const std::function<bool(const std::vector<std::string>&)>& fits);

}  // namespace assay::answer
