#pragma once
// What assay and assay-engine say to each other. Every message is a struct with a name and its
// fields (fields.hpp; codec.hpp makes frames of them). A request's name is its verb, and its `Done`
// is what the engine replies. Every request has an id that its replies repeat; several may be in
// flight. Its replies are Progress (any number), and then, as the last one, its Done or Failed.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/records/variant.hpp"

namespace assay::wire {

/// Counts up when the bytes of a message change.
inline constexpr int kProtocolVersion = 5;

/// An answer's trace covers its first tokens up to this many, so that a recheck need not compute
/// more.
inline constexpr std::size_t kTraceTokens = 16;

/// What this engine is.
struct Hello {
    static constexpr std::string_view kName = "engine";
    int protocol = kProtocolVersion;
    std::string version;               ///< "0.1.0 (llama.cpp v0.5.0 de3ff81)"
    std::string system_info;           ///< instruction sets and backends as llama.cpp prints them
    std::vector<std::string> devices;  ///< "CPU: AMD EPYC", "CUDA0: NVIDIA H200"
    bool gpu = false;
    static void fields(auto& self, auto& field) {
        field("protocol", self.protocol);
        field("version", self.version);
        field("system_info", self.system_info);
        field("devices", self.devices);
        field("gpu", self.gpu);
    }
};

/// hello: asks what the engine is.
struct SayHello {
    static constexpr std::string_view kName = "hello";
    using Done = Hello;
    static void fields(auto& /*self*/, auto& /*field*/) {}
};

/// What the header of a model file says.
struct Inspected {
    static constexpr std::string_view kName = "inspected";
    ModelFile file;
    std::vector<std::string> parts;  ///< paths of all parts in order; one for an ordinary file
    std::int64_t n_embd_head_k = 0;  ///< values of one attention head in the K cache, and in the V
                                     ///< cache; 0: the header does not say, or they differ by layer
    std::int64_t n_embd_head_v = 0;
    static void fields(auto& self, auto& field) {
        field("path", self.file.path);
        field("size_bytes", self.file.size_bytes);
        field("tensor_bytes", self.file.tensor_bytes);
        field("n_weights", self.file.n_weights);
        field("tensor_types", self.file.tensor_types);
        field("architecture", self.file.architecture);
        field("file_type", self.file.file_type);
        field("context_length", self.file.context_length);
        field("n_layers", self.file.n_layers);
        field("has_chat_template", self.file.has_chat_template);
        field("parts", self.parts);
        field("n_embd_head_k", self.n_embd_head_k);
        field("n_embd_head_v", self.n_embd_head_v);
    }
};

/// inspect: header of a GGUF, all parts of a split file. `file.sha256` stays empty: hashing is the
/// caller's.
struct Inspect {
    static constexpr std::string_view kName = "inspect";
    using Done = Inspected;
    std::string path;
    static void fields(auto& self, auto& field) { field("path", self.path); }
};

/// What the file of a LoRA adapter holds that fits a model.
struct InspectedLora {
    static constexpr std::string_view kName = "inspected_lora";
    std::int64_t n_tensors = 0;  ///< tensors of the model that it changes
    std::int64_t rank = 0;       ///< the largest
    static void fields(auto& self, auto& field) {
        field("n_tensors", self.n_tensors);
        field("rank", self.rank);
    }
};

/// inspect_lora: whether an adapter can be merged into the model `base`, or applied to what is
/// quantized of it. Headers only.
struct InspectLora {
    static constexpr std::string_view kName = "inspect_lora";
    using Done = InspectedLora;
    std::string base;
    std::string adapter;
    static void fields(auto& self, auto& field) {
        field("base", self.base);
        field("adapter", self.adapter);
    }
};

/// What the loaded model is.
struct Loaded {
    static constexpr std::string_view kName = "loaded";
    std::int64_t n_ctx_train = 0;
    std::int64_t n_vocab = 0;
    bool recurrent = false;  ///< its memory can't be cut back: the prefix is computed anew for each
                             ///< question
    bool long_rope = false;  ///< switches rotary factors on the context's size: that size may not
                             ///< follow the data
    bool has_chat_template = false;
    std::vector<std::int32_t> end_tokens{};  ///< those that end an answer, ascending
    static void fields(auto& self, auto& field) {
        field("n_ctx_train", self.n_ctx_train);
        field("n_vocab", self.n_vocab);
        field("recurrent", self.recurrent);
        field("long_rope", self.long_rope);
        field("has_chat_template", self.has_chat_template);
        field("end_tokens", self.end_tokens);
    }
};

/// load: weights, or with vocab_only just what rendering and tokenizing need.
struct Load {
    static constexpr std::string_view kName = "load";
    using Done = Loaded;
    std::string path;
    bool vocab_only = false;
    int n_gpu_layers = -1;
    static void fields(auto& self, auto& field) {
        field("path", self.path);
        field("vocab_only", self.vocab_only);
        field("n_gpu_layers", self.n_gpu_layers);
    }
};

/// A prompt as the chat template makes it.
struct Rendered {
    static constexpr std::string_view kName = "rendered";
    std::string prompt;
    std::vector<std::string> stops;  ///< further stop strings that the template asks for
    static void fields(auto& self, auto& field) {
        field("prompt", self.prompt);
        field("stops", self.stops);
    }
};

/// render: system and user turn through the chat template; an empty template is the loaded model's
/// own.
struct Render {
    static constexpr std::string_view kName = "render";
    using Done = Rendered;
    std::string system;
    std::string user;
    std::string chat_template;
    std::string date;  ///< YYYY-MM-DD that templates are told
    bool thinking = false;
    static void fields(auto& self, auto& field) {
        field("system", self.system);
        field("user", self.user);
        field("chat_template", self.chat_template);
        field("date", self.date);
        field("thinking", self.thinking);
    }
};

/// Stands before what only looks like a control token (U+FDD0, a noncharacter). render_template
/// writes it where it is asked to, tokenize heeds it and leaves it out.
inline constexpr std::string_view kLiteralMark = "\xEF\xB7\x90";

/// The text of a rendered template.
struct RenderedTemplate {
    static constexpr std::string_view kName = "rendered_template";
    std::string text;
    static void fields(auto& self, auto& field) { field.bytes("text", self.text); }
};

/// render_template: any Jinja template with variables given as a JSON object. Needs no model,
/// unless text of the variables is to be marked where it would be a control token of the loaded
/// model.
struct RenderTemplate {
    static constexpr std::string_view kName = "render_template";
    using Done = RenderedTemplate;
    std::string text;
    std::string variables_json;
    bool mark_literals = false;
    static void fields(auto& self, auto& field) {
        field("text", self.text);
        field("variables_json", self.variables_json);
        field("mark_literals", self.mark_literals);
    }
};

/// The token ids of a text.
struct Tokenized {
    static constexpr std::string_view kName = "tokenized";
    std::vector<std::int32_t> tokens;
    static void fields(auto& self, auto& field) { field("tokens", self.tokens); }
};

/// tokenize: the loaded model's ids of a text.
struct Tokenize {
    static constexpr std::string_view kName = "tokenize";
    using Done = Tokenized;
    std::string text;
    bool add_special = true;    ///< what the model wants at the beginning of a text (a BOS token)
    bool parse_special = true;  ///< a control token's text ("<|im_end|>") is that token; false: it
                                ///< is text like any other
    static void fields(auto& self, auto& field) {
        field("text", self.text);
        field("add_special", self.add_special);
        field("parse_special", self.parse_special);
    }
};

/// What an answer of this context depends on besides model, prompt and settings.
struct Started {
    static constexpr std::string_view kName = "started";
    std::string fingerprint;  ///< EngineInfo::fingerprint: the same for every recipe
    std::string description;
    bool proven = true;  ///< slots, stream size and threads are proven to leave the bits alone on
                         ///< this backend
    std::string answer_fingerprint{};  ///< what an answer depends on besides model, prompt and
                                       ///< settings: engine and recipe; equal to `fingerprint` for
                                       ///< the default recipe
    static void fields(auto& self, auto& field) {
        field("fingerprint", self.fingerprint);
        field("description", self.description);
        field("proven", self.proven);
        field("answer_fingerprint", self.answer_fingerprint);
    }
};

/// start: a context for answering.
struct Start {
    static constexpr std::string_view kName = "start";
    using Done = Started;
    int n_slots = 16;
    int stream_size = 4096;  ///< cells of one slot, a multiple of 256
    int n_ubatch = 512;
    int n_threads = 1;
    bool flash_attn = true;
    std::string cache_type_k = "f16";
    std::string cache_type_v = "f16";
    std::string lora{};         ///< LoRA adapter that is applied; empty: none
    std::string lora_sha256{};  ///< of its file, for the fingerprint
    double lora_scale = 1.0;
    std::string rope_scaling = "model";  ///< model | none | linear | yarn
    double rope_scale = 0;               ///< this and the two below: 0: as the model's file says
    double rope_freq_base = 0;
    int yarn_orig_ctx = 0;
    static void fields(auto& self, auto& field) {
        field("n_slots", self.n_slots);
        field("stream_size", self.stream_size);
        field("n_ubatch", self.n_ubatch);
        field("n_threads", self.n_threads);
        field("flash_attn", self.flash_attn);
        field("cache_type_k", self.cache_type_k);
        field("cache_type_v", self.cache_type_v);
        field("rope_scaling", self.rope_scaling);
        field("rope_scale", self.rope_scale);
        field("rope_freq_base", self.rope_freq_base);
        field("yarn_orig_ctx", self.yarn_orig_ctx);
        field("lora", self.lora);
        field("lora_sha256", self.lora_sha256);
        field("lora_scale", self.lora_scale);
    }
};

/// describe_start: what a start would be described as; the vocabulary is enough for that.
struct DescribeStart {
    static constexpr std::string_view kName = "describe_start";
    using Done = Started;
    Start start;
    static void fields(auto& self, auto& field) { Start::fields(self.start, field); }
};

/// Memory that loading and starting would take. Bytes.
struct PredictedMemory {
    static constexpr std::string_view kName = "predicted_memory";
    std::uint64_t model_bytes = 0;
    std::uint64_t context_bytes = 0;
    std::uint64_t compute_bytes = 0;
    static void fields(auto& self, auto& field) {
        field("model_bytes", self.model_bytes);
        field("context_bytes", self.context_bytes);
        field("compute_bytes", self.compute_bytes);
    }
};

/// predict_memory: what loading and starting would take, without reading weights.
struct PredictMemory {
    static constexpr std::string_view kName = "predict_memory";
    using Done = PredictedMemory;
    Load load;
    Start start;
    static void fields(auto& self, auto& field) {
        Load::fields(self.load, field);
        Start::fields(self.start, field);
    }
};

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
    std::uint64_t peak_memory_bytes = 0;  ///< VmHWM of the process so far
    static void fields(auto& self, auto& field) {
        field.bytes("text", self.text);
        field("tokens", self.tokens);
        field("stop_reason", self.stop_reason);
        field("trace_sha256", self.trace_sha256);
        field("n_computed_tokens", self.n_computed_tokens);
        field("prefill_ms", self.prefill_ms);
        field("decode_ms", self.decode_ms);
        field("peak_memory_bytes", self.peak_memory_bytes);
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
    int n_prefix = 0;  ///< its first tokens that prompts of its kind share by construction: a piece
                       ///< of their own, kept in the slot. 0, or at least 2
    bool alone = false;     ///< run with every other slot idle, in the last slot
    std::string grammar{};  ///< GBNF that the answer has to follow, at temperature 0 only; empty:
                            ///< none
    static void fields(auto& self, auto& field) {
        field("prompt", self.prompt);
        Sampling::fields(self.sampling, field);
        field("predict", self.predict);
        field("stops", self.stops);
        field("n_prefix", self.n_prefix);
        field("alone", self.alone);
        field("grammar", self.grammar);
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
    std::vector<std::int32_t> labels;  ///< at least one token id
    int n_prefix = 0;                  ///< as of AnswerRequest
    bool alone = false;
    int n_longer_prefix = 0;  ///< its first tokens that few other prompts share: what is behind
                              ///< n_prefix is a second piece that is kept. 0, or at least n_prefix
                              ///< + 2
    static void fields(auto& self, auto& field) {
        field("prompt", self.prompt);
        field("labels", self.labels);
        field("n_prefix", self.n_prefix);
        field("alone", self.alone);
        field("n_longer_prefix", self.n_longer_prefix);
    }
};

/// The file is written.
struct Quantized {
    static constexpr std::string_view kName = "quantized";
    static void fields(auto& /*self*/, auto& /*field*/) {}
};

/// quantize: progress events count tensors; `target` is written as it is (the caller renames).
struct Quantize {
    static constexpr std::string_view kName = "quantize";
    using Done = Quantized;
    std::string source;
    std::string target;
    std::string type;
    std::string imatrix;
    bool allow_requantize = false;
    int n_threads = 0;
    static void fields(auto& self, auto& field) {
        field("source", self.source);
        field("target", self.target);
        field("type", self.type);
        field("imatrix", self.imatrix);
        field("allow_requantize", self.allow_requantize);
        field("n_threads", self.n_threads);
    }
};

/// The merged file is written.
struct MergedLora {
    static constexpr std::string_view kName = "merged_lora";
    static void fields(auto& /*self*/, auto& /*field*/) {}
};

/// merge_lora: adapters merged into the weights of `base`; progress events count tensors; `target`
/// is written as it is (the caller renames).
struct MergeLora {
    static constexpr std::string_view kName = "merge_lora";
    using Done = MergedLora;
    std::string base;
    std::string target;
    std::vector<std::string> adapters;
    std::vector<double> scales;  ///< one for each adapter
    int n_threads = 1;
    static void fields(auto& self, auto& field) {
        field("base", self.base);
        field("target", self.target);
        field("adapters", self.adapters);
        field("scales", self.scales);
        field("n_threads", self.n_threads);
    }
};

/// How far a request is; any number of these come before its last reply.
struct Progress {
    static constexpr std::string_view kName = "progress";
    std::uint64_t done = 0;
    std::uint64_t total = 0;
    static void fields(auto& self, auto& field) {
        field("done", self.done);
        field("total", self.total);
    }
};

/// Of a request that cannot be done: its last reply.
struct Failed {
    static constexpr std::string_view kName = "failed";
    Failure failure;
    static void fields(auto& self, auto& field) {
        field("message", self.failure.message);
        field("place", self.failure.place);
        field("remedy", self.failure.remedy);
    }
};

/// What a context is asked to compute. Several may be in flight, and they are done in any order. A
/// new kind is a request, its Done, and a row in both lists.
using TaskRequest = std::variant<AnswerRequest, LabelRequest>;
using TaskDone = std::variant<AnswerDone, LabelDone>;

}  // namespace assay::wire
