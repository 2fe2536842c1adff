#pragma once

#include <string>

#include "assay/store/store.hpp"

namespace assay::run {

/// One question's chain of records in the order of the line (load, retrieve, answer, pair, judge,
/// unblind), as text for a person. Throws Error kUsage if the plan has no such question.
[[nodiscard]] std::string trace_text(const store::Store& store,
                                     const std::string& plan_sha256,
                                     const std::string& question_id);
/// The same as one JSON document with schema_version.
[[nodiscard]] std::string trace_json(const store::Store& store,
                                     const std::string& plan_sha256,
                                     const std::string& question_id);

}  // namespace assay::run
