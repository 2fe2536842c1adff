#pragma once

#include <string_view>

namespace assay::variants {

/// The Python program that converts a folder with llama.cpp's own script and says what a model's
/// tokenizer makes of some texts. Its arguments, in this order:
///   - llama.cpp's script
///   - the folder to convert
///   - of an adapter: the folder of its model; of a model: an empty word
///   - the file to write
///   - the file that takes its reply, a JSON object
///   - the texts, a JSON array in ASCII
/// Its reply: {"failure": "python" | "imports" | "conversion" | "values" | "tokenizer", "what":
/// ...}, or {"n_vocab", "n_tokens", "texts": [{"text", "ids", "special"}], "end": {"id", "text"} |
/// null}. It is written for Python 3.9 and later, and in such words that an older one can say so.
[[nodiscard]] std::string_view convert_script();

}  // namespace assay::variants
