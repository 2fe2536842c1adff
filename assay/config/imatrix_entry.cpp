#include "assay/config/imatrix_entry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace assay::config {
namespace {

constexpr const char* kTextRemedy =
    "Write imatrix-text: FILE (or --imatrix-text FILE): text of the kind that the model is used "
    "for, but none of the questions.";

/// What is quantized for the variant, to be run here or by a server; null: nothing.
TypeSource* made_type(VariantSpec& variant) {
    ServedSource* served = variant.served();
    TypeSource* type = served ? std::get_if<TypeSource>(&served->ours)
                              : std::get_if<TypeSource>(&variant.source);
    return type == nullptr || type->type.empty() ? nullptr : type;
}

void note(const MapReader& map, std::string_view key, Draft& draft) {
    draft.origins[map.path_of(key)] = map.where(key);
}

/// The types of a plan, each with its key path.
template <class Visit>
void each_type(Draft& draft, const Visit& visit) {
    for (std::size_t i = 0; i < draft.plan.variants.size(); ++i) {
        if (TypeSource* type = made_type(draft.plan.variants[i])) {
            visit(*type, fmt::format("variants[{}]", i));
        }
    }
}

/// Every type that names no matrix gets this one: a file, or the word for one that is made.
void apply_matrix(const std::string& given, Draft& draft, Problems& problems) {
    const Where flag{"--imatrix", 0, 0, ""};
    const bool made = given == kImatrixMade;
    const std::string file = made ? "" : absolute_path(draft.working_dir, given, flag, problems);
    each_type(draft, [&](TypeSource& type, const std::string& place) {
        if (!type.imatrix.empty() || type.imatrix_text) {
            return;
        }
        draft.origins[place + ".imatrix"] = flag;
        type.imatrix = file;
        if (made) {
            type.imatrix_text.emplace();
        }
    });
}

/// Gives every matrix that is made a value which its entry did not write; reports a flag that is
/// for none of them.
template <class Set>
void apply_to_made(const char* flag, const char* key, const Set& set, Draft& draft, Problems& p) {
    bool any = false;
    each_type(draft, [&](TypeSource& type, const std::string& place) {
        if (!type.imatrix_text) {
            return;
        }
        any = true;
        const std::string own = fmt::format("{}.{}", place, key);
        if (!draft.origins.contains(own)) {
            draft.origins[own] = {flag, 0, 0, ""};
            set(*type.imatrix_text);
        }
    });
    if (!any) {
        p.add({flag, 0, 0, ""},
              "is for an importance matrix that is made, and no type is to have one",
              "Write --imatrix make beside it.");
    }
}

}  // namespace

void read_imatrix(MapReader& map,
                  const std::filesystem::path& folder,
                  VariantEntry& entry,
                  Draft& draft,
                  Problems& problems) {
    constexpr std::array kKeys{"imatrix", "imatrix-text", "imatrix-chunks"};
    const bool quantizes = map.has("type") || map.has("quant");
    const bool names_another = map.has("file") || map.has("checkpoint") || map.has("answers") ||
                               map.has("provider");
    std::string word, file;
    ImatrixText text;
    std::for_each(kKeys.begin(), kKeys.end(), [&](const char* key) { map.know(key); });
    for (const char* key : kKeys) {
        if (!map.has(key)) {
            continue;
        }
        note(map, key, draft);
        if (!quantizes && names_another) {
            problems.add(map.where(key),
                         map.has("provider")
                             ? "belongs to a type that assay makes, not to a server's own model"
                             : "belongs to a type that assay makes, not to a finished file");
            return;
        }
    }
    if (map.text("imatrix", word) && word != kImatrixMade) {
        entry.imatrix = absolute_path(folder, word, map.where("imatrix"), problems);
    }
    if (map.text("imatrix-text", file)) {
        text.file = absolute_path(folder, file, map.where("imatrix-text"), problems);
    }
    map.read("imatrix-chunks", text.n_chunks, kImatrixChunks);
    if (word == kImatrixMade) {
        entry.imatrix_text = text;
        return;
    }
    for (const char* key : {"imatrix-text", "imatrix-chunks"}) {
        if (map.has(key)) {
            problems.add(map.where(key),
                         "is for an importance matrix that is made",
                         "Write imatrix: make beside it.");
            return;
        }
    }
}

void apply_imatrix_flags(const Overrides& flags, Draft& draft, Problems& problems) {
    if (flags.imatrix) {
        apply_matrix(*flags.imatrix, draft, problems);
    }
    if (flags.imatrix_text) {
        const std::string text = absolute_path(
            draft.working_dir, *flags.imatrix_text, {"--imatrix-text", 0, 0, ""}, problems);
        apply_to_made(
            "--imatrix-text",
            "imatrix-text",
            [&](ImatrixText& made) { made.file = text; },
            draft,
            problems);
    }
    if (!flags.imatrix_chunks) {
        return;
    }
    if (std::string message = complaint(static_cast<double>(*flags.imatrix_chunks), kImatrixChunks);
        !message.empty()) {
        problems.add({"--imatrix-chunks", 0, 0, ""}, std::move(message));
        return;
    }
    apply_to_made(
        "--imatrix-chunks",
        "imatrix-chunks",
        [&](ImatrixText& text) { text.n_chunks = static_cast<int>(*flags.imatrix_chunks); },
        draft,
        problems);
}

void check_imatrix_text(const std::string& place,
                        const VariantSpec& variant,
                        const Draft& draft,
                        Problems& problems) {
    const TypeSource* type = variant.type();
    if (type == nullptr || !type->imatrix_text) {
        return;
    }
    const std::string& text = type->imatrix_text->file;
    const std::string key = place + ".imatrix-text";
    if (text.empty()) {
        if (!draft.origins.contains(key)) {  // else its path was reported
            problems.add(draft.origin(place + ".imatrix"),
                         "an importance matrix is made from a text, and none is given",
                         kTextRemedy);
        }
        return;
    }
    std::error_code error;
    if (std::filesystem::equivalent(text, draft.plan.dataset.file, error)) {
        problems.add(
            draft.origin(key),
            "is the dataset itself: the quantization would be fitted to the questions that "
            "it is then measured with",
            "Name another text of the same kind.");
    }
}

std::string ways_to_an_imatrix(std::string_view type) {
    return fmt::format(
        "Write {{type: {0}, imatrix: make, imatrix-text: FILE}} (or --imatrix make "
        "--imatrix-text FILE) to have one made from a text, or imatrix: FILE with one "
        "of llama-imatrix.",
        type);
}

}  // namespace assay::config
