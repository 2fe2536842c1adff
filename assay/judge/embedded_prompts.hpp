#pragma once
// Prompts of the embedded judge: what its chat template puts around the user turn, found once, and
// a pair's tokens.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/judge/embedded_model.hpp"
#include "assay/judge/judge.hpp"
#include "assay/judge/labels.hpp"
#include "assay/judge/verdict_grammar.hpp"
#include "assay/records/plan.hpp"
#include "assay/records/verdict.hpp"

namespace assay::judge {

/// What closes a <think> block, and the most tokens that it may have.
inline constexpr const char* kEndOfThought = "\n</think>\n\n";
inline constexpr int kTokensOfEndOfThought = 16;

/// What stands around the user turn in every prompt.
struct Frame {
    std::string before, after;
    std::vector<std::int32_t> before_tokens, after_tokens;
};

/// The frame with the system text in it: as a system turn, or, where the template refuses or drops
/// one, at the beginning of the user's. `after_tokens` are still empty.
[[nodiscard]] Result<Frame> make_frame(EmbeddedModel& model);

/// The one token that `text` is behind the prompt; empty if it is several there.
[[nodiscard]] std::optional<std::int32_t> single_token(EmbeddedModel& model,
                                                       const Frame& frame,
                                                       const std::string& text);

/// What every prompt of one judge has.
struct EmbeddedSetup {
    JudgeSpec spec;
    std::string jinja;
    RenderTemplate render;
    Frame frame;
    Labels labels;  ///< empty in a reasoning judge
    Thinking thinking = Thinking::kNone;
    EmbeddedModel::Context context;
    int most_tokens = 0;  ///< of prompt and reply
    std::string fingerprint;

    [[nodiscard]] std::string variables(const BlindedPair& pair) const;
    [[nodiscard]] int reply_tokens() const;  ///< at most; 0 where nothing is generated
};

/// Prompts of pairs. The shared prefix of a kind (with contexts or without, with an expected answer
/// or without) is a function of the judge, never of the pairs: the common beginning of prompts
/// whose texts begin in many ways. The longer prefix of a label prompt is one of the pair alone:
/// what it shares with the pair in the other order. `setup` and `model` must outlive it.
class EmbeddedPrompts {
 public:
    EmbeddedPrompts(const EmbeddedSetup& setup, EmbeddedModel& model)
        : setup_(setup), model_(model) {}

    /// Fails, with a sentence for the verdict, where it cannot be rendered or does not fit the
    /// context.
    [[nodiscard]] Result<llm::Prompt> of(const BlindedPair& pair);

 private:
    using Tokens = std::vector<std::int32_t>;
    [[nodiscard]] Result<Tokens> tokens_of(const BlindedPair& pair);
    [[nodiscard]] Result<int> longer_prefix(const BlindedPair& pair, const llm::Prompt& prompt);
    [[nodiscard]] const Tokens& prefix_like(const BlindedPair& pair);
    [[nodiscard]] Tokens shared_prefix(bool with_expected, bool with_contexts);

    const EmbeddedSetup& setup_;
    EmbeddedModel& model_;
    std::map<std::pair<bool, bool>, Tokens> prefixes_;
};

}  // namespace assay::judge
