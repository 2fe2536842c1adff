#include "lab.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

namespace assay::test {

namespace fs = std::filesystem;
using nlohmann::json;

int n_controls(const json& controls) {
    int n = controls["identical"]["n_failed"];
    for (const char* kind :
         {"identical", "reformatted", "swapped", "damaged", "padded", "truncated"}) {
        n += controls[kind]["n"].get<int>();
    }
    return n;
}

Lab::Lab(int n_questions) {
    folder_.write("model.gguf", "type F16\n");
    std::string rows;
    for (int k = 1; k <= n_questions; ++k) {
        std::string fact = fmt::format("thing {} is number {}", k, k * k);
        if (k % 7 == 0) {
            fact += fmt::format(" as long as {}", std::string(150, 'x'));
        }
        rows += json{{"id", fmt::format("q{:02}", k)},
                     {"question", fmt::format("What is thing {}?", k)},
                     {"expected_answer", fact},
                     {"contexts", {"Fact: " + fact, "Nothing else is known."}}}
                    .dump() +
                "\n";
    }
    folder_.write("questions.jsonl", rows);
}

Ended Lab::assay(const Strings& arguments, const Environment& environment) const {
    Start start{.command = {ASSAY_PROGRAM},
                .environment = {{"ASSAY_CACHE", (folder_ / "cache").string()},
                                {"SCRIPT_JOURNAL", journal()}},
                .folder = folder_.path().string(),
                .out_file = {}};
    start.command.insert(start.command.end(), arguments.begin(), arguments.end());
    for (const auto& [name, value] : environment) {
        start.environment[name] = value;
    }
    return test::run(start);
}

Start Lab::start(const std::string& variants,
                 const Strings& more,
                 const Environment& environment) const {
    Start start{.command = {ASSAY_PROGRAM,
                            "run",
                            "-m",
                            model(),
                            "--variants",
                            variants,
                            "--questions",
                            questions(),
                            "--run",
                            run_dir(),
                            "--engine",
                            SCRIPTED_ENGINE,
                            "--accept-metric"},
                .environment = {{"ASSAY_CACHE", (folder_ / "cache").string()},
                                {"SCRIPT_JOURNAL", journal()}},
                .folder = folder_.path().string(),
                .out_file = {}};
    start.command.insert(start.command.end(), more.begin(), more.end());
    for (const auto& [name, value] : environment) {
        start.environment[name] = value;
    }
    return start;
}

Ended Lab::run(const std::string& variants,
               const Strings& more,
               const Environment& environment) const {
    return test::run(start(variants, more, environment));
}

int Lab::n_requests(const std::string& verb) const {
    if (!fs::exists(journal())) {
        return 0;
    }
    std::istringstream lines(bytes_of(journal()));
    int n = 0;
    for (std::string line; std::getline(lines, line);) {
        n += verb.empty() || line == verb;
    }
    return n;
}

void Lab::forget_journal() const {
    fs::remove(journal());
}

void Lab::forget_run() const {
    forget_journal();
    fs::remove_all(run_dir());
    fs::remove_all(folder_ / "cache");
}

json Lab::report() const {
    return json::parse(bytes_of(fs::path(run_dir()) / "report.json"));
}

json Lab::comparison(const std::string& variant, const std::string& judge) const {
    const json document = report();
    for (const json& comparison : document["comparisons"]) {
        if (comparison["variant"] == variant && (judge.empty() || comparison["judge"] == judge)) {
            return comparison;
        }
    }
    return {};
}

std::map<std::string, std::string> Lab::artifacts() const {
    std::map<std::string, std::string> out;
    for (auto& [name, bytes] : files_below(run_dir())) {
        if (name.starts_with("evaluation/") || name.starts_with("report.")) {
            out.emplace(name, std::move(bytes));
        }
    }
    return out;
}

std::map<std::string, Side> Lab::sides(const std::string& variant, const std::string& judge) const {
    std::map<std::string, Side> out;
    for (const json& entry : json::parse(bytes_of(fs::path(run_dir()) / "evaluation/exports" /
                                                  variant / judge / "batch_mapping.json"))) {
        out[entry["task_id"]] = {entry["comparison_id"], entry["presented_as_A"]};
    }
    return out;
}

std::map<std::string, std::string> Lab::answers(const std::string& variant) const {
    std::map<std::string, std::string> out;
    std::istringstream lines(
        bytes_of(fs::path(run_dir()) / "evaluation/responses" / (variant + ".jsonl")));
    for (std::string line; std::getline(lines, line);) {
        const json row = json::parse(line);
        out[row["task_id"]] = row["model_answer"];
    }
    return out;
}

std::string difference(const std::map<std::string, std::string>& a,
                       const std::map<std::string, std::string>& b) {
    std::string out;
    for (const auto& [name, bytes] : a) {
        const auto other = b.find(name);
        if (other == b.end()) {
            out += name + " is missing\n";
        } else if (other->second != bytes) {
            const auto [x, y] = std::mismatch(
                bytes.begin(), bytes.end(), other->second.begin(), other->second.end());
            const std::size_t at = static_cast<std::size_t>(x - bytes.begin()),
                              from = at < 200 ? 0 : at - 200;
            out += fmt::format("{} differs at byte {}:\n  {}\n  {}\n",
                               name,
                               at,
                               bytes.substr(from, 400),
                               other->second.substr(from, 400));
        }
    }
    for (const auto& [name, bytes] : b) {
        if (!a.contains(name)) {
            out += name + " is too many\n";
        }
    }
    return out;
}

int imbalance(const std::map<std::string, Side>& sides, const std::string& variant) {
    int a = 0;
    for (const auto& [id, side] : sides) {
        a += side.presented_as_a == variant;
    }
    return std::abs(2 * a - static_cast<int>(sides.size()));
}

}  // namespace assay::test
