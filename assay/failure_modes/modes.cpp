#include "assay/failure_modes/modes.hpp"

namespace assay::failure_modes {
namespace {

constexpr std::array<std::string_view, kModes> kNames = {"truncation",
                                                         "repetition",
                                                         "context_dump",
                                                         "no_answer",
                                                         "invented_source",
                                                         "wrong_context",
                                                         "formatting",
                                                         "language_switch",
                                                         "prompt_read_back",
                                                         "instruction_to_judge"};

}  // namespace

std::string_view name_of(Mode mode) {
    return kNames[static_cast<std::size_t>(mode)];
}

std::optional<Mode> mode_of(std::string_view name) {
    for (const Mode mode : kAllModes) {
        if (name_of(mode) == name) {
            return mode;
        }
    }
    return std::nullopt;
}

}  // namespace assay::failure_modes
