#include "assay/judge/batch_format.hpp"

#include <algorithm>
#include <utility>

namespace assay::judge {

bool is_plain_id(std::string_view id) {
    return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-' || c == '_';
    });
}

std::optional<BatchPage> read_data_page(
    std::string_view body,
    std::optional<BatchInfo> (*read)(const http::JsonView& batch),
    const std::string& next_path) {
    const http::JsonView document(body);
    if (!document["data"].is_array()) {
        return {};
    }
    BatchPage page;
    for (const http::JsonView& entry : document["data"].items()) {
        if (auto info = read(entry)) {
            page.batches.push_back(std::move(*info));
        }
    }
    if (document["has_more"].is_true() && !page.batches.empty()) {
        page.next = get_request(next_path + page.batches.back().id);
    }
    return page;
}

HttpRequest get_request(std::string path) {
    return {.method = "GET", .path = std::move(path)};
}

}  // namespace assay::judge
