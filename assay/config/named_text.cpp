#include "assay/config/named_text.hpp"

#include <system_error>

#include "assay/base/text.hpp"
#include "assay/records/plan.hpp"

namespace assay::config {

NamedText named_text(std::string_view text, const std::filesystem::path& base) {
    const std::size_t equals = text.find('=');
    std::error_code error;
    if (equals == std::string_view::npos || text.starts_with(kOllamaFile) ||
        text.substr(0, equals).find('/') != std::string_view::npos ||
        std::filesystem::exists(base / text, error)) {
        return {std::nullopt, text};
    }
    return {std::string(trim(text.substr(0, equals))), trim(text.substr(equals + 1))};
}

}  // namespace assay::config
