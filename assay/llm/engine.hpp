#pragma once
// The engine's verbs as functions. A failure is the engine's own sentence, or says how the process
// died.

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/wire/codec.hpp"
#include "assay/wire/embedding.hpp"
#include "assay/wire/imatrix.hpp"
#include "assay/wire/messages.hpp"
#include "assay/wire/speed.hpp"
#include "assay/wire/text_scoring.hpp"

namespace assay::llm {

class EngineProcess;

/// One engine process for the calls that are answered one by one. A dead process is replaced at the
/// next call; what was loaded is then gone, and the call says so.
class Engine {
 public:
    /// `cancel` is looked at while waiting; when set, a call throws Error kInterrupted.
    Engine(std::filesystem::path program, const std::atomic<bool>& cancel);
    ~Engine();

    [[nodiscard]] Result<wire::Hello> hello();
    [[nodiscard]] Result<wire::Inspected> inspect(const std::string& path);
    [[nodiscard]] Result<wire::InspectedLora> inspect_lora(const wire::InspectLora& request);
    [[nodiscard]] Result<wire::Loaded> load(const wire::Load& request);
    [[nodiscard]] Result<wire::Rendered> render(const wire::Render& request);
    [[nodiscard]] Result<std::string> render_template(const std::string& text,
                                                      const std::string& variables_json);
    /// The same for a prompt that goes through render and tokenize of the model that is loaded:
    /// wire::kLiteralMark stands in it before what reads as a control token and came from the
    /// variables, so that tokenize makes text of it.
    [[nodiscard]] Result<std::string> render_prompt(const std::string& text,
                                                    const std::string& variables_json);
    [[nodiscard]] Result<std::vector<std::int32_t>> tokenize(const wire::Tokenize& request);
    /// Control tokens are parsed, but for those behind wire::kLiteralMark.
    [[nodiscard]] Result<std::vector<std::int32_t>> tokenize(const std::string& text) {
        return tokenize(wire::Tokenize{text});
    }
    [[nodiscard]] Result<wire::PredictedMemory> predict_memory(const wire::PredictMemory& request);
    /// Fingerprint of a start; a vocabulary that is loaded is enough.
    [[nodiscard]] Result<wire::Started> describe_start(const wire::Start& request);
    [[nodiscard]] Result<wire::Started> start(const wire::Start& request);
    [[nodiscard]] Result<wire::LoadedEmbedder> load_embedder(const wire::LoadEmbedder& request);
    [[nodiscard]] Result<wire::Embedded> embed(const std::string& text);
    [[nodiscard]] Result<wire::PredictedMemory> predict_text_memory(
        const wire::PredictTextMemory& request);
    [[nodiscard]] Result<wire::LoadedTextModels> load_text_models(
        const wire::LoadTextModels& request);
    /// `on_progress`: done and total, in chunks of single models.
    [[nodiscard]] Result<wire::ScoredText> score_text(
        const wire::ScoreText& request,
        const std::function<void(std::uint64_t, std::uint64_t)>& on_progress);
    /// In a process that has done nothing else. `on_progress`: done and total, in parts.
    [[nodiscard]] Result<wire::MeasuredSpeed> measure_speed(
        const wire::MeasureSpeed& request,
        const std::function<void(std::uint64_t, std::uint64_t)>& on_progress);
    [[nodiscard]] Result<bool> quantize(
        const wire::Quantize& request,
        const std::function<void(std::uint64_t, std::uint64_t)>& on_progress);

    [[nodiscard]] Result<bool> merge_lora(
        const wire::MergeLora& request,
        const std::function<void(std::uint64_t, std::uint64_t)>& on_progress);

    [[nodiscard]] Result<wire::InspectedImatrix> inspect_imatrix(const std::string& path);
    [[nodiscard]] Result<wire::MadeImatrix> make_imatrix(
        const wire::MakeImatrix& request,
        const std::function<void(std::uint64_t, std::uint64_t)>& on_progress);

    /// For a context's tasks, of which several are in flight: sends and returns the request's id, 0
    /// if the engine is gone.
    [[nodiscard]] std::uint64_t submit(const wire::TaskRequest& request);
    struct Event {
        enum class Kind { kDone, kFailed, kNothing, kDied } kind = Kind::kNothing;
        std::uint64_t id = 0;
        wire::TaskDone done{};  ///< of kDone: of the request's kind
        Failure failure{};      ///< of kFailed, kDied
    };
    /// Waits at most `timeout_ms` for the next task to be done.
    [[nodiscard]] Event next(int timeout_ms);
    /// Ends the process at once; the next call starts another.
    void stop();

 private:
    using OnProgress = std::function<void(const wire::Progress&)>;
    /// Sends a request and waits for its reply; `what` ends "while it was to ...".
    template <class Request>
    [[nodiscard]] Result<typename Request::Done> call(const char* what,
                                                      const Request& request,
                                                      const OnProgress& on_progress = {});
    /// The last reply to the request `id`, which is no Failed.
    [[nodiscard]] Result<wire::Message> exchange(const char* what,
                                                 std::uint64_t id,
                                                 const wire::Frame& request,
                                                 const OnProgress& on_progress);
    EngineProcess& process();

    std::filesystem::path program_;
    const std::atomic<bool>& cancel_;
    std::unique_ptr<EngineProcess> process_;
    std::uint64_t next_id_ = 1;
};

}  // namespace assay::llm
