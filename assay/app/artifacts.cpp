#include "assay/app/artifacts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "assay/app/batch_notes.hpp"
#include "assay/app/build_report.hpp"
#include "assay/app/run_facts.hpp"
#include "assay/app/study_pairs.hpp"
#include "assay/base/text.hpp"
#include "assay/exchange/batches.hpp"
#include "assay/judge/prompt.hpp"
#include "assay/records/judge_provider.hpp"
#include "assay/report/render_json.hpp"
#include "assay/report/report_document.hpp"

namespace assay::app {
namespace {

namespace fs = std::filesystem;

class Writer {
 public:
    explicit Writer(fs::path root) : root_(std::move(root)) {}

    void write(const fs::path& relative, const std::string& text) {
        const fs::path path = root_ / relative;
        std::error_code error;
        fs::create_directories(path.parent_path(), error);
        if (error) {
            throw_operational("the folder cannot be made: " + error.message(),
                              path.parent_path().string());
        }
        written_.insert(relative.lexically_normal());
        if (const auto present = read_file(path); present && *present == text) {
            return;
        }
        if (const auto done = write_file_atomically(path, text); !done) {
            throw Error(ErrorKind::kOperational, done.error());
        }
    }

    /// Of the files that this class writes below evaluation/, those of an earlier plan.
    void remove_stale() const {
        std::error_code error;
        std::vector<fs::path> stale, folders;
        for (fs::recursive_directory_iterator it(root_ / "evaluation", error), end;
             !error && it != end;
             it.increment(error)) {
            const fs::path relative = it->path().lexically_relative(root_);
            if (it->is_directory()) {
                folders.push_back(it->path());
            } else if (is_ours(relative) && !written_.contains(relative)) {
                stale.push_back(it->path());
            }
        }
        for (const fs::path& path : stale) {
            fs::remove(path, error);
        }
        for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder) {
            if (fs::is_empty(*folder, error) && !error) {
                fs::remove(*folder, error);
            }
        }
    }

 private:
    /// Only names that assay gives: what a user puts there is left alone.
    static bool is_ours(const fs::path& relative) {
        const std::string name = relative.filename().string();
        const std::string parent = relative.parent_path().filename().string();
        return (parent == "responses" && name.ends_with(".jsonl")) ||
               name == "batch_mapping.json" || name == "raw_judge_responses.json" ||
               name == "evaluation_results.json" ||
               (name.starts_with("batch_") && name.ends_with(".txt"));
    }

    fs::path root_;
    std::set<fs::path> written_;
};

/// What is exported of one variant under one judge.
struct Exported {
    std::vector<exchange::StudyItem> items;
    std::vector<exchange::StudyControl> controls;
};

void write_exports(Writer& writer,
                   const fs::path& folder,
                   const Exported& exported,
                   const StudyPairs& shown,
                   const exchange::Batches& by_hand,
                   const report::ReportJudge& judge) {
    const exchange::StudyPlaces places = exchange::places_in(
        by_hand, exported.items, exported.controls);
    // batch -> example -> pair, of those that need a judge
    std::map<int, std::map<int, BlindedPair>> batches;
    const auto add = [&](exchange::BatchPlace place, BlindedPair pair) {
        batches[place.batch].emplace(place.example, std::move(pair));
    };
    for (std::size_t i = 0; i < exported.items.size(); ++i) {
        if (exchange::needs_call(exported.items[i].comparison)) {
            add(places.items[i], shown.of(exported.items[i].comparison));
        }
    }
    for (std::size_t i = 0; i < exported.controls.size(); ++i) {
        add(places.controls[i], shown.of(exported.controls[i].control));
    }
    for (const auto& [batch, examples] : batches) {
        const auto number = static_cast<std::size_t>(batch);
        std::vector<std::string> ids;
        std::vector<judge::BatchExample> texts;
        for (const auto& [example, pair] : examples) {
            ids.push_back(pair.item_id);
            texts.push_back({example, pair});
        }
        const std::string code = exchange::batch_code(
            batch, number <= by_hand.size() ? by_hand[number - 1] : ids);
        writer.write(
            folder / (exchange::batch_name(batch) + ".txt"),
            judge::render_batch_text(code, texts, judge.show_contexts, judge.show_expected));
    }
    writer.write(folder / "batch_mapping.json",
                 exchange::batch_mapping_json(exported.items, places.items));
    writer.write(folder / "raw_judge_responses.json",
                 exchange::raw_judge_responses_json(exported.items,
                                                    exported.controls,
                                                    places,
                                                    is_by_hand(judge.provider)
                                                        ? exchange::Prompts::kWholeBatch
                                                        : exchange::Prompts::kOneItem));
    writer.write(folder / "evaluation_results.json",
                 exchange::evaluation_results_json(exported.items, places.items));
    writer.write(folder / "controls" / "batch_mapping.json",
                 exchange::control_mapping_json(exported.controls, places.controls));
    writer.write(folder / "controls" / "evaluation_results.json",
                 exchange::control_results_json(exported.controls, places.controls));
}

}  // namespace

void write_artifacts(const store::Store& store,
                     const std::string& plan_sha256,
                     const report::ReportModel& model,
                     const fs::path& run_dir) {
    Writer writer(run_dir);
    for (const report::ReportVariant& entry : model.variants) {
        const std::string& name = entry.variant.name;
        writer.write(fs::path("evaluation") / "responses" / (name + ".jsonl"),
                     exchange::responses_jsonl(study_answers(store, plan_sha256, name)));
    }
    const StudyPairs shown(store, plan_sha256);
    std::map<std::string, exchange::Batches> by_hand;  // judge -> what was handed out
    if (const auto facts = load_facts(store, plan_sha256)) {
        for (const JudgeFacts& judge : facts->judges) {
            by_hand.emplace(judge.judge.name, load_batches(store, judge.key));
        }
    }
    for (const report::ReportComparison& comparison : model.comparisons) {
        const std::string& variant = comparison.analysis.variant;
        const std::string& judge = comparison.analysis.judge;
        write_exports(writer,
                      fs::path("evaluation") / "exports" / variant / judge,
                      {study_items(store, plan_sha256, comparison.analysis),
                       study_controls(store, plan_sha256, variant, judge)},
                      shown,
                      by_hand[judge],
                      *report::find_judge(model, judge));
    }
    writer.remove_stale();
    writer.write("report.md", report::report_markdown(model));
    writer.write("report.json", report::render_json(model));
}

}  // namespace assay::app
