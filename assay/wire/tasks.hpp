#pragma once
// What a context is asked to compute behind a prompt: an answer, or the probabilities of labels.
// Messages of messages.hpp.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "assay/wire/draft.hpp"

namespace assay::wire {

/// An answer's trace covers its first tokens up to this many, so that a recheck need not compute
/// more.
inline constexpr std::size_t kTraceTokens = 16;

/// How the next token is chosen.
struct Sampling {
    double temp = 0;
    int top_k = 0;
    double top_p = 1;
    double min_p = 0;
    double repeat_penalty = 1;
    int repeat_last_n = 64;
    std::uint32_t seed = 0;
    static void fields(auto& self, auto& field) {
        field("temp", self.temp);
        field("top_k", self.top_k);
        field("top_p", self.top_p);
        field("min_p", self.min_p);
        field("repeat_penalty", self.repeat_penalty);
        field("repeat_last_n", self.repeat_last_n);
        field("seed", self.seed);
    }
};

/// An answer, and what it took. Times are in milliseconds.
struct AnswerDone {
    static constexpr std::string_view kName = "answer_done";
    std::string text;
    std::vector<std::int32_t> tokens;
    std::string stop_reason;  ///< stop | length
    std::string trace_sha256;
    std::int64_t n_computed_tokens = 0;
    double prefill_ms = 0;
    double decode_ms = 0;  ///< its share of the decode steps: a step's time over the answers in it
    std::uint64_t peak_memory_bytes = 0;  ///< VmHWM of the process so far, without the baseline's
                                          ///< output matrix
    int n_verified = 0;                   ///< first tokens that were not written: the draft had
                                          ///< them, and this model would have written them
    double read_ms = 0;                   ///< that reading the draft took
    Written written;                      ///< where rows are kept
    Reading reading;                      ///< of the draft
    static void fields(auto& self, auto& field) {
        field.bytes("text", self.text);
        field("tokens", self.tokens);
        field("stop_reason", self.stop_reason);
        field("trace_sha256", self.trace_sha256);
        field("n_computed_tokens", self.n_computed_tokens);
        field("prefill_ms", self.prefill_ms);
        field("decode_ms", self.decode_ms);
        field("peak_memory_bytes", self.peak_memory_bytes);
        field("n_verified", self.n_verified);
        field("read_ms", self.read_ms);
        Written::fields(self.written, field);
        Reading::fields(self.reading, field);
    }
};

/// answer: text that the model writes behind a prompt.
struct AnswerRequest {
    static constexpr std::string_view kName = "answer";
    using Done = AnswerDone;
    std::vector<std::int32_t> prompt;
    Sampling sampling{};
    int predict = 128;
    std::vector<std::string> stops{};
    /// Lengths of its beginnings that other prompts share, ascending: each ends a piece that is
    /// computed by itself and kept in the slot. No piece, nor what is behind them, has fewer than
    /// two tokens.
    std::vector<std::int32_t> prefix_ends{};
    bool alone = false;      ///< run with every other slot idle, in the last slot
    std::string grammar{};   ///< GBNF that the answer has to follow, at temperature 0 only; empty:
                             ///< none
    Written draft{};         ///< an answer to this prompt that is read first: its tokens are taken
                             ///< over as long as they are what would be written; empty: none
    bool read_only = false;  ///< nothing is written behind the draft
    static void fields(auto& self, auto& field) {
        field("prompt", self.prompt);
        Sampling::fields(self.sampling, field);
        field("predict", self.predict);
        field("stops", self.stops);
        field("prefix_ends", self.prefix_ends);
        field("alone", self.alone);
        field("grammar", self.grammar);
        Written::fields(self.draft, field);
        field("read_only", self.read_only);
    }
};

/// Label probabilities, and what they took. Times are in milliseconds.
struct LabelDone {
    static constexpr std::string_view kName = "label_probs_done";
    std::vector<double> log_probs;  ///< natural logarithms, one for each label, over the whole
                                    ///< vocabulary: what is missing to 1 is on other tokens
    std::int64_t n_computed_tokens = 0;
    double prefill_ms = 0;
    std::uint64_t peak_memory_bytes = 0;  ///< VmHWM of the process so far
    static void fields(auto& self, auto& field) {
        field("log_probs", self.log_probs);
        field("n_computed_tokens", self.n_computed_tokens);
        field("prefill_ms", self.prefill_ms);
        field("peak_memory_bytes", self.peak_memory_bytes);
    }
};

/// label_probs: what the model would say next. The prompt is computed as an answer's is; nothing is
/// generated.
struct LabelRequest {
    static constexpr std::string_view kName = "label_probs";
    using Done = LabelDone;
    std::vector<std::int32_t> prompt;
    std::vector<std::int32_t> labels;         ///< at least one token id
    std::vector<std::int32_t> prefix_ends{};  ///< as of AnswerRequest
    bool alone = false;
    static void fields(auto& self, auto& field) {
        field("prompt", self.prompt);
        field("labels", self.labels);
        field("prefix_ends", self.prefix_ends);
        field("alone", self.alone);
    }
};

/// What a context is asked to compute. Several may be in flight, and they are done in any order. A
/// new kind is a request, its Done, and a row in both lists.
using TaskRequest = std::variant<AnswerRequest, LabelRequest>;
using TaskDone = std::variant<AnswerDone, LabelDone>;

}  // namespace assay::wire
