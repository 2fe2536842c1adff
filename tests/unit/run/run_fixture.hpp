#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "assay/records/plan.hpp"
#include "assay/run/stored_run.hpp"
#include "assay/store/store.hpp"
#include "temp_folder.hpp"

namespace assay::run {

/// A run's store, filled by hand: questions a, b, c; the baseline `base`, the variant `small`, the
/// judge `panel`. Answers to a are identical, those to b and c differ; the sides are drawn, and
/// nothing is judged yet.
struct RunFixture {
    RunFixture();
    void save_answer(const std::string& variant,
                     const std::string& question,
                     const std::string& text,
                     StopReason stop_reason = StopReason::kStop);
    /// Draws the comparisons of what is answered.
    void pair();
    /// The verdict of `panel`, said from the variant's side: win, tie, loss; or the state itself.
    void judge(const std::string& question, const std::string& outcome);
    /// The variant reads the baseline's answer of ten tokens, each with this KLD, and differs first
    /// at `position`; -1: nowhere.
    void save_fidelity(const std::string& question, double kld, int position);
    void save_session(const std::string& variant,
                      std::int64_t n_checked,
                      std::int64_t n_equal,
                      std::uint64_t peak_memory_bytes = 1000,
                      double load_ms = 0);

    [[nodiscard]] std::string key_of(const std::string& variant,
                                     const std::string& question) const {
        return "key/" + variant + "/" + question;
    }
    /// The run as it is stored by now.
    [[nodiscard]] StoredRun stored() const { return {*store, plan_sha256}; }
    /// Writes report and study's files.
    void write_files(const std::filesystem::path& folder) const;
    [[nodiscard]] Comparison comparison_of(const std::string& question) const;

    test::TempFolder folder;
    std::unique_ptr<store::Store> store;
    Plan plan;
    std::string plan_sha256;
    std::vector<Question> questions;
    RunFacts facts;
};

}  // namespace assay::run
