// What must be true of a peft adapter before it is converted.
//
// Problem: llama.cpp's script reads of adapter_config.json only lora_alpha, and takes every adapter
// for one that adds alpha / rank * B A. Of a method that does more, or scales in another way, it
// makes a file without an error, and the model is another one than was trained.
//
// Model: each setting of peft that changes what is added has a row with the value that it must
// have. A setting that is not there has peft's default, which is plain LoRA.

#include "assay/variants/adapter_folder.hpp"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "assay/base/text.hpp"

namespace assay::variants {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kMergeByHand =
    "Merge it with peft (model.merge_and_unload(), save_pretrained) and name that folder as a "
    "checkpoint.";

/// Settings that must be false, none or empty, and what they stand for.
constexpr std::array<std::pair<const char*, const char*>, 9> kPlain{{
    {"use_rslora", "scales by the root of the rank"},
    {"use_dora", "scales the weights' directions"},
    {"use_qalora", "is made for quantized weights"},
    {"alpha_pattern", "has another alpha for some modules"},
    {"fan_in_fan_out", "is of transposed weights"},
    {"modules_to_save", "comes with whole modules"},
    {"trainable_token_indices", "comes with token embeddings"},
    {"lora_bias", "comes with biases"},
    {"alora_invocation_tokens", "works behind certain tokens only"},
}};

bool is_plain(const json& value) {
    return value.is_null() || value == false || value == "" ||
           (value.is_structured() && value.empty());
}

Result<bool> check_method(const json& config, const std::string& place) {
    const json type = config.value("peft_type", json());
    if (type != "LORA") {
        return fail(
            "is no LoRA adapter: peft_type is " + shorten(type.dump(), 40), place, kMergeByHand);
    }
    if (!config.contains("lora_alpha") || !config["lora_alpha"].is_number()) {
        return fail("does not say its lora_alpha", place, "Give the folder as peft saved it.");
    }
    for (const auto& [key, what] : kPlain) {
        if (!is_plain(config.value(key, json()))) {
            return fail(
                fmt::format(
                    "the adapter {} ({}), and llama.cpp's script leaves that out", what, key),
                place,
                kMergeByHand);
        }
    }
    const json bias = config.value("bias", json("none"));
    if (bias != "none" && !bias.is_null()) {
        return fail("the adapter comes with biases (bias), and llama.cpp's script leaves them out",
                    place,
                    kMergeByHand);
    }
    // These draw the first values of A and B only; the others change the base, too.
    const json start = config.value("init_lora_weights", json(true));
    if (start.is_string() && start != "gaussian" && start != "eva" && start != "orthogonal") {
        return fail(fmt::format("the adapter began as {} (init_lora_weights), which changes the "
                                "base's weights, too",
                                shorten(start.dump(), 40)),
                    place,
                    kMergeByHand);
    }
    return true;
}

}  // namespace

Result<CheckpointFolder> look_at_adapter(const fs::path& folder) {
    const fs::path config_path = folder / "adapter_config.json",
                   weights = folder / "adapter_model.safetensors";
    const std::string place = to_valid_utf8(folder.native());
    std::error_code error;
    if (!fs::is_directory(folder, error)) {
        return fail("there is no such folder", place, "A GGUF of an adapter is named with file.");
    }
    if (!fs::is_regular_file(config_path, error)) {
        return fail("holds no adapter_config.json, so it is no adapter of peft's", place);
    }
    if (!fs::is_regular_file(weights, error)) {
        const bool has_pickle = fs::exists(folder / "adapter_model.bin", error);
        return fail(has_pickle
                        ? "holds its weights as a pickle only, which runs code when it is read"
                        : "holds no adapter_model.safetensors",
                    place,
                    "Save it as safetensors: model.save_pretrained(DIR).");
    }
    const auto text = read_file(config_path);
    if (!text) {
        return tl::unexpected(text.error());
    }
    const json config = json::parse(*text, nullptr, false);
    if (!config.is_object()) {
        return fail("is not a JSON object", config_path.string(), "Get it again.");
    }
    if (auto checked = check_method(config, place); !checked) {
        return tl::unexpected(checked.error());
    }
    if (auto checked = check_safetensors(weights); !checked) {
        return tl::unexpected(checked.error());
    }
    return CheckpointFolder{folder, {config_path, weights}, fs::file_size(weights, error)};
}

}  // namespace assay::variants
