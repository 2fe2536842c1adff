#pragma once
// The failure modes and their names. What each means is defined in the header of its detector;
// docs/failure_modes.md has them side by side, with what was measured.

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace assay::failure_modes {

enum class Mode {
    kTruncation,          ///< endings.hpp
    kRepetition,          ///< repetition.hpp
    kContextDump,         ///< copying.hpp
    kNoAnswer,            ///< refusal.hpp: empty, or a refusal
    kInventedSource,      ///< citation.hpp
    kWrongContext,        ///< copying.hpp
    kFormatting,          ///< formatting.hpp
    kLanguageSwitch,      ///< language.hpp
    kPromptReadBack,      ///< read_back.hpp
    kInstructionToJudge,  ///< instruction_to_judge.hpp
};
inline constexpr std::size_t kModes = 10;
/// In the order of every table.
inline constexpr std::array<Mode, kModes> kAllModes = {Mode::kTruncation,
                                                       Mode::kRepetition,
                                                       Mode::kContextDump,
                                                       Mode::kNoAnswer,
                                                       Mode::kInventedSource,
                                                       Mode::kWrongContext,
                                                       Mode::kFormatting,
                                                       Mode::kLanguageSwitch,
                                                       Mode::kPromptReadBack,
                                                       Mode::kInstructionToJudge};

/// truncation | repetition | context_dump | no_answer | invented_source | wrong_context |
/// formatting | language_switch | prompt_read_back | instruction_to_judge
[[nodiscard]] std::string_view name_of(Mode mode);
[[nodiscard]] std::optional<Mode> mode_of(std::string_view name);

/// Which modes one answer shows; an answer may show several.
class Flags {
 public:
    [[nodiscard]] bool has(Mode mode) const { return flags_[static_cast<std::size_t>(mode)]; }
    void set(Mode mode, bool value = true) { flags_[static_cast<std::size_t>(mode)] = value; }
    bool operator==(const Flags&) const = default;

 private:
    std::array<bool, kModes> flags_{};
};

}  // namespace assay::failure_modes
