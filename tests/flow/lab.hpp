#pragma once
// A small experiment in a folder of its own, and the real program with the scripted engine on it.

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "program.hpp"
#include "temp_folder.hpp"

namespace assay::test {

using Strings = std::vector<std::string>;
using Environment = std::map<std::string, std::string>;

/// One row of a results file, unblinded by hand through the mapping.
struct Side {
    std::string comparison_id;
    std::string presented_as_a;
};

/// What a judge is asked that costs something, beside its pairs: 20 controls of four kinds and 25
/// damaged ones.
inline constexpr int kControls = 105;
/// How many of a judge's controls have a verdict; `controls` is its entry in report.json.
[[nodiscard]] int n_controls(const nlohmann::json& controls);

class Lab {
 public:
    /// Questions q01, q02 ...; question k has the fact "thing k is number k*k" in its first context
    /// and as its expected answer, and the fact of every seventh is longer than an answer may be.
    explicit Lab(int n_questions);

    /// `assay run` with the model, the questions, `--variants`, and what else is given.
    [[nodiscard]] Start start(const std::string& variants,
                              const Strings& more = {},
                              const Environment& environment = {}) const;
    [[nodiscard]] Ended run(const std::string& variants,
                            const Strings& more = {},
                            const Environment& environment = {}) const;
    /// Any command of assay.
    [[nodiscard]] Ended assay(const Strings& arguments, const Environment& environment = {}) const;

    /// Requests of this verb since the journal was forgotten; every verb if empty.
    [[nodiscard]] int n_requests(const std::string& verb) const;
    void forget_journal() const;
    /// A fresh start: run, made models and journal are gone; dataset and model stay.
    void forget_run() const;

    [[nodiscard]] nlohmann::json report() const;
    /// The comparison of a variant under the first judge (or the named one).
    [[nodiscard]] nlohmann::json comparison(const std::string& variant,
                                            const std::string& judge = "") const;
    /// Relative path -> bytes of report.md, report.json and the study's files.
    [[nodiscard]] std::map<std::string, std::string> artifacts() const;
    /// Question id -> side, from the mapping of the study's files.
    [[nodiscard]] std::map<std::string, Side> sides(const std::string& variant,
                                                    const std::string& judge) const;
    /// Question id -> answer, from the study's files.
    [[nodiscard]] std::map<std::string, std::string> answers(const std::string& variant) const;

    [[nodiscard]] const TempFolder& folder() const { return folder_; }
    [[nodiscard]] std::string run_dir() const { return (folder_ / "run").string(); }
    [[nodiscard]] std::string model() const { return (folder_ / "model.gguf").string(); }
    [[nodiscard]] std::string questions() const { return (folder_ / "questions.jsonl").string(); }
    [[nodiscard]] std::string journal() const { return (folder_ / "journal").string(); }

 private:
    TempFolder folder_;
};

/// How two sets of files differ, a line a file; empty if they do not.
[[nodiscard]] std::string difference(const std::map<std::string, std::string>& a,
                                     const std::map<std::string, std::string>& b);
/// |shown as A - shown as B| of a variant.
[[nodiscard]] int imbalance(const std::map<std::string, Side>& sides, const std::string& variant);

}  // namespace assay::test
