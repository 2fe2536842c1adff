#include "assay/engine/server.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstdlib>

#include "assay/engine/chat.hpp"
#include "assay/engine/imatrix.hpp"
#include "assay/engine/lora_merge.hpp"
#include "assay/engine/model_file.hpp"
#include "assay/engine/quantize.hpp"
#include "assay/engine/session.hpp"
#include "assay/engine/speed.hpp"
#include "assay/wire/verb.hpp"

namespace assay::engine {
namespace {

/// What must be there before a verb can be served.
enum class Needs { kNothing, kModel, kContext };

struct Row {
    Needs needs;
    wire::Verb<Server> verb;
};

constexpr std::array kVerbs{
    Row{Needs::kNothing, wire::verb<&Server::hello>()},
    Row{Needs::kNothing, wire::verb<&Server::inspect>()},
    Row{Needs::kNothing, wire::verb<&Server::inspect_lora>()},
    Row{Needs::kNothing, wire::verb<&Server::load>()},
    Row{Needs::kNothing, wire::verb<&Server::render>()},
    Row{Needs::kNothing, wire::verb<&Server::render_template>()},
    Row{Needs::kModel, wire::verb<&Server::tokenize>()},
    Row{Needs::kNothing, wire::verb<&Server::predict_memory>()},
    Row{Needs::kModel, wire::verb<&Server::describe_start>()},
    Row{Needs::kModel, wire::verb<&Server::start>()},
    Row{Needs::kContext, wire::verb<&Server::submit<wire::AnswerRequest>>()},
    Row{Needs::kContext, wire::verb<&Server::submit<wire::LabelRequest>>()},
    Row{Needs::kNothing, wire::verb<&Server::load_embedder>()},
    Row{Needs::kNothing, wire::verb<&Server::embed>()},
    Row{Needs::kNothing, wire::verb<&Server::predict_text_memory>()},
    Row{Needs::kNothing, wire::verb<&Server::load_text_models>()},
    Row{Needs::kNothing, wire::verb<&Server::score_text>()},
    Row{Needs::kNothing, wire::verb<&Server::measure_speed>()},
    Row{Needs::kNothing, wire::verb<&Server::inspect_imatrix>()},
    Row{Needs::kNothing, wire::verb<&Server::make_imatrix>()},
    Row{Needs::kNothing, wire::verb<&Server::quantize>()},
    Row{Needs::kNothing, wire::verb<&Server::merge_lora>()},
};

const Row* find_row(const std::string& name) {
    for (const Row& row : kVerbs) {
        if (row.verb.name == name) {
            return &row;
        }
    }
    return nullptr;
}

}  // namespace

void Server::run() {
    while (true) {
        const bool busy = answerer_ && answerer_->has_work();
        if (const auto request = inbox_.take(!busy)) {
            serve(*request);
        } else if (busy) {
            answerer_->step();
        }
    }
}

void Server::send(const wire::Frame& frame) {
    if (!wire::write_frame(out_, frame)) {
        std::_Exit(0);
    }
}

void Server::serve(const wire::Message& request) {
    const auto refuse = [&](std::string why, std::string remedy) {
        send(wire::encode(request.id, wire::Failed{{std::move(why), {}, std::move(remedy)}}));
    };
    const Row* row = find_row(request.name);
    if (row == nullptr) {
        return refuse(fmt::format("unknown verb \"{}\"", request.name), wire::kOtherVersion);
    }
    if (row->needs == Needs::kModel && !model_) {
        return refuse(fmt::format("{} before load", request.name), {});
    }
    if (row->needs == Needs::kContext && !answerer_) {
        return refuse(fmt::format("{} before start", request.name), {});
    }
    row->verb.serve(*this, request);
}

Result<wire::Hello> Server::hello(const wire::SayHello& /*request*/) {
    return describe_engine();
}

Result<wire::Inspected> Server::inspect(const wire::Inspect& request) {
    return inspect_model(request.path);
}

Result<wire::InspectedLora> Server::inspect_lora(const wire::InspectLora& request) {
    return engine::inspect_lora(request);
}

Result<wire::Loaded> Server::load(const wire::Load& request) {
    answerer_.reset();
    context_.reset();
    adapter_.reset();
    control_.reset();
    model_.reset();
    const auto start = std::chrono::steady_clock::now();
    auto model = load_model(request);
    if (!model) {
        return tl::unexpected<Failure>(model.error());
    }
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    model_ = std::move(*model);
    model_path_ = request.path;
    control_.emplace(model_.get());
    n_gpu_layers_ = request.n_gpu_layers;
    wire::Loaded loaded = describe_model(model_.get());
    loaded.load_ms = took.count();
    return loaded;
}

Result<wire::Rendered> Server::render(const wire::Render& request) {
    return render_chat(model_.get(), request);
}

Result<wire::RenderedTemplate> Server::render_template(const wire::RenderTemplate& request) {
    auto text = engine::render_template(control_ ? &*control_ : nullptr, request);
    if (!text) {
        return tl::unexpected<Failure>(text.error());
    }
    return wire::RenderedTemplate{std::move(*text)};
}

Result<wire::Tokenized> Server::tokenize(const wire::Tokenize& request) {
    const bool marked = request.parse_special &&
                        request.text.find(wire::kLiteralMark) != std::string::npos;
    auto tokens = marked ? control_->tokenize_marked(request.text)
                         : engine::tokenize(model_.get(), request);
    if (!tokens) {
        return tl::unexpected<Failure>(tokens.error());
    }
    return wire::Tokenized{std::move(*tokens)};
}

Result<wire::PredictedMemory> Server::predict_memory(const wire::PredictMemory& request) {
    return engine::predict_memory(request);
}

Result<wire::Started> Server::describe_start(const wire::DescribeStart& request) {
    return engine::describe_start(model_.get(), request.start, n_gpu_layers_);
}

Result<wire::Started> Server::start(const wire::Start& request) {
    answerer_.reset();
    context_.reset();
    adapter_.reset();
    auto adapter = open_adapter(model_.get(), model_path_, request);
    if (!adapter) {
        return tl::unexpected<Failure>(adapter.error());
    }
    const std::string head_failure = open_head(request);
    RowTap* tap = request.keep_rows ? &tap_ : nullptr;
    auto context = open_context(model_.get(), request, tap);
    if (!context) {
        return tl::unexpected<Failure>(context.error());
    }
    if (*adapter) {
        if (auto applied = apply_adapter(context->get(), adapter->get(), request.lora_scale);
            !applied) {
            return tl::unexpected<Failure>(applied.error());
        }
    }
    adapter_ = std::move(*adapter);
    context_ = std::move(*context);
    answerer_ = std::make_unique<Answerer>(
        context_.get(),
        request,
        tap,
        head_ ? &*head_ : nullptr,
        [this](std::uint64_t id, const wire::TaskDone& task) {
            std::visit([&](const auto& done) { send(wire::encode(id, done)); }, task);
        },
        [this](std::uint64_t id, const Failure& failure) {
            send(wire::encode(id, wire::Failed{failure}));
        });
    wire::Started started = engine::describe_start(model_.get(), request, n_gpu_layers_);
    started.head_failure = head_failure;
    return started;
}

/// Why there is none though it was wanted; answers do without it.
std::string Server::open_head(const wire::Start& request) {
    head_.reset();
    if (request.head_model.empty()) {
        return {};
    }
    auto head = OutputHead::open(request.head_model, request.n_threads);
    if (!head) {
        return to_sentence(head.error());
    }
    head_.emplace(std::move(*head));
    return {};
}

Result<wire::LoadedEmbedder> Server::load_embedder(const wire::LoadEmbedder& request) {
    embedder_.reset();
    auto embedder = Embedder::open(request);
    if (!embedder) {
        return tl::unexpected<Failure>(embedder.error());
    }
    embedder_.emplace(std::move(*embedder));
    return embedder_->describe();
}

Result<wire::Embedded> Server::embed(const wire::Embed& request) {
    if (!embedder_) {
        return fail("embed before load_embedder");
    }
    return embedder_->embed(request.text);
}

Result<wire::PredictedMemory> Server::predict_text_memory(const wire::PredictTextMemory& request) {
    return engine::predict_text_memory(request);
}

Result<wire::LoadedTextModels> Server::load_text_models(const wire::LoadTextModels& request) {
    text_scorer_.reset();
    auto scorer = TextScorer::open(request);
    if (!scorer) {
        return tl::unexpected<Failure>(scorer.error());
    }
    text_scorer_.emplace(std::move(*scorer));
    return text_scorer_->describe();
}

void Server::score_text(std::uint64_t id, wire::ScoreText request) {
    if (!text_scorer_) {
        return send(wire::encode(id, wire::Failed{{"score_text before load_text_models", {}, {}}}));
    }
    const auto scored = text_scorer_->score(request, [&](std::uint64_t done, std::uint64_t total) {
        send(wire::encode(id, wire::Progress{done, total}));
    });
    send(scored ? wire::encode(id, *scored) : wire::encode(id, wire::Failed{scored.error()}));
}

void Server::measure_speed(std::uint64_t id, wire::MeasureSpeed request) {
    const auto measured = engine::measure_speed(
        request, [&](std::uint64_t done, std::uint64_t total) {
            send(wire::encode(id, wire::Progress{done, total}));
        });
    send(measured ? wire::encode(id, *measured) : wire::encode(id, wire::Failed{measured.error()}));
}

Result<wire::InspectedImatrix> Server::inspect_imatrix(const wire::InspectImatrix& request) {
    return engine::inspect_imatrix(request);
}

void Server::make_imatrix(std::uint64_t id, wire::MakeImatrix request) {
    const auto made = engine::make_imatrix(request, [&](std::uint64_t done, std::uint64_t total) {
        send(wire::encode(id, wire::Progress{done, total}));
    });
    if (!made) {
        return send(wire::encode(id, wire::Failed{made.error()}));
    }
    send(wire::encode(id, *made));
}

void Server::quantize(std::uint64_t id, wire::Quantize request) {
    const auto made = quantize_model(request, [&](std::uint64_t done, std::uint64_t total) {
        send(wire::encode(id, wire::Progress{done, total}));
    });
    if (!made) {
        return send(wire::encode(id, wire::Failed{made.error()}));
    }
    send(wire::encode(id, wire::Quantized{}));
}

void Server::merge_lora(std::uint64_t id, wire::MergeLora request) {
    const auto made = engine::merge_lora(request, [&](std::uint64_t done, std::uint64_t total) {
        send(wire::encode(id, wire::Progress{done, total}));
    });
    if (!made) {
        return send(wire::encode(id, wire::Failed{made.error()}));
    }
    send(wire::encode(id, wire::MergedLora{}));
}

}  // namespace assay::engine
