#include "assay/config/draft_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "assay/base/text.hpp"
#include "assay/config/draft_step.hpp"
#include "assay/config/named_files.hpp"
#include "assay/config/population_check.hpp"
#include "assay/config/recipes.hpp"
#include "assay/records/settings.hpp"

namespace assay::config {
namespace {

class DraftCheck : DraftStep {
 public:
    using DraftStep::DraftStep;

    void run() {
        check_together();
        check_retrieval();
        check_decision();
        check_name();
    }

 private:
    void check_together() {
        const GenerationSettings& generation = plan_.generation;
        if (generation.predict >= generation.ctx_size) {
            const bool by_predict = written("generation.predict") ||
                                    !written("generation.ctx-size");
            add(by_predict ? "generation.predict" : "generation.ctx-size",
                fmt::format(
                    "predict ({}) must be below ctx-size ({}), which holds prompt and answer",
                    generation.predict,
                    generation.ctx_size));
        }
        check_samples();
        check_population(draft_, problems_);
        const EngineSettings& engine = plan_.engine;
        if (engine.slots % 8 != 0) {
            add("engine.slots",
                fmt::format("must be a multiple of 8, not {}", engine.slots),
                "0 chooses by memory.");
        }
        check_engine_recipe(draft_, problems_);
        check_power(draft_, problems_);
    }

    void check_samples() {
        const GenerationSettings& generation = plan_.generation;
        if (!generation.has_samples()) {
            return;
        }
        if (generation.samples == kAutoSamples) {
            check_auto_samples();
        }
        const bool any_is_made = !plan_.baseline.answers() ||
                                 std::any_of(plan_.variants.begin(),
                                             plan_.variants.end(),
                                             [](const auto& spec) { return !spec.answers(); });
        if (any_is_made && generation.temp <= 0) {
            add("generation.samples",
                fmt::format("{} samples at temp 0 are one answer {} times: nothing is drawn there",
                            generation.first_samples(),
                            generation.first_samples()),
                "Set generation.temp above 0, as the model is used, or take samples away.");
        }
        if (plan_.analysis.stopping == "group-sequential") {
            add("analysis.stopping",
                "group-sequential has no boundaries for several samples a question",
                "Say hybrid or none.");
        }
    }

    void check_auto_samples() {
        if (plan_.analysis.stopping == "none") {
            add("generation.samples",
                "auto looks at the first samples, and stopping: none does not look",
                "Say stopping: hybrid, or how many samples there are to be.");
        }
        const auto refuse = [&](const std::string& key, const VariantSpec& spec) {
            if (spec.answers()) {
                add("generation.samples",
                    fmt::format("auto asks for more answers where they are needed, and those of {} "
                                "({}) were made elsewhere",
                                spec.name,
                                key),
                    "Say how many the file has: samples: 4.");
            }
        };
        refuse("baseline", plan_.baseline);
        for (std::size_t i = 0; i < plan_.variants.size(); ++i) {
            refuse(fmt::format("variants[{}]", i), plan_.variants[i]);
        }
    }

    void check_retrieval() {
        const std::string& corpus = plan_.retrieval.corpus;
        if (corpus.empty()) {
            if (!written("retrieval.corpus")) {
                refuse_retrieval_without_corpus();
            }
            return;
        }
        std::error_code error;
        if (!std::filesystem::exists(corpus, error)) {
            add("retrieval.corpus",
                fmt::format("no such folder or file: {}", corpus),
                "Name a folder of documents or a JSONL file of passages.");
        } else if (std::filesystem::equivalent(corpus, plan_.dataset.file, error)) {
            add("retrieval.corpus",
                "is the dataset itself: each question would be given its own expected answer",
                "Name the documents that the questions are to be answered from.");
        }
        check_embedder();
        refuse_retrieval_for_answers("baseline", plan_.baseline);
        for (std::size_t i = 0; i < plan_.variants.size(); ++i) {
            refuse_retrieval_for_answers(fmt::format("variants[{}]", i), plan_.variants[i]);
        }
    }

    void check_embedder() {
        if (!plan_.retrieval.embedder.empty()) {
            NamedFiles(draft_, problems_).look_for("retrieval.embedder", plan_.retrieval.embedder);
            return;
        }
        for (const char* key : {"max-tokens", "query-prefix", "passage-prefix"}) {
            const std::string place = fmt::format("retrieval.{}", key);
            if (written(place)) {
                add(place,
                    "is for an embedder, and none is named",
                    "Write retrieval: {embedder: MODEL.gguf} (or --embedder), or leave it out.");
            }
        }
    }

    /// A setting that would do nothing.
    void refuse_retrieval_without_corpus() {
        bool told = false;
        const auto tell = [&](const std::string& key) {
            if (!told && written(key)) {
                add(key,
                    "retrieval needs a corpus",
                    "Write retrieval: {corpus: FOLDER or FILE.jsonl} (or --corpus).");
                told = true;
            }
        };
        for (const char* key : {"embedder", "max-tokens", "query-prefix", "passage-prefix"}) {
            tell(fmt::format("retrieval.{}", key));
        }
        visit_retrieval(plan_.retrieval, [&](const Setting& setting, const auto&, const auto&) {
            tell(key_path("retrieval", setting));
        });
        tell("retrieval");
    }

    void refuse_retrieval_for_answers(const std::string& key, const VariantSpec& variant) {
        if (variant.answers() == nullptr) {
            return;
        }
        const std::string place = key + ".answers";
        add(written(place) ? place : key,
            "these answers were made elsewhere, from other contexts than retrieval would find now",
            "Leave retrieval out: the dataset's contexts are those that they were made from.");
    }

    void check_decision() {
        if (plan_.analysis.multiplicity == "holm" &&
            plan_.analysis.stopping == "group-sequential") {
            add("analysis.multiplicity",
                "holm needs a p value, and a group-sequential design gives none",
                "Write multiplicity: ladder, or stopping: hybrid.");
        }
        if (!written("controls.known-bad")) {
            return;
        }
        for (VariantSpec& variant : plan_.variants) {
            if (variant.name == slug(plan_.known_bad)) {
                plan_.known_bad = variant.name;
                return;
            }
        }
        add("controls.known-bad",
            fmt::format("there is no variant \"{}\"", plan_.known_bad),
            "Name one of the variants.");
    }

    void check_name() {
        const std::string& name = plan_.name;
        if (!written("name")) {
            return;
        }
        const bool one_line = std::none_of(
            name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; });
        if (trim(name).empty()) {
            add("name", "is empty");
        }
        if (!one_line || name.size() > 200) {
            add("name", "must be one line of at most 200 bytes");
        }
    }
};

}  // namespace

void check_power(const Draft& draft, Problems& problems) {
    const AnalysisSettings& analysis = draft.plan.analysis;
    if (analysis.power > analysis.alpha) {
        return;
    }
    const bool by_power = draft.origins.contains("analysis.power") ||
                          !draft.origins.contains("analysis.alpha");
    problems.add(
        draft.origin(by_power ? "analysis.power" : "analysis.alpha"),
        fmt::format("power ({}) must be above alpha ({})", analysis.power, analysis.alpha));
}

void check_draft(Draft& draft, Problems& problems) {
    DraftCheck(draft, problems).run();
}

}  // namespace assay::config
