#include "assay/app/export_batches.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include "assay/app/hand_judged_run.hpp"
#include "assay/base/text.hpp"
#include "assay/exchange/batch_text.hpp"
#include "assay/records/judge_provider.hpp"
#include "assay/run/study_rows.hpp"

namespace assay::app {
namespace {

namespace fs = std::filesystem;
using exchange::StudyControl;
using exchange::StudyItem;

fs::path key_folder(const std::string& run_dir, const std::string& judge) {
    return fs::path(run_dir) / "batch_keys" / judge;
}

void make_folder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) {
        throw_operational("the folder cannot be made: " + error.message(), folder.string());
    }
}

void write(const fs::path& path, const std::string& text) {
    if (const auto done = write_file_atomically(path, text); !done) {
        throw Error(ErrorKind::kOperational, done.error());
    }
}

/// The key to all batches of the judge, as far as they belong to the present plan.
void write_key(const HandJudgedRun& run, const fs::path& folder) {
    std::vector<StudyItem> items;
    std::vector<StudyControl> controls;
    std::set<std::string_view> exported;
    for (const auto& batch : run.batches()) {
        exported.insert(batch.begin(), batch.end());
    }
    for (const HandJudgedRun::Stream& stream : run.variants()) {
        std::copy_if(stream.items.begin(),
                     stream.items.end(),
                     std::back_inserter(items),
                     [&](const StudyItem& item) { return exported.contains(item.comparison.id); });
        std::copy_if(
            stream.controls.begin(),
            stream.controls.end(),
            std::back_inserter(controls),
            [&](const StudyControl& control) { return exported.contains(control.control.id); });
    }
    const exchange::StudyPlaces places = exchange::places_in(run.batches(), items, controls);
    make_folder(folder / "controls");
    write(folder / "batch_mapping.json", exchange::batch_mapping_json(items, places.items));
    write(folder / "controls" / "batch_mapping.json",
          exchange::control_mapping_json(controls, places.controls));
}

/// What a person fills in.
std::string empty_form(const std::string& code, std::span<const exchange::BatchExample> examples) {
    nlohmann::ordered_json form{{"batch", code}, {"evaluations", nlohmann::ordered_json::array()}};
    for (const auto& example : examples) {
        form["evaluations"].push_back(
            {{"example", example.number}, {"reasoning", ""}, {"verdict", ""}, {"confidence", ""}});
    }
    return form.dump(2) + "\n";
}

/// batch_NN.txt of an earlier export, into which nobody has written.
bool is_left_by_us(const fs::path& path) {
    const std::string name = path.filename().string();
    if (!name.starts_with("batch_") || !name.ends_with(".txt")) {
        return false;
    }
    const auto text = read_file(path);
    return text && exchange::is_batch_text(*text);
}

/// The texts of what is handed out: file name -> text.
std::map<std::string, std::string> texts_of(HandJudgedRun& run,
                                            const std::set<std::string>& chosen) {
    std::map<std::string, BlindedPair> pairs;
    for (const HandJudgedRun::Stream& stream : run.variants()) {
        for (const StudyItem& item : stream.items) {
            if (chosen.contains(item.comparison.id)) {
                pairs.emplace(item.comparison.id, run::blinded(run.stored(), item.comparison));
            }
        }
        for (const StudyControl& control : stream.controls) {
            if (chosen.contains(control.control.id)) {
                pairs.emplace(control.control.id, run::blinded(run.stored(), control.control));
            }
        }
    }
    std::map<std::string, std::string> out;
    const run::JudgeFacts& judge = run.judge();
    for (std::size_t b = 0; b < run.batches().size(); ++b) {
        const std::vector<std::string>& ids = run.batches()[b];
        const int number = static_cast<int>(b) + 1;
        std::vector<exchange::BatchExample> examples;
        for (std::size_t i = 0; i < ids.size(); ++i) {
            if (const auto pair = pairs.find(ids[i]); pair != pairs.end()) {
                examples.push_back({static_cast<int>(i) + 1, pair->second});
            }
        }
        if (examples.empty()) {
            continue;
        }
        const std::string code = exchange::batch_code(number, ids),
                          name = exchange::batch_name(number);
        out.emplace(
            name + ".txt",
            exchange::render_batch_text(code, examples, judge.show_contexts, judge.show_expected));
        if (is_people(judge.provider)) {
            out.emplace(name + "_reply.json", empty_form(code, examples));
        }
    }
    return out;
}

}  // namespace

ExportedBatches export_batches(const ExportOptions& options) {
    HandJudgedRun run(options.run_dir, options.judge);
    ExportedBatches out;
    out.judge = run.judge().name;
    out.folder = options.out.empty() ? fs::path(options.run_dir) / "batches" / out.judge
                                     : fs::path(options.out);
    exchange::Batches batches = run.batches();
    std::set<std::string> placed, chosen;
    for (const auto& batch : batches) {
        placed.insert(batch.begin(), batch.end());
    }
    for (const HandJudgedRun::Stream& stream : run.variants()) {
        std::vector<exchange::BatchEntry> fresh;
        for (exchange::BatchEntry& entry : run.lacking(stream)) {
            if (options.limit > 0 && out.n_items == options.limit) {
                ++out.n_left;
                continue;
            }
            ++out.n_items;
            chosen.insert(entry.id);
            if (!placed.contains(entry.id)) {
                fresh.push_back(std::move(entry));
            }
        }
        exchange::append_batches(batches, fresh, options.per_batch);
    }
    run.keep_batches(std::move(batches));
    const std::map<std::string, std::string> texts = texts_of(run, chosen);

    make_folder(out.folder);
    for (const auto& [name, text] : texts) {
        const fs::path path = out.folder / name;
        if (!fs::exists(path) || name.ends_with(".json") || is_left_by_us(path)) {
            continue;
        }
        throw_usage("a file of this name is there, and somebody has written into it",
                    path.string(),
                    "Import or move it, or name another folder with --out.");
    }
    std::vector<fs::path> stale;
    for (const auto& entry : fs::directory_iterator(out.folder)) {
        if (!texts.contains(entry.path().filename().string()) && is_left_by_us(entry.path())) {
            stale.push_back(entry.path());
        }
    }
    for (const fs::path& path : stale) {
        fs::remove(path);
    }
    for (const auto& [name, text] : texts) {
        if (name.ends_with(".txt")) {
            out.files.push_back(name);
        }
        if (name.ends_with(".json") && fs::exists(out.folder / name)) {
            continue;  // it may be filled in by half
        }
        write(out.folder / name, text);
    }
    const fs::path key = key_folder(options.run_dir, out.judge);
    write_key(run, key);
    out.key = key / "batch_mapping.json";
    return out;
}

}  // namespace assay::app
