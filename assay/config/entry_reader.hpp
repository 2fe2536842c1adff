#pragma once
// What the readers of an experiment file's blocks share: values go into the draft, and where each
// was written is noted.

#include <filesystem>
#include <string>
#include <string_view>

#include "assay/config/draft.hpp"
#include "assay/config/yaml_reader.hpp"
#include "assay/records/settings.hpp"

namespace assay::config {

class EntryReader {
 public:
    /// Relative paths are relative to `folder`. `draft` and `problems` must outlive the reader.
    EntryReader(std::filesystem::path folder, Draft& draft, Problems& problems)
        : folder_(std::move(folder)), draft_(draft), problems_(problems) {}

 protected:
    void note(const MapReader& map, std::string_view key) {
        draft_.origins[map.path_of(key)] = map.where(key);
    }

    bool note_text(MapReader& map, std::string_view key, std::string& field) {
        if (!map.text(key, field)) {
            return false;
        }
        note(map, key);
        return true;
    }

    /// A text that is a path: absolute in `field`.
    bool path(MapReader& map, std::string_view key, std::string& field) {
        std::string text;
        if (map.has(key)) {
            note(map, key);
        }
        if (!map.text(key, text)) {
            return false;
        }
        field = absolute_path(folder_, text, map.where(key), problems_);
        return true;
    }

    /// The same for a model's file, which may be "ollama:NAME".
    bool model_path(MapReader& map, std::string_view key, std::string& field) {
        std::string text;
        if (map.has(key)) {
            note(map, key);
        }
        if (!map.text(key, text)) {
            return false;
        }
        field = model_path_of(folder_, text, map.where(key), problems_);
        return true;
    }

    /// For the visit_... functions of records/settings.hpp: reads each setting that is there.
    auto reader(MapReader& map) {
        return [this, &map](const Setting& setting, auto& field, const auto& rule) {
            if (map.read(setting.key, field, rule)) {
                note(map, setting.key);
            }
        };
    }

    /// llama.cpp's short form of a setting, as a key: "ctk".
    static std::string_view short_key(const Setting& setting) {
        return setting.short_flag.substr(1);
    }

    /// For visit_recipe: reads each setting that is there by its short form.
    auto short_reader(MapReader& map) {
        return [this, &map](const Setting& setting, auto& field, const auto& rule) {
            const std::string_view key = short_key(setting);
            if (!map.has(key)) {
                return;
            }
            if (map.has(setting.key)) {
                map.know(key);
                problems_.add(map.where(key),
                              "is given beside " + std::string(setting.key) +
                                  ", which is the same; give one of them");
            } else if (map.read(key, field, rule)) {
                draft_.origins[map.path_of(setting.key)] = map.where(key);
            }
        };
    }

    const std::filesystem::path folder_;
    Draft& draft_;
    Problems& problems_;
};

}  // namespace assay::config
