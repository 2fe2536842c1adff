#pragma once
// A passage: what is indexed, found, and shown as one context.

#include <string>

namespace assay::retrieval {

struct Passage {
    std::string id;     ///< of its row, or "FILE#3": the third passage of a document
    std::string title;  ///< of its row, or the heading that it stands under; may be empty
    std::string text;
    std::string file;  ///< relative to the corpus's folder
};

/// The passage as a context: "title: text", or the text alone. The prompt template numbers them.
[[nodiscard]] inline std::string as_context(const Passage& passage) {
    return passage.title.empty() ? passage.text : passage.title + ": " + passage.text;
}

}  // namespace assay::retrieval
