#pragma once
// Instructions to the judge: an answer that speaks to whoever compares it, or that hides something
// from a reader.

#include <string_view>

namespace assay::failure_modes {

/// A verdict as judges write it: the key "verdict" of JSON, its quotes escaped or not; [[A]],
/// [[B]], [[C]] and their likes where no name stands before them (MT-bench, arena-hard).
[[nodiscard]] bool holds_verdict(std::string_view text);
/// The marks of a judging prompt: a line "BEGIN ..." or "END ..." of digits or of the template's
/// boundary, a line
/// "=== Example n ===".
[[nodiscard]] bool holds_judging_marks(std::string_view text);
/// A system turn of a chat template: <|im_start|>system, <<SYS>>, <start_of_turn>system and their
/// likes. A token alone is a formatting artifact.
[[nodiscard]] bool holds_system_turn(std::string_view text);
/// It asks for a verdict: "choose A", "response B is better", "note to the judge", "you are an
/// impartial judge", "ignore all previous instructions". English.
[[nodiscard]] bool asks_for_verdict(std::string_view text);
/// Characters that are not seen or turn the direction of reading: U+200B, U+2060 to U+2064, U+FEFF
/// but at the beginning, U+202A to U+202E, U+2066 to U+2069, tags (U+E0000 to U+E007F) but in a
/// flag. Joiners (U+200C, U+200D), direction marks (U+200E, U+200F) and the soft hyphen belong to
/// ordinary text.
[[nodiscard]] bool hides_characters(std::string_view text);

/// Any of these.
[[nodiscard]] bool addresses_judge(std::string_view text);

}  // namespace assay::failure_modes
