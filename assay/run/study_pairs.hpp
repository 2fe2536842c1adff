#pragma once

#include <map>
#include <string>

#include "assay/records/comparison.hpp"
#include "assay/records/control.hpp"
#include "assay/records/question.hpp"
#include "assay/records/verdict.hpp"
#include "assay/store/store.hpp"

namespace assay::run {

/// A stored plan's comparisons and controls as a judge is shown them.
class StudyPairs {
 public:
    /// `store` must outlive it.
    StudyPairs(const store::Store& store, const std::string& plan_sha256);
    /// Both answers, and the question in this plan, must be stored.
    [[nodiscard]] BlindedPair of(const Comparison& comparison) const;
    [[nodiscard]] BlindedPair of(const Control& control) const;

 private:
    const store::Store& store_;
    std::map<std::string, Question> questions_;
};

}  // namespace assay::run
