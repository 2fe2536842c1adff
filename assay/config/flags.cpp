#include <fmt/format.h>

#include <cstdint>
#include <variant>

#include "assay/base/text.hpp"
#include "assay/config/draft.hpp"
#include "assay/config/judge_address.hpp"
#include "assay/config/settings.hpp"

namespace assay::config {
namespace {

/// One plain setting that a flag sets: the block's key path, the flag, and the value.
struct Given {
    std::string key;
    std::string_view flag;
    std::variant<double, std::int64_t, std::uint64_t, std::string> value;
};

template <class T>
void add(std::vector<Given>& list,
         std::string_view key,
         std::string_view flag,
         const std::optional<T>& value) {
    if (value) {
        list.push_back({std::string(key), flag, *value});
    }
}

std::vector<Given> plain_settings(const Overrides& flags) {
    std::vector<Given> list;
    add(list, "generation.temp", "--temp", flags.temp);
    add(list, "generation.top-k", "--top-k", flags.top_k);
    add(list, "generation.top-p", "--top-p", flags.top_p);
    add(list, "generation.min-p", "--min-p", flags.min_p);
    add(list, "generation.repeat-penalty", "--repeat-penalty", flags.repeat_penalty);
    add(list, "generation.repeat-last-n", "--repeat-last-n", flags.repeat_last_n);
    add(list, "generation.ctx-size", "--ctx-size", flags.ctx_size);
    add(list, "generation.predict", "--predict", flags.predict);
    add(list, "generation.seed", "--seed", flags.seed);
    add(list, "judging.repeats", "--repeats", flags.repeats);
    add(list, "judging.repeat-share", "--repeat-share", flags.repeat_share);
    add(list, "analysis.margin", "--margin", flags.margin);
    add(list, "analysis.alpha", "--alpha", flags.alpha);
    add(list, "analysis.power", "--power", flags.power);
    add(list, "analysis.stopping", "--stopping", flags.stopping);
    add(list, "analysis.multiplicity", "--multiplicity", flags.multiplicity);
    add(list, "analysis.expected-decisive-rate", "--decisive-rate", flags.decisive_rate);
    add(list, "analysis.icc", "--icc", flags.icc);
    add(list, "engine.threads", "--threads", flags.threads);
    add(list, "engine.slots", "--slots", flags.slots);
    add(list, "engine.ubatch-size", "--ubatch-size", flags.ubatch_size);
    add(list, "engine.n-gpu-layers", "--n-gpu-layers", flags.n_gpu_layers);
    add(list, "engine.flash-attn", "--flash-attn", flags.flash_attn);
    add(list, "engine.cache-type-k", "--cache-type-k", flags.cache_type_k);
    add(list, "engine.cache-type-v", "--cache-type-v", flags.cache_type_v);
    add(list, "dataset.limit", "--limit", flags.limit);
    return list;
}

/// Sets the field from a value if it obeys the rule; else says what is wrong.
template <class T>
std::string set(T& field,
                const std::variant<double, std::int64_t, std::uint64_t, std::string>& value,
                const Range& range) {
    return std::visit(
        [&]<class V>(const V& given) -> std::string {
            if constexpr (std::is_same_v<V, std::string>) {
                return "must be a number";
            } else {
                std::string message = complaint(static_cast<double>(given), range);
                if (message.empty()) {
                    field = static_cast<T>(given);
                }
                return message;
            }
        },
        value);
}
template <class Rule>
std::string set(std::string& field,
                const std::variant<double, std::int64_t, std::uint64_t, std::string>& value,
                const Rule& rule) {
    const std::string* text = std::get_if<std::string>(&value);
    std::string message = text ? complaint(*text, rule) : "must be text";
    if (message.empty()) {
        field = *text;
    }
    return message;
}

class FlagLayer {
 public:
    FlagLayer(const Overrides& flags, Draft& draft, Problems& problems)
        : flags_(flags),
          draft_(draft),
          plan_(draft.plan),
          problems_(problems),
          settings_(plain_settings(flags)) {}

 private:
    void note(const std::string& key, std::string_view flag) {
        draft_.origins[key] = Where{std::string(flag), 0, 0, ""};
    }

    bool is_utf8(std::string_view value, std::string_view flag) {
        if (is_valid_utf8(value)) {
            return true;
        }
        problems_.add({std::string(flag), 0, 0, ""}, "is not valid UTF-8");
        return false;
    }

    bool text(const std::optional<std::string>& value,
              std::string_view flag,
              const std::string& key,
              std::string& field) {
        if (!value || !is_utf8(*value, flag)) {
            return false;
        }
        field = *value;
        note(key, flag);
        return true;
    }

    bool file(const std::optional<std::string>& value,
              std::string_view flag,
              const std::string& key,
              std::string& field) {
        if (!value) {
            return false;
        }
        note(key, flag);
        field = absolute_path(draft_.working_dir, *value, draft_.origin(key), problems_);
        return true;
    }

    /// What is quantized for the variant, to be run here or by a server; null: nothing.
    static TypeSource* made_type(VariantSpec& variant) {
        ServedSource* served = variant.served();
        return served ? std::get_if<TypeSource>(&served->ours)
                      : std::get_if<TypeSource>(&variant.source);
    }

    auto setter(std::string_view block) {
        return [this, block](std::string_view key, auto& field, const auto& rule) {
            const std::string path = fmt::format("{}.{}", block, key);
            for (const Given& given : settings_) {
                if (given.key != path) {
                    continue;
                }
                note(path, given.flag);
                if constexpr (!std::is_same_v<std::remove_reference_t<decltype(field)>, bool>) {
                    std::string message = set(field, given.value, rule);
                    if (!message.empty()) {
                        problems_.add(draft_.origin(path), std::move(message));
                    }
                }
            }
        };
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
                for (const char* part : {".name", ".type", ".file", ".imatrix", ".answers"}) {
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
        std::string imatrix;
        if (!file(flags_.imatrix, "--imatrix", "imatrix", imatrix)) {
            return;
        }
        for (std::size_t i = 0; i < plan_.variants.size(); ++i) {
            TypeSource* type = made_type(plan_.variants[i]);
            if (type == nullptr || type->type.empty() || !type->imatrix.empty()) {
                continue;
            }
            type->imatrix = imatrix;
            note(fmt::format("variants[{}].imatrix", i), "--imatrix");
        }
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
                std::string& file_of_judge = plan_.judges.back().file;
                if (!file_of_judge.empty()) {
                    file_of_judge = absolute_path(
                        draft_.working_dir, file_of_judge, draft_.origin(key), problems_);
                }
            }
        }
        if (!flags_.max_concurrency) {
            return;
        }
        std::string message = complaint(static_cast<double>(*flags_.max_concurrency), kConcurrency);
        if (!message.empty()) {
            return problems_.add({"--max-concurrency", 0, 0, ""}, std::move(message));
        }
        for (JudgeSpec& judge : plan_.judges) {
            judge.concurrency = static_cast<int>(*flags_.max_concurrency);
        }
    }

 public:
    // After setter(), whose return type it needs.
    void apply() {
        text(flags_.name, "--name", "name", plan_.name);
        baseline();
        file(flags_.questions, "--questions", "dataset.file", plan_.dataset.file);
        file(flags_.engine, "--engine", "engine.path", plan_.engine.path);
        file(flags_.run_dir, "--run", "output.run", plan_.run_dir);
        text(flags_.known_bad, "--known-bad", "controls.known-bad", plan_.known_bad);
        if (flags_.ids) {
            plan_.dataset.ids = *flags_.ids;
        }
        if (flags_.stop) {
            plan_.generation.stop = *flags_.stop;
        }
        if (flags_.blinding_seed) {
            plan_.blinding_seed = *flags_.blinding_seed;
        }
        visit_generation(plan_.generation, setter("generation"));
        visit_engine(plan_.engine, setter("engine"));
        visit_machine(plan_.engine, setter("engine"));
        if (flags_.both_orders) {
            plan_.judging.both_orders = true;
        }
        visit_judging(plan_.judging, setter("judging"));
        visit_analysis(plan_.analysis, setter("analysis"));
        visit_planning(plan_.analysis, setter("analysis"));
        setter("dataset")("limit", plan_.dataset.limit, kLimit);
        prompts();
        variants();
        allow_missing();
        judges();
        check_texts("--ids", flags_.ids);
        check_texts("--stop", flags_.stop);
    }

 private:
    const Overrides& flags_;
    Draft& draft_;
    Plan& plan_;
    Problems& problems_;
    const std::vector<Given> settings_;
};

}  // namespace

void apply_flags(const Overrides& flags, Draft& draft, Problems& problems) {
    FlagLayer(flags, draft, problems).apply();
}

}  // namespace assay::config
