#include "assay/config/named_files.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "assay/base/text.hpp"
#include "assay/intake/encoding.hpp"
#include "assay/records/checkpoint_name.hpp"

namespace assay::config {
namespace {

constexpr std::size_t kMostTextBytes = 1 << 20;

}  // namespace

bool NamedFiles::look_for(const std::string& key, const std::string& file) {
    if (file.empty() || file.starts_with(kOllamaFile)) {
        return false;  // a name is looked up when the run begins
    }
    if (const auto folder = checkpoint_of(file)) {
        look_for_folder(key, std::string(*folder));
        return false;
    }
    std::error_code error;
    const auto status = std::filesystem::status(file, error);
    if (std::filesystem::is_regular_file(status)) {
        return true;
    }
    const char* what = "is not a file";
    if (std::filesystem::is_directory(status)) {
        what = "is a folder, not a file";
    }
    if (status.type() == std::filesystem::file_type::not_found) {
        what = "no such file";
    }
    if (status.type() == std::filesystem::file_type::none) {
        what = "cannot be looked at";
    }
    add(key,
        fmt::format("{}: {}", what, file),
        file.find("/~") != std::string::npos ? "\"~\" has no meaning here; write the whole path."
                                             : "");
    return false;
}

/// What is in it is looked at when the run begins.
void NamedFiles::look_for_folder(const std::string& key, const std::string& folder) {
    std::error_code error;
    const auto status = std::filesystem::status(folder, error);
    if (std::filesystem::is_directory(status)) {
        return;
    }
    const bool exists = std::filesystem::exists(status);
    add(key,
        fmt::format("{}: {}", exists ? "is a file, not a folder" : "no such folder", folder),
        exists ? "A GGUF file is named with file." : "");
}

void NamedFiles::look_for_adapters(const std::string& key, const VariantEntry& entry) {
    for (std::size_t i = 0; i < entry.lora.size(); ++i) {
        const std::string place = fmt::format("{}.lora[{}]", key, i);
        look_for(place, entry.lora[i].file);
        if (checkpoint_of(entry.lora[i].file) && !checkpoint_of(entry.file)) {
            add(place,
                "is the folder of an adapter, which is converted with the config.json of its "
                "model, and the model is a GGUF file",
                "Name the model's folder with checkpoint, or the adapter as a GGUF file.");
        }
    }
}

void NamedFiles::look_for_all() {
    const VariantEntry baseline = entry_of(plan_.baseline);
    look_for("baseline.file", baseline.file);
    look_for_adapters("baseline", baseline);
    look_for(written("baseline.answers") ? "baseline.answers" : "baseline.file", baseline.answers);
    if (plan_.dataset.file != baseline.answers) {
        look_for("dataset.file", plan_.dataset.file);
    }
    look_for("engine.path", plan_.engine.path);
    for (std::size_t i = 0; i < plan_.variants.size(); ++i) {
        const std::string key = fmt::format("variants[{}]", i);
        const VariantEntry entry = entry_of(plan_.variants[i]);
        look_for(written(key + ".file") ? key + ".file" : key, entry.file);
        look_for(written(key + ".answers") ? key + ".answers" : key, entry.answers);
        look_for(key + ".imatrix", entry.imatrix);
        look_for(key + ".imatrix-text", entry.imatrix_text.value_or(ImatrixText()).file);
        look_for_adapters(key, entry);
    }
    for (std::size_t i = 0; i < plan_.judges.size(); ++i) {
        const std::string key = fmt::format("judges[{}]", i);
        if (plan_.judges[i].kind() == JudgeKind::kEmbedded) {
            const std::string& file = plan_.judges[i].embedded().file;
            look_for(written(key + ".file") ? key + ".file" : key, file);
        }
    }
}

std::optional<std::string> NamedFiles::read_text(const std::string& key, const std::string& file) {
    if (!look_for(key, file)) {
        return std::nullopt;
    }
    std::error_code error;
    if (std::filesystem::file_size(file, error) > kMostTextBytes) {
        add(key, fmt::format("{} is larger than 1 MiB, which no prompt is", file));
        return std::nullopt;
    }
    auto text = intake::read_text_file(file);
    if (!text) {
        add(key, to_sentence(text.error()));
    } else if (trim(*text).empty()) {
        add(key, fmt::format("{} is empty", file));
    } else {
        return std::move(*text);
    }
    return std::nullopt;
}

}  // namespace assay::config
