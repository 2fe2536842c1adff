#pragma once
// What assay and assay-engine say to each other. Every request has an id that its replies repeat;
// several may be in flight. A reply is one of: progress (any number), done (the last one, with the
// verb's result), failed (the last one, a sentence).

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/records/variant.hpp"
#include "assay/wire/frame.hpp"

namespace assay::wire {

inline constexpr int kProtocolVersion = 1;
/// An answer's trace covers its first tokens up to this many, so that a recheck need not compute
/// more.
inline constexpr std::size_t kTraceTokens = 16;

/// hello: what this engine is.
struct Hello {
    int protocol = kProtocolVersion;
    std::string version;               ///< "0.1.0 (llama.cpp v0.5.0 de3ff81)"
    std::string system_info;           ///< instruction sets and backends as llama.cpp prints them
    std::vector<std::string> devices;  ///< "CPU: AMD EPYC", "CUDA0: NVIDIA H200"
    bool gpu = false;
};

/// inspect: header of a GGUF, all parts of a split file. `file.sha256` stays empty: hashing is the
/// caller's.
struct Inspect {
    std::string path;
};
struct Inspected {
    ModelFile file;
    std::vector<std::string> parts;  ///< paths of all parts in order; one for an ordinary file
};

/// load: weights, or with vocab_only just what rendering and tokenizing need.
struct Load {
    std::string path;
    bool vocab_only = false;
    int n_gpu_layers = -1;
};
struct Loaded {
    std::int64_t n_ctx_train = 0;
    std::int64_t n_vocab = 0;
    bool recurrent = false;  ///< its memory can't be cut back: the prefix is computed anew for each
                             ///< question
    bool long_rope = false;  ///< switches rotary factors on the context's size: that size may not
                             ///< follow the data
    bool has_chat_template = false;
};

/// render: system and user turn through the chat template; an empty template is the loaded model's
/// own.
struct Render {
    std::string system;
    std::string user;
    std::string chat_template;
    std::string date;  ///< YYYY-MM-DD that templates are told
    bool thinking = false;
};
struct Rendered {
    std::string prompt;
    std::vector<std::string> stops;  ///< further stop strings that the template asks for
};

/// Stands before what only looks like a control token (U+FDD0, a noncharacter). render_template
/// writes it where it is asked to, tokenize heeds it and leaves it out.
inline constexpr std::string_view kLiteralMark = "\xEF\xB7\x90";

/// render_template: any Jinja template with variables given as a JSON object. Needs no model,
/// unless text of the variables is to be marked where it would be a control token of the loaded
/// model.
struct RenderTemplate {
    std::string text;
    std::string variables_json;
    bool mark_literals = false;
};

/// tokenize: reply's payload holds the ids.
struct Tokenize {
    std::string text;
    bool add_special = true;    ///< what the model wants at the beginning of a text (a BOS token)
    bool parse_special = true;  ///< a control token's text ("<|im_end|>") is that token; false: it
                                ///< is text like any other
};

/// start: a context for answering. describe_start: its fingerprint only; the vocabulary is enough
/// for that.
struct Start {
    int n_slots = 16;
    int stream_size = 4096;  ///< cells of one slot, a multiple of 256
    int n_ubatch = 512;
    int n_threads = 1;
    bool flash_attn = true;
    std::string cache_type_k = "f16";
    std::string cache_type_v = "f16";
};
struct Started {
    std::string fingerprint;  ///< EngineInfo::fingerprint: the same for every recipe
    std::string description;
    bool proven = true;  ///< slots, stream size and threads are proven to leave the bits alone on
                         ///< this backend
    std::string answer_fingerprint{};  ///< what an answer depends on besides model, prompt and
                                       ///< settings: engine and recipe; equal to `fingerprint` for
                                       ///< the default recipe
};

/// predict_memory: what loading and starting would take, without reading weights. Bytes.
struct PredictMemory {
    Load load;
    Start start;
};
struct PredictedMemory {
    std::uint64_t model_bytes = 0;
    std::uint64_t context_bytes = 0;
    std::uint64_t compute_bytes = 0;
};

struct Sampling {
    double temp = 0;
    int top_k = 0;
    double top_p = 1;
    double min_p = 0;
    double repeat_penalty = 1;
    int repeat_last_n = 64;
    std::uint32_t seed = 0;
};

/// answer: payload of the request holds the prompt's token ids.
struct AnswerRequest {
    std::vector<std::int32_t> prompt;
    Sampling sampling;
    int predict = 128;
    std::vector<std::string> stops;
    int n_prefix = 0;  ///< its first tokens that prompts of its kind share by construction: a piece
                       ///< of their own, kept in the slot. 0, or at least 2
    bool alone = false;     ///< run with every other slot idle, in the last slot
    std::string grammar{};  ///< GBNF that the answer has to follow, at temperature 0 only; empty:
                            ///< none
};

/// label_probs: what the model would say next. Payload of the request holds the prompt's token ids.
/// The prompt is computed as an answer's is; nothing is generated.
struct LabelRequest {
    std::vector<std::int32_t> prompt;
    std::vector<std::int32_t> labels;  ///< at least one token id
    int n_prefix = 0;                  ///< as of AnswerRequest
    bool alone = false;
    int n_longer_prefix = 0;  ///< its first tokens that few other prompts share: what is behind
                              ///< n_prefix is a second piece that is kept. 0, or at least n_prefix
                              ///< + 2
};

struct LabelDone {
    std::vector<double> log_probs;  ///< natural logarithms, one for each label, over the whole
                                    ///< vocabulary: what is missing to 1 is on other tokens
    std::int64_t n_computed_tokens = 0;
    double prefill_ms = 0;
    std::uint64_t peak_memory_bytes = 0;  ///< VmHWM of the process so far
};

struct AnswerDone {
    std::string text;
    std::vector<std::int32_t> tokens;
    std::string stop_reason;  ///< stop | length
    std::string trace_sha256;
    std::int64_t n_computed_tokens = 0;
    double prefill_ms = 0;
    double decode_ms = 0;  ///< its share of the decode steps: a step's time over the answers in it
    std::uint64_t peak_memory_bytes = 0;  ///< VmHWM of the process so far
};

/// quantize: progress events count tensors; `target` is written as it is (the caller renames).
struct Quantize {
    std::string source;
    std::string target;
    std::string type;
    std::string imatrix;
    bool allow_requantize = false;
    int n_threads = 0;
};

struct Progress {
    std::uint64_t done = 0;
    std::uint64_t total = 0;
};

// --- requests ---

struct Request {
    std::uint64_t id = 0;
    std::string verb;
    Frame frame;  ///< as it came; decode_* read it
};

[[nodiscard]] Frame encode_hello(std::uint64_t id);
[[nodiscard]] Frame encode(std::uint64_t id, const Inspect& request);
[[nodiscard]] Frame encode(std::uint64_t id, const Load& request);
[[nodiscard]] Frame encode(std::uint64_t id, const Render& request);
[[nodiscard]] Frame encode(std::uint64_t id, const RenderTemplate& request);
[[nodiscard]] Frame encode(std::uint64_t id, const Tokenize& request);
[[nodiscard]] Frame encode(std::uint64_t id, const Start& request);
[[nodiscard]] Frame encode_describe_start(std::uint64_t id, const Start& request);
[[nodiscard]] Frame encode(std::uint64_t id, const PredictMemory& request);
[[nodiscard]] Frame encode(std::uint64_t id, const AnswerRequest& request);
[[nodiscard]] Frame encode(std::uint64_t id, const LabelRequest& request);
[[nodiscard]] Frame encode(std::uint64_t id, const Quantize& request);

/// Id and verb of a request frame; a failure if it is none.
[[nodiscard]] Result<Request> decode_request(Frame frame);
[[nodiscard]] Inspect decode_inspect(const Request& request);
[[nodiscard]] Load decode_load(const Request& request);
[[nodiscard]] Render decode_render(const Request& request);
[[nodiscard]] RenderTemplate decode_render_template(const Request& request);
[[nodiscard]] Tokenize decode_tokenize(const Request& request);
[[nodiscard]] Start decode_start(const Request& request);
[[nodiscard]] PredictMemory decode_predict_memory(const Request& request);
[[nodiscard]] AnswerRequest decode_answer(const Request& request);
[[nodiscard]] LabelRequest decode_label_probs(const Request& request);
[[nodiscard]] Quantize decode_quantize(const Request& request);

// --- replies ---

enum class ReplyKind { kProgress, kDone, kFailed };

struct Reply {
    std::uint64_t id = 0;
    ReplyKind kind = ReplyKind::kDone;
    Progress progress;  ///< of kProgress
    Failure failure;    ///< of kFailed
    Frame frame;        ///< of kDone; decode_* read it
};

[[nodiscard]] Frame encode_progress(std::uint64_t id, const Progress& progress);
[[nodiscard]] Frame encode_failed(std::uint64_t id, const Failure& failure);
[[nodiscard]] Frame encode_done(std::uint64_t id);
[[nodiscard]] Frame encode_done(std::uint64_t id, const Hello& reply);
[[nodiscard]] Frame encode_done(std::uint64_t id, const Inspected& reply);
[[nodiscard]] Frame encode_done(std::uint64_t id, const Loaded& reply);
[[nodiscard]] Frame encode_done(std::uint64_t id, const Rendered& reply);
[[nodiscard]] Frame encode_done_text(std::uint64_t id, const std::string& text);
[[nodiscard]] Frame encode_done_tokens(std::uint64_t id, const std::vector<std::int32_t>& tokens);
[[nodiscard]] Frame encode_done(std::uint64_t id, const Started& reply);
[[nodiscard]] Frame encode_done(std::uint64_t id, const PredictedMemory& reply);
[[nodiscard]] Frame encode_done(std::uint64_t id, const AnswerDone& reply);
[[nodiscard]] Frame encode_done(std::uint64_t id, const LabelDone& reply);

[[nodiscard]] Result<Reply> decode_reply(Frame frame);
[[nodiscard]] Hello decode_hello(const Reply& reply);
[[nodiscard]] Inspected decode_inspected(const Reply& reply);
[[nodiscard]] Loaded decode_loaded(const Reply& reply);
[[nodiscard]] Rendered decode_rendered(const Reply& reply);
[[nodiscard]] std::string decode_text(const Reply& reply);
[[nodiscard]] std::vector<std::int32_t> decode_tokens(const Reply& reply);
[[nodiscard]] Started decode_started(const Reply& reply);
[[nodiscard]] PredictedMemory decode_predicted_memory(const Reply& reply);
[[nodiscard]] AnswerDone decode_answer_done(const Reply& reply);
[[nodiscard]] LabelDone decode_label_done(const Reply& reply);

}  // namespace assay::wire
