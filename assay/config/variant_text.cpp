// A variant in one word, as the command line and an experiment file's lists have it.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "assay/base/text.hpp"
#include "assay/config/draft.hpp"
#include "assay/config/named_text.hpp"
#include "assay/config/quant_types.hpp"
#include "assay/config/served_entry.hpp"

namespace assay::config {

std::string absolute_path(const std::filesystem::path& base,
                          std::string_view text,
                          const Where& where,
                          Problems& problems) {
    if (trim(text).empty() || text.find('\0') != std::string_view::npos) {
        problems.add(
            where, trim(text).empty() ? "is empty" : "holds a NUL character", "Name a file.");
        return "";
    }
    std::filesystem::path path = base / text;
    // "a/../b" is left as it is: if a is a symbolic link, it is not b.
    if (std::find(path.begin(), path.end(), "..") == path.end()) {
        path = path.lexically_normal();
    }
    if (is_valid_utf8(path.native())) {
        return path.native();
    }
    problems.add(where,
                 fmt::format("the path {} is not valid UTF-8", to_valid_utf8(path.native())),
                 "Rename it.");
    return "";
}

std::string model_path_of(const std::filesystem::path& base,
                          std::string_view text,
                          const Where& where,
                          Problems& problems) {
    if (!text.starts_with(kOllamaFile)) {
        return absolute_path(base, text, where, problems);
    }
    if (text.size() == kOllamaFile.size() || !is_valid_utf8(text)) {
        problems.add(where, "names no model of Ollama's", "Write ollama:MODEL:TAG.");
    }
    return std::string(text);
}

std::string type_of_text(std::string_view text, const Where& where, Problems& problems) {
    if (const auto type = find_quant_type(text)) {
        return std::string(type->name);
    }
    problems.add(
        where, fmt::format("unknown type \"{}\"; known: {}", shorten(text, 60), quant_type_list()));
    return "";
}

namespace {

/// "answers:FILE" or "NAME=answers:FILE"; nothing if the text is neither.
std::optional<VariantSpec> answers_of_text(std::string_view text,
                                           const std::filesystem::path& base,
                                           const Where& where,
                                           Problems& problems) {
    constexpr std::string_view kAnswers = "answers:";
    std::string_view name;
    if (!text.starts_with(kAnswers)) {
        // A path may hold "=", too: only what is followed by the word is a name.
        const std::size_t at = text.find('=');
        if (at == std::string_view::npos || !text.substr(at + 1).starts_with(kAnswers)) {
            return std::nullopt;
        }
        name = text.substr(0, at);
        text.remove_prefix(at + 1);
        if (trim(name).empty()) {
            problems.add(where, "has an empty name before \"=\"", "Write NAME=answers:FILE.");
        }
    }
    VariantSpec variant;
    variant.name = trim(name);
    variant.source = AnswersSource{
        absolute_path(base, text.substr(kAnswers.size()), where, problems)};
    return variant;
}

/// "answers:..." or a served model, both with "NAME=" before it or not; nothing if it is neither.
std::optional<VariantSpec> elsewhere_of_text(std::string_view text,
                                             const std::filesystem::path& base,
                                             const Where& where,
                                             Problems& problems) {
    if (auto answers = answers_of_text(text, base, where, problems)) {
        return answers;
    }
    return served_of_text(text, where, problems);
}

/// Takes "NAME=" off the text, into the variant.
std::string_view take_name(std::string_view text,
                           const std::filesystem::path& base,
                           VariantSpec& variant,
                           const Where& where,
                           Problems& problems) {
    const NamedText named = named_text(text, base);
    variant.name = named.name.value_or("");
    if (named.name && named.name->empty()) {
        problems.add(where, "has an empty name before \"=\"", "Write NAME=FILE.");
    }
    return named.rest;
}

}  // namespace

VariantSpec baseline_of_text(std::string_view text,
                             const std::filesystem::path& base,
                             const Where& where,
                             Problems& problems) {
    if (auto elsewhere = elsewhere_of_text(text, base, where, problems)) {
        return std::move(*elsewhere);
    }
    VariantSpec baseline;
    text = take_name(text, base, baseline, where, problems);
    baseline.source = FileSource{model_path_of(base, text, where, problems)};
    return baseline;
}

VariantSpec variant_of_text(std::string_view text,
                            const std::filesystem::path& base,
                            const Where& where,
                            Problems& problems) {
    if (auto elsewhere = elsewhere_of_text(text, base, where, problems)) {
        return std::move(*elsewhere);
    }
    VariantSpec variant;
    text = take_name(text, base, variant, where, problems);
    if (text.starts_with(kOllamaFile) || to_lower_ascii(text).ends_with(".gguf") ||
        text.find('/') != std::string_view::npos) {
        variant.source = FileSource{model_path_of(base, text, where, problems)};
    } else {
        variant.source = TypeSource{type_of_text(text, where, problems)};
    }
    return variant;
}

}  // namespace assay::config
