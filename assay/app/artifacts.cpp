#include "assay/app/artifacts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "assay/app/build_report.hpp"
#include "assay/base/text.hpp"
#include "assay/exchange/study.hpp"
#include "assay/judge/prompt.hpp"
#include "assay/pairing/controls.hpp"
#include "assay/pairing/unblind.hpp"
#include "assay/report/render_json.hpp"
#include "assay/report/render_markdown.hpp"

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
        if (error) throw_operational("the folder cannot be made: " + error.message(), path.parent_path().string());
        written_.insert(relative.lexically_normal());
        if (const auto present = read_file(path); present && *present == text) return;
        if (const auto done = write_file_atomically(path, text); !done) throw Error(ErrorKind::kOperational, done.error());
    }

    /// Of the files that this class writes below evaluation/, those of an earlier plan.
    void remove_stale() const {
        std::error_code error;
        std::vector<fs::path> stale, folders;
        for (fs::recursive_directory_iterator it(root_ / "evaluation", error), end; !error && it != end; it.increment(error)) {
            const fs::path relative = it->path().lexically_relative(root_);
            if (it->is_directory()) {
                folders.push_back(it->path());
            } else if (is_ours(relative) && !written_.contains(relative)) {
                stale.push_back(it->path());
            }
        }
        for (const fs::path& path : stale) fs::remove(path, error);
        for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder) {
            if (fs::is_empty(*folder, error) && !error) fs::remove(*folder, error);
        }
    }

   private:
    /// Only names that assay gives: what a user puts there is left alone.
    static bool is_ours(const fs::path& relative) {
        const std::string name = relative.filename().string();
        const std::string parent = relative.parent_path().filename().string();
        return (parent == "responses" && name.ends_with(".jsonl")) || name == "batch_mapping.json" || name == "raw_judge_responses.json" || name == "evaluation_results.json" ||
               (name.starts_with("batch_") && name.ends_with(".txt"));
    }

    fs::path root_;
    std::set<fs::path> written_;
};

using AnswersById = std::map<std::string, exchange::StudyAnswer>;

AnswersById by_question(std::vector<exchange::StudyAnswer> answers) {
    AnswersById out;
    for (auto& answer : answers) out.emplace(answer.question.id, std::move(answer));
    return out;
}

/// What is exported of one variant under one judge.
struct Exported {
    std::vector<exchange::StudyItem> items;
    std::vector<exchange::StudyControl> controls;
};

void write_exports(Writer& writer, const fs::path& folder, const Exported& exported, const store::Store& store, const AnswersById& baseline, const AnswersById& variant, const report::ReportJudge& judge) {
    const exchange::StudyPlaces places = exchange::assign_batches(exported.items, exported.controls);
    std::map<int, std::map<int, BlindedPair>> batches;  // batch -> example -> pair, of those that need a judge
    for (std::size_t i = 0; i < exported.items.size(); ++i) {
        const Comparison& comparison = exported.items[i].comparison;
        if (!exchange::needs_call(comparison)) continue;
        const exchange::StudyAnswer& ours = variant.at(comparison.question_id);
        batches[places.items[i].batch].emplace(places.items[i].example, pairing::blind(ours.question, comparison, baseline.at(comparison.question_id).answer, ours.answer));
    }
    for (std::size_t i = 0; i < exported.controls.size(); ++i) {
        const Control& control = exported.controls[i].control;
        const auto honest = store.answer(control.honest_answer_key), other = store.answer(control.other_answer_key);
        ASSAY_CHECK(honest && other);
        batches[places.controls[i].batch].emplace(places.controls[i].example, pairing::blind(baseline.at(control.question_id).question, control, honest->answer, other->answer));
    }
    for (const auto& [batch, examples] : batches) {
        std::vector<BlindedPair> pairs;
        for (const auto& [example, pair] : examples) pairs.push_back(pair);
        writer.write(folder / (exchange::batch_name(batch) + ".txt"), judge::render_batch_text(pairs, judge.show_contexts, judge.show_expected));
    }
    writer.write(folder / "batch_mapping.json", exchange::batch_mapping_json(exported.items, places.items));
    writer.write(folder / "raw_judge_responses.json", exchange::raw_judge_responses_json(exported.items, exported.controls, places));
    writer.write(folder / "evaluation_results.json", exchange::evaluation_results_json(exported.items, places.items));
    writer.write(folder / "controls" / "batch_mapping.json", exchange::control_mapping_json(exported.controls, places.controls));
    writer.write(folder / "controls" / "evaluation_results.json", exchange::control_results_json(exported.controls, places.controls));
}

}  // namespace

void write_artifacts(const store::Store& store, const std::string& plan_sha256, const report::ReportModel& model, const fs::path& run_dir) {
    Writer writer(run_dir);
    std::map<std::string, AnswersById> answers;
    for (const report::ReportVariant& entry : model.variants) {
        const std::string& name = entry.variant.name;
        const auto rows = study_answers(store, plan_sha256, name);
        writer.write(fs::path("evaluation") / "responses" / (name + ".jsonl"), exchange::responses_jsonl(rows));
        answers.emplace(name, by_question(rows));
    }
    const std::string& baseline = model.variants.front().variant.name;
    for (const report::ReportComparison& comparison : model.comparisons) {
        const std::string& variant = comparison.analysis.variant;
        const std::string& judge = comparison.analysis.judge;
        write_exports(writer, fs::path("evaluation") / "exports" / variant / judge, {study_items(store, plan_sha256, comparison.analysis), study_controls(store, plan_sha256, variant, judge)}, store, answers.at(baseline), answers.at(variant), *report::find_judge(model, judge));
    }
    writer.remove_stale();
    writer.write("report.md", report::render_markdown(model));
    writer.write("report.json", report::render_json(model));
}

}  // namespace assay::app
