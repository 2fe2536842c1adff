#pragma once
// Which field of a file of answers is what the model wrote.

#include <set>
#include <string>

#include "assay/intake/fields.hpp"

namespace assay::exchange {

/// The path of the answer in every row. `not_answers`: fields that are something else. Reports a
/// file in which no field may be it, or several that say different things. Empty: there is none, or
/// there is no row.
[[nodiscard]] std::string choose_answer_field(const intake::Rows& rows,
                                              intake::FieldFinder& fields,
                                              const std::set<std::string>& not_answers,
                                              intake::RowProblems& problems);

}  // namespace assay::exchange
