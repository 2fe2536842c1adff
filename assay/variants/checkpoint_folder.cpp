// What must be true of a checkpoint folder before Python is started on it.
//
// Problem: the conversion script says little of a folder that is not complete, reads pickles (which
// run code when they are read) where there are no safetensors, and makes a wrong file of some.
//
// Model: the names in the folder, config.json, the index of the parts, and the header of each part,
// which says how long it is. Symbolic links are followed: the cache of Hugging Face consists of
// them.
//
// Invariant: every file of `files` is there and can be opened, and every part of the weights is as
// long as it says. Its hash covers all that the script reads but the model card, which only
// describes.

#include "assay/variants/checkpoint_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"

namespace assay::variants {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uint64_t kMostHeader = 100'000'000;  ///< as the format limits it
constexpr std::string_view kAgain = "Get it again.";

std::string name_of(const fs::path& path) {
    return to_valid_utf8(path.filename().native());
}

std::string shown(const fs::path& path) {
    return to_valid_utf8(path.native());
}

bool is_part(const std::string& name) {
    return name.starts_with("model") && name.ends_with(".safetensors");
}

/// Whether the script, or the tokenizer, may read it.
bool is_read(const fs::path& path) {
    constexpr std::array<std::string_view, 7> kEndings{
        ".json", ".safetensors", ".model", ".txt", ".jinja", ".tiktoken", ".py"};
    const std::string ending = path.extension().string();
    return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

Result<std::vector<fs::path>> files_in(const fs::path& folder) {
    std::vector<fs::path> out;
    for (const fs::path& place : {folder, folder / "additional_chat_templates"}) {
        std::error_code error;
        fs::directory_iterator entry(place, error);
        if (error && place == folder) {
            return fail(fmt::format("cannot be read: {}", error.message()), shown(folder));
        }
        for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
            std::error_code ignored;
            if (!entry->is_directory(ignored)) {
                out.push_back(entry->path());
            }
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}

Result<json> json_in(const fs::path& path) {
    const auto text = read_file(path);
    if (!text) {
        return tl::unexpected(text.error());
    }
    json out = json::parse(*text, nullptr, false);
    if (!out.is_object()) {
        return fail("is not a JSON object", shown(path), std::string(kAgain));
    }
    return out;
}

Result<bool> check_config(const fs::path& folder) {
    const auto config = json_in(folder / "config.json");
    if (!config) {
        return tl::unexpected(config.error());
    }
    const auto architectures = config->find("architectures");
    if (architectures == config->end() || !architectures->is_array() || architectures->empty()) {
        return fail("does not name an architecture (\"architectures\")",
                    shown(folder / "config.json"),
                    "Give the folder as transformers saved it.");
    }
    const auto quantized = config->find("quantization_config");
    if (quantized != config->end() && !quantized->is_null()) {
        return fail(
            "its weights are quantized (\"quantization_config\"), and a baseline made of "
            "them would hide what that cost",
            shown(folder),
            "Give the original, or convert it by hand and name the GGUF file.");
    }
    return true;
}

Result<bool> check_tokenizer(const fs::path& folder, const std::set<std::string>& names) {
    const bool has_pair = names.contains("vocab.json") && names.contains("merges.txt");
    const bool has_other = std::any_of(names.begin(), names.end(), [](const std::string& name) {
        return name == "tokenizer.json" || name == "tokenizer.model" || name == "vocab.txt" ||
               name.ends_with(".tiktoken");
    });
    if (has_pair || has_other) {
        return true;
    }
    return fail(
        "holds no tokenizer (tokenizer.json, tokenizer.model, or vocab.json and merges.txt)",
        shown(folder),
        "Save it beside the weights: tokenizer.save_pretrained(DIR).");
}

/// Names of the parts that the index, or the number in a part's name, says must be there.
Result<std::set<std::string>> wanted_parts(const fs::path& folder,
                                           const std::set<std::string>& names) {
    std::set<std::string> out;
    constexpr const char* kIndex = "model.safetensors.index.json";
    if (names.contains(kIndex)) {
        const auto index = json_in(folder / kIndex);
        if (!index) {
            return tl::unexpected(index.error());
        }
        const json map = index->value("weight_map", json::object());
        for (const json& part : map) {
            out.insert(part.is_string() ? part.get<std::string>() : "");
        }
    }
    for (const std::string& name : names) {
        const std::size_t of = name.rfind("-of-");
        int n_parts = 0;
        if (is_part(name) && of != std::string::npos && of >= 6 &&
            std::sscanf(name.c_str() + of, "-of-%5d", &n_parts) == 1) {
            for (int i = 1; i <= n_parts; ++i) {
                out.insert(fmt::format("{}{:05}{}", name.substr(0, of - 5), i, name.substr(of)));
            }
        }
    }
    return out;
}

Result<bool> check_parts(const fs::path& folder, const std::set<std::string>& names) {
    const auto wanted = wanted_parts(folder, names);
    if (!wanted) {
        return tl::unexpected(wanted.error());
    }
    for (const std::string& part : *wanted) {
        if (!names.contains(part)) {
            return fail(fmt::format("a part of its weights is missing: {}", shorten(part, 80)),
                        shown(folder),
                        std::string(kAgain));
        }
    }
    if (std::none_of(names.begin(), names.end(), is_part)) {
        const bool has_pickle = std::any_of(names.begin(), names.end(), [](const auto& name) {
            return name.ends_with(".bin") || name.ends_with(".pt") || name.ends_with(".pth");
        });
        return fail(has_pickle
                        ? "holds its weights as pickles only, which run code when they are read"
                        : "holds no weights (model.safetensors)",
                    shown(folder),
                    has_pickle ? "Save it as safetensors: model.save_pretrained(DIR)." : "");
    }
    return true;
}

}  // namespace

Result<bool> check_safetensors(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return fail("cannot be opened", shown(path), "Look at its permissions.");
    }
    std::array<unsigned char, 8> length{};
    file.read(reinterpret_cast<char*>(length.data()), length.size());
    std::uint64_t n = 0;
    for (std::size_t i = length.size(); i-- > 0;) {
        n = n << 8 | length[i];
    }
    std::error_code error;
    const std::uint64_t size = fs::file_size(path, error);
    const std::string begin(reinterpret_cast<char*>(length.data()), length.size());
    if (begin == "version ") {
        return fail("is a pointer of Git LFS, not the weights", shown(path), "Run `git lfs pull`.");
    }
    if (!file || error || n > kMostHeader || n + length.size() > size) {
        return fail("is not a whole safetensors file", shown(path), std::string(kAgain));
    }
    std::string text(n, '\0');
    file.read(text.data(), static_cast<std::streamsize>(n));
    const json header = json::parse(text, nullptr, false);
    if (!file || !header.is_object()) {
        return fail("has a header that is no JSON object", shown(path), std::string(kAgain));
    }
    std::uint64_t end = 0;
    for (const auto& [name, tensor] : header.items()) {
        const json* offsets = tensor.is_object() && tensor.contains("data_offsets")
                                  ? &tensor["data_offsets"]
                                  : nullptr;
        if (offsets == nullptr) {
            continue;  // "__metadata__"
        }
        if (!offsets->is_array() || offsets->size() != 2 || !(*offsets)[1].is_number_unsigned()) {
            return fail(fmt::format("does not say where {} lies", shorten(name, 80)), shown(path));
        }
        end = std::max(end, (*offsets)[1].get<std::uint64_t>());
    }
    if (end > size - length.size() - n) {
        return fail(fmt::format("is cut off: it has {} bytes of values, and its header says {}",
                                size - length.size() - n,
                                end),
                    shown(path),
                    std::string(kAgain));
    }
    return true;
}

Result<CheckpointFolder> look_at_checkpoint(const fs::path& folder) {
    std::error_code error;
    if (!fs::is_directory(folder, error)) {
        return fail(error || !fs::exists(folder, error) ? "there is no such folder"
                                                        : "is a file, not a checkpoint folder",
                    shown(folder),
                    "A GGUF file is named with file.");
    }
    auto files = files_in(folder);
    if (!files) {
        return tl::unexpected(files.error());
    }
    std::set<std::string> names;
    for (const fs::path& file : *files) {
        names.insert(name_of(file));
    }
    if (!names.contains("config.json")) {
        const bool is_adapter = names.contains("adapter_config.json");
        return fail(
            is_adapter ? "is the folder of a LoRA adapter, not of a model" : "holds no config.json",
            shown(folder),
            is_adapter ? "Merge it into its model, or convert it with llama.cpp's "
                         "convert_lora_to_gguf.py and name the file under lora."
                       : "Give the folder that transformers saved the model in.");
    }
    for (const auto& checked :
         {check_config(folder), check_tokenizer(folder, names), check_parts(folder, names)}) {
        if (!checked) {
            return tl::unexpected(checked.error());
        }
    }
    CheckpointFolder out{folder, {}, 0};
    for (const fs::path& file : *files) {
        if (!is_read(file)) {
            continue;
        }
        if (is_part(name_of(file))) {
            if (auto checked = check_safetensors(file); !checked) {
                return tl::unexpected(checked.error());
            }
            out.weight_bytes += fs::file_size(file, error);
        }
        out.files.push_back(file);
    }
    return out;
}

Result<std::string> sha256_of_checkpoint(const CheckpointFolder& checkpoint,
                                         const std::function<void(std::uint64_t)>& on_bytes) {
    std::vector<std::string> fields;
    for (const fs::path& file : checkpoint.files) {
        auto hash = sha256_of_file(file, on_bytes);
        if (!hash) {
            return hash;
        }
        fields.push_back(file.lexically_relative(checkpoint.path).native());
        fields.push_back(std::move(*hash));
    }
    return sha256_of_fields(fields);
}

}  // namespace assay::variants
