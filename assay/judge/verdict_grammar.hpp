#pragma once
// The grammar that a reasoning judge of our own engine writes under.

#include <string>

namespace assay::judge {

enum class Thinking {
    kNone,      ///< the JSON object and nothing else
    kMayBegin,  ///< a <think> block may stand before it
    kHasBegun,  ///< the prompt has opened the block already
};

/// GBNF (llama.cpp's grammars/README.md) of {"reasoning", "verdict", "confidence"} in this order,
/// reasoning of 1 to 800 characters, so that a model that repeats itself comes to its verdict; then
/// of tags_a and tags_b if wanted, each with as many words as there are at most.
[[nodiscard]] std::string verdict_grammar(Thinking thinking, bool with_tags);

}  // namespace assay::judge
