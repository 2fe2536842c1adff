#include "assay/engine/gguf_kind.hpp"

#include <fmt/format.h>

#include <optional>

#include "assay/base/text.hpp"
#include "assay/engine/gguf_file.hpp"

namespace assay::engine {
namespace {

constexpr const char* kGiveTheModel = "Give the model's own file.";

/// What a file is that is no language model.
struct Kind {
    std::string what;
    std::string remedy;
};

/// What a file says of itself.
struct Metadata {
    const gguf_context* gguf;
    std::string type;  ///< general.type; older files have none
    std::string architecture;
};

Metadata metadata_of(const gguf_context* gguf) {
    return {gguf,
            string_at(gguf, "general.type").value_or(""),
            string_at(gguf, "general.architecture").value_or("")};
}

/// The part of a multimodal model that turns images or sound into what the model reads.
std::optional<Kind> projector(const Metadata& file) {
    const bool by_keys = file.architecture.empty() && has_key_below(file.gguf, "clip.");
    if (file.architecture != "clip" && file.type != "mmproj" && file.type != "clip-vision" &&
        !by_keys) {
        return std::nullopt;
    }
    const auto encodes = [&](const std::string& what) {
        return truth_at(file.gguf, "clip.has_" + what + "_encoder")
            .value_or(has_key_below(file.gguf, "clip." + what + "."));
    };
    const bool hears = encodes("audio");
    std::string of_what = hears ? "sound" : "image";
    if (hears && encodes("vision")) {
        of_what = "image and sound";
    }
    return Kind{fmt::format("a projector (the {} encoder of a multimodal model)", of_what),
                kGiveTheModel};
}

/// What changes a model when it is laid over it.
std::optional<Kind> adapter(const Metadata& file) {
    if (file.architecture == "controlvector") {
        return Kind{"a control vector", kGiveTheModel};
    }
    const auto kind = string_at(file.gguf, "adapter.type");
    if (file.type != "adapter" && !kind) {
        return std::nullopt;
    }
    const bool is_lora = kind && to_lower_ascii(*kind).ends_with("lora");
    const auto base = string_at(file.gguf, "general.base_model.0.name");
    return Kind{fmt::format("{} adapter{}",
                            is_lora ? "a LoRA" : "an",
                            base ? fmt::format(" for {}", shorten(*base, 80)) : ""),
                "It only changes a model: give that model's own file, and the adapter with --lora "
                "(`lora` beside `file` in an experiment file)."};
}

std::optional<Kind> importance_matrix(const Metadata& file) {
    const bool by_keys = file.architecture.empty() && has_key_below(file.gguf, "imatrix.");
    if (file.type != "imatrix" && !by_keys) {
        return std::nullopt;
    }
    return Kind{
        "an importance matrix",
        "Give it with --imatrix (`imatrix` in an experiment file), and the model's own file "
        "here."};
}

std::optional<Kind> other_type(const Metadata& file) {
    if (file.type.empty() || file.type == "model") {
        return std::nullopt;
    }
    return Kind{fmt::format("a GGUF of type \"{}\"", shorten(file.type, 40)), kGiveTheModel};
}

/// False: it reads a text as a whole, in both directions.
bool is_causal(const Metadata& file) {
    return truth_at(file.gguf, file.architecture + ".attention.causal").value_or(true);
}

}  // namespace

Result<bool> check_is_language_model(const gguf_context* gguf, const std::string& path) {
    const Metadata file = metadata_of(gguf);
    for (const auto look : {projector, adapter, importance_matrix, other_type}) {
        if (const auto kind = look(file)) {
            return fail(fmt::format("is {}, not a language model", kind->what), path, kind->remedy);
        }
    }
    if (!is_causal(file)) {
        return fail(
            fmt::format("does not write token by token (the attention of architecture {} is "
                        "not causal): it makes embeddings, or is a diffusion model",
                        shorten(file.architecture, 40)),
            path,
            "assay compares models that write text from left to right.");
    }
    return true;
}

}  // namespace assay::engine
