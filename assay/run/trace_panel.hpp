#pragma once
// What a question gives to the decision of a panel, for `assay trace`.

#include <string>

#include "assay/report/report_model.hpp"

namespace assay::run {

/// A JSON array: of each variant the mean of the judges' verdicts on the question (null: it does
/// not count), how many verdicts it is made of, and a sentence.
[[nodiscard]] std::string panel_records(const report::ReportPanel& panel,
                                        const std::string& question_id);

}  // namespace assay::run
