#include "assay/intake/names.hpp"

namespace assay::intake {
namespace {

using Names = std::span<const std::string_view>;

struct NamesOf {
    Meaning meaning;
    Tool tool;
    Names names;
    Names further;
};

constexpr std::string_view kIds[] = {"id", "task_id", "question_id", "uid", "sample_id", "doc_id"};
constexpr std::string_view kQuestions[] = {
    "question", "instruction", "prompt", "user_input", "query", "turns[0]"};
// lm-eval's samples have the question in `doc`; deepeval's and Inspect's datasets call it input,
// which is a part of an instruction elsewhere.
constexpr std::string_view kFurtherQuestions[] = {
    "doc.question", "doc.instruction", "doc.prompt", "input"};
constexpr std::string_view kExpected[] = {"expected",
                                          "expected_answer",
                                          "expected_response",
                                          "expected_output",
                                          "expectedOutput",
                                          "ideal",
                                          "target",
                                          "reference",
                                          "reference_answer",
                                          "ground_truth",
                                          "ground_truths"};
constexpr std::string_view kContexts[] = {
    "contexts", "context", "retrieved_contexts", "retrieval_context", "retrievalContext"};
constexpr std::string_view kClusters[] = {"cluster", "document_id", "paper_id"};
constexpr std::string_view kGold[] = {"gold"};
// Whatever a model's text is called somewhere. Two of them in one row are refused, because one may
// be the right answer: "answer" is, in many datasets.
constexpr std::string_view kAnswers[] = {
    "model_answer",   "response",         "answer",           "output",      "resps",
    "choices",        "prediction",       "predictions",      "pred",        "model_output",
    "model_outputs",  "model_response",   "model_prediction", "output_text", "outputs",
    "generated_text", "generated_answer", "generation",       "generations", "completion",
    "completions",    "actual_output",    "actualOutput"};
constexpr std::string_view kGenerators[] = {"generator", "model_id"};
constexpr std::string_view kStopReasons[] = {"stop_reason"};
constexpr std::string_view kFailures[] = {"failure"};
constexpr std::string_view kDocumentHashes[] = {"doc_hash"};

constexpr std::string_view kInspectId[] = {"id"};
constexpr std::string_view kInspectQuestion[] = {"input"};
constexpr std::string_view kInspectExpected[] = {"target"};
constexpr std::string_view kInspectAnswer[] = {"output.choices[0].message.content"};
constexpr std::string_view kInspectFurtherAnswer[] = {"output.completion"};
constexpr std::string_view kInspectGenerator[] = {"output.model"};
constexpr std::string_view kInspectStop[] = {"output.choices[0].stop_reason"};
constexpr std::string_view kInspectFailure[] = {"error.message"};

constexpr std::string_view kPromptfooId[] = {"testIdx"};
constexpr std::string_view kPromptfooQuestion[] = {
    "vars.question", "vars.instruction", "vars.prompt", "vars.query", "vars.user_input"};
constexpr std::string_view kPromptfooFurtherQuestion[] = {
    "vars.input", "vars.message", "vars.text", "prompt.raw"};
constexpr std::string_view kPromptfooExpected[] = {"vars.expected",
                                                   "vars.expected_answer",
                                                   "vars.expected_output",
                                                   "vars.reference",
                                                   "vars.ground_truth",
                                                   "vars.ideal",
                                                   "vars.target"};
constexpr std::string_view kPromptfooContexts[] = {
    "vars.contexts", "vars.context", "vars.retrieved_contexts"};
constexpr std::string_view kPromptfooAnswer[] = {"response.output"};
constexpr std::string_view kPromptfooGenerator[] = {"provider.id"};
constexpr std::string_view kPromptfooFurtherGenerator[] = {"provider"};
constexpr std::string_view kPromptfooFailure[] = {"response.error"};

constexpr std::string_view kBatchId[] = {"custom_id"};
constexpr std::string_view kBatchAnswer[] = {"response.body.choices[0].message.content"};
constexpr std::string_view kBatchGenerator[] = {"response.body.model"};
constexpr std::string_view kBatchFailure[] = {"error.message"};

constexpr NamesOf kTable[] = {
    {Meaning::kId, Tool::kAny, kIds, {}},
    {Meaning::kQuestion, Tool::kAny, kQuestions, kFurtherQuestions},
    {Meaning::kExpected, Tool::kAny, kExpected, {}},
    {Meaning::kContexts, Tool::kAny, kContexts, {}},
    {Meaning::kCluster, Tool::kAny, kClusters, {}},
    {Meaning::kGold, Tool::kAny, kGold, {}},
    {Meaning::kAnswer, Tool::kAny, kAnswers, {}},
    {Meaning::kGenerator, Tool::kAny, kGenerators, {}},
    {Meaning::kStopReason, Tool::kAny, kStopReasons, {}},
    {Meaning::kFailure, Tool::kAny, kFailures, {}},
    {Meaning::kDocumentHash, Tool::kAny, kDocumentHashes, {}},
    {Meaning::kId, Tool::kInspect, kInspectId, {}},
    {Meaning::kQuestion, Tool::kInspect, kInspectQuestion, {}},
    {Meaning::kExpected, Tool::kInspect, kInspectExpected, {}},
    {Meaning::kAnswer, Tool::kInspect, kInspectAnswer, kInspectFurtherAnswer},
    {Meaning::kGenerator, Tool::kInspect, kInspectGenerator, {}},
    {Meaning::kStopReason, Tool::kInspect, kInspectStop, {}},
    {Meaning::kFailure, Tool::kInspect, kInspectFailure, {}},
    {Meaning::kId, Tool::kPromptfoo, kPromptfooId, {}},
    {Meaning::kQuestion, Tool::kPromptfoo, kPromptfooQuestion, kPromptfooFurtherQuestion},
    {Meaning::kExpected, Tool::kPromptfoo, kPromptfooExpected, {}},
    {Meaning::kContexts, Tool::kPromptfoo, kPromptfooContexts, {}},
    {Meaning::kAnswer, Tool::kPromptfoo, kPromptfooAnswer, {}},
    {Meaning::kGenerator, Tool::kPromptfoo, kPromptfooGenerator, kPromptfooFurtherGenerator},
    {Meaning::kFailure, Tool::kPromptfoo, kPromptfooFailure, {}},
    {Meaning::kId, Tool::kOpenAiBatch, kBatchId, {}},
    {Meaning::kAnswer, Tool::kOpenAiBatch, kBatchAnswer, {}},
    {Meaning::kGenerator, Tool::kOpenAiBatch, kBatchGenerator, {}},
    {Meaning::kFailure, Tool::kOpenAiBatch, kBatchFailure, {}},
};

const NamesOf* row_of(Meaning meaning, Tool tool) {
    for (const NamesOf& row : kTable) {
        if (row.meaning == meaning && row.tool == tool) {
            return &row;
        }
    }
    return nullptr;
}

}  // namespace

std::string_view name_of(Meaning meaning) {
    switch (meaning) {
        case Meaning::kId: return "id";
        case Meaning::kQuestion: return "question";
        case Meaning::kExpected: return "expected";
        case Meaning::kContexts: return "contexts";
        case Meaning::kCluster: return "cluster";
        case Meaning::kGold: return "gold";
        case Meaning::kAnswer: return "answer";
        case Meaning::kGenerator: return "generator";
        case Meaning::kStopReason: return "stop_reason";
        case Meaning::kFailure: return "failure";
        case Meaning::kDocumentHash: return "document_hash";
    }
    return {};
}

std::string_view name_of(Tool tool) {
    switch (tool) {
        case Tool::kAny: return "";
        case Tool::kInspect: return "inspect";
        case Tool::kPromptfoo: return "promptfoo";
        case Tool::kOpenAiBatch: return "openai-batch";
    }
    return {};
}

std::span<const std::string_view> names_of(Meaning meaning, Tool tool) {
    const NamesOf* row = row_of(meaning, tool);
    return row == nullptr ? Names() : row->names;
}

std::span<const std::string_view> further_names_of(Meaning meaning, Tool tool) {
    const NamesOf* row = row_of(meaning, tool);
    return row == nullptr ? Names() : row->further;
}

}  // namespace assay::intake
