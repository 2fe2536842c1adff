#pragma once
// Where the real engine, model and llama.cpp are. Tests that need one that is not there skip, and
// say what is missing.

#include <string>

namespace assay::test {

/// assay-engine: ASSAY_TEST_ENGINE, or the release build's (the dev build has none: llama.cpp is
/// built without sanitizers).
[[nodiscard]] std::string real_engine();
/// The demo's model, F16: ASSAY_TEST_MODEL, or the one that `make model` gets.
[[nodiscard]] std::string real_model();
/// An embedding model: ASSAY_TEST_EMBEDDER, or the one that `make embedder` makes.
[[nodiscard]] std::string embedding_model();
/// What is missing of engine and demo's model, as a sentence; empty if nothing is.
[[nodiscard]] std::string missing_for_models();
/// llama-server of `scripts/llama.sh peers`, or empty.
[[nodiscard]] std::string llama_server();
/// Another of these programs by its name ("llama-imatrix"), or empty.
[[nodiscard]] std::string llama_tool(const std::string& name);
/// The program of `scripts/ollama.sh`, or empty.
[[nodiscard]] std::string ollama();
/// llama.cpp's source tree, or empty.
[[nodiscard]] std::string llama_source();

}  // namespace assay::test
