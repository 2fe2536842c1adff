#include "assay/llm/engine_tasks.hpp"

#include <utility>

#include "assay/base/result.hpp"

namespace assay::llm {
namespace {

/// A request is made of the prompt and its task, an overload for each.
struct RequestMaker {
    const Prompt& prompt;
    bool alone;
    const AnswerDefaults& defaults;

    wire::TaskRequest operator()(const AnswerTask& task) const {
        wire::AnswerRequest request{prompt.tokens,
                                    defaults.sampling,
                                    task.predict > 0 ? task.predict : defaults.predict,
                                    task.stops,
                                    prompt.prefix_ends,
                                    alone,
                                    task.grammar};
        request.sampling.seed = task.seed;
        if (task.draft) {
            request.draft = *task.draft;
            request.read_only = task.read_only;
        }
        return request;
    }
    wire::TaskRequest operator()(const LabelTask& task) const {
        return wire::LabelRequest{prompt.tokens, task.labels, prompt.prefix_ends, alone};
    }
    wire::TaskRequest operator()(const ChatTask& /*task*/) const {
        throw std::logic_error("a server's task was given to the engine");
    }
};

struct SmallestTask {
    const std::vector<std::int32_t>& tokens;

    Task operator()(const AnswerTask& /*task*/) const { return AnswerTask{.predict = 1}; }
    Task operator()(const LabelTask& /*task*/) const {
        return LabelTask{.labels = {tokens.front()}};
    }
    Task operator()(const ChatTask& task) const { return task; }
};

struct ResultMaker {
    Generated operator()(const wire::AnswerDone& done) const {
        AnswerResult answer;
        answer.text = done.text;
        answer.tokens = done.tokens;
        answer.stop_reason = done.stop_reason == "stop" ? StopReason::kStop : StopReason::kLength;
        answer.trace_sha256 = done.trace_sha256;
        answer.decode_ms = done.decode_ms;
        answer.n_verified = done.n_verified;
        answer.read_ms = done.read_ms;
        answer.written = done.written;
        answer.reading = done.reading;
        return {.n_computed_tokens = done.n_computed_tokens,
                .prefill_ms = done.prefill_ms,
                .result = std::move(answer)};
    }
    Generated operator()(const wire::LabelDone& done) const {
        return {.n_computed_tokens = done.n_computed_tokens,
                .prefill_ms = done.prefill_ms,
                .result = LabelResult{done.log_probs}};
    }
};

}  // namespace

wire::TaskRequest request_of(const Prompt& prompt, bool alone, const AnswerDefaults& defaults) {
    return std::visit(RequestMaker{prompt, alone, defaults}, prompt.task);
}

Prompt smallest_like(const Task& task, std::vector<std::int32_t> tokens) {
    Prompt prompt;
    prompt.task = std::visit(SmallestTask{tokens}, task);
    prompt.tokens = std::move(tokens);
    return prompt;
}

Generated result_of(const wire::TaskDone& done) {
    return std::visit(ResultMaker{}, done);
}

std::uint64_t peak_memory_bytes(const wire::TaskDone& done) {
    return std::visit([](const auto& task) { return task.peak_memory_bytes; }, done);
}

}  // namespace assay::llm
