#pragma once
// batch_NN.txt of the study: what is pasted into a chat, or given to a person.

#include <span>
#include <string>
#include <string_view>

#include "assay/records/verdict.hpp"

namespace assay::exchange {

/// A pair and its number in its batch.
struct BatchExample {
    int number = 1;
    BlindedPair pair;
};

/// A batch_NN.txt of the study (formats.md): instructions, then per item "Example n", the question,
/// the expected answer and the contexts if they are to be shown, Response A, Response B; last the
/// JSON that is wanted back, reasoning before verdict and with `code` as its "batch". One boundary
/// for the whole batch. Pure; valid UTF-8 if the pairs are.
[[nodiscard]] std::string render_batch_text(std::string_view code,
                                            std::span<const BatchExample> examples,
                                            bool show_contexts,
                                            bool show_expected);
/// Whether a text begins and ends as those of render_batch_text do: nobody has written a reply
/// below it.
[[nodiscard]] bool is_batch_text(std::string_view text);
/// The verdict that stands in the wanted JSON for one that was not given yet.
inline constexpr std::string_view kVerdictToFillIn = "A or B or TIE";

}  // namespace assay::exchange
