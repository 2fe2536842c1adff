#include "assay/llm/generator.hpp"

namespace assay::llm {

const AnswerResult& Generated::answer() const {
    static const AnswerResult kNone;
    const auto* answer = std::get_if<AnswerResult>(&result);
    return answer == nullptr ? kNone : *answer;
}

const LabelResult& Generated::labels() const {
    static const LabelResult kNone;
    const auto* labels = std::get_if<LabelResult>(&result);
    return labels == nullptr ? kNone : *labels;
}

}  // namespace assay::llm
