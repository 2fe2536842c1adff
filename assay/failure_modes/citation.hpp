#pragma once
// Invented sources: a citation of a passage that was not shown.

#include <string_view>
#include <vector>

namespace assay::failure_modes {

/// The numbers that a text cites, in order, doubles kept. A citation is one to three digits in
/// square brackets, or several with , ; or - between: [3], [1, 2], [2-4] (its ends). None of these
/// is one:
/// - anything in code
/// - [n] right after a closing bracket or parenthesis that is no citation, or after a single letter
/// or a name with a
///   digit or underscore (a[7], x_1[3], f(x)[2]): an array index or a formula. `cooling[7]` is a
///   citation
/// - [n] right before a letter or a hyphen and a letter ([18]crown-6, [14]C), or before "(" (a
/// link)
/// - four digits and more ([2019]: a year), a leading zero or a zero ([0, 1]: an interval)
[[nodiscard]] std::vector<int> cited_numbers(std::string_view text);

/// A number above `n_contexts` is cited. The passages are counted from 1, as prompts do; without
/// passages no bracket means one, and nothing is invented.
[[nodiscard]] bool invents_source(std::string_view text, int n_contexts);

}  // namespace assay::failure_modes
