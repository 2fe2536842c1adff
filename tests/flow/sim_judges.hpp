#pragma once
// Judges for simulators behind OpenAI's format, on the questions of a Lab.

#include <string>

#include "sim_server.hpp"

namespace assay::test {

/// What stands behind "name: " in the judge's prompt, as the scripted engine renders it.
[[nodiscard]] std::string prompt_field(const std::string& body, const std::string& name);

/// The better answer is the one that says what is expected (fair.hpp).
[[nodiscard]] ScriptedReply fair_judge(const SeenRequest& request, int n);

}  // namespace assay::test
