#include "assay/config/lora_entry.hpp"

#include <fmt/format.h>

#include <charconv>

#include "assay/base/text.hpp"
#include "assay/config/checkpoint_entry.hpp"
#include "assay/config/draft.hpp"
#include "assay/records/checkpoint_name.hpp"

namespace assay::config {
namespace {

using Kind = YamlNode::Kind;

constexpr const char* kForm = "Write lora: [{file: adapter.gguf, scale: 1.0}].";

void read_adapters(MapReader& map,
                   const std::filesystem::path& folder,
                   VariantEntry& entry,
                   Draft& draft,
                   Problems& problems) {
    const YamlNode* list = map.value("lora");
    if (list == nullptr) {
        return;
    }
    if (list->kind != Kind::kList || list->items.empty()) {
        const bool empty = list->kind == Kind::kList;
        problems.add(
            map.where("lora"),
            empty ? "is empty" : fmt::format("must be a list of adapters, not {}", describe(*list)),
            kForm);
        return;
    }
    for (const YamlNode& item : list->items) {
        const std::string key = fmt::format("{}[{}]", map.path_of("lora"), entry.lora.size());
        const Where where = map.where(item, key);
        draft.origins[key] = where;
        LoraSpec& adapter = entry.lora.emplace_back();
        if (item.kind == Kind::kScalar) {
            adapter.file = adapter_or_checkpoint_of(folder, item.text, where, problems);
            continue;
        }
        if (item.kind != Kind::kMap) {
            problems.add(where, fmt::format("must be a file, not {}", describe(item)), kForm);
            continue;
        }
        MapReader adapter_map(item, key, where.source, problems);
        std::string file, checkpoint;
        if (adapter_map.text("file", file)) {
            adapter.file = absolute_path(folder, file, adapter_map.where("file"), problems);
        }
        if (adapter_map.text("checkpoint", checkpoint)) {
            const Where place = adapter_map.where("checkpoint");
            adapter.file = adapter_or_checkpoint_of(
                folder, std::string(kCheckpoint) + checkpoint, place, problems);
        }
        const bool has_file = adapter_map.has("file"), has_folder = adapter_map.has("checkpoint");
        if (has_file && has_folder) {
            problems.add(adapter_map.where("checkpoint"), "is given beside file; give one of them");
        }
        if (!has_file && !has_folder) {
            problems.add(where, "names no file", kForm);
        }
        adapter_map.read("scale", adapter.scale, kLoraScale);
        adapter_map.finish();
    }
}

/// Its file, to be run here or by a server; null: there is none.
FileSource* file_of(VariantSpec& variant) {
    ServedSource* served = variant.served();
    return served ? std::get_if<FileSource>(&served->ours)
                  : std::get_if<FileSource>(&variant.source);
}

LoraSpec scaled_adapter(std::string_view text,
                        const std::filesystem::path& folder,
                        Problems& problems) {
    const Where where{"--lora-scaled", 0, 0, ""};
    const std::size_t colon = text.rfind(':');
    LoraSpec out;
    if (colon == std::string_view::npos) {
        problems.add(where,
                     fmt::format("\"{}\" names no scale", shorten(to_valid_utf8(text), 80)),
                     "Write FILE:SCALE, for example adapter.gguf:0.5.");
        return out;
    }
    const std::string_view number = text.substr(colon + 1);
    const auto read = std::from_chars(number.data(), number.data() + number.size(), out.scale);
    if (read.ec != std::errc() || read.ptr != number.data() + number.size()) {
        problems.add(where,
                     fmt::format("\"{}\" is no number", shorten(to_valid_utf8(number), 40)),
                     "Write FILE:SCALE, for example adapter.gguf:0.5.");
    } else if (std::string message = complaint(out.scale, kLoraScale); !message.empty()) {
        problems.add(where, "the scale " + message);
    }
    out.file = adapter_or_checkpoint_of(folder, text.substr(0, colon), where, problems);
    return out;
}

}  // namespace

void read_lora(MapReader& map,
               const std::filesystem::path& folder,
               VariantEntry& entry,
               Draft& draft,
               Problems& problems) {
    map.know("lora");
    if (!map.has("lora")) {
        return;
    }
    if (map.has("file") || map.has("checkpoint")) {
        read_adapters(map, folder, entry, draft, problems);
        return;
    }
    if (!map.has("type") && !map.has("quant")) {
        problems.add(map.where("lora"),
                     "belongs to a file, or to a type that is made of the baseline's",
                     "A server's own model has its own adapters (of llama-server they are read "
                     "back), and answers were made with theirs.");
        return;
    }
    draft.origins[map.path_of("lora")] = map.where("lora");
    std::string word;
    if (!map.read("lora", word, Words{kLoraWords})) {
        return;
    }
    entry.lora_applied = true;
    if (map.has("provider") && entry.served.provider != "ollama") {
        problems.add(map.where("lora"),
                     "applied is of a variant that assay-engine or Ollama runs",
                     "Start the server with --lora: assay reads its adapters back.");
    }
}

void apply_lora_flags(const Overrides& flags, Draft& draft, Problems& problems) {
    const auto add = [&](const char* flag, LoraSpec adapter) {
        FileSource* source = file_of(draft.plan.baseline);
        if (source == nullptr || source->file.empty()) {
            problems.add({flag, 0, 0, ""},
                         "changes the baseline's file, and the baseline is none",
                         "Name the GGUF that the adapter was trained on with -m.");
            return;
        }
        draft.origins[fmt::format("baseline.lora[{}]", source->lora.size())] = {flag, 0, 0, ""};
        source->lora.push_back(std::move(adapter));
    };
    if (FileSource* source = file_of(draft.plan.baseline);
        source != nullptr && !(flags.lora.empty() && flags.lora_scaled.empty())) {
        source->lora.clear();
    }
    for (const std::string& file : flags.lora) {
        add("--lora",
            {adapter_or_checkpoint_of(draft.working_dir, file, {"--lora", 0, 0, ""}, problems)});
    }
    for (const std::string& text : flags.lora_scaled) {
        add("--lora-scaled", scaled_adapter(text, draft.working_dir, problems));
    }
}

}  // namespace assay::config
