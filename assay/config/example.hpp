#pragma once

#include <string>

namespace assay::config {

/// The experiment file that `assay init` writes: every block and key with its default and a
/// comment. As it stands it needs model-F16.gguf and questions.jsonl beside it and means what the
/// same file without the optional keys means.
[[nodiscard]] std::string example_experiment();

}  // namespace assay::config
