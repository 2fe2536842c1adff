#pragma once
// The engine's verbs: what each does, in one table (server.cpp).

#include <cstdint>
#include <memory>
#include <optional>

#include "assay/engine/answerer.hpp"
#include "assay/engine/control_tokens.hpp"
#include "assay/engine/embedder.hpp"
#include "assay/engine/inbox.hpp"
#include "assay/engine/text_scorer.hpp"
#include "assay/wire/imatrix.hpp"
#include "assay/wire/messages.hpp"
#include "assay/wire/speed.hpp"
#include "llama-cpp.h"

namespace assay::engine {

/// Reads requests, serves them one after the other, and computes tasks of a context between them.
/// One model is loaded at a time, and one context of it.
class Server {
 public:
    /// Descriptors of the pipe to assay.
    Server(int in, int out) : inbox_(in), out_(out) {}

    /// Ends with the process.
    [[noreturn]] void run();

    /// Writes to assay; ends the process when assay is gone.
    void send(const wire::Frame& frame);

    // Handlers, a row each in the table.
    Result<wire::Hello> hello(const wire::SayHello& request);
    Result<wire::Inspected> inspect(const wire::Inspect& request);
    Result<wire::InspectedLora> inspect_lora(const wire::InspectLora& request);
    Result<wire::Loaded> load(const wire::Load& request);
    Result<wire::Rendered> render(const wire::Render& request);
    Result<wire::RenderedTemplate> render_template(const wire::RenderTemplate& request);
    Result<wire::Tokenized> tokenize(const wire::Tokenize& request);
    Result<wire::PredictedMemory> predict_memory(const wire::PredictMemory& request);
    Result<wire::Started> describe_start(const wire::DescribeStart& request);
    Result<wire::Started> start(const wire::Start& request);
    Result<wire::LoadedEmbedder> load_embedder(const wire::LoadEmbedder& request);
    Result<wire::Embedded> embed(const wire::Embed& request);
    Result<wire::PredictedMemory> predict_text_memory(const wire::PredictTextMemory& request);
    Result<wire::LoadedTextModels> load_text_models(const wire::LoadTextModels& request);
    void score_text(std::uint64_t id, wire::ScoreText request);
    void measure_speed(std::uint64_t id, wire::MeasureSpeed request);
    Result<wire::InspectedImatrix> inspect_imatrix(const wire::InspectImatrix& request);
    void make_imatrix(std::uint64_t id, wire::MakeImatrix request);
    void quantize(std::uint64_t id, wire::Quantize request);
    void merge_lora(std::uint64_t id, wire::MergeLora request);
    /// Puts a task into the answerer's queue.
    template <class Request>
    void submit(std::uint64_t id, Request request) {
        answerer_->submit(id, request);
    }

 private:
    void serve(const wire::Message& request);
    [[nodiscard]] std::string open_head(const wire::Start& request);

    Inbox inbox_;
    int out_;
    int n_gpu_layers_ = -1;
    llama_model_ptr model_;
    std::string model_path_;
    std::optional<ControlTokens> control_;  ///< of model_
    llama_adapter_lora_ptr adapter_;        ///< of model_, applied in context_; null: none
    RowTap tap_;                            ///< of context_, where it keeps rows
    std::optional<OutputHead> head_;        ///< of the baseline, where context_ reads its drafts
    llama_context_ptr context_;
    std::unique_ptr<Answerer> answerer_;     ///< of context_
    std::optional<Embedder> embedder_;       ///< beside model_
    std::optional<TextScorer> text_scorer_;  ///< beside model_
};

}  // namespace assay::engine
