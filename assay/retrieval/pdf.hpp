#pragma once
// PDF by the program pdftotext of poppler-utils, if it is there. It runs in a process of its own:
// its library is under the GPL, and what it does with a broken file is no matter of ours.

#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>

#include "assay/base/result.hpp"

namespace assay::retrieval {

/// The longest that pdftotext may read one file.
inline constexpr std::chrono::milliseconds kMostPdfTime = std::chrono::minutes(2);

/// The text of a PDF, UTF-8; pages follow each other without a mark. Fails where pdftotext is not
/// in PATH, cannot read the file, takes longer than `most_time` or gives more than 64 MB, and where
/// the file holds no text. The failure has no place. `cancel` is looked at meanwhile and may be
/// null. Throws Error kInterrupted where it is set.
[[nodiscard]] Result<std::string> text_of_pdf(const std::filesystem::path& file,
                                              const std::atomic<bool>* cancel,
                                              std::chrono::milliseconds most_time = kMostPdfTime);

}  // namespace assay::retrieval
