#include "assay/judge/http_setup.hpp"

#include <fmt/format.h>

#include <utility>

#include "assay/http/server_error.hpp"

namespace assay::judge {

std::string HttpSetup::redact(std::string text) const {
    return http::redact(std::move(text), key);
}

void HttpSetup::note(const std::string& line) const {
    progress->note(redact(fmt::format("judge {}: {}", spec.name, line)));
}

}  // namespace assay::judge
