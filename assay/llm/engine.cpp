#include "assay/llm/engine.hpp"

#include <fmt/format.h>

#include "assay/llm/engine_process.hpp"

namespace assay::llm {
namespace {

constexpr int kPollMs = 100;

Failure death(const char* what, EngineProcess& process) {
    return {fmt::format("the engine {} while it was to {}", process.last_words(), what), {}, {}};
}

/// What a Failed says.
Failure failure_in(const wire::Message& reply) {
    const auto failed = wire::decode<wire::Failed>(reply);
    return failed ? failed->failure : failed.error();
}

/// Reads a reply as the alternative of TaskDone whose name it has. Fails where it is none of them.
template <std::size_t kIndex = 0>
Result<wire::TaskDone> decode_task_done(const wire::Message& reply) {
    if constexpr (kIndex == std::variant_size_v<wire::TaskDone>) {
        return tl::unexpected<Failure>(wire::unreadable(reply, "it is the reply to no task"));
    } else {
        using Done = std::variant_alternative_t<kIndex, wire::TaskDone>;
        if (!reply.is<Done>()) {
            return decode_task_done<kIndex + 1>(reply);
        }
        return wire::decode<Done>(reply);
    }
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
}

Result<wire::Message> Engine::exchange(const char* what,
                                       std::uint64_t id,
                                       const wire::Frame& request,
                                       const OnProgress& on_progress) {
    EngineProcess& engine = process();
    const bool sent = engine.send(request);
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
        auto reply = wire::decode_message(std::move(frame));
        if (!reply || reply->id != id) {
            continue;  // of a call that was given up
        }
        if (!reply->is<wire::Progress>()) {
            return reply;
        }
        const auto progress = wire::decode<wire::Progress>(*reply);
        if (progress && on_progress) {
            on_progress(*progress);
        }
    }
}

template <class Request>
Result<typename Request::Done> Engine::call(const char* what,
                                            const Request& request,
                                            const OnProgress& on_progress) {
    const std::uint64_t id = next_id_++;
    const auto reply = exchange(what, id, wire::encode(id, request), on_progress);
    if (!reply) {
        return tl::unexpected<Failure>(reply.error());
    }
    if (reply->template is<wire::Failed>()) {
        return tl::unexpected<Failure>(failure_in(*reply));
    }
    return wire::decode<typename Request::Done>(*reply);
}

Result<wire::Hello> Engine::hello() {
    return call("say what it is", wire::SayHello{});
}

Result<wire::Inspected> Engine::inspect(const std::string& path) {
    return call("read a model's header", wire::Inspect{path});
}

Result<wire::InspectedLora> Engine::inspect_lora(const wire::InspectLora& request) {
    return call("read an adapter's header", request);
}

Result<wire::Loaded> Engine::load(const wire::Load& request) {
    return call("load a model", request);
}

Result<wire::Rendered> Engine::render(const wire::Render& request) {
    return call("render a prompt", request);
}

Result<std::string> Engine::render_template(const std::string& text,
                                            const std::string& variables_json) {
    return call("render a template", wire::RenderTemplate{text, variables_json, false})
        .map([](wire::RenderedTemplate rendered) { return rendered.text; });
}

Result<std::string> Engine::render_prompt(const std::string& text,
                                          const std::string& variables_json) {
    return call("render a prompt", wire::RenderTemplate{text, variables_json, true})
        .map([](wire::RenderedTemplate rendered) { return rendered.text; });
}

Result<std::vector<std::int32_t>> Engine::tokenize(const wire::Tokenize& request) {
    return call("tokenize", request).map([](wire::Tokenized tokenized) {
        return tokenized.tokens;
    });
}

Result<wire::PredictedMemory> Engine::predict_memory(const wire::PredictMemory& request) {
    return call("predict memory", request);
}

Result<wire::Started> Engine::describe_start(const wire::Start& request) {
    return call("describe a context", wire::DescribeStart{request});
}

Result<wire::Started> Engine::start(const wire::Start& request) {
    return call("make a context", request);
}

Result<wire::LoadedEmbedder> Engine::load_embedder(const wire::LoadEmbedder& request) {
    return call("load an embedding model", request);
}

Result<wire::Embedded> Engine::embed(const std::string& text) {
    return call("embed a text", wire::Embed{text});
}

Result<wire::PredictedMemory> Engine::predict_text_memory(const wire::PredictTextMemory& request) {
    return call("predict the memory of a text", request);
}

Result<wire::LoadedTextModels> Engine::load_text_models(const wire::LoadTextModels& request) {
    return call("load the models of a text", request);
}

Result<wire::ScoredText> Engine::score_text(
    const wire::ScoreText& request,
    const std::function<void(std::uint64_t, std::uint64_t)>& on_progress) {
    return call("score a text", request, [&](const wire::Progress& progress) {
        on_progress(progress.done, progress.total);
    });
}

Result<wire::MeasuredSpeed> Engine::measure_speed(
    const wire::MeasureSpeed& request,
    const std::function<void(std::uint64_t, std::uint64_t)>& on_progress) {
    return call("measure a model's speed", request, [&](const wire::Progress& progress) {
        on_progress(progress.done, progress.total);
    });
}

Result<bool> Engine::quantize(
    const wire::Quantize& request,
    const std::function<void(std::uint64_t, std::uint64_t)>& on_progress) {
    return call("quantize",
                request,
                [&](const wire::Progress& progress) { on_progress(progress.done, progress.total); })
        .map([](const wire::Quantized&) { return true; });
}

Result<bool> Engine::merge_lora(
    const wire::MergeLora& request,
    const std::function<void(std::uint64_t, std::uint64_t)>& on_progress) {
    return call("merge an adapter",
                request,
                [&](const wire::Progress& progress) { on_progress(progress.done, progress.total); })
        .map([](const wire::MergedLora&) { return true; });
}

Result<wire::InspectedImatrix> Engine::inspect_imatrix(const std::string& path) {
    return call("read an importance matrix", wire::InspectImatrix{path});
}

Result<wire::MadeImatrix> Engine::make_imatrix(
    const wire::MakeImatrix& request,
    const std::function<void(std::uint64_t, std::uint64_t)>& on_progress) {
    return call("make an importance matrix", request, [&](const wire::Progress& progress) {
        on_progress(progress.done, progress.total);
    });
}

std::uint64_t Engine::submit(const wire::TaskRequest& request) {
    const std::uint64_t id = next_id_++;
    const wire::Frame frame = std::visit([&](const auto& task) { return wire::encode(id, task); },
                                         request);
    return process().send(frame) ? id : 0;
}

Engine::Event Engine::next(int timeout_ms) {
    EngineProcess& engine = process();
    wire::Frame frame;
    switch (engine.receive(frame, timeout_ms)) {
        case EngineProcess::Event::kTimeout: return {};
        case EngineProcess::Event::kDied: {
            Event event{.kind = Event::Kind::kDied, .failure = death("answer", engine)};
            process_.reset();
            return event;
        }
        case EngineProcess::Event::kFrame: break;
    }
    const auto reply = wire::decode_message(std::move(frame));
    if (!reply || reply->is<wire::Progress>()) {
        return {};
    }
    Event event{.kind = Event::Kind::kFailed, .id = reply->id};
    if (reply->is<wire::Failed>()) {
        event.failure = failure_in(*reply);
        return event;
    }
    auto done = decode_task_done(*reply);
    if (!done) {
        event.failure = done.error();
        return event;
    }
    event.kind = Event::Kind::kDone;
    event.done = std::move(*done);
    return event;
}

}  // namespace assay::llm
