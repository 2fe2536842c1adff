#pragma once
// Truncation: the answer was cut, or stops in the middle of a sentence.

#include <cstddef>
#include <string_view>

#include "assay/records/answer.hpp"

namespace assay::failure_modes {

/// A last line of at most this many words without a full stop ("9%", "about 20 kelvin", a list
/// item) is a short answer and not a cut one.
inline constexpr std::size_t kFragmentWords = 8;

/// The text ends in the middle of a sentence. Closing quotes, brackets and emphasis at its end are
/// passed over; then:
/// - it ends with . ! ? … or their Chinese, Indic or Arabic likes, or with a closed code fence: no
/// - it ends with , ; : - – — ( [ or an article, preposition, conjunction or auxiliary of English:
/// yes
/// - its last line has no full stop inside and at most kFragmentWords words: no
/// - otherwise yes.
/// A text without any word, or a lead-in with nothing after it ("The answer is:", refusal.hpp), is
/// none: it is no answer.
[[nodiscard]] bool ends_mid_sentence(std::string_view text);

/// Truncation: the limit of tokens was reached, or the text ends in the middle of a sentence.
[[nodiscard]] bool is_truncated(std::string_view text, StopReason stop_reason);

}  // namespace assay::failure_modes
