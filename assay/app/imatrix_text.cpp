#include "assay/app/imatrix_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "assay/base/text.hpp"
#include "assay/intake/encoding.hpp"
#include "assay/variants/questions_in_text.hpp"
#include "assay/wire/imatrix.hpp"

namespace assay::app {
namespace {

/// A text of more bytes has enough tokens, or the engine says that it has not.
constexpr std::size_t kCountedBytes = 64 * 1024;
constexpr std::size_t kShownIds = 3;
constexpr std::array<std::string_view, 4> kUnquantized{"f64", "f32", "f16", "bf16"};

const std::string* imatrix_text_file(const VariantSpec& variant) {
    return variant.type() != nullptr && variant.type()->imatrix_text
               ? &variant.type()->imatrix_text->file
               : nullptr;
}

/// Whether an earlier variant has the same text, which was looked at then.
bool was_checked(const std::string& text, std::size_t place, const Plan& plan) {
    const auto end = plan.variants.begin() + static_cast<std::ptrdiff_t>(place) - 1;
    return std::any_of(plan.variants.begin(), end, [&](const VariantSpec& variant) {
        return imatrix_text_file(variant) != nullptr && *imatrix_text_file(variant) == text;
    });
}

/// llama.cpp does not quantize such a file again, and its values are rounded already.
void check_is_original(const VariantSpec& variant, RunContext& context) {
    const std::string file = context.path_of_model(context.plan.baseline.file());
    const auto inspected = context.engine().inspect(file);
    if (!inspected) {
        throw Error(ErrorKind::kUsage, inspected.error());
    }
    for (const auto& [type, n_tensors] : inspected->file.tensor_types) {
        if (std::find(kUnquantized.begin(), kUnquantized.end(), to_lower_ascii(type)) !=
            kUnquantized.end()) {
            continue;
        }
        throw_usage(
            fmt::format("{}: the baseline is quantized ({} of its tensors are {}), and both "
                        "an importance matrix and {} are made of an original",
                        variant.name,
                        n_tensors,
                        type,
                        variant.type()->type),
            file,
            "Give the F16, BF16 or F32 original.");
    }
}

std::string read_imatrix_text(const std::string& path) {
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    if (!error && size > wire::kMostImatrixTextBytes) {
        throw_usage(fmt::format("is larger than {}, which is too much for an importance matrix",
                                format_bytes(wire::kMostImatrixTextBytes)),
                    path,
                    "Give a part of it: some hundred thousand words are plenty.");
    }
    auto text = intake::read_text_file(path);
    if (!text) {
        throw Error(ErrorKind::kUsage, text.error());
    }
    if (trim(*text).empty()) {
        throw_usage("is empty, and an importance matrix is made from a text", path);
    }
    return std::move(*text);
}

void refuse_questions(const std::string& text,
                      const std::string& path,
                      const std::vector<Question>& questions) {
    const std::vector<std::string> ids = variants::questions_in(text, questions);
    if (ids.empty()) {
        return;
    }
    const std::vector<std::string> shown(
        ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(std::min(ids.size(), kShownIds)));
    throw_usage(
        fmt::format("holds the text of {} of the {} questions ({}{}): the quantization would be "
                    "fitted to the questions that it is then measured with",
                    ids.size(),
                    questions.size(),
                    shorten(fmt::format("{}", fmt::join(shown, ", ")), 120),
                    ids.size() > kShownIds ? " ..." : ""),
        path,
        "Name a text of the same kind without them.");
}

/// The engine says it, too, but only when the run has begun.
void check_is_long_enough(const std::string& text, const std::string& path, RunContext& context) {
    if (text.size() > kCountedBytes) {
        return;
    }
    const std::string model = context.path_of_model(context.plan.baseline.file());
    const auto loaded = context.engine().load({model, true, 0});
    if (!loaded) {
        throw Error(ErrorKind::kUsage, loaded.error());
    }
    const auto tokens = context.engine().tokenize(wire::Tokenize{text, true, false});
    if (!tokens) {
        throw Error(ErrorKind::kUsage, tokens.error());
    }
    constexpr std::size_t kFewest = std::size_t{wire::kFewestChunks} * wire::kChunkTokens;
    if (tokens->size() < kFewest) {
        throw_usage(
            fmt::format("has {} tokens of this model, and an importance matrix is made from "
                        "at least {}: {} chunks of {}",
                        tokens->size(),
                        kFewest,
                        wire::kFewestChunks,
                        wire::kChunkTokens),
            path,
            "Give a longer text; 100 chunks and more are usual.");
    }
}

}  // namespace

void check_imatrix_text(const VariantSpec& variant, std::size_t place, RunContext& context) {
    const std::string* path = imatrix_text_file(variant);
    if (path == nullptr || was_checked(*path, place, context.plan)) {
        return;
    }
    check_is_original(variant, context);
    const std::string text = read_imatrix_text(*path);
    refuse_questions(text, *path, context.questions);
    check_is_long_enough(text, *path, context);
}

}  // namespace assay::app
