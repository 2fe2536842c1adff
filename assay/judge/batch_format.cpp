#include "assay/judge/batch_format.hpp"

#include <algorithm>
#include <utility>

namespace assay::judge {

bool is_plain_id(std::string_view id) {
    return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    });
}

HttpRequest get_request(std::string path) { return {.method = "GET", .path = std::move(path)}; }

}  // namespace assay::judge
