#pragma once
// How a judge and its address are written. Which key may go to an address is http/'s affair
// (http/endpoint.hpp).

#include <string>
#include <string_view>

#include "assay/base/result.hpp"
#include "assay/records/plan.hpp"

namespace assay::config {

/// The address without trailing slashes. Fails, with a sentence that never shows a password, unless
/// it is http(s)://HOST[:PORT][/PATH][?api-version=VERSION]: no user and password, no other query,
/// no fragment, no white space.
[[nodiscard]] Result<std::string> checked_url(std::string_view url);

/// The address in OLLAMA_HOST, as Ollama reads it: "HOST", "HOST:PORT", ":PORT" or a whole address;
/// 11434 is the port where neither scheme nor port is given. "0.0.0.0", where a server listens, is
/// this machine. Empty: Ollama's default.
[[nodiscard]] Result<std::string> ollama_url(std::string_view ollama_host);

/// "reference", "reference:METRIC", or "gguf:FILE", or "PROVIDER:MODEL@URL" with every other
/// setting at its default. The address may be left out where the provider has one of its own; `url`
/// and the name are then empty. FILE is as it was written. Or "batch:NAME" or "human:NAME", or the
/// provider alone: a judge whose verdicts are imported.
[[nodiscard]] Result<JudgeSpec> judge_of_text(std::string_view text);

}  // namespace assay::config
