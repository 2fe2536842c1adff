#pragma once
// The formats of files of answers (docs/formats.md, "Answers that exist already").

#include <string_view>

#include "assay/intake/names.hpp"

namespace assay::exchange {

/// Told apart by the field that holds the answer.
enum class AnswerFormat {
    kStudy,        ///< model_answer or response: the study's response files and assay's own
    kLmEval,       ///< resps: lm-eval's samples_*.jsonl
    kAlpacaEval,   ///< output: AlpacaEval's model_outputs.json
    kFastChat,     ///< choices: FastChat's and arena-hard's model_answer/*.jsonl
    kPlain,        ///< answer, or another name of a model's text
    kInspect,      ///< samples of an Inspect log
    kPromptfoo,    ///< results of promptfoo, as JSON or CSV
    kOpenAiBatch,  ///< output of OpenAI's batch API
};
/// study | lm-eval | alpaca-eval | fastchat | plain | inspect | promptfoo | openai-batch
[[nodiscard]] std::string_view name_of(AnswerFormat format);

/// The format that is known by the tool that wrote the file, or else by the field of the answer.
[[nodiscard]] AnswerFormat format_of_field(std::string_view name, intake::Tool tool);

}  // namespace assay::exchange
