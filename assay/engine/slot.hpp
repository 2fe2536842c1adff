#pragma once
// What one slot of the Answerer is busy with (answerer.cpp).

#include <cstdint>
#include <memory>
#include <vector>

#include "assay/base/hash.hpp"
#include "assay/engine/pieces.hpp"
#include "assay/engine/sampler.hpp"
#include "assay/wire/messages.hpp"
#include "llama-cpp.h"

namespace assay::engine {

/// A task that was asked for.
struct PendingTask {
    std::uint64_t id = 0;
    wire::TaskRequest task;
    Pieces pieces;  ///< of its prompt, which are kept: the first ones or, of a sampled answer, all

    [[nodiscard]] const std::vector<std::int32_t>& prompt() const {
        return std::visit(
            [](const auto& request) -> const std::vector<std::int32_t>& { return request.prompt; },
            task);
    }
    [[nodiscard]] bool alone() const {
        return std::visit([](const auto& request) { return request.alone; }, task);
    }
};

/// What the row behind a whole prompt gave: another answer to the same prompt begins with it.
struct PromptEnd {
    std::vector<float> logits;
    std::vector<float> row;  ///< before the output matrix, where rows are kept
};

struct Slot {
    explicit Slot(llama_seq_id sequence) : seq(sequence) {}

    llama_seq_id seq;
    bool active = false;
    Pieces kept;  ///< that the stream holds (idle) or begins with (active), so that they
                  ///< need not be computed again
    std::optional<PromptEnd> end;  ///< where `kept` is a whole prompt
    llama_pos n_past = 0;          ///< tokens in the stream

    // of the answer in flight
    PendingTask pending{};
    std::unique_ptr<Sampler> sampler;
    std::int32_t last_token = 0;
    wire::AnswerDone done;
    Sha256 trace;
};

}  // namespace assay::engine
