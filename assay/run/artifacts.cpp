#include "assay/run/artifacts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <variant>
#include <vector>

#include "assay/base/text.hpp"
#include "assay/exchange/batch_text.hpp"
#include "assay/exchange/batches.hpp"
#include "assay/records/judge_provider.hpp"
#include "assay/report/render_json.hpp"
#include "assay/report/report_document.hpp"
#include "assay/run/study_rows.hpp"

namespace assay::run {
namespace {

namespace fs = std::filesystem;

/// Only names that assay gives: what a user puts there is left alone.
bool is_ours(const fs::path& relative) {
    const std::string name = relative.filename().string();
    const std::string parent = relative.parent_path().filename().string();
    return (parent == "responses" && name.ends_with(".jsonl")) || name == "batch_mapping.json" ||
           name == "raw_judge_responses.json" || name == "evaluation_results.json" ||
           (name.starts_with("batch_") && name.ends_with(".txt"));
}

void write(const fs::path& path, const std::string& text) {
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (error) {
        throw_operational("the folder cannot be made: " + error.message(),
                          path.parent_path().string());
    }
    if (const auto present = read_file(path); present && *present == text) {
        return;
    }
    if (const auto done = write_file_atomically(path, text); !done) {
        throw Error(ErrorKind::kOperational, done.error());
    }
}

void remove_empty_folders(const fs::path& root) {
    std::error_code error;
    std::vector<fs::path> folders;
    for (fs::recursive_directory_iterator it(root, error), end; !error && it != end;
         it.increment(error)) {
        if (it->is_directory()) {
            folders.push_back(it->path());
        }
    }
    for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder) {
        if (fs::is_empty(*folder, error) && !error) {
            fs::remove(*folder, error);
        }
    }
}

/// What is exported of one variant under one judge.
struct Exported {
    std::vector<exchange::StudyItem> items;
    std::vector<exchange::StudyControl> controls;
};

/// batch_NN.txt, as the judge is shown the pairs that need one. Pairs are blinded a batch at a
/// time.
void make_batch_texts(const ArtifactSink& sink,
                      const Exported& exported,
                      const exchange::StudyPlaces& places,
                      const StoredRun& stored,
                      const StoredJudge& judge) {
    using Asked = std::variant<const Comparison*, const Control*>;
    std::map<int, std::map<int, Asked>> batches;  // batch -> example -> what is shown there
    const auto add = [&](exchange::BatchPlace place, Asked asked) {
        batches[place.batch].emplace(place.example, asked);
    };
    for (std::size_t i = 0; i < exported.items.size(); ++i) {
        if (exchange::needs_call(exported.items[i].comparison)) {
            add(places.items[i], &exported.items[i].comparison);
        }
    }
    for (std::size_t i = 0; i < exported.controls.size(); ++i) {
        add(places.controls[i], &exported.controls[i].control);
    }
    for (const auto& [batch, examples] : batches) {
        const auto number = static_cast<std::size_t>(batch);
        std::vector<std::string> ids;
        std::vector<exchange::BatchExample> texts;
        for (const auto& [example, asked] : examples) {
            BlindedPair pair = std::visit([&](const auto* one) { return blinded(stored, *one); },
                                          asked);
            ids.push_back(pair.item_id);
            texts.push_back({example, std::move(pair)});
        }
        const std::string code = exchange::batch_code(
            batch, number <= judge.batches.size() ? judge.batches[number - 1] : ids);
        sink(exchange::batch_name(batch) + ".txt",
             exchange::render_batch_text(
                 code, texts, judge.facts.show_contexts, judge.facts.show_expected));
    }
}

void make_exports(const ArtifactSink& sink,
                  const fs::path& folder,
                  const Exported& exported,
                  const StoredRun& stored,
                  const StoredJudge& judge) {
    const ArtifactSink add = [&](const std::string& name, const std::string& text) {
        sink((folder / name).string(), text);
    };
    const exchange::StudyPlaces places = exchange::places_in(
        judge.batches, exported.items, exported.controls);
    make_batch_texts(add, exported, places, stored, judge);
    const exchange::Prompts prompts = is_by_hand(judge.facts.provider)
                                          ? exchange::Prompts::kWholeBatch
                                          : exchange::Prompts::kOneItem;
    add("batch_mapping.json", exchange::batch_mapping_json(exported.items, places.items));
    add("raw_judge_responses.json",
        exchange::raw_judge_responses_json(exported.items, exported.controls, places, prompts));
    add("evaluation_results.json", exchange::evaluation_results_json(exported.items, places.items));
    add("controls/batch_mapping.json",
        exchange::control_mapping_json(exported.controls, places.controls));
    add("controls/evaluation_results.json",
        exchange::control_results_json(exported.controls, places.controls));
}

void make_study_files(const StoredRun& stored,
                      const report::ReportModel& model,
                      const ArtifactSink& sink) {
    const fs::path evaluation = "evaluation";
    for (const report::ReportVariant& entry : model.variants) {
        const std::string& name = entry.variant.name;
        sink((evaluation / "responses" / (name + ".jsonl")).string(),
             exchange::responses_jsonl(study_answers(stored, name)));
    }
    for (const report::ReportComparison& comparison : model.comparisons) {
        const std::string& variant = comparison.analysis.variant;
        const std::string& judge = comparison.analysis.judge;
        make_exports(
            sink,
            evaluation / "exports" / variant / judge,
            {study_items(stored, comparison.analysis), study_controls(stored, variant, judge)},
            stored,
            stored.judge(judge));
    }
}

void make_report_files(const report::ReportModel& model, const ArtifactSink& sink) {
    sink("report.md", report::report_markdown(model));
    sink("report.json", report::render_json(model));
}

}  // namespace

void make_artifacts(const StoredRun& stored,
                    const report::ReportModel& model,
                    const ArtifactSink& sink) {
    make_study_files(stored, model, sink);
    make_report_files(model, sink);
}

std::vector<std::string> stale_artifacts(const std::set<std::string>& paths,
                                         const fs::path& run_dir) {
    std::error_code error;
    std::vector<std::string> out;
    for (fs::recursive_directory_iterator it(run_dir / "evaluation", error), end;
         !error && it != end;
         it.increment(error)) {
        const fs::path relative = it->path().lexically_relative(run_dir);
        if (!it->is_directory() && is_ours(relative) && !paths.contains(relative.string())) {
            out.push_back(relative.string());
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}

void write_artifacts(const StoredRun& stored,
                     const report::ReportModel& model,
                     const fs::path& run_dir) {
    std::set<std::string> paths;
    const ArtifactSink write_one = [&](const std::string& path, const std::string& text) {
        paths.insert(path);
        write(run_dir / path, text);
    };
    make_study_files(stored, model, write_one);
    for (const std::string& path : stale_artifacts(paths, run_dir)) {
        std::error_code error;
        fs::remove(run_dir / path, error);
    }
    remove_empty_folders(run_dir / "evaluation");
    // Last: whoever sees the new report finds the files that it speaks of.
    make_report_files(model, write_one);
}

}  // namespace assay::run
