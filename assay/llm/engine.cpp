#include "assay/llm/engine.hpp"

#include <fmt/format.h>

#include "assay/llm/engine_process.hpp"

namespace assay::llm {
namespace {

constexpr int kPollMs = 100;

Failure death(const char* what, EngineProcess& process) {
    return {fmt::format("the engine {} while it was to {}", process.last_words(), what), {}, {}};
}

template <class T, class Decode>
Result<T> decoded(const Result<wire::Reply>& reply, Decode decode) {
    if (!reply) {
        return tl::unexpected(reply.error());
    }
    return decode(*reply);
}

}  // namespace

Engine::Engine(std::filesystem::path program, const std::atomic<bool>& cancel)
    : program_(std::move(program)), cancel_(cancel) {}
Engine::~Engine() = default;

EngineProcess& Engine::process() {
    if (!process_) {
        process_ = std::make_unique<EngineProcess>(program_);
    }
    return *process_;
}

void Engine::stop() {
    if (process_) {
        process_->kill();
    }
    process_.reset();
    label_requests_.clear();
}

Result<wire::Reply> Engine::call(const char* what,
                                 const std::function<wire::Frame(std::uint64_t)>& encode,
                                 const std::function<void(const wire::Progress&)>& on_progress) {
    EngineProcess& engine = process();
    const std::uint64_t id = next_id_++;
    const bool sent = engine.send(encode(id));
    wire::Frame frame;
    while (true) {
        if (cancel_) {
            stop();
            throw Error(ErrorKind::kInterrupted, {"stopped", {}, {}});
        }
        const auto event = sent ? engine.receive(frame, kPollMs) : EngineProcess::Event::kDied;
        if (event == EngineProcess::Event::kTimeout) {
            continue;
        }
        if (event == EngineProcess::Event::kDied) {
            Failure failure = death(what, engine);
            process_.reset();
            return tl::unexpected(std::move(failure));
        }
        auto reply = wire::decode_reply(std::move(frame));
        if (!reply || reply->id != id) {
            continue;  // of a call that was given up
        }
        if (reply->kind == wire::ReplyKind::kFailed) {
            return tl::unexpected(reply->failure);
        }
        if (reply->kind == wire::ReplyKind::kDone) {
            return reply;
        }
        if (on_progress) {
            on_progress(reply->progress);
        }
    }
}

Result<wire::Hello> Engine::hello() {
    return decoded<wire::Hello>(
        call("say what it is", [](std::uint64_t id) { return wire::encode_hello(id); }),
        wire::decode_hello);
}
Result<wire::Inspected> Engine::inspect(const std::string& path) {
    return decoded<wire::Inspected>(
        call("read a model's header",
             [&](std::uint64_t id) { return wire::encode(id, wire::Inspect{path}); }),
        wire::decode_inspected);
}
Result<wire::Loaded> Engine::load(const wire::Load& request) {
    return decoded<wire::Loaded>(
        call("load a model", [&](std::uint64_t id) { return wire::encode(id, request); }),
        wire::decode_loaded);
}
Result<wire::Rendered> Engine::render(const wire::Render& request) {
    return decoded<wire::Rendered>(
        call("render a prompt", [&](std::uint64_t id) { return wire::encode(id, request); }),
        wire::decode_rendered);
}
Result<std::string> Engine::render_template(const std::string& text,
                                            const std::string& variables_json) {
    return decoded<std::string>(
        call("render a template",
             [&](std::uint64_t id) {
                 return wire::encode(id, wire::RenderTemplate{text, variables_json, false});
             }),
        wire::decode_text);
}
Result<std::string> Engine::render_prompt(const std::string& text,
                                          const std::string& variables_json) {
    return decoded<std::string>(
        call("render a prompt",
             [&](std::uint64_t id) {
                 return wire::encode(id, wire::RenderTemplate{text, variables_json, true});
             }),
        wire::decode_text);
}
Result<std::vector<std::int32_t>> Engine::tokenize(const wire::Tokenize& request) {
    return decoded<std::vector<std::int32_t>>(
        call("tokenize", [&](std::uint64_t id) { return wire::encode(id, request); }),
        wire::decode_tokens);
}
Result<wire::PredictedMemory> Engine::predict_memory(const wire::PredictMemory& request) {
    return decoded<wire::PredictedMemory>(
        call("predict memory", [&](std::uint64_t id) { return wire::encode(id, request); }),
        wire::decode_predicted_memory);
}
Result<wire::Started> Engine::describe_start(const wire::Start& request) {
    return decoded<wire::Started>(
        call("describe a context",
             [&](std::uint64_t id) { return wire::encode_describe_start(id, request); }),
        wire::decode_started);
}
Result<wire::Started> Engine::start(const wire::Start& request) {
    return decoded<wire::Started>(
        call("make a context", [&](std::uint64_t id) { return wire::encode(id, request); }),
        wire::decode_started);
}
Result<bool> Engine::quantize(
    const wire::Quantize& request,
    const std::function<void(std::uint64_t, std::uint64_t)>& on_progress) {
    const auto reply = call(
        "quantize",
        [&](std::uint64_t id) { return wire::encode(id, request); },
        [&](const wire::Progress& p) { on_progress(p.done, p.total); });
    if (!reply) {
        return tl::unexpected(reply.error());
    }
    return true;
}

std::uint64_t Engine::submit(const wire::AnswerRequest& request) {
    const std::uint64_t id = next_id_++;
    return process().send(wire::encode(id, request)) ? id : 0;
}

std::uint64_t Engine::submit(const wire::LabelRequest& request) {
    const std::uint64_t id = next_id_++;
    if (!process().send(wire::encode(id, request))) {
        return 0;
    }
    label_requests_.insert(id);
    return id;
}

Engine::Event Engine::next(int timeout_ms) {
    EngineProcess& engine = process();
    wire::Frame frame;
    switch (engine.receive(frame, timeout_ms)) {
        case EngineProcess::Event::kTimeout: return {};
        case EngineProcess::Event::kDied: {
            Event event{.kind = Event::Kind::kDied, .failure = death("answer", engine)};
            process_.reset();
            label_requests_.clear();
            return event;
        }
        case EngineProcess::Event::kFrame: break;
    }
    auto reply = wire::decode_reply(std::move(frame));
    if (!reply || reply->kind == wire::ReplyKind::kProgress) {
        return {};
    }
    const bool of_labels = label_requests_.erase(reply->id) > 0;
    if (reply->kind == wire::ReplyKind::kFailed) {
        return {.kind = Event::Kind::kFailed, .id = reply->id, .failure = reply->failure};
    }
    if (of_labels) {
        return {.kind = Event::Kind::kLabels,
                .id = reply->id,
                .labels = wire::decode_label_done(*reply)};
    }
    return {
        .kind = Event::Kind::kAnswer, .id = reply->id, .done = wire::decode_answer_done(*reply)};
}

}  // namespace assay::llm
