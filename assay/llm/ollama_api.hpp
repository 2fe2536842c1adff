#pragma once
// Ollama's native API: /api/chat with the options of the experiment, and what /api/version,
// /api/tags and /api/show tell (github.com/ollama/ollama/blob/main/docs/api.md; read in the source
// of v0.17.4).

#include <memory>

#include "assay/llm/served_api.hpp"

namespace assay::llm {

/// Takes every setting: temp, top-k, top-p, min-p, repeat-penalty, repeat-last-n, ctx-size,
/// predict, seed, stop. Refused are models that would change the experiment in silence: one with
/// messages of its own, one without a chat template, a repeat-penalty for an architecture that runs
/// in Ollama's own engine (which ignores it), thinking for one that cannot.
[[nodiscard]] std::unique_ptr<const ServedApi> make_ollama_api();

}  // namespace assay::llm
