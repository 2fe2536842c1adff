#include "assay/run/trace.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/base/result.hpp"
#include "assay/base/text.hpp"
#include "assay/records/names.hpp"
#include "assay/report/terminal_text.hpp"
#include "assay/run/build_report.hpp"
#include "assay/run/failure_mode_counter.hpp"
#include "assay/run/stored_run.hpp"
#include "assay/run/study_rows.hpp"
#include "assay/run/trace_fidelity.hpp"
#include "assay/run/trace_panel.hpp"

namespace assay::run {
namespace {

using nlohmann::ordered_json;

ordered_json answer_record(const std::string& variant,
                           const std::string& key,
                           const Answer& answer,
                           const failure_modes::Flags& flags) {
    ordered_json modes = ordered_json::array();
    for (const failure_modes::Mode mode : failure_modes::kAllModes) {
        if (flags.has(mode)) {
            modes.push_back(failure_modes::name_of(mode));
        }
    }
    const bool made_here = !answer.prompt_sha256.empty(),
               contexts_known = answer.n_contexts_used != kContextsUnknown;
    return {
        {"variant", variant},
        {"key", key},
        {"prompt_sha256", made_here ? ordered_json(answer.prompt_sha256) : ordered_json()},
        {"n_prompt_tokens",
         made_here || answer.n_prompt_tokens > 0 ? ordered_json(answer.n_prompt_tokens)
                                                 : ordered_json()},
        {"n_contexts_used", contexts_known ? ordered_json(answer.n_contexts_used) : ordered_json()},
        {"contexts_cut", contexts_known ? ordered_json(answer.contexts_cut) : ordered_json()},
        {"stop_reason", name_of(answer.stop_reason)},
        {"failure_modes", std::move(modes)},
        {"n_answer_tokens",
         made_here || answer.n_tokens() > 0 ? ordered_json(answer.n_tokens()) : ordered_json()},
        {"text", to_valid_utf8(answer.text)},
        {"failure", answer.failure}};
}

/// Null: the judge gave none.
ordered_json json_of(const std::optional<PairTags>& tags) {
    if (!tags) {
        return nullptr;
    }
    return {{"A", words_of(tags->a)}, {"B", words_of(tags->b)}};
}

ordered_json verdict_record(const store::VerdictRow& row) {
    const Verdict& verdict = row.verdict;
    return {{"verdict", name_of(verdict.state)},
            {"confidence",
             verdict.confidence == Confidence::kNone ? ordered_json()
                                                     : ordered_json(name_of(verdict.confidence))},
            {"reasoning", verdict.reasoning},
            {"failure", verdict.failure},
            {"model_version", verdict.model_version},
            {"n_attempts", verdict.n_attempts},
            {"created_at", row.created_at},
            {"tags", json_of(verdict.tags)},
            {"raw", verdict.raw}};
}

/// Text, or a list of texts where several are right; null without one.
ordered_json expected_record(const Question& question) {
    if (!question.expected) {
        return nullptr;
    }
    if (question.alternatives.empty()) {
        return *question.expected;
    }
    ordered_json all = ordered_json::array({*question.expected});
    for (const std::string& alternative : question.alternatives) {
        all.push_back(alternative);
    }
    return all;
}

ordered_json question_record(const Question& question) {
    return {{"id", question.id},
            {"place", question.place},
            {"text", question.text},
            {"expected", expected_record(question)},
            {"cluster", question.cluster ? ordered_json(*question.cluster) : ordered_json()},
            {"contexts", question.contexts}};
}

/// What was retrieved for the question, by rank. The plan retrieves.
ordered_json retrieved_records(const StoredRun& stored, const Question& question) {
    ordered_json out = ordered_json::array();
    const retrieval::FrozenQuestion* frozen = stored.retrieval->of(question);
    if (frozen == nullptr) {
        return out;
    }
    for (const retrieval::FrozenFind& find : frozen->found) {
        const retrieval::Passage& passage = stored.retrieval->passages[find.passage];
        ordered_json legs = ordered_json::object();
        for (const retrieval::LegScore& leg : find.legs) {
            legs[leg.leg] = {{"rank", leg.rank}, {"score", leg.score}};
        }
        out.push_back({{"rank", find.legs.empty() ? 0 : find.legs.back().rank},
                       {"id", passage.id},
                       {"is_context", out.size() < question.contexts.size()},
                       {"is_gold", !find.gold.empty()},
                       {"legs", std::move(legs)}});
    }
    return out;
}

const report::JudgedItem& item_of(const report::ReportComparison& reported,
                                  const std::string& comparison_id) {
    const auto item = std::find_if(
        reported.items.begin(), reported.items.end(), [&](const report::JudgedItem& each) {
            return each.comparison_id == comparison_id;
        });
    ASSAY_CHECK(item != reported.items.end());
    return *item;
}

ordered_json answer_records(const StoredRun& stored,
                            const store::Store& store,
                            std::size_t question) {
    const FailureModeCounter modes(stored.questions,
                                   stored.plan.generation,
                                   std::vector<std::optional<Answer>>(stored.questions.size()));
    ordered_json out = ordered_json::array();
    const std::size_t n = stored.questions.size();
    for (std::size_t v = 0; v < stored.variants.size(); ++v) {
        const VariantFacts& facts = stored.facts.variants[v];
        for (std::size_t i = question; i < facts.answer_keys.size(); i += n) {
            const auto& answer = stored.answers[v][i];
            if (!answer) {
                continue;
            }
            const Answer& judged = *stored.judged_answers(v)[i];
            ordered_json& record = out.emplace_back(answer_record(
                facts.name, facts.answer_keys[i], *answer, modes.flags_of(question, judged)));
            if (facts.answer_keys.size() > n) {
                record["sample"] = i / n;
            }
            if (judged.text != answer->text) {
                record["text_without_thoughts"] = to_valid_utf8(judged.text);
            }
            const auto fidelity = i == question ? fidelity_record(stored, store, v, question)
                                                : std::nullopt;
            if (fidelity) {
                record["n_verified_tokens"] = answer->n_verified_tokens;
                record["fidelity"] = ordered_json::parse(*fidelity);
            }
        }
    }
    return out;
}

ordered_json comparison_records(const StoredRun& stored,
                                const store::Store& store,
                                const report::ReportModel& model,
                                const std::string& question_id) {
    ordered_json out = ordered_json::array();
    for (const report::ReportComparison& reported : model.comparisons) {
        const std::string& judge = reported.analysis.judge;
        for (const exchange::StudyItem& item : study_items(stored, reported.analysis)) {
            const Comparison& comparison = item.comparison;
            if (comparison.question_id != question_id) {
                continue;
            }
            const report::JudgedItem& judged = item_of(reported, comparison.id);
            ordered_json record{
                {"variant", comparison.variant},
                {"baseline", item.baseline},
                {"judge", judge},
                {"comparison_id", comparison.id},
                {"order_index", comparison.order_index},
                {"presented_as_A", comparison.variant_is_a ? comparison.variant : item.baseline},
                {"presented_as_B", comparison.variant_is_a ? item.baseline : comparison.variant},
                {"identical", comparison.identical},
                {"outcome", name_of(judged.outcome.kind)},
                {"verdicts", ordered_json::array()}};
            if (stored.plan.generation.has_samples()) {
                record["sample"] = judged.sample;
            }
            for (const store::VerdictRow& row :
                 store.verdict_history(comparison.id, stored.judge(judge).facts.key)) {
                record["verdicts"].push_back(verdict_record(row));
            }
            out.push_back(std::move(record));
        }
    }
    return out;
}

ordered_json record_of(const store::Store& store,
                       const std::string& plan_sha256,
                       const std::string& question_id) {
    const auto questions = store.questions(plan_sha256);
    const auto question = std::find_if(
        questions.begin(), questions.end(), [&](const Question& q) { return q.id == question_id; });
    if (question == questions.end()) {
        throw_usage(fmt::format(
            "no question \"{}\" in this run ({} questions)", question_id, questions.size()));
    }
    ordered_json out{{"schema_version", 1},
                     {"question", question_record(*question)},
                     {"answers", ordered_json::array()},
                     {"comparisons", ordered_json::array()}};
    if (!load_facts(store, plan_sha256)) {
        return out;  // stopped before its prompts were made
    }
    const StoredRun stored(store, plan_sha256);
    if (stored.retrieval) {
        out["question"]["retrieved"] = retrieved_records(stored, *question);
    }
    out["answers"] = answer_records(
        stored, store, static_cast<std::size_t>(question - questions.begin()));
    const report::ReportModel model = build_report(stored);
    out["comparisons"] = comparison_records(stored, store, model, question_id);
    if (model.panel) {
        out["panel"] = ordered_json::parse(panel_records(*model.panel, question_id));
    }
    return out;
}

std::string text_of(const ordered_json& value) {
    if (value.is_null()) {
        return "(none)";
    }
    return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string retrieved_text(const ordered_json& retrieved) {
    std::string out;
    for (const ordered_json& find : retrieved) {
        out += fmt::format("  rank {}: {}{}{}",
                           text_of(find["rank"]),
                           text_of(find["id"]),
                           find["is_context"].get<bool>() ? "" : ", not shown",
                           find["is_gold"].get<bool>() ? ", gold" : "");
        for (const auto& [leg, score] : find["legs"].items()) {
            out += fmt::format("; {} rank {}, score {:.4f}",
                               leg,
                               text_of(score["rank"]),
                               score["score"].get<double>());
        }
        out += "\n";
    }
    return out;
}

/// "; shows truncation, repetition"
std::string shows(const ordered_json& modes) {
    const auto names = modes.get<std::vector<std::string>>();
    return names.empty() ? "" : fmt::format("; shows {}", fmt::join(names, ", "));
}

std::string sample_of(const ordered_json& record) {
    return record.contains("sample") ? fmt::format(", sample {}", record["sample"].get<int>() + 1)
                                     : std::string();
}

/// Every line of `text` indented, so that an answer's own lines cannot be taken for the trace's.
std::string indented(const std::string& text) {
    std::string out;
    for (const std::string& line : split(text, '\n')) {
        out += "      | " + line + "\n";
    }
    return out;
}

}  // namespace

std::string trace_json(const store::Store& store,
                       const std::string& plan_sha256,
                       const std::string& question_id) {
    return record_of(store, plan_sha256, question_id)
               .dump(2, ' ', false, ordered_json::error_handler_t::replace) +
           "\n";
}

/// The expected answer, and below it what is as right.
std::string expected_text(const ordered_json& expected) {
    if (!expected.is_array()) {
        return text_of(expected);
    }
    std::string out;
    for (const ordered_json& text : expected) {
        out += (out.empty() ? "" : "\nalso right: ") + text_of(text);
    }
    return out;
}

std::string trace_text(const store::Store& store,
                       const std::string& plan_sha256,
                       const std::string& question_id) {
    const ordered_json record = record_of(store, plan_sha256, question_id);
    const ordered_json& question = record["question"];
    std::string out = fmt::format("load      question {} ({}), cluster {}\n{}  expected\n{}",
                                  text_of(question["id"]),
                                  text_of(question["place"]),
                                  text_of(question["cluster"]),
                                  indented(text_of(question["text"])),
                                  indented(expected_text(question["expected"])));
    out += fmt::format("retrieve  {} contexts\n", question["contexts"].size());
    for (const ordered_json& context : question["contexts"]) {
        out += indented(text_of(context));
    }
    if (question.contains("retrieved")) {
        out += retrieved_text(question["retrieved"]);
    }
    for (const ordered_json& answer : record["answers"]) {
        const std::string prompt = answer["prompt_sha256"].is_null()
                                       ? "prompt tokens are not known"
                                       : fmt::format(
                                             "prompt {} tokens, {}",
                                             text_of(answer["n_prompt_tokens"]),
                                             text_of(answer["prompt_sha256"]).substr(0, 12));
        const std::string length = answer["n_answer_tokens"].is_null()
                                       ? "an unknown number of"
                                       : text_of(answer["n_answer_tokens"]);
        out += fmt::format(
            "answer    {}{}: {} after {} tokens; {}\n{}",
            text_of(answer["variant"]),
            sample_of(answer),
            text_of(answer["stop_reason"]),
            length,
            prompt + shows(answer["failure_modes"]),
            indented(text_of(answer[answer["stop_reason"] == "failed" ? "failure" : "text"])));
        if (answer.contains("fidelity")) {
            out += fmt::format("fidelity  {}: {}\n",
                               text_of(answer["variant"]),
                               text_of(answer["fidelity"]["sentence"]));
        }
    }
    for (const ordered_json& comparison : record["comparisons"]) {
        out += fmt::format("pair      {} against {}{}: A is {}, B is {}{}\n",
                           text_of(comparison["variant"]),
                           text_of(comparison["baseline"]),
                           sample_of(comparison),
                           text_of(comparison["presented_as_A"]),
                           text_of(comparison["presented_as_B"]),
                           comparison["identical"].get<bool>() ? "; identical answers" : "");
        for (const ordered_json& verdict : comparison["verdicts"]) {
            const std::string& said = verdict["failure"].get_ref<const std::string&>();
            out += fmt::format(
                "judge     {}: {}{}\n{}",
                text_of(comparison["judge"]),
                text_of(verdict["verdict"]),
                verdict["confidence"].is_null() ? "" : ", " + text_of(verdict["confidence"]),
                indented(said.empty() ? text_of(verdict["reasoning"]) : said));
            for (const auto& [side, words] : verdict["tags"].items()) {
                if (!words.empty()) {
                    out += fmt::format("tags      {}: {}\n",
                                       side,
                                       fmt::join(words.get<std::vector<std::string>>(), ", "));
                }
            }
        }
        out += fmt::format("unblind   {} for {}\n",
                           text_of(comparison["outcome"]),
                           text_of(comparison["variant"]));
    }
    if (record.contains("panel")) {
        for (const ordered_json& panel : record["panel"]) {
            out += fmt::format("panel     {}\n", text_of(panel["sentence"]));
        }
    }
    return report::visible(out);  // models and judges wrote some of it, and it goes to a terminal
}

}  // namespace assay::run
