#pragma once
// The text mode of the scripted engine: logits that are a function of the token before and of the
// model's type, so that real figures come of them. A model's line "broken yes" makes them NaN,
// "memory N" is what it says to need.

#include <string>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/wire/text_scoring.hpp"

namespace assay::test {

/// One of the models that read a text.
struct ScriptedTextModel {
    std::string path;
    double damage = 0;  ///< how far its logits are from the original's
    bool broken = false;
};

inline constexpr int kScriptedVocabulary = 256;

/// `has_baseline`: the first model is the baseline.
[[nodiscard]] Result<wire::ScoredText> score_scripted_text(
    const std::vector<ScriptedTextModel>& models,
    bool has_baseline,
    const wire::TextSettings& settings,
    const wire::ScoreText& request);

}  // namespace assay::test
