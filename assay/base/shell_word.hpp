#pragma once

#include <string>

namespace assay {

/// Any bytes as a POSIX shell reads them as one word: as they are, or in single quotes.
[[nodiscard]] std::string shell_word(const std::string& bytes);

}  // namespace assay
