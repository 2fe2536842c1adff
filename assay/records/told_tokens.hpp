#pragma once
// What a server told of the tokens that it wrote (docs/fidelity.md, "Served models"). It names
// tokens by their text, and of the probabilities it tells the largest ones only. Logarithms are
// natural, and of the model before the repeat penalty and temperature.

#include <cstddef>
#include <string>
#include <vector>

namespace assay {

/// As many candidates are asked for at each token, and no more are kept.
inline constexpr std::size_t kToldCandidates = 10;

struct ToldCandidate {
    std::string bytes;
    double log_prob = 0;  ///< at most 0
};

/// A token that was written.
struct ToldToken {
    std::string bytes;                      ///< may be empty, of a token that is no text
    double log_prob = 0;                    ///< at most 0
    std::vector<ToldCandidate> candidates;  ///< the likeliest first; it need not be among them
};

}  // namespace assay
