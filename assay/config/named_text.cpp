#include "assay/config/named_text.hpp"

#include <system_error>

#include "assay/base/text.hpp"
#include "assay/records/checkpoint_name.hpp"
#include "assay/records/plan.hpp"

namespace assay::config {

namespace {

/// What follows the '=' is no end of a path.
bool begins_a_source(std::string_view rest) {
    return rest.starts_with("answers:") || rest.starts_with("openai:") ||
           rest.starts_with(kOllamaFile) || checkpoint_of(rest);
}

}  // namespace

NamedText named_text(std::string_view text, const std::filesystem::path& base) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || text.starts_with(kOllamaFile) || checkpoint_of(text)) {
        return {std::nullopt, text};
    }
    const std::string_view name = trim(text.substr(0, equals)),
                           rest = trim(text.substr(equals + 1));
    std::error_code error;
    const bool may_be_a_path = name.find('/') != std::string_view::npos ||
                               std::filesystem::exists(base / text, error);
    if (may_be_a_path && !begins_a_source(rest)) {
        return {std::nullopt, text};
    }
    return {std::string(name), rest};
}

}  // namespace assay::config
