#include "assay/run/verify_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "assay/base/hash.hpp"
#include "assay/config/plan_json.hpp"
#include "assay/exchange/answers.hpp"
#include "assay/pairing/controls.hpp"
#include "assay/pairing/draw.hpp"
#include "assay/run/said_answers.hpp"

namespace assay::run {
namespace {

std::string table(std::string_view name) {
    return fmt::format("assay.sqlite, table {}", name);
}

std::string short_key(const std::string& key) {
    return key.substr(0, 12);
}

using Answers = std::map<std::string, Answer>;

/// What a comparison says of its answers, against the answers; empty: it is right.
std::string wrong_of_answers(const Comparison& comparison, const Answers& answers) {
    const auto baseline = answers.find(comparison.baseline_answer_key);
    const auto variant = answers.find(comparison.variant_answer_key);
    if (baseline == answers.end() || variant == answers.end()) {
        return "one of its answers is not stored";
    }
    Question question;
    question.id = comparison.question_id;
    const auto input = pairing::make_pair_input(question,
                                                {comparison.baseline_answer_key, &baseline->second},
                                                {comparison.variant_answer_key, &variant->second});
    if (!input) {
        return "its baseline has no answer";
    }
    if (input->answers_sha256 != comparison.answers_sha256) {
        return "its answers are not the ones that it was drawn for";
    }
    if (input->identical != comparison.identical ||
        input->variant_failed != comparison.variant_failed) {
        return "whether it needs a judge is stored as it is not";
    }
    return {};
}

void check_comparisons(const store::Store& store, Verification& out) {
    Answers answers;
    for (store::AnswerRow& row : store.answers()) {
        answers.emplace(std::move(row.key), std::move(row.answer));
    }
    std::map<std::string, bool> side_of;  // first id of a pair -> variant_is_a as drawn
    const std::vector<Comparison> comparisons = store.comparisons();
    for (const Comparison& comparison : comparisons) {
        if (comparison.order == 0 && comparison.repeat == 0) {
            side_of.emplace(comparison.id, comparison.variant_is_a);
        }
    }
    const auto complain = [&](const Comparison& comparison, std::string_view what) {
        out.differences.push_back({table("comparisons"),
                                   fmt::format("comparison {} of question {}: {}",
                                               short_key(comparison.id),
                                               comparison.question_id,
                                               what)});
    };
    for (const Comparison& comparison : comparisons) {
        if (pairing::id_of(comparison) != comparison.id) {
            complain(comparison, "its id is not the hash of its question and answers");
            continue;
        }
        if (const std::string wrong = wrong_of_answers(comparison, answers); !wrong.empty()) {
            complain(comparison, wrong);
        }
        const auto drawn = side_of.find(pairing::comparison_id(
            comparison.question_id, comparison.baseline_answer_key, comparison.variant_answer_key));
        const bool turned = comparison.order == 1;
        if (drawn == side_of.end()) {
            complain(comparison, "the pair that it repeats is not stored");
        } else if (comparison.variant_is_a != (drawn->second != turned)) {
            complain(comparison, "its sides do not fit the ones that were drawn");
        }
    }
    out.checks.push_back({"comparisons, with their ids, answers and sides",
                          static_cast<std::int64_t>(comparisons.size())});
}

}  // namespace

void check_account(const store::Store& store, Verification& out) {
    const std::vector<store::TableContents> now = store.contents();
    std::map<std::string, store::TableContents> written;
    for (store::TableContents& contents : store.contents_as_written()) {
        std::string name = contents.table;
        written.emplace(std::move(name), std::move(contents));
    }
    if (written.empty()) {
        out.not_checked.push_back(
            {"assay.sqlite",
             "only an earlier assay wrote to this run, and kept no account of its rows: a change "
             "of one that no key covers (a verdict, a session) is not seen"});
        return;
    }
    for (const store::TableContents& contents : now) {
        const auto as_written = written.find(contents.table);
        if (as_written == written.end()) {
            out.differences.push_back({table(contents.table), "assay did not make this table"});
        } else if (as_written->second != contents) {
            out.differences.push_back(
                {table(contents.table),
                 fmt::format("a row was changed, added or removed by another hand ({} rows; assay "
                             "wrote {})",
                             contents.n_rows,
                             as_written->second.n_rows)});
        }
    }
    out.checks.push_back(
        {"tables, against the account of what assay wrote", static_cast<std::int64_t>(now.size())});
    if (const std::int64_t n = store.n_rows_before_account(); n > 0) {
        out.not_checked.push_back(
            {"assay.sqlite",
             fmt::format("{} rows were written by an earlier assay, before the account was begun: "
                         "of them only later changes are seen",
                         n)});
    }
}

void check_plans(const store::Store& store, Verification& out) {
    std::set<std::string> seen;
    for (const store::PlanRecord& record : store.plans()) {
        if (!seen.insert(record.sha256).second) {
            continue;
        }
        const auto complain = [&](std::string_view what) {
            out.differences.push_back(
                {table("plans"), fmt::format("plan {}: {}", short_key(record.sha256), what)});
        };
        const auto plan = config::plan_from_json(record.json);
        if (!plan) {
            complain("it cannot be read");
            continue;
        }
        if (config::plan_sha256(*plan) != record.sha256) {
            complain("its hash is not that of its settings");
        }
        if (plan->analysis.margin != record.margin || plan->analysis.alpha != record.alpha) {
            complain("margin or alpha beside it are not those in it");
        }
    }
    out.checks.push_back({"plans, with their hashes", static_cast<std::int64_t>(seen.size())});
}

void check_judges(const store::Store& store, Verification& out) {
    const std::vector<store::JudgeRow> judges = store.judges();
    for (const store::JudgeRow& judge : judges) {
        if (sha256_hex(judge.identity_json) != judge.key) {
            out.differences.push_back(
                {table("judges"),
                 fmt::format("judge {}: its key is not the hash of its identity", judge.name)});
        }
    }
    out.checks.push_back({"judges, with their keys", static_cast<std::int64_t>(judges.size())});
}

void check_pairs(const store::Store& store, Verification& out) {
    check_comparisons(store, out);
    const std::vector<Control> controls = store.controls();
    for (const Control& control : controls) {
        if (pairing::id_of(control) != control.id) {
            out.differences.push_back(
                {table("controls"),
                 fmt::format("control {} of question {}: its id is not the hash of its answers",
                             short_key(control.id),
                             control.question_id)});
        }
    }
    out.checks.push_back({"controls, with their ids", static_cast<std::int64_t>(controls.size())});
}

/// What is judged of an answer with thoughts is what it says.
void check_said(const StoredRun& stored, std::size_t v, std::size_t q, Verification& out) {
    const VariantFacts& facts = stored.facts.variants[v];
    const std::string& judged_key = facts.keys_for_judges()[q];
    if (judged_key == facts.answer_keys[q]) {
        return;
    }
    const auto& judged = stored.judged_answers(v)[q];
    const auto said = said_answer(*stored.answers[v][q]);
    if (!judged || !said || judged->text != said->text ||
        judged_key != said_key(facts.answer_keys[q], said->text)) {
        out.differences.push_back(
            {table("answers"),
             fmt::format("what is judged of the answer of {} to question {} is not what it says "
                         "without its thoughts",
                         stored.variants[v].name,
                         stored.question_at(q).id)});
    }
}

void check_answers(const StoredRun& stored, Verification& out) {
    std::int64_t n_checked = 0, n_covered = 0;
    for (std::size_t v = 0; v < stored.variants.size(); ++v) {
        for (std::size_t q = 0; q < stored.answers[v].size(); ++q) {
            const auto& answer = stored.answers[v][q];
            if (!answer) {
                continue;
            }
            check_said(stored, v, q, out);
            if (!stored.variants[v].answers) {
                ++n_covered;
                continue;
            }
            ++n_checked;
            if (exchange::given_answer_key(
                    stored.question_at(q), *answer, q / stored.questions.size()) !=
                stored.facts.variants[v].answer_keys[q]) {
                out.differences.push_back(
                    {table("answers"),
                     fmt::format("the answer of {} to question {} is not the one of its key",
                                 stored.variants[v].name,
                                 stored.question_at(q).id)});
            }
        }
    }
    if (n_checked > 0) {
        out.checks.push_back({"answers that were made elsewhere, with their keys", n_checked});
    }
    if (n_covered > 0) {
        out.not_checked.push_back(
            {table("answers"),
             fmt::format("{} answers were made by a model: their keys can only be computed again "
                         "with it, and their text is checked by the account alone",
                         n_covered)});
    }
}

}  // namespace assay::run
