// Is a run directory what assay left?
//
// Problem: a result is trusted because everything under it can be looked at. Somebody may have
// changed a report, a verdict, an answer or a model since, by accident or not.
// Model: whatever can be computed again is, and is compared: files of the report and the study from
// the store, byte for byte; keys and ids from what they are hashes of; hashes of files that were
// read; and rows that are under no key against the account that the store keeps (store/contents).
// Invariant: nothing is written, and nothing is wrong without a change by another hand. A run that
// was stopped has files of an earlier state, or none yet; the store knows whether something was
// stored after they were written, and then a file that differs is said to be older, not wrong.
// What cannot be looked at (a model that was moved, files that an earlier assay wrote) is said,
// too. Limit: there is no secret. Whoever changes a row, its account and the files together is not
// found.

#include "assay/run/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <map>
#include <set>
#include <utility>

#include "assay/base/hash.hpp"
#include "assay/base/result.hpp"
#include "assay/base/text.hpp"
#include "assay/run/artifacts.hpp"
#include "assay/run/build_report.hpp"
#include "assay/run/stored_run.hpp"
#include "assay/run/verify_rows.hpp"

namespace assay::run {
namespace {

namespace fs = std::filesystem;

/// The line, from 1, in which two texts begin to differ.
std::int64_t first_different_line(std::string_view a, std::string_view b) {
    const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    return 1 + std::count(a.begin(), in_a, '\n');
}

/// One file that the run read.
void check_file(const std::string& path, const std::string& sha256, Verification& out) {
    const auto now = sha256_of_file(path);
    if (!now) {
        out.not_checked.push_back(
            {path, "it cannot be read, so it is not known whether it is still the same file"});
    } else if (*now != sha256) {
        out.differences.push_back({path, "it is not the file any more that the run read"});
    }
}

/// Dataset, models, importance matrices and files of answers, where they are still there.
void check_inputs(const store::Store& store, const StoredRun* stored, Verification& out) {
    std::map<std::string, std::string> files;
    for (store::FileHash& file : store.file_hashes()) {
        files.emplace(std::move(file.path), std::move(file.sha256));
    }
    const auto says_otherwise = [&](const std::string& path, const std::string& sha256) {
        const auto known = files.find(path);
        return known != files.end() && known->second != sha256;
    };
    if (stored != nullptr) {
        if (says_otherwise(stored->plan.dataset.file, stored->facts.dataset_sha256)) {
            out.differences.push_back(
                {stored->plan.dataset.file, "the store has two hashes of the dataset"});
        }
        for (const Variant& variant : stored->variants) {
            if (variant.answers) {
                files.emplace(variant.answers->path, variant.answers->sha256);
            }
        }
    }
    for (const auto& [path, sha256] : files) {
        check_file(path, sha256, out);
    }
    out.checks.push_back(
        {"files that the run read, with their hashes", static_cast<std::int64_t>(files.size())});
}

/// Report and study's files, computed again.
class FilesOfRun {
 public:
    FilesOfRun(const store::Store& store, const StoredRun& stored, Verification& out)
        : stored_(stored),
          are_current_(store.files_are_current()),
          has_account_(!store.contents_as_written().empty()),
          are_of_these_rules_(store.rules_of_files() == kReportRules),
          run_dir_(out.run_dir),
          out_(out) {}

    void check() {
        std::set<std::string> paths;
        std::map<std::string, std::string> complaints;  // in the paths' order
        make_artifacts(stored_, build_report(stored_), [&](const auto& path, const auto& text) {
            paths.insert(path);
            const auto present = read_file(run_dir_ / path);
            if (!present) {
                complaints[path] = "it is missing, and the run has one";
            } else if (*present != text) {
                complaints[path] = fmt::format(
                    "it differs from what the store gives, from line {} on",
                    first_different_line(*present, text));
            }
        });
        for (const auto& [path, sentence] : complaints) {
            complain(path, sentence);
        }
        for (const std::string& path : stale_artifacts(paths, run_dir_)) {
            complain(path, "it is there, and the run has none");
        }
        out_.checks.push_back({"files of the run directory, computed again from the store",
                               static_cast<std::int64_t>(paths.size())});
        if (n_older_ > 0) {
            out_.not_checked.push_back(
                {out_.run_dir,
                 fmt::format("{} files are of an earlier state: the run was stopped, or went on, "
                             "since they were written. `assay report` writes them anew",
                             n_older_)});
        }
        if (n_of_other_rules_ > 0) {
            out_.not_checked.push_back(
                {out_.run_dir,
                 fmt::format("{} files differ from what this version computes, and an earlier "
                             "version wrote them, by rules of its own. `assay report` writes them "
                             "anew",
                             n_of_other_rules_)});
        }
    }

 private:
    /// Without an account it is not known whether the run was stopped: then it is said.
    [[nodiscard]] bool may_be_older() const {
        return has_account_ && !are_current_.value_or(false);
    }

    void complain(const std::string& path, std::string sentence) {
        if (may_be_older()) {
            ++n_older_;
            return;
        }
        if (!are_of_these_rules_) {
            ++n_of_other_rules_;
            return;
        }
        out_.differences.push_back({path, std::move(sentence)});
    }

    const StoredRun& stored_;
    const std::optional<bool> are_current_;
    const bool has_account_;
    const bool are_of_these_rules_;
    const fs::path run_dir_;
    Verification& out_;
    std::int64_t n_older_ = 0;
    std::int64_t n_of_other_rules_ = 0;
};

/// A row that another hand changed may be one that cannot be read any more: that is a finding, too.
template <class Look>
void look(Verification& out, std::string_view what, const Look& check) {
    try {
        check();
    } catch (const Error& error) {
        // Not there yet: the run was stopped early.
        auto& findings = error.kind() == ErrorKind::kUsage ? out.not_checked : out.differences;
        findings.push_back({"assay.sqlite", error.what()});
    } catch (const std::exception& error) {
        out.differences.push_back(
            {"assay.sqlite", fmt::format("{} cannot be read again: {}", what, error.what())});
    }
}

void check_stored_run(const store::Store& store, Verification& out) {
    std::optional<StoredRun> stored;
    if (load_facts(store, out.plan_sha256)) {
        stored.emplace(store, out.plan_sha256);
    } else {
        out.not_checked.push_back(
            {out.run_dir,
             "the run was stopped before its prompts were made: it has no answers and no report"});
    }
    check_inputs(store, stored ? &*stored : nullptr, out);
    if (stored) {
        check_answers(*stored, out);
        FilesOfRun(store, *stored, out).check();
    }
}

}  // namespace

Verification verify_run(const store::Store& store, const fs::path& run_dir) {
    Verification out;
    out.run_dir = run_dir.string();
    for (const std::string& line : store.damage()) {
        out.differences.push_back({"assay.sqlite", line});
    }
    out.checks.push_back({"store, whole as SQLite sees it", 1});
    out.plan_sha256 = latest_plan(store, out.run_dir);
    look(out, "the account", [&] { check_account(store, out); });
    look(out, "the plans", [&] { check_plans(store, out); });
    look(out, "the judges", [&] { check_judges(store, out); });
    look(out, "the pairs", [&] { check_pairs(store, out); });
    look(out, "the run", [&] { check_stored_run(store, out); });
    return out;
}

}  // namespace assay::run
