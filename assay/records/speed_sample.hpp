#pragma once
// One measurement of how fast a model runs.

#include <cstdint>

namespace assay {

/// Of one engine process that loaded one model.
struct SpeedSample {
    std::uint64_t load_ns = 0;            ///< header and weights, until the model can be used
    std::uint64_t prefill_ns = 0;         ///< a prompt, from an empty memory
    std::uint64_t first_token_ns = 0;     ///< the same prompt, and the choice of the first token
    std::uint64_t decode_ns = 0;          ///< the tokens of one answer, one after the other
    std::uint64_t batch_decode_ns = 0;    ///< as many tokens in every stream, a row each in a step
    std::uint64_t peak_memory_bytes = 0;  ///< VmHWM of the process
    std::uint64_t cpu_ns = 0;             ///< processor time of the process while it measured
    std::int64_t disk_bytes = 0;  ///< that loading fetched from the disk, past the page cache; -1:
                                  ///< the system does not tell
};

/// What is measured: sizes of the parts of a SpeedSample.
struct SpeedSettings {
    int n_prompt = 512;  ///< tokens of the prompt
    int n_answer = 64;   ///< tokens of an answer
    int n_streams = 16;  ///< answers that are decoded together
    int n_ubatch = 512;  ///< tokens of a prompt that are computed at once, at most
};

}  // namespace assay
