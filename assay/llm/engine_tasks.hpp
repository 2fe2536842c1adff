#pragma once
// The tasks that an engine can do, as its requests, and its replies as results. A new kind of task
// is a row in each of these functions.

#include <cstdint>
#include <vector>

#include "assay/llm/generator.hpp"
#include "assay/wire/messages.hpp"

namespace assay::llm {

/// What goes for every answer of one generator.
struct AnswerDefaults {
    wire::Sampling sampling;  ///< seed is each prompt's own
    int predict = 128;        ///< where the prompt does not say
};

/// The request for a prompt's task. A ChatTask is a server's: asking for it is a bug.
[[nodiscard]] wire::TaskRequest request_of(const Prompt& prompt,
                                           bool alone,
                                           const AnswerDefaults& defaults);

/// The smallest task of the same kind, behind a prompt of `tokens`.
[[nodiscard]] Prompt smallest_like(const Task& task, std::vector<std::int32_t> tokens);

/// The result in an engine's reply; `id` stays empty.
[[nodiscard]] Generated result_of(const wire::TaskDone& done);

/// The largest resident memory (VmHWM) of the engine so far, as its reply says.
[[nodiscard]] std::uint64_t peak_memory_bytes(const wire::TaskDone& done);

}  // namespace assay::llm
