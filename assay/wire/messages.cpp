#include "assay/wire/messages.hpp"

#include <nlohmann/json.hpp>

namespace assay::wire {

using nlohmann::json;

// Each struct is written and read field by field under its own names; the macro keeps the two
// directions from drifting apart.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Hello, protocol, version, system_info, devices, gpu)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Inspect, path)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Load, path, vocab_only, n_gpu_layers)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(
    Loaded, n_ctx_train, n_vocab, recurrent, long_rope, has_chat_template)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Render, system, user, chat_template, date, thinking)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Rendered, prompt, stops)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Tokenize, text, add_special, parse_special)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RenderTemplate, text, variables_json, mark_literals)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(
    Start, n_slots, stream_size, n_ubatch, n_threads, flash_attn, cache_type_k, cache_type_v)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Started, fingerprint, description, proven, answer_fingerprint)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PredictMemory, load, start)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PredictedMemory, model_bytes, context_bytes, compute_bytes)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(
    Sampling, temp, top_k, top_p, min_p, repeat_penalty, repeat_last_n, seed)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(
    Quantize, source, target, type, imatrix, allow_requantize, n_threads)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Progress, done, total)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(
    LabelDone, log_probs, n_computed_tokens, prefill_ms, peak_memory_bytes)

namespace {

std::string pack(const std::vector<std::int32_t>& tokens) {
    std::string out;
    out.reserve(tokens.size() * 4);
    for (const std::int32_t token : tokens) {
        const auto u = static_cast<std::uint32_t>(token);
        for (int shift = 0; shift < 32; shift += 8) {
            out += static_cast<char>(u >> shift & 255);
        }
    }
    return out;
}

std::vector<std::int32_t> unpack(std::string_view bytes) {
    std::vector<std::int32_t> out(bytes.size() / 4);
    for (std::size_t i = 0; i < out.size(); ++i) {
        std::uint32_t u = 0;
        for (std::size_t k = 0; k < 4; ++k) {
            u |= std::uint32_t{static_cast<unsigned char>(bytes[4 * i + k])} << (8 * k);
        }
        out[i] = static_cast<std::int32_t>(u);
    }
    return out;
}

/// Text that came from files or models may hold invalid UTF-8: it is replaced, never a reason to
/// throw.
std::string dump(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

template <class T>
Frame request_frame(std::uint64_t id, const char* verb, const T& body) {
    return {dump(json{{"id", id}, {"verb", verb}, {"body", body}}), {}};
}

template <class T>
Frame done_frame(std::uint64_t id, const T& body) {
    return {dump(json{{"id", id}, {"event", "done"}, {"body", body}}), {}};
}

template <class T>
T body_of(const Frame& frame) {
    return json::parse(frame.header).at("body").get<T>();
}

json file_json(const ModelFile& file) {
    return {{"path", file.path},
            {"size_bytes", file.size_bytes},
            {"tensor_bytes", file.tensor_bytes},
            {"n_weights", file.n_weights},
            {"tensor_types", file.tensor_types},
            {"architecture", file.architecture},
            {"file_type", file.file_type},
            {"context_length", file.context_length},
            {"n_layers", file.n_layers},
            {"has_chat_template", file.has_chat_template}};
}

ModelFile file_of(const json& j) {
    ModelFile file;
    j.at("path").get_to(file.path);
    j.at("size_bytes").get_to(file.size_bytes);
    j.at("tensor_bytes").get_to(file.tensor_bytes);
    j.at("n_weights").get_to(file.n_weights);
    j.at("tensor_types").get_to(file.tensor_types);
    j.at("architecture").get_to(file.architecture);
    j.at("file_type").get_to(file.file_type);
    j.at("context_length").get_to(file.context_length);
    j.at("n_layers").get_to(file.n_layers);
    j.at("has_chat_template").get_to(file.has_chat_template);
    return file;
}

}  // namespace

Frame encode_hello(std::uint64_t id) {
    return request_frame(id, "hello", json::object());
}
Frame encode(std::uint64_t id, const Inspect& r) {
    return request_frame(id, "inspect", r);
}
Frame encode(std::uint64_t id, const Load& r) {
    return request_frame(id, "load", r);
}
Frame encode(std::uint64_t id, const Render& r) {
    return request_frame(id, "render", r);
}
Frame encode(std::uint64_t id, const RenderTemplate& r) {
    return request_frame(id, "render_template", r);
}
Frame encode(std::uint64_t id, const Tokenize& r) {
    return request_frame(id, "tokenize", r);
}
Frame encode(std::uint64_t id, const Start& r) {
    return request_frame(id, "start", r);
}
Frame encode_describe_start(std::uint64_t id, const Start& r) {
    return request_frame(id, "describe_start", r);
}
Frame encode(std::uint64_t id, const PredictMemory& r) {
    return request_frame(id, "predict_memory", r);
}
Frame encode(std::uint64_t id, const Quantize& r) {
    return request_frame(id, "quantize", r);
}
Frame encode(std::uint64_t id, const AnswerRequest& r) {
    Frame frame = request_frame(id,
                                "answer",
                                json{{"sampling", r.sampling},
                                     {"predict", r.predict},
                                     {"stops", r.stops},
                                     {"n_prefix", r.n_prefix},
                                     {"alone", r.alone},
                                     {"grammar", r.grammar}});
    frame.payload = pack(r.prompt);
    return frame;
}
Frame encode(std::uint64_t id, const LabelRequest& r) {
    Frame frame = request_frame(id,
                                "label_probs",
                                json{{"labels", r.labels},
                                     {"n_prefix", r.n_prefix},
                                     {"alone", r.alone},
                                     {"n_longer_prefix", r.n_longer_prefix}});
    frame.payload = pack(r.prompt);
    return frame;
}

Result<Request> decode_request(Frame frame) {
    const json header = json::parse(frame.header, nullptr, false);
    if (!header.is_object() || !header.contains("id") || !header["id"].is_number_unsigned() ||
        !header.contains("verb") || !header["verb"].is_string() || !header.contains("body")) {
        return fail("a frame is not a request");
    }
    return Request{
        header["id"].get<std::uint64_t>(), header["verb"].get<std::string>(), std::move(frame)};
}

Inspect decode_inspect(const Request& r) {
    return body_of<Inspect>(r.frame);
}
Load decode_load(const Request& r) {
    return body_of<Load>(r.frame);
}
Render decode_render(const Request& r) {
    return body_of<Render>(r.frame);
}
RenderTemplate decode_render_template(const Request& r) {
    return body_of<RenderTemplate>(r.frame);
}
Tokenize decode_tokenize(const Request& r) {
    return body_of<Tokenize>(r.frame);
}
Start decode_start(const Request& r) {
    return body_of<Start>(r.frame);
}
PredictMemory decode_predict_memory(const Request& r) {
    return body_of<PredictMemory>(r.frame);
}
Quantize decode_quantize(const Request& r) {
    return body_of<Quantize>(r.frame);
}
AnswerRequest decode_answer(const Request& r) {
    const json body = json::parse(r.frame.header).at("body");
    return {unpack(r.frame.payload),
            body.at("sampling").get<Sampling>(),
            body.at("predict").get<int>(),
            body.at("stops").get<std::vector<std::string>>(),
            body.at("n_prefix").get<int>(),
            body.at("alone").get<bool>(),
            body.at("grammar").get<std::string>()};
}
LabelRequest decode_label_probs(const Request& r) {
    const json body = json::parse(r.frame.header).at("body");
    return {unpack(r.frame.payload),
            body.at("labels").get<std::vector<std::int32_t>>(),
            body.at("n_prefix").get<int>(),
            body.at("alone").get<bool>(),
            body.at("n_longer_prefix").get<int>()};
}

Frame encode_progress(std::uint64_t id, const Progress& progress) {
    return {dump(json{{"id", id}, {"event", "progress"}, {"body", progress}}), {}};
}
Frame encode_failed(std::uint64_t id, const Failure& failure) {
    return {dump(json{{"id", id},
                      {"event", "failed"},
                      {"message", failure.message},
                      {"place", failure.place},
                      {"remedy", failure.remedy}}),
            {}};
}
Frame encode_done(std::uint64_t id) {
    return done_frame(id, json::object());
}
Frame encode_done(std::uint64_t id, const Hello& r) {
    return done_frame(id, r);
}
Frame encode_done(std::uint64_t id, const Inspected& r) {
    return done_frame(id, json{{"file", file_json(r.file)}, {"parts", r.parts}});
}
Frame encode_done(std::uint64_t id, const Loaded& r) {
    return done_frame(id, r);
}
Frame encode_done(std::uint64_t id, const Rendered& r) {
    return done_frame(id, r);
}
Frame encode_done_text(std::uint64_t id, const std::string& text) {
    Frame frame = encode_done(id);
    frame.payload = text;
    return frame;
}
Frame encode_done_tokens(std::uint64_t id, const std::vector<std::int32_t>& tokens) {
    Frame frame = encode_done(id);
    frame.payload = pack(tokens);
    return frame;
}
Frame encode_done(std::uint64_t id, const Started& r) {
    return done_frame(id, r);
}
Frame encode_done(std::uint64_t id, const PredictedMemory& r) {
    return done_frame(id, r);
}
Frame encode_done(std::uint64_t id, const AnswerDone& r) {
    Frame frame = done_frame(id,
                             json{{"n_tokens", r.tokens.size()},
                                  {"stop_reason", r.stop_reason},
                                  {"trace_sha256", r.trace_sha256},
                                  {"n_computed_tokens", r.n_computed_tokens},
                                  {"prefill_ms", r.prefill_ms},
                                  {"decode_ms", r.decode_ms},
                                  {"peak_memory_bytes", r.peak_memory_bytes}});
    frame.payload = pack(r.tokens) + r.text;
    return frame;
}

Frame encode_done(std::uint64_t id, const LabelDone& r) {
    return done_frame(id, r);
}

Result<Reply> decode_reply(Frame frame) {
    const json header = json::parse(frame.header, nullptr, false);
    if (!header.is_object() || !header.contains("id") || !header["id"].is_number_unsigned()) {
        return fail("a frame is not a reply");
    }
    Reply reply;
    reply.id = header["id"].get<std::uint64_t>();
    const std::string event = header.value("event", "");
    if (event == "progress") {
        reply.kind = ReplyKind::kProgress;
        reply.progress = header.at("body").get<Progress>();
    } else if (event == "failed") {
        reply.kind = ReplyKind::kFailed;
        reply.failure = {
            header.value("message", ""), header.value("place", ""), header.value("remedy", "")};
    } else if (event == "done") {
        reply.kind = ReplyKind::kDone;
        reply.frame = std::move(frame);
    } else {
        return fail("a reply has an unknown event");
    }
    return reply;
}

Hello decode_hello(const Reply& r) {
    return body_of<Hello>(r.frame);
}
Loaded decode_loaded(const Reply& r) {
    return body_of<Loaded>(r.frame);
}
Rendered decode_rendered(const Reply& r) {
    return body_of<Rendered>(r.frame);
}
Started decode_started(const Reply& r) {
    return body_of<Started>(r.frame);
}
PredictedMemory decode_predicted_memory(const Reply& r) {
    return body_of<PredictedMemory>(r.frame);
}
LabelDone decode_label_done(const Reply& r) {
    return body_of<LabelDone>(r.frame);
}
std::string decode_text(const Reply& r) {
    return r.frame.payload;
}
std::vector<std::int32_t> decode_tokens(const Reply& r) {
    return unpack(r.frame.payload);
}
Inspected decode_inspected(const Reply& r) {
    const json body = json::parse(r.frame.header).at("body");
    return {file_of(body.at("file")), body.at("parts").get<std::vector<std::string>>()};
}
AnswerDone decode_answer_done(const Reply& r) {
    const json body = json::parse(r.frame.header).at("body");
    const std::size_t token_bytes = body.at("n_tokens").get<std::size_t>() * 4;
    const std::string_view payload = r.frame.payload;
    AnswerDone done;
    done.tokens = unpack(payload.substr(0, token_bytes));
    done.text = payload.substr(token_bytes);
    body.at("stop_reason").get_to(done.stop_reason);
    body.at("trace_sha256").get_to(done.trace_sha256);
    body.at("n_computed_tokens").get_to(done.n_computed_tokens);
    body.at("prefill_ms").get_to(done.prefill_ms);
    body.at("decode_ms").get_to(done.decode_ms);
    body.at("peak_memory_bytes").get_to(done.peak_memory_bytes);
    return done;
}

}  // namespace assay::wire
