#include "assay/app/judge_model.hpp"

#include <utility>

#include "assay/app/engine_start.hpp"
#include "assay/llm/engine_generator.hpp"

namespace assay::app {
namespace {

class JudgeModel final : public judge::EmbeddedModel {
 public:
    JudgeModel(JudgeModelOptions options,
               llm::Engine& vocabulary,
               const std::atomic<bool>& cancel,
               Progress& progress)
        : options_(std::move(options)),
          vocabulary_(vocabulary),
          cancel_(cancel),
          progress_(progress) {}

    Result<Facts> open() override {
        const auto loaded = vocabulary_.load({options_.file, true, options_.engine.n_gpu_layers});
        if (!loaded) {
            return tl::unexpected<Failure>(loaded.error());
        }
        return Facts{loaded->has_chat_template, loaded->n_ctx_train};
    }

    Result<std::string> chat(const std::string& system, const std::string& user) override {
        auto rendered = vocabulary_.render({system, user, {}, options_.date, false});
        if (!rendered) {
            return tl::unexpected<Failure>(rendered.error());
        }
        return std::move(rendered->prompt);
    }

    Result<std::vector<std::int32_t>> tokenize(const std::string& text,
                                               bool add_special,
                                               bool parse_special) override {
        const wire::Tokenize request{text, add_special, parse_special};
        auto tokens = vocabulary_.tokenize(request);
        // The process may have died on another judge's template, and its vocabulary with it.
        if (!tokens && open()) {
            tokens = vocabulary_.tokenize(request);
        }
        return tokens;
    }

    Result<std::string> fingerprint(const Context& context) override {
        auto described = vocabulary_.describe_start(start_of(context));
        if (!described) {
            return tl::unexpected<Failure>(described.error());
        }
        fingerprint_ = described->answer_fingerprint;
        return std::move(described->answer_fingerprint);
    }

    std::string file_sha256() override { return options_.file_sha256(); }

    Result<std::unique_ptr<llm::Generator>> load(const Context& context) override {
        try {
            auto generator = std::make_unique<llm::EngineGenerator>(
                llm::EngineGenerator::Options{options_.program,
                                              {options_.file, false, options_.engine.n_gpu_layers},
                                              {{}, 1}},
                cancel_,
                progress_);
            generator->load();
            if (generator->start(start_of(context)).answer_fingerprint != fingerprint_) {
                return fail("the engine that judges is not the one that was described",
                            options_.file,
                            "Was it rebuilt meanwhile? Run again.");
            }
            return generator;
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::kOperational) {
                throw;
            }
            return tl::unexpected<Failure>(error.failure());
        }
    }

 private:
    [[nodiscard]] wire::Start start_of(const Context& context) const {
        const EngineSettings& engine = options_.engine;
        wire::Start start;
        start.n_slots = context.n_slots > 1 && engine.slots > 0 ? engine.slots : context.n_slots;
        start.stream_size = context.stream_size;
        start.n_ubatch = engine.ubatch_size;
        start.n_threads = options_.n_threads;
        RunRecipe recipe = engine.recipe;
        recipe.rope = {};  // of the models that are compared: a judge is as its file says
        return with_recipe(start, recipe);
    }

    JudgeModelOptions options_;
    llm::Engine& vocabulary_;
    const std::atomic<bool>& cancel_;
    Progress& progress_;
    std::string fingerprint_;
};

}  // namespace

std::unique_ptr<judge::EmbeddedModel> make_judge_model(JudgeModelOptions options,
                                                       llm::Engine& vocabulary,
                                                       const std::atomic<bool>& cancel,
                                                       Progress& progress) {
    return std::make_unique<JudgeModel>(std::move(options), vocabulary, cancel, progress);
}

}  // namespace assay::app
