#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>

#include "assay/base/text.hpp"
#include "assay/config/checkpoint_entry.hpp"
#include "assay/config/draft.hpp"
#include "assay/config/entry_reader.hpp"
#include "assay/config/imatrix_entry.hpp"
#include "assay/config/judge_address.hpp"
#include "assay/config/judge_entry.hpp"
#include "assay/config/lora_entry.hpp"
#include "assay/config/retrieval_entry.hpp"
#include "assay/config/served_entry.hpp"
#include "assay/config/variant_entry.hpp"
#include "assay/config/yaml_reader.hpp"

namespace assay::config {
namespace {

using Kind = YamlNode::Kind;

class ExperimentFile : EntryReader {
 public:
    ExperimentFile(const YamlNode& root,
                   const std::filesystem::path& folder,
                   Draft& draft,
                   Problems& problems)
        : EntryReader(folder, draft, problems),
          plan_(draft.plan),
          root_(root, "", draft.source, problems) {}

    void read() {
        note_text(root_, "name", plan_.name);
        read_baseline();
        read_variants();
        read_dataset();
        read_retrieval();
        read_generation();
        read_judges();
        read_judging();
        read_analysis();
        read_engine();
        visit_blinding(plan_, reader(root_));
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
        if (!node) {
            return std::nullopt;
        }
        return std::optional<MapReader>(
            std::in_place, *node, std::string(key), draft_.source, problems_);
    }

    /// A block that may also be written as one word, its file: `dataset: questions.jsonl`. `word`
    /// is empty if it is not.
    std::optional<MapReader> file_block(std::string_view key, std::string& word) {
        const YamlNode* node = root_.value(key);
        if (root_.has(key)) {
            note(root_, key);
        }
        if (node && node->kind == Kind::kMap) {
            return block(key);
        }
        if (root_.has(key)) {
            draft_.origins[fmt::format("{}.file", key)] = root_.where(key);
        }
        if (!node || node->kind == Kind::kList) {
            return node ? block(key) : std::nullopt;
        }
        word = node->text;
        return std::nullopt;
    }

    void read_baseline() {
        std::string word;
        const std::size_t n_before = problems_.size();
        auto baseline = file_block("baseline", word);
        if (baseline) {
            VariantEntry entry;
            note_text(*baseline, "name", plan_.baseline.name);
            model_path(*baseline, "file", entry.file);
            read_checkpoint(*baseline, folder_, entry, draft_, problems_);
            read_answers(*baseline, entry);
            read_served(*baseline, entry.served, problems_);
            read_lora(*baseline, folder_, entry, draft_, problems_);
            read_recipe(*baseline, "baseline");
            plan_.baseline.source = source_of(std::move(entry));
            if (baseline->has("provider")) {
                note(*baseline, "provider");
            }
            for (const std::string key : {"file", "checkpoint"}) {
                if (baseline->has(key) && baseline->has("answers")) {
                    problems_.add(baseline->where("answers"),
                                  fmt::format("is given beside {}; give one of them", key));
                }
            }
            baseline->finish();
        } else if (root_.has("baseline") && problems_.size() == n_before) {
            plan_.baseline = baseline_of_text(word, folder_, root_.where("baseline"), problems_);
            if (!plan_.baseline.name.empty()) {
                draft_.origins["baseline.name"] = root_.where("baseline");
            }
        }
    }

    void read_answers(MapReader& map, VariantEntry& entry) {
        path(map, "answers", entry.answers);
        map.read("allow-missing", entry.allow_missing, YesNo{});
        read_fields(map, kAnswerFields, "the answers", entry.fields);
        if (map.has("fields") && !map.has("answers")) {
            problems_.add(map.where("fields"), "belongs to answers that are read from a file");
        }
        if (map.has("allow-missing") && !map.has("answers")) {
            problems_.add(map.where("allow-missing"),
                          "belongs to answers that are read from a file");
        }
    }

    /// How the variant at `key` is run, where its entry says it.
    void read_recipe(MapReader& map, const std::string& key) {
        RunRecipe recipe{"", "", "", {}};
        visit_recipe(recipe, reader(map));
        visit_rope(recipe.rope, reader(map));
        visit_recipe(recipe, short_reader(map));
        draft_.recipes[key] = recipe;
        if (!map.has("answers") && !map.has("provider")) {
            return;
        }
        const auto refuse = [&](std::string_view word) {
            if (map.has(word)) {
                problems_.add(map.where(word),
                              "belongs to a variant that assay-engine runs",
                              "Leave it out: a server's own settings and answers that were "
                              "made elsewhere are not ours to change.");
            }
        };
        visit_recipe(recipe, [&](const Setting& setting, const auto&, const auto&) {
            refuse(setting.key);
            refuse(short_key(setting));
        });
        visit_rope(recipe.rope,
                   [&](const Setting& setting, const auto&, const auto&) { refuse(setting.key); });
    }

    void read_variants() {
        const std::size_t n_before = problems_.size();
        const YamlNode* list = root_.block("variants", Kind::kList);
        if (list && list->items.empty()) {
            problems_.add(root_.where("variants"), "is empty", "For example: [Q8_0, Q4_K_M]");
        }
        if (list || problems_.size() > n_before) {
            note(root_, "variants");
        }
        if (!list) {
            return;
        }
        for (std::size_t i = 0; i < list->items.size(); ++i) {
            const YamlNode& item = list->items[i];
            const std::string key = fmt::format("variants[{}]", i);
            const Where where = root_.where(item, key);
            draft_.origins[key] = where;
            VariantSpec variant;
            if (item.kind == Kind::kScalar) {
                variant = variant_of_text(item.text, folder_, where, problems_);
                if (!variant.name.empty()) {
                    draft_.origins[key + ".name"] = where;
                }
            } else if (item.kind == Kind::kMap) {
                variant = read_variant(item, key);
            } else {
                problems_.add(
                    where,
                    fmt::format("must be a type, a file or a mapping, not {}", describe(item)),
                    "Write Q4_K_M, other.gguf, or {name: mine, file: other.gguf}.");
            }
            plan_.variants.push_back(std::move(variant));
        }
    }

    VariantSpec read_variant(const YamlNode& node, const std::string& key) {
        MapReader map(node, key, draft_.source, problems_);
        VariantSpec variant;
        VariantEntry entry;
        note_text(map, "name", variant.name);
        model_path(map, "file", entry.file);
        read_checkpoint(map, folder_, entry, draft_, problems_);
        read_imatrix(map, folder_, entry, draft_, problems_);
        read_answers(map, entry);
        read_served(map, entry.served, problems_);
        read_lora(map, folder_, entry, draft_, problems_);
        read_recipe(map, key);
        for (const std::string_view word : {"type", "quant"}) {
            std::string type;
            if (!map.text(word, type)) {
                continue;
            }
            entry.type = type_of_text(type, map.where(word), problems_);
            draft_.origins[key + ".type"] = map.where(word);
        }
        const bool has_file = map.has("file") || map.has("checkpoint");
        const int n_given = map.has("type") + map.has("quant") + has_file + map.has("answers");
        if (n_given > 1 || (n_given == 0 && !map.has("provider"))) {
            problems_.add(map.where(""),
                          fmt::format("needs one of type, file, checkpoint and answers, and has {}",
                                      n_given == 0 ? "none" : "several"),
                          "Write {type: Q4_K_M}, {name: mine, file: other.gguf} or {name: mine, "
                          "answers: mine.jsonl}.");
        }
        map.finish();
        variant.source = source_of(std::move(entry));
        return variant;
    }

    /// The key `fields`: ours -> the file's.
    void read_fields(MapReader& map,
                     std::span<const std::string_view> known,
                     std::string_view of_what,
                     std::map<std::string, std::string>& out) {
        const YamlNode* node = map.block("fields", Kind::kMap);
        if (node == nullptr) {
            return;
        }
        MapReader fields(*node, map.path_of("fields"), draft_.source, problems_);
        for (const std::string_view field : known) {
            std::string name;
            if (!fields.text(field, name)) {
                continue;
            }
            if (name.empty()) {
                problems_.add(
                    fields.where(field), "is empty", fmt::format("Name a field of {}.", of_what));
            }
            out[std::string(field)] = name;
        }
        fields.finish();
    }

    void read_dataset() {
        std::string word;
        const std::size_t n_before = problems_.size();
        auto dataset = file_block("dataset", word);
        if (!dataset) {
            if (root_.has("dataset") && problems_.size() == n_before) {
                plan_.dataset.file = absolute_path(
                    folder_, word, root_.where("dataset"), problems_);
            }
            return;
        }
        path(*dataset, "file", plan_.dataset.file);
        visit_dataset(plan_.dataset, reader(*dataset));
        visit_population(plan_.analysis, reader(*dataset));
        dataset->texts("ids", plan_.dataset.ids);
        dataset->texts("clusters", plan_.dataset.clusters);
        dataset->text("contexts-separator", plan_.dataset.contexts_separator);
        read_fields(*dataset, kDatasetFields, "the dataset", plan_.dataset.fields);
        dataset->finish();
    }

    void read_retrieval() {
        if (auto retrieval = block("retrieval")) {
            note(root_, "retrieval");
            read_retrieval_entry(*retrieval, folder_, draft_, problems_);
        }
    }

    void read_generation() {
        auto generation = block("generation");
        if (!generation) {
            return;
        }
        GenerationSettings& settings = plan_.generation;
        visit_generation(settings, reader(*generation));
        visit_samples(settings, reader(*generation));
        draft_.has_system = note_text(*generation, "system", settings.system);
        path(*generation, "system-file", draft_.system_file);
        path(*generation, "prompt-template", draft_.prompt_template_file);
        note_text(*generation, "chat-template", settings.chat_template);
        path(*generation, "chat-template-file", draft_.chat_template_file);
        generation->texts("stop", settings.stop);
        for (const std::string text : {"system", "chat-template"}) {
            if (!generation->has(text) || !generation->has(text + "-file")) {
                continue;
            }
            problems_.add(generation->where(text + "-file"),
                          fmt::format("is given beside {}; give one of them", text));
        }
        generation->finish();
    }

    void read_judges() {
        const YamlNode* list = root_.block("judges", Kind::kList);
        if (!list) {
            return;
        }
        note(root_, "judges");
        if (list->items.empty()) {
            problems_.add(root_.where("judges"), "is empty", "Name a judge or leave the key out.");
        }
        for (std::size_t i = 0; i < list->items.size(); ++i) {
            const YamlNode& item = list->items[i];
            const std::string key = fmt::format("judges[{}]", i);
            const Where where = root_.where(item, key);
            draft_.origins[key] = where;
            draft_.judge_template_files.emplace_back();
            JudgeSpec judge;
            if (item.kind == Kind::kMap) {
                MapReader map(item, key, draft_.source, problems_);
                judge = read_judge(
                    map, folder_, draft_.judge_template_files.back(), draft_, problems_);
            } else if (item.kind != Kind::kScalar) {
                problems_.add(where,
                              fmt::format("must be a mapping, not {}", describe(item)),
                              "Write {provider: reference}.");
            } else if (auto parsed = judge_of_text(item.text)) {
                judge = std::move(*parsed);
                if (judge.kind() == JudgeKind::kEmbedded) {
                    std::string& model = judge.embedded().file;
                    model = model_path_of(folder_, model, where, problems_);
                }
            } else {
                problems_.add(where, parsed.error().message, parsed.error().remedy);
            }
            plan_.judges.push_back(std::move(judge));
        }
    }

    void read_judging() {
        auto judging = block("judging");
        if (!judging) {
            return;
        }
        visit_judging(plan_.judging, reader(*judging));
        visit_what_is_judged(plan_.judging, reader(*judging));
        visit_panel(plan_.judging, reader(*judging));
        judging->finish();
    }

    void read_analysis() {
        auto analysis = block("analysis");
        if (!analysis) {
            return;
        }
        visit_analysis(plan_.analysis, reader(*analysis));
        visit_planning(plan_.analysis, reader(*analysis));
        visit_confirmations(plan_.analysis, reader(*analysis));
        analysis->finish();
    }

    void read_engine() {
        auto engine = block("engine");
        if (!engine) {
            return;
        }
        path(*engine, "path", plan_.engine.path);
        visit_machine(plan_.engine, reader(*engine));
        visit_engine(plan_.engine, reader(*engine));
        visit_rope(plan_.engine.recipe.rope, reader(*engine));
        visit_recipe(plan_.engine.recipe, short_reader(*engine));
        engine->finish();
    }

    Plan& plan_;
    MapReader root_;
};

}  // namespace

void read_experiment(const YamlNode& root,
                     const std::filesystem::path& file,
                     Draft& draft,
                     Problems& problems) {
    const Where whole{draft.source, root.line, root.column, ""};
    if (root.kind == Kind::kNull) {
        problems.add({draft.source, 0, 0, ""}, "is empty", "`assay init` writes an example.");
    } else if (root.kind != Kind::kMap) {
        problems.add(whole,
                     fmt::format("must be a mapping (key: value), not {}", describe(root)),
                     "`assay init` writes an example.");
    } else {
        ExperimentFile(root, file.parent_path(), draft, problems).read();
    }
}

}  // namespace assay::config
