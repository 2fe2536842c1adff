#include "assay/run/tag_counter.hpp"

#include "assay/run/failure_mode_counter.hpp"

namespace assay::run {

void TagCounter::add(const Comparison& comparison, const Verdict& verdict) {
    if (comparison.order != 0 || !verdict.tags) {
        return;
    }
    const auto& [a, b] = *verdict.tags;
    const std::set<AnswerTag>& baseline = comparison.variant_is_a ? b : a;
    const std::set<AnswerTag>& variant = comparison.variant_is_a ? a : b;
    for (std::size_t i = 0; i < kAnswerTags.size(); ++i) {
        failure_modes::count_pair(
            tables_[i], baseline.contains(kAnswerTags[i]), variant.contains(kAnswerTags[i]));
    }
}

std::vector<FailureModeRow> TagCounter::rows() const {
    std::vector<FailureModeRow> out;
    if (tables_.front().n() == 0) {
        return out;
    }
    const auto compared = failure_modes::compare_flags(tables_);
    for (std::size_t i = 0; i < kAnswerTags.size(); ++i) {
        out.push_back(row_of(name_of(kAnswerTags[i]), compared[i]));
    }
    return out;
}

}  // namespace assay::run
