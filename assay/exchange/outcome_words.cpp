#include "assay/exchange/outcome_words.hpp"

#include <fmt/format.h>

#include <charconv>

#include "assay/base/text.hpp"
#include "assay/records/names.hpp"

namespace assay::exchange {

std::string in_quotes(std::string_view name) {
    constexpr std::size_t kShownName = 60;
    return fmt::format("\"{}\"", shorten(name, kShownName));
}

int sample_from(std::string_view text, intake::RowProblems& out, std::int64_t line) {
    int sample = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), sample);
    if (error != std::errc() || end != text.data() + text.size() || sample < 0 ||
        sample > kMostSampleNumber) {
        out.problem(
            line,
            fmt::format(
                "sample: {} is no number from 0 to {}", in_quotes(text), kMostSampleNumber));
        return 0;
    }
    return sample;
}

Confidence confidence_from(std::string_view word, intake::RowProblems& out, std::int64_t line) {
    const std::string lower = to_lower_ascii(word);
    if (lower == "none") {
        return Confidence::kNone;
    }
    if (const auto known = confidence_of(lower)) {
        return *known;
    }
    out.problem(line,
                fmt::format("confidence: unknown word {}; known: high, medium, low, none",
                            in_quotes(word)));
    return Confidence::kNone;
}

NameLook look_of(std::string_view name) {
    const std::string lower = to_lower_ascii(name);
    const auto has = [&](std::string_view part) { return lower.find(part) != std::string::npos; };
    for (std::size_t at = lower.find('q'); at != std::string::npos; at = lower.find('q', at + 1)) {
        if (at + 1 < lower.size() && lower[at + 1] >= '1' && lower[at + 1] <= '8') {
            return NameLook::kQuantized;
        }
    }
    for (const char* word :
         {"int4", "int8", "gptq", "awq", "4bit", "8bit", "4-bit", "8-bit", "quant"}) {
        if (has(word)) {
            return NameLook::kQuantized;
        }
    }
    for (const char* word : {"f16",
                             "fp16",
                             "f32",
                             "fp32",
                             "float16",
                             "float32",
                             "baseline",
                             "original",
                             "reference"}) {
        if (has(word)) {
            return NameLook::kFullPrecision;
        }
    }
    return NameLook::kUnknown;
}

}  // namespace assay::exchange
