#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "assay/base/text.hpp"
#include "assay/config/draft.hpp"
#include "assay/config/judge_address.hpp"
#include "assay/config/quant_types.hpp"
#include "assay/config/settings.hpp"
#include "assay/config/yaml_reader.hpp"
#include "assay/records/judge_provider.hpp"

namespace assay::config {
namespace {

using Kind = YamlNode::Kind;

constexpr auto kProviders = [] {
    std::array<std::string_view, kJudgeProviders.size() + kByHandProviders.size() + 1> names{"reference"};
    for (std::size_t i = 0; i < kJudgeProviders.size(); ++i) names[i + 1] = kJudgeProviders[i].name;
    for (std::size_t i = 0; i < kByHandProviders.size(); ++i) names[1 + kJudgeProviders.size() + i] = kByHandProviders[i];
    return names;
}();
constexpr std::array<std::string_view, 4> kKeyWords{"api-key", "api_key", "key", "token"};

/// An environment variable by its customary spelling. Narrower than POSIX on purpose: a key that was pasted here by
/// mistake would be stored with the plan, and keys hold lower-case letters.
bool is_variable_name(std::string_view text) {
    return !text.empty() && !(text[0] >= '0' && text[0] <= '9') && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
}

class ExperimentFile {
 public:
    ExperimentFile(const YamlNode& root, const std::filesystem::path& folder, Draft& draft, Problems& problems)
        : folder_(folder),
          draft_(draft),
          plan_(draft.plan),
          problems_(problems),
          root_(root, "", draft.source, problems) {}

    void read() {
        note_text(root_, "name", plan_.name);
        read_baseline();
        read_variants();
        read_dataset();
        read_generation();
        read_judges();
        read_judging();
        read_analysis();
        read_engine();
        root_.read("blinding-seed", plan_.blinding_seed, kAnySeed);
        if (auto controls = block("controls")) {
            note_text(*controls, "known-bad", plan_.known_bad);
            controls->finish();
        }
        if (auto output = block("output")) {
            path(*output, "run", plan_.run_dir);
            output->finish();
        }
        draft_.meant = root_.finish();
    }

 private:
    std::optional<MapReader> block(std::string_view key) {
        const YamlNode* node = root_.block(key, Kind::kMap);
        if (!node) return std::nullopt;
        return std::optional<MapReader>(std::in_place, *node, std::string(key), draft_.source, problems_);
    }

    void note(const MapReader& map, std::string_view key) { draft_.origins[map.path_of(key)] = map.where(key); }

    bool note_text(MapReader& map, std::string_view key, std::string& field) {
        if (!map.text(key, field)) return false;
        note(map, key);
        return true;
    }

    bool path(MapReader& map, std::string_view key, std::string& field) {
        std::string text;
        if (map.has(key)) note(map, key);
        if (!map.text(key, text)) return false;
        field = absolute_path(folder_, text, map.where(key), problems_);
        return true;
    }

    auto reader(MapReader& map) {
        return [this, &map](std::string_view key, auto& field, const auto& rule) {
            if (map.read(key, field, rule)) note(map, key);
        };
    }

    /// A block that may also be written as its file alone: `baseline: model.gguf`.
    std::optional<MapReader> file_block(std::string_view key, std::string& file) {
        const YamlNode* node = root_.value(key);
        const Where where = root_.where(key);
        if (root_.has(key)) note(root_, key);
        if (node && node->kind == Kind::kMap) return block(key);
        if (root_.has(key)) draft_.origins[fmt::format("{}.file", key)] = where;
        if (!node || node->kind == Kind::kList) return node ? block(key) : std::nullopt;
        file = absolute_path(folder_, node->text, where, problems_);
        return std::nullopt;
    }

    void read_baseline() {
        auto baseline = file_block("baseline", plan_.baseline.file);
        if (!baseline) return;
        note_text(*baseline, "name", plan_.baseline.name);
        path(*baseline, "file", plan_.baseline.file);
        baseline->finish();
    }

    void read_variants() {
        const std::size_t n_before = problems_.size();
        const YamlNode* list = root_.block("variants", Kind::kList);
        if (list && list->items.empty())
            problems_.add(root_.where("variants"), "is empty", "For example: [Q8_0, Q4_K_M]");
        if (list || problems_.size() > n_before) note(root_, "variants");
        if (!list) return;
        for (std::size_t i = 0; i < list->items.size(); ++i) {
            const YamlNode& item = list->items[i];
            const std::string key = fmt::format("variants[{}]", i);
            const Where where = root_.where(item, key);
            draft_.origins[key] = where;
            VariantSpec variant;
            if (item.kind == Kind::kScalar) {
                variant = variant_of_text(item.text, folder_, where, problems_);
            } else if (item.kind == Kind::kMap) {
                variant = read_variant(item, key);
            } else {
                problems_.add(where, fmt::format("must be a type, a file or a mapping, not {}", describe(item)),
                              "Write Q4_K_M, other.gguf, or {name: mine, file: other.gguf}.");
            }
            plan_.variants.push_back(std::move(variant));
        }
    }

    VariantSpec read_variant(const YamlNode& node, const std::string& key) {
        MapReader map(node, key, draft_.source, problems_);
        VariantSpec variant;
        note_text(map, "name", variant.name);
        path(map, "file", variant.file);
        path(map, "imatrix", variant.imatrix);
        for (const std::string_view word : {"type", "quant"}) {
            std::string type;
            if (!map.text(word, type)) continue;
            variant.type = type_of_text(type, map.where(word), problems_);
            draft_.origins[key + ".type"] = map.where(word);
        }
        const int n_given = map.has("type") + map.has("quant") + map.has("file");
        if (n_given != 1) {
            problems_.add(map.where(""),
                          fmt::format("needs one of type and file, and has {}", n_given == 0 ? "none" : "several"),
                          "Write {type: Q4_K_M} or {name: mine, file: other.gguf}.");
        }
        if (map.has("file") && map.has("imatrix")) {
            problems_.add(map.where("imatrix"), "belongs to a type that assay makes, not to a finished file");
        }
        map.finish();
        return variant;
    }

    void read_dataset() {
        auto dataset = file_block("dataset", plan_.dataset.file);
        if (!dataset) return;
        path(*dataset, "file", plan_.dataset.file);
        if (dataset->read("limit", plan_.dataset.limit, kLimit)) note(*dataset, "limit");
        dataset->texts("ids", plan_.dataset.ids);
        dataset->texts("clusters", plan_.dataset.clusters);
        if (const YamlNode* node = dataset->block("fields", Kind::kMap)) {
            MapReader fields(*node, "dataset.fields", draft_.source, problems_);
            for (const std::string_view field : {"id", "question", "expected", "contexts", "cluster"}) {
                std::string name;
                if (!fields.text(field, name)) continue;
                if (name.empty()) problems_.add(fields.where(field), "is empty", "Name a field of the dataset.");
                plan_.dataset.fields[std::string(field)] = name;
            }
            fields.finish();
        }
        dataset->finish();
    }

    void read_generation() {
        auto generation = block("generation");
        if (!generation) return;
        GenerationSettings& settings = plan_.generation;
        visit_generation(settings, reader(*generation));
        draft_.has_system = note_text(*generation, "system", settings.system);
        path(*generation, "system-file", draft_.system_file);
        path(*generation, "prompt-template", draft_.prompt_template_file);
        note_text(*generation, "chat-template", settings.chat_template);
        path(*generation, "chat-template-file", draft_.chat_template_file);
        generation->texts("stop", settings.stop);
        for (const std::string text : {"system", "chat-template"}) {
            if (!generation->has(text) || !generation->has(text + "-file")) continue;
            problems_.add(generation->where(text + "-file"), fmt::format("is given beside {}; give one of them", text));
        }
        generation->finish();
    }

    void read_judges() {
        const YamlNode* list = root_.block("judges", Kind::kList);
        if (!list) return;
        note(root_, "judges");
        if (list->items.empty()) problems_.add(root_.where("judges"), "is empty", "Name a judge or leave the key out.");
        for (std::size_t i = 0; i < list->items.size(); ++i) {
            const YamlNode& item = list->items[i];
            const std::string key = fmt::format("judges[{}]", i);
            const Where where = root_.where(item, key);
            draft_.origins[key] = where;
            draft_.judge_template_files.emplace_back();
            JudgeSpec judge;
            if (item.kind == Kind::kMap) {
                judge = read_judge(item, key);
            } else if (item.kind != Kind::kScalar) {
                problems_.add(where, fmt::format("must be a mapping, not {}", describe(item)),
                              "Write {provider: reference}.");
            } else if (auto parsed = judge_of_text(item.text)) {
                judge = std::move(*parsed);
            } else {
                problems_.add(where, parsed.error().message, parsed.error().remedy);
            }
            plan_.judges.push_back(std::move(judge));
        }
    }

    JudgeSpec read_judge(const YamlNode& node, const std::string& key) {
        MapReader map(node, key, draft_.source, problems_);
        JudgeSpec judge;
        note_text(map, "name", judge.name);
        map.read("provider", judge.provider, Words{kProviders});
        if (!map.has("provider")) {
            problems_.add(map.where(""), "names no provider",
                          "Write provider: reference, or provider: openai with url and model.");
        }
        note_text(map, "model", judge.model);
        if (map.text("api-key-env", judge.api_key_env) && !is_variable_name(judge.api_key_env)) {
            problems_.add(map.where("api-key-env"), "must be the name of an environment variable, in capitals",
                          "Put the key itself into that variable.");
            judge.api_key_env.clear();
        }
        if (std::string url; map.text("url", url)) {
            auto checked = checked_url(url);
            if (!checked) problems_.add(map.where("url"), checked.error().message, checked.error().remedy);
            if (checked) judge.url = std::move(*checked);
        }
        check_provider(map, judge);
        visit_judge(judge, reader(map));
        visit_judge_transport(judge, reader(map));
        path(map, "prompt-template", draft_.judge_template_files.back());
        for (const std::string_view word : kKeyWords) {
            if (!map.has(word)) continue;
            map.know(word);
            problems_.add(map.where(word), "keys come from the environment only, never from a file",
                          "Put the key into a variable and write api-key-env: NAME_OF_THE_VARIABLE.");
        }
        map.finish();
        return judge;
    }

    void check_provider(const MapReader& map, const JudgeSpec& judge) {
        if (const JudgeProvider* provider = find_judge_provider(judge.provider)) {
            if (provider->needs_url && !map.has("url"))
                problems_.add(map.where(""), fmt::format("{} needs url", provider->name));
            if (!map.has("model")) problems_.add(map.where(""), fmt::format("{} needs model", provider->name));
            if (map.has("model") && trim(judge.model).empty()) problems_.add(map.where("model"), "is empty");
        } else if (judge.provider == "reference" || is_by_hand(judge.provider)) {
            for (const std::string_view useless : {"url", "model", "api-key-env", "prompt-template"}) {
                if (map.has(useless))
                    problems_.add(map.where(useless),
                                  judge.provider == "reference"
                                      ? std::string("belongs to an API judge; reference is a metric and needs nothing")
                                      : fmt::format("belongs to an API judge; the verdicts of {} are imported",
                                                    judge.provider));
            }
        }
    }

    void read_judging() {
        auto judging = block("judging");
        if (!judging) return;
        visit_judging(plan_.judging, reader(*judging));
        judging->finish();
    }

    void read_analysis() {
        auto analysis = block("analysis");
        if (!analysis) return;
        visit_analysis(plan_.analysis, reader(*analysis));
        visit_planning(plan_.analysis, reader(*analysis));
        analysis->finish();
    }

    void read_engine() {
        auto engine = block("engine");
        if (!engine) return;
        path(*engine, "path", plan_.engine.path);
        visit_machine(plan_.engine, reader(*engine));
        visit_engine(plan_.engine, reader(*engine));
        engine->finish();
    }

    const std::filesystem::path folder_;
    Draft& draft_;
    Plan& plan_;
    Problems& problems_;
    MapReader root_;
};

}  // namespace

std::string absolute_path(const std::filesystem::path& base,
                          std::string_view text,
                          const Where& where,
                          Problems& problems) {
    if (trim(text).empty() || text.find('\0') != std::string_view::npos) {
        problems.add(where, trim(text).empty() ? "is empty" : "holds a NUL character", "Name a file.");
        return "";
    }
    std::filesystem::path path = base / text;
    // "a/../b" is left as it is: if a is a symbolic link, it is not b.
    if (std::find(path.begin(), path.end(), "..") == path.end()) path = path.lexically_normal();
    if (is_valid_utf8(path.native())) return path.native();
    problems.add(where, fmt::format("the path {} is not valid UTF-8", to_valid_utf8(path.native())), "Rename it.");
    return "";
}

std::string type_of_text(std::string_view text, const Where& where, Problems& problems) {
    if (const auto type = find_quant_type(text)) return std::string(type->name);
    problems.add(where, fmt::format("unknown type \"{}\"; known: {}", shorten(text, 60), quant_type_list()));
    return "";
}

VariantSpec variant_of_text(std::string_view text,
                            const std::filesystem::path& base,
                            const Where& where,
                            Problems& problems) {
    VariantSpec variant;
    if (to_lower_ascii(text).ends_with(".gguf") || text.find('/') != std::string_view::npos) {
        variant.file = absolute_path(base, text, where, problems);
    } else {
        variant.type = type_of_text(text, where, problems);
    }
    return variant;
}

void read_experiment(const YamlNode& root, const std::filesystem::path& file, Draft& draft, Problems& problems) {
    const Where whole{draft.source, root.line, root.column, ""};
    if (root.kind == Kind::kNull) {
        problems.add({draft.source, 0, 0, ""}, "is empty", "`assay init` writes an example.");
    } else if (root.kind != Kind::kMap) {
        problems.add(whole, fmt::format("must be a mapping (key: value), not {}", describe(root)),
                     "`assay init` writes an example.");
    } else {
        ExperimentFile(root, file.parent_path(), draft, problems).read();
    }
}

}  // namespace assay::config
