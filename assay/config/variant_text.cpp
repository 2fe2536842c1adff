// A variant in one word, as the command line and an experiment file's lists have it.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "assay/base/text.hpp"
#include "assay/config/checkpoint_entry.hpp"
#include "assay/config/draft.hpp"
#include "assay/config/named_text.hpp"
#include "assay/config/quant_types.hpp"
#include "assay/config/served_entry.hpp"
#include "assay/records/checkpoint_name.hpp"

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

constexpr std::string_view kAnswers = "answers:";

/// A text with its name taken off, as a variant of that name without a source yet.
struct Named {
    VariantSpec variant;
    std::string_view rest;
};

Named take_name(std::string_view text,
                const std::filesystem::path& base,
                const Where& where,
                Problems& problems) {
    const NamedText named = named_text(text, base);
    Named out{{}, named.rest};
    out.variant.name = named.name.value_or("");
    if (named.name && named.name->empty()) {
        const std::string_view what = named.rest.starts_with(kAnswers) ? "answers:FILE" : "FILE";
        problems.add(where, "has an empty name before \"=\"", fmt::format("Write NAME={}.", what));
    }
    return out;
}

/// "answers:..." or a served model, into the variant; false if the text is neither.
bool take_elsewhere(const std::filesystem::path& base,
                    const Where& where,
                    Problems& problems,
                    Named& named) {
    if (named.rest.starts_with(kAnswers)) {
        named.variant.source = AnswersSource{
            absolute_path(base, named.rest.substr(kAnswers.size()), where, problems)};
        return true;
    }
    auto served = served_of_text(named.rest, where, problems);
    if (served) {
        named.variant.source = std::move(*served);
    }
    return served.has_value();
}

}  // namespace

VariantSpec baseline_of_text(std::string_view text,
                             const std::filesystem::path& base,
                             const Where& where,
                             Problems& problems) {
    Named named = take_name(text, base, where, problems);
    if (!take_elsewhere(base, where, problems, named)) {
        named.variant.source = FileSource{
            model_or_checkpoint_of(base, named.rest, where, problems)};
    }
    return named.variant;
}

VariantSpec variant_of_text(std::string_view text,
                            const std::filesystem::path& base,
                            const Where& where,
                            Problems& problems) {
    Named named = take_name(text, base, where, problems);
    if (take_elsewhere(base, where, problems, named)) {
        return named.variant;
    }
    const std::string_view rest = named.rest;
    if (rest.starts_with(kOllamaFile) || checkpoint_of(rest) ||
        to_lower_ascii(rest).ends_with(".gguf") || rest.find('/') != std::string_view::npos) {
        named.variant.source = FileSource{model_or_checkpoint_of(base, rest, where, problems)};
    } else {
        named.variant.source = TypeSource{type_of_text(rest, where, problems)};
    }
    return named.variant;
}

}  // namespace assay::config
