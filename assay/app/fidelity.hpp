#pragma once
// How far the variants are from the baseline on its own answers (docs/fidelity.md): what a run has
// to read for that, and what it reads from.

#include <optional>
#include <set>
#include <string>

#include "assay/app/baseline_rows.hpp"
#include "assay/llm/generator.hpp"
#include "assay/records/fidelity.hpp"
#include "assay/store/store.hpp"

namespace assay::app {

/// One for a run. The baseline, which answers first, fills it; the variants read from it.
class Fidelity {
 public:
    /// `folder`: of the run. `head_model`: the baseline's file.
    Fidelity(const std::string& folder, std::string head_model);

    /// A variant has to read the baseline's answer to this question.
    void want(const std::string& question_id) { wanted_.insert(question_id); }
    [[nodiscard]] bool wants(const std::string& question_id) const {
        return !failed() && wanted_.contains(question_id);
    }
    [[nodiscard]] const std::set<std::string>& wanted() const { return wanted_; }

    /// Takes what the baseline wrote. Where it cannot be kept, fidelity ends here.
    void keep(const std::string& question_id, const wire::Written& written);
    /// Takes what the baseline thought of an answer of its own.
    void note_self(const wire::Reading& reading);
    /// Fidelity ends here, for this reason. The first one stays.
    void fail(const std::string& reason);

    [[nodiscard]] bool failed() const { return !failure_.empty(); }
    [[nodiscard]] const std::string& failure() const { return failure_; }
    [[nodiscard]] const std::optional<SelfReading>& self_reading() const { return self_; }
    /// What is read of the baseline has the bits of what is written: the verified beginning of an
    /// answer need not be written again.
    [[nodiscard]] bool exact() const { return self_ && self_->exact(); }
    [[nodiscard]] bool can_read(const std::string& question_id) const {
        return !failed() && rows_.has(question_id);
    }
    [[nodiscard]] const BaselineRows& rows() const { return rows_; }
    /// Answers whose rows did not fit.
    [[nodiscard]] std::int64_t n_left_out() const { return n_left_out_; }
    [[nodiscard]] const std::string& head_model() const { return head_model_; }

 private:
    std::string head_model_;
    std::set<std::string> wanted_;
    BaselineRows rows_;
    std::optional<SelfReading> self_;
    std::string failure_;
    std::int64_t n_left_out_ = 0;
};

/// Whether the variant has still to read the baseline's answer. Of an answer that failed, on either
/// side, there is nothing to read.
[[nodiscard]] bool has_to_read(const store::Store& store,
                               const std::string& baseline_key,
                               const std::string& variant_key);

/// The facts in an engine's reply. `draft`: what was read.
[[nodiscard]] AnswerFidelity fidelity_of(const std::string& question_id,
                                         const wire::Written& draft,
                                         const wire::Reading& reading);

}  // namespace assay::app
