#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <span>
#include <variant>

#include "assay/base/text.hpp"
#include "assay/config/flag_reader.hpp"
#include "assay/config/imatrix_entry.hpp"
#include "assay/config/judge_address.hpp"
#include "assay/config/lora_entry.hpp"
#include "assay/config/retrieval_entry.hpp"
#include "assay/records/settings.hpp"

namespace assay::config {
namespace {

class FlagLayer : FlagReader {
 public:
    using FlagReader::FlagReader;

    void apply() {
        text(flags_.name, "--name", "name", plan_.name);
        baseline();
        apply_lora_flags(flags_, draft_, problems_);
        file(flags_.questions, "--questions", "dataset.file", plan_.dataset.file);
        apply_retrieval_flags(flags_, draft_, problems_);
        file(flags_.engine, "--engine", "engine.path", plan_.engine.path);
        file(flags_.run_dir, "--run", "output.run", plan_.run_dir);
        text(flags_.known_bad, "--known-bad", "controls.known-bad", plan_.known_bad);
        if (flags_.ids) {
            plan_.dataset.ids = *flags_.ids;
        }
        if (flags_.stop) {
            plan_.generation.stop = *flags_.stop;
        }
        text(flags_.contexts_separator,
             "--contexts-separator",
             "dataset.contexts-separator",
             plan_.dataset.contexts_separator);
        settings();
        prompts();
        variants();
        allow_missing();
        fields();
        judges();
        check_texts("--ids", flags_.ids);
        check_texts("--stop", flags_.stop);
        check_texts("--fields", flags_.fields);
    }

 private:
    void settings() {
        visit_plan(
            plan_,
            [&](std::string_view block, const Setting& setting, auto& field, const auto& rule) {
                apply_setting(key_path(block, setting), setting, field, rule);
            });
    }

    void check_texts(std::string_view flag, const std::optional<std::vector<std::string>>& values) {
        for (const std::string& value : values.value_or(std::vector<std::string>{})) {
            if (value.empty()) {
                problems_.add({std::string(flag), 0, 0, ""}, "holds an empty text");
            }
            if (!is_utf8(value, flag)) {
                return;
            }
        }
    }

    // A flag replaces what the file says of the same thing, be it as text or as a file.
    void prompts() {
        GenerationSettings& settings = plan_.generation;
        if (flags_.system && flags_.system_file) {
            problems_.add({"--system-file", 0, 0, ""},
                          "is given beside --system; give one of them");
        } else if (text(flags_.system, "--system", "generation.system", settings.system)) {
            draft_.has_system = true;
            draft_.system_file.clear();
        } else if (file(flags_.system_file,
                        "--system-file",
                        "generation.system-file",
                        draft_.system_file)) {
            draft_.has_system = false;
        }
        if (flags_.chat_template && flags_.chat_template_file) {
            problems_.add({"--chat-template-file", 0, 0, ""},
                          "is given beside --chat-template; give one of them");
        } else if (text(flags_.chat_template,
                        "--chat-template",
                        "generation.chat-template",
                        settings.chat_template)) {
            draft_.chat_template_file.clear();
        } else if (file(flags_.chat_template_file,
                        "--chat-template-file",
                        "generation.chat-template-file",
                        draft_.chat_template_file)) {
            settings.chat_template.clear();
        }
        file(flags_.prompt_template,
             "--prompt-template",
             "generation.prompt-template",
             draft_.prompt_template_file);
    }

    void baseline() {
        if (!flags_.model) {
            return;
        }
        note("baseline.file", "--model");
        draft_.origins.erase("baseline.answers");
        VariantSpec given = baseline_of_text(
            *flags_.model, draft_.working_dir, draft_.origin("baseline.file"), problems_);
        if (given.name.empty()) {
            given.name = plan_.baseline.name;
        } else {
            note("baseline.name", "--model");
        }
        plan_.baseline = std::move(given);
    }

    void variants() {
        if (flags_.variants) {
            plan_.variants.clear();
            note("variants", "--variants");
            if (flags_.variants->empty()) {
                problems_.add(draft_.origin("variants"), "is empty", "For example: Q8_0,Q4_K_M");
            }
            for (std::size_t i = 0; i < flags_.variants->size(); ++i) {
                const std::string key = fmt::format("variants[{}]", i);
                for (const char* part : {".name",
                                         ".type",
                                         ".file",
                                         ".imatrix",
                                         ".imatrix-text",
                                         ".imatrix-chunks",
                                         ".answers"}) {
                    draft_.origins.erase(key + part);
                }
                draft_.recipes.erase(key);
                note(key, "--variants");
                plan_.variants.push_back(variant_of_text(trim((*flags_.variants)[i]),
                                                         draft_.working_dir,
                                                         draft_.origin(key),
                                                         problems_));
                if (!plan_.variants.back().name.empty()) {
                    note(key + ".name", "--variants");
                }
            }
        }
        apply_imatrix_flags(flags_, draft_, problems_);
    }

    void allow_missing() {
        if (!flags_.allow_missing) {
            return;
        }
        bool any = false;
        const auto allow = [&](VariantSpec& variant) {
            if (auto* answers = std::get_if<AnswersSource>(&variant.source)) {
                answers->allow_missing = true;
                any = true;
            }
        };
        allow(plan_.baseline);
        for (VariantSpec& variant : plan_.variants) {
            allow(variant);
        }
        if (!any) {
            problems_.add({"--allow-missing", 0, 0, ""}, "no answers are read from a file");
        }
    }

    void fields() {
        for (const std::string& word : flags_.fields.value_or(std::vector<std::string>{})) {
            if (is_utf8(word, "--fields")) {
                field(word);
            }
        }
    }

    /// One "[WHOSE.]FIELD=PATH".
    void field(const std::string& word) {
        const std::size_t equals = word.find('=');
        const std::string_view path = equals == std::string::npos
                                          ? std::string_view()
                                          : trim(std::string_view(word).substr(equals + 1));
        const std::string_view ours = trim(std::string_view(word).substr(0, equals));
        const std::size_t dot = ours.rfind('.');
        const std::string_view whose = dot == std::string_view::npos ? std::string_view()
                                                                     : ours.substr(0, dot);
        const std::string name(ours.substr(dot == std::string_view::npos ? 0 : dot + 1));
        const auto add = [&](std::string message, std::string remedy) {
            problems_.add({"--fields", 0, 0, ""}, std::move(message), std::move(remedy));
        };
        if (path.empty()) {
            add(fmt::format("\"{}\" names no field of a file", shorten(word, 60)),
                "Write FIELD=NAME, for example answer=prediction.");
            return;
        }
        const bool of_dataset = whose == "dataset";
        const auto known = of_dataset ? std::span<const std::string_view>(kDatasetFields)
                                      : std::span<const std::string_view>(kAnswerFields);
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            add(fmt::format("\"{}\" is no field of {}",
                            shorten(name, 60),
                            of_dataset ? "a dataset" : "answers"),
                fmt::format("Known are {}.", fmt::join(known, ", ")));
            return;
        }
        if (of_dataset) {
            plan_.dataset.fields[name] = path;
        } else if (!set_field_of_answers(whose, name, path)) {
            add(whose.empty() ? "no answers are read from a file"
                              : fmt::format("there are no answers of \"{}\"", shorten(whose, 60)),
                "Write FIELD=NAME for all answers, VARIANT.FIELD=NAME for those of one variant, or "
                "dataset.FIELD=NAME.");
        }
    }

    /// Whether there are such answers.
    bool set_field_of_answers(std::string_view whose,
                              const std::string& name,
                              std::string_view path) {
        bool any = false;
        const auto set_in = [&](VariantSpec& variant) {
            auto* answers = std::get_if<AnswersSource>(&variant.source);
            if (answers == nullptr) {
                return;
            }
            const std::string stem = std::filesystem::path(answers->file).stem().string();
            const std::string& own = variant.name.empty() ? stem : variant.name;
            if (whose.empty() || own == whose || slug(own) == whose) {
                answers->fields[name] = path;
                any = true;
            }
        };
        set_in(plan_.baseline);
        for (VariantSpec& variant : plan_.variants) {
            set_in(variant);
        }
        return any;
    }

    void judges() {
        if (flags_.judges) {
            plan_.judges.clear();
            note("judges", "--judge");
            if (flags_.judges->empty()) {
                problems_.add(draft_.origin("judges"), "is empty", "For example: reference");
            }
            draft_.judge_template_files.assign(flags_.judges->size(), "");
            for (std::size_t i = 0; i < flags_.judges->size(); ++i) {
                const std::string key = fmt::format("judges[{}]", i);
                draft_.origins.erase(key + ".name");
                note(key, "--judge");
                const std::string& word = (*flags_.judges)[i];
                const auto judge = is_utf8(word, "--judge") ? judge_of_text(trim(word))
                                                            : Result<JudgeSpec>(JudgeSpec{});
                if (!judge) {
                    problems_.add(draft_.origin(key), judge.error().message, judge.error().remedy);
                }
                plan_.judges.push_back(judge.value_or(JudgeSpec{}));
                if (judge && judge->kind() == JudgeKind::kEmbedded) {
                    std::string& model = plan_.judges.back().embedded().file;
                    model = model_path_of(draft_.working_dir, model, draft_.origin(key), problems_);
                }
            }
        }
        concurrency();
    }

    void concurrency() {
        if (!flags_.settings.contains(kEveryJudgesConcurrency)) {
            return;
        }
        ApiSettings given;
        visit_judge_transport(given, [&](const Setting& setting, auto& field, const auto& rule) {
            apply_setting(key_path("judges", setting), setting, field, rule);
        });
        for (JudgeSpec& judge : plan_.judges) {
            if (judge.kind() == JudgeKind::kApi) {
                judge.api().concurrency = given.concurrency;
            }
        }
    }
};

}  // namespace

void apply_flags(const Overrides& flags, Draft& draft, Problems& problems) {
    FlagLayer(flags, draft, problems).apply();
}

}  // namespace assay::config
