#pragma once

#include <string_view>

namespace assay::variants {

/// The Python program that converts a checkpoint folder with llama.cpp's own script and says what
/// the folder's tokenizer makes of some texts. Its arguments, in this order:
///   - the folder with llama.cpp's scripts
///   - the folder to convert
///   - the file to write
///   - the file that takes its reply, a JSON object
///   - the texts, a JSON array in ASCII
/// Its reply: {"failure": "python" | "imports" | "conversion" | "values" | "tokenizer", "what":
/// ...}, or {"n_vocab", "n_tokens", "texts": [{"text", "ids", "special"}], "end": {"id", "text"} |
/// null}. It is written for Python 3.9 and later, and in such words that an older one can say so.
[[nodiscard]] std::string_view convert_script();

}  // namespace assay::variants
