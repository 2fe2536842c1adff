// From a draft to a plan. The draft holds what the experiment file and the flags say, and where
// each value was written; single values obey their rules already. Here the rest is filled in and
// looked at as a whole: names, addresses, files, texts that are given by file, settings that must
// fit each other.
//
// Every step looks at everything and reports what is wrong at the place where it was written, or at
// the file as a whole where it is a default. A value that was reported before is empty and is
// skipped, so that one mistake gives one message.
//
// Invariant: if there is no problem at the end, every name is a slug that no other has, every path
// is absolute and was there, and no default is left open. Only then is the experiment's own name
// made, since it may hold the hash of the plan.
//
// The order of the steps matters once: names come before what is checked by name.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "assay/base/part_name.hpp"
#include "assay/base/text.hpp"
#include "assay/config/draft_check.hpp"
#include "assay/config/draft_step.hpp"
#include "assay/config/judge_address.hpp"
#include "assay/config/made_types.hpp"
#include "assay/config/named_files.hpp"
#include "assay/config/panel_check.hpp"
#include "assay/config/plan_json.hpp"
#include "assay/config/prompt_texts.hpp"
#include "assay/config/recipes.hpp"
#include "assay/config/served_entry.hpp"
#include "assay/config/variant_entry.hpp"
#include "assay/records/judge_provider.hpp"

namespace assay::config {
namespace {

/// The name without its ending; of a part of a split GGUF also without its number.
std::string file_stem(const std::string& file) {
    std::string name = std::filesystem::path(file).filename().string();
    if (const auto part = part_name(name)) {
        return part->prefix;
    }
    if (to_lower_ascii(name).ends_with(".gguf")) {
        name.resize(name.size() - 5);
    }
    return name;
}

class Resolver : DraftStep {
 public:
    using DraftStep::DraftStep;

    void run() {
        say_what_is_missing();
        name_variants();
        fill_recipes(draft_, problems_);
        name_judges();
        share_fields();
        NamedFiles(draft_, problems_).look_for_all();
        read_prompt_texts(draft_, problems_);
        check_draft(draft_, problems_);
        check_panel(draft_, problems_);
        // Hash and paths of a plan that is not valid would say nothing.
        if (problems_.size() == 0) {
            name_experiment();
        }
    }

 private:
    void missing(const std::string& key,
                 const std::string& flag_form,
                 const std::string& file_form,
                 std::string_view what) {
        if (draft_.meant.contains(key)) {
            return;
        }
        Where where = draft_.origin(key);
        where.key.clear();
        problems_.add(where,
                      fmt::format("{} is given", what),
                      draft_.source.empty()
                          ? fmt::format("For example: {}", flag_form)
                          : fmt::format("For example: {} (or {})", file_form, flag_form));
    }

    void say_what_is_missing() {
        if (!is_given(plan_.baseline) && !written("baseline.file") &&
            !written("baseline.answers") && !written("baseline.provider")) {
            missing(
                "baseline", "-m model-F16.gguf", "baseline: {file: model-F16.gguf}", "no baseline");
        }
        if (plan_.variants.empty() && !written("variants")) {
            missing("variants",
                    "--variants Q8_0,Q4_K_M,other.gguf",
                    "variants: [Q8_0, Q4_K_M, {name: mine, file: other.gguf}]",
                    "no variant");
        }
        if (!plan_.dataset.file.empty() || written("dataset.file")) {
            return;
        }
        if (const AnswersSource* answers = plan_.baseline.answers()) {
            // they may hold the questions, too; whoever reads them says so if not
            plan_.dataset.file = answers->file;
        } else {
            missing("dataset",
                    "--questions questions.jsonl",
                    "dataset: {file: questions.jsonl}",
                    "no dataset");
        }
    }

    /// The slug of a given name; reports one that has none.
    std::string checked_name(const std::string& given, const std::string& key) {
        const std::string name = slug(given);
        if (name == "unnamed" && given != name) {
            add(key, "has no ASCII letter or digit, and names are used as file names");
        }
        if (to_lower_ascii(name) == "tie") {
            add(key, "is the word for a tie in the results", "Choose another name.");
        }
        return name;
    }

    /// `owner` and its name; reports a name that another one has. Case is ignored: not every file
    /// system tells it apart.
    void take_name(std::map<std::string, std::string>& taken,
                   const std::string& name,
                   const std::string& owner,
                   const std::string& key,
                   std::string remedy) {
        const auto [entry, is_new] = taken.emplace(to_lower_ascii(name), owner);
        if (!is_new) {
            add(key,
                fmt::format("the name \"{}\" is that of {}, too", name, entry->second),
                std::move(remedy));
        }
    }

    void name_variants() {
        const std::string remedy =
            "Give one of them a name of its own: {name: NAME, type: TYPE}, {name: NAME, file: "
            "FILE} or {name: NAME, answers: FILE}.";
        std::map<std::string, std::string> taken;
        if (is_given(plan_.baseline)) {
            std::string& name = plan_.baseline.name;
            name = written("baseline.name") ? checked_name(name, "baseline.name")
                                            : slug(default_name(plan_.baseline));
            take_name(taken, name, "the baseline", "baseline", remedy);
            fill_address(plan_.baseline.served(), "baseline");
        }
        for (std::size_t i = 0; i < plan_.variants.size(); ++i) {
            VariantSpec& variant = plan_.variants[i];
            const std::string key = fmt::format("variants[{}]", i);
            if (!is_given(variant)) {
                continue;  // was reported
            }
            variant.name = written(key + ".name") ? checked_name(variant.name, key + ".name")
                                                  : slug(default_name(variant));
            take_name(
                taken, variant.name, key, written(key + ".name") ? key + ".name" : key, remedy);
            fill_address(variant.served(), key);
            check_made_type(key, variant, draft_, problems_);
        }
    }

    static std::string default_name(const VariantSpec& variant) {
        const VariantEntry entry = entry_of(variant);
        if (!entry.served.model.empty()) {
            return entry.served.model;
        }
        if (!entry.type.empty()) {
            return entry.type + (entry.lora_applied ? "-applied" : "");
        }
        if (!entry.answers.empty()) {
            return std::filesystem::path(entry.answers).stem().string();
        }
        return file_stem(entry.file) + (entry.lora.empty() ? "" : "-lora");
    }

    void name_judges() {
        if (plan_.judges.empty()) {
            if (!written("judges")) {
                plan_.judges.push_back(judge_of(kDefaultProvider));
            }
            draft_.judge_template_files.assign(plan_.judges.size(), "");
        }
        std::map<std::string, std::string> taken;
        for (std::size_t i = 0; i < plan_.judges.size(); ++i) {
            JudgeSpec& judge = plan_.judges[i];
            const std::string key = fmt::format("judges[{}]", i);
            if (judge.kind() == JudgeKind::kEmbedded) {
                judge.embedded().model = file_stem(judge.embedded().file);
            }
            const std::string default_name = default_judge_name(judge);
            if (judge.provider.empty() || default_name.empty()) {
                continue;  // was reported
            }
            fill_address(judge, key);
            const bool named = written(key + ".name");
            judge.name = named ? checked_name(judge.name, key + ".name") : slug(default_name);
            take_name(taken,
                      judge.name,
                      key,
                      named ? key + ".name" : key,
                      "Give one of them a name of its own.");
        }
    }

    static std::string default_judge_name(const JudgeSpec& judge) {
        switch (judge.kind()) {
            case JudgeKind::kApi: return judge.api().model;
            case JudgeKind::kEmbedded: return judge.embedded().model;
            case JudgeKind::kByHand: return judge.name.empty() ? judge.provider : judge.name;
            case JudgeKind::kMetric: break;
        }
        const std::string& metric = judge.metric().metric;
        return metric == MetricSettings().metric ? judge.provider : judge.provider + "-" + metric;
    }

    void fill_address(JudgeSpec& judge, const std::string& key) {
        const JudgeProvider* provider = find_judge_provider(judge.provider);
        if (judge.kind() != JudgeKind::kApi || provider->needs_url || !judge.api().url.empty()) {
            return;
        }
        judge.api().url = provider->follows_ollama_host ? ollama_address(key)
                                                        : std::string(provider->default_url);
    }

    void fill_address(ServedSource* source, const std::string& key) {
        if (source && source->server.provider == "ollama" && source->server.urls.empty()) {
            source->server.urls.push_back(ollama_address(key));
        }
    }

    /// Where Ollama is if nobody says it.
    std::string ollama_address(const std::string& key) {
        auto url = default_ollama_url();
        if (!url) {
            add(key,
                "the address in OLLAMA_HOST " + url.error().message,
                "Mend the variable, or write url.");
        }
        return url.value_or("");
    }

    /// A file that is the dataset and has answers, too, calls its fields by one name in both.
    void share_fields() {
        const auto share = [&](const VariantSpec& variant) {
            const AnswersSource* answers = variant.answers();
            if (answers == nullptr || answers->file != plan_.dataset.file) {
                return;
            }
            for (const auto& [field, path] : answers->fields) {
                if (std::find(kDatasetFields.begin(), kDatasetFields.end(), field) !=
                    kDatasetFields.end()) {
                    plan_.dataset.fields.emplace(field, path);
                }
            }
        };
        share(plan_.baseline);
        for (const VariantSpec& variant : plan_.variants) {
            share(variant);
        }
    }

    void name_experiment() {
        if (!written("name")) {
            plan_.name = draft_.source.empty()
                             ? fmt::format("{}-{}",
                                           slug(default_name(plan_.baseline)),
                                           plan_sha256(plan_).substr(0, 8))
                             : slug(std::filesystem::path(plan_.source).stem().string());
        }
        if (plan_.run_dir.empty()) {
            plan_.run_dir = (draft_.working_dir / "runs" / slug(plan_.name)).string();
        }
    }
};

}  // namespace

void resolve(Draft& draft, Problems& problems) {
    Resolver(draft, problems).run();
}

}  // namespace assay::config
