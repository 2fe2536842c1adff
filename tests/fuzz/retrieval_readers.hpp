#pragma once
// What retrieval reads: documents of a corpus, rows of passages, and questions as queries.

#include <string_view>

namespace assay::fuzz {

void read_html(std::string_view bytes);
void read_markdown(std::string_view bytes);
void read_passages(std::string_view bytes);
void read_query(std::string_view bytes);

}  // namespace assay::fuzz
