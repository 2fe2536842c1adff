#pragma once
// "NAME=FILE": a model that is given a name where it is named.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace assay::config {

struct NamedText {
    std::optional<std::string> name;  ///< nothing: none is written. It may be empty, which is wrong
    std::string_view rest;            ///< what is named; a part of the text
};

/// Takes "NAME=FILE" apart at its first '='. A path may hold a '=', too: the text is one file where
/// such a file is there (relative to `base`), or where a '/' or "ollama:" stands before the '=';
/// not where what follows begins with "answers:", "openai:" or "ollama:". `text` must outlive the
/// result.
[[nodiscard]] NamedText named_text(std::string_view text, const std::filesystem::path& base);

}  // namespace assay::config
