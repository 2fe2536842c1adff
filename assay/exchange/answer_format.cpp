#include "assay/exchange/answer_format.hpp"

#include <array>

namespace assay::exchange {
namespace {

using intake::Tool;

/// A format that is known by the field of the answer.
struct FormatOfField {
    std::string_view name;
    AnswerFormat format;
};
constexpr std::array<FormatOfField, 5> kFormatsOfFields{{{"model_answer", AnswerFormat::kStudy},
                                                         {"response", AnswerFormat::kStudy},
                                                         {"output", AnswerFormat::kAlpacaEval},
                                                         {"resps", AnswerFormat::kLmEval},
                                                         {"choices", AnswerFormat::kFastChat}}};

}  // namespace

std::string_view name_of(AnswerFormat format) {
    switch (format) {
        case AnswerFormat::kStudy: return "study";
        case AnswerFormat::kLmEval: return "lm-eval";
        case AnswerFormat::kAlpacaEval: return "alpaca-eval";
        case AnswerFormat::kFastChat: return "fastchat";
        case AnswerFormat::kPlain: return "plain";
        case AnswerFormat::kInspect: return "inspect";
        case AnswerFormat::kPromptfoo: return "promptfoo";
        case AnswerFormat::kOpenAiBatch: return "openai-batch";
    }
    return {};
}

AnswerFormat format_of_field(std::string_view name, Tool tool) {
    switch (tool) {
        case Tool::kAny: break;
        case Tool::kInspect: return AnswerFormat::kInspect;
        case Tool::kPromptfoo: return AnswerFormat::kPromptfoo;
        case Tool::kOpenAiBatch: return AnswerFormat::kOpenAiBatch;
    }
    for (const FormatOfField& known : kFormatsOfFields) {
        if (known.name == name) {
            return known.format;
        }
    }
    return AnswerFormat::kPlain;
}

}  // namespace assay::exchange
