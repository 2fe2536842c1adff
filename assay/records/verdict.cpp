#include "assay/records/verdict.hpp"

#include <algorithm>

namespace assay {

std::optional<std::string> shown_expected(const BlindedPair& pair) {
    std::optional<std::string> shown = pair.expected;
    for (const std::string& alternative : pair.alternatives) {
        *shown += "\nAlso right: " + alternative;
    }
    return shown;
}

std::vector<std::string_view> texts_of(const BlindedPair& pair) {
    std::vector<std::string_view> texts{pair.question,
                                        std::min(pair.answer_a, pair.answer_b),
                                        std::max(pair.answer_a, pair.answer_b)};
    if (pair.expected) {
        texts.push_back(*pair.expected);
    }
    texts.insert(texts.end(), pair.alternatives.begin(), pair.alternatives.end());
    texts.insert(texts.end(), pair.contexts.begin(), pair.contexts.end());
    return texts;
}

}  // namespace assay
