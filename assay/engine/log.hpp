#pragma once
// llama.cpp's log lines. Errors and warnings are kept, as its return codes do not say why;
// everything goes to stderr, which assay keeps for the case that the process dies.

#include <functional>
#include <string>

namespace assay::engine {

/// Installs the callback; once, before anything else of the library is called.
void capture_log();
/// Errors since the last call, joined; then forgotten. Empty if there were none.
[[nodiscard]] std::string take_errors();
/// Called with every whole line, until replaced by an empty function. Used to follow a
/// quantization.
void on_log_line(std::function<void(const std::string&)> listener);

}  // namespace assay::engine
