#pragma once
// What assay and assay-engine say to each other. Every message is a struct with a name and its
// fields (fields.hpp; codec.hpp makes frames of them). A request's name is its verb, and its `Done`
// is what the engine replies. Every request has an id that its replies repeat; several may be in
// flight. Its replies are Progress (any number), and then, as the last one, its Done or Failed.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/records/run_recipe.hpp"
#include "assay/records/variant.hpp"
#include "assay/wire/tasks.hpp"

namespace assay::wire {

/// Counts up when the bytes of a message change.
inline constexpr int kProtocolVersion = 7;

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
    std::string vocabulary_sha256{};         ///< of the tokens' texts, in the order of their ids
    double load_ms = 0;                      ///< that header and weights took
    static void fields(auto& self, auto& field) {
        field("n_ctx_train", self.n_ctx_train);
        field("n_vocab", self.n_vocab);
        field("recurrent", self.recurrent);
        field("long_rope", self.long_rope);
        field("has_chat_template", self.has_chat_template);
        field("end_tokens", self.end_tokens);
        field("vocabulary_sha256", self.vocabulary_sha256);
        field("load_ms", self.load_ms);
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
    bool reads_drafts = false;         ///< what is read of a draft has the bits of what is written
    std::string head_failure{};  ///< why Start::head_model gives no logits of rows; empty: it does,
                                 ///< or none was wanted
    static void fields(auto& self, auto& field) {
        field("fingerprint", self.fingerprint);
        field("description", self.description);
        field("proven", self.proven);
        field("answer_fingerprint", self.answer_fingerprint);
        field("reads_drafts", self.reads_drafts);
        field("head_failure", self.head_failure);
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
    RopeScaling rope{};
    bool keep_rows = false;    ///< answers come with the rows of their tokens, and drafts can be
                               ///< read; the bits of answers are the same
    std::string head_model{};  ///< the baseline's file, whose output matrix makes logits of a
                               ///< draft's rows; empty: none. With it, drafts can be read
    int draft_rows = 60;       ///< rows of the largest batch of a draft, a multiple of 4 below 64
    /// Whether drafts can be read.
    [[nodiscard]] bool reads() const { return keep_rows || !head_model.empty(); }
    static void fields(auto& self, auto& field) {
        field("n_slots", self.n_slots);
        field("stream_size", self.stream_size);
        field("n_ubatch", self.n_ubatch);
        field("n_threads", self.n_threads);
        field("flash_attn", self.flash_attn);
        field("cache_type_k", self.cache_type_k);
        field("cache_type_v", self.cache_type_v);
        field("rope_scaling", self.rope.scaling);
        field("rope_scale", self.rope.scale);
        field("rope_freq_base", self.rope.freq_base);
        field("yarn_orig_ctx", self.rope.yarn_orig_ctx);
        field("lora", self.lora);
        field("lora_sha256", self.lora_sha256);
        field("lora_scale", self.lora_scale);
        field("keep_rows", self.keep_rows);
        field("head_model", self.head_model);
        field("draft_rows", self.draft_rows);
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

}  // namespace assay::wire
