#pragma once
// Jinja, by llama.cpp's own engine: chat templates, and the prompt templates that users replace.

#include <memory>
#include <string>

#include "assay/base/result.hpp"
#include "assay/engine/control_tokens.hpp"
#include "assay/wire/messages.hpp"

struct llama_model;

namespace assay::engine {

/// Renders system and user turn with the template of the request, or of `model` where the request
/// has none (`model` may be null then only if the request has one). A template's own error
/// (raise_exception, syntax) is a failure. Deterministic: the date that templates are told comes
/// from the request.
[[nodiscard]] Result<wire::Rendered> render_chat(const llama_model* model,
                                                 const wire::Render& request);

/// Renders any Jinja text with variables from a JSON object. `control` may be null if the request
/// does not ask for marks.
[[nodiscard]] Result<std::string> render_template(const ControlTokens* control,
                                                  const wire::RenderTemplate& request);

}  // namespace assay::engine
