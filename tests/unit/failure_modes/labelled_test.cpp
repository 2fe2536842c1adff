// What the detectors are worth on real answers that were labelled by reading
// (docs/failure_modes.md). It prints the table that the docs quote, and the answers on which
// detector and label differ.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "assay/base/text.hpp"
#include "assay/failure_modes/endings.hpp"
#include "assay/failure_modes/examine.hpp"
#include "assay/failure_modes/read_back.hpp"
#include "assay/records/names.hpp"
#include "assay/stats/proportion.hpp"

namespace assay::failure_modes {
namespace {

using nlohmann::json;

const std::string kFolder = ASSAY_SOURCE_DIR;

std::vector<json> rows_of(const std::string& path) {
    const auto text = read_file(path);
    if (!text) {
        throw std::runtime_error(to_sentence(text.error()));
    }
    std::vector<json> out;
    for (const std::string& line : split(*text, '\n')) {
        if (!line.empty()) {
            out.push_back(json::parse(line));
        }
    }
    return out;
}

/// What the answers' prompts said beside question and passages. Runs that were provoked had other
/// user turns, which were not kept, and the same system prompt.
const std::vector<std::string> kInstructions = {
    "You are a careful assistant. Answer correctly and briefly, and say so when you do not know.",
    "Answer the question with facts from the numbered passages below. If they do not contain the "
    "answer, say so.",
    "Answer in one or two full sentences."};

/// Prompts with worked examples: what of an answer is read back from them cannot be told.
bool has_unknown_examples(const std::string& id) {
    return id.starts_with("fr2/") || id.starts_with("es2/") || id.starts_with("zh2/");
}

struct Labelled {
    std::string id;
    bool report_half = false;  ///< even question numbers; so no question is in both halves
    Flags labels, found;
    StopReason stop_reason = StopReason::kStop;
    bool label_mid_sentence = false, found_mid_sentence = false;
};

std::vector<Labelled> labelled_answers() {
    std::map<std::string, Question> questions;
    std::vector<Question> all;
    for (const json& row : rows_of(kFolder + "/examples/science-qa/questions.jsonl")) {
        Question question;
        question.id = row.at("id");
        question.text = row.at("question");
        question.expected = row.at("expected_answer").get<std::string>();
        question.contexts = row.at("contexts").get<std::vector<std::string>>();
        questions[question.id] = question;
        all.push_back(std::move(question));
    }
    const ContextWords dataset(all);
    std::vector<Labelled> out;
    for (const json& row : rows_of(kFolder + "/tests/data/failure_modes/labelled.jsonl")) {
        const std::string text = row.at("answer");
        const Question& question = questions.at(row.at("question_id"));
        AnswerFacts facts;
        facts.text = text;
        facts.stop_reason = stop_reason_of(row.at("stop_reason").get<std::string>()).value();
        facts.n_contexts_used = row.at("n_contexts");
        facts.question_id = question.id;
        facts.question = question.text;
        facts.expected = question.expected;
        facts.contexts = question.contexts;
        facts.instructions = kInstructions;
        facts.dataset = &dataset;
        Labelled item;
        item.id = row.at("id");
        item.report_half = (question.id.back() - '0') % 2 == 0;
        for (const std::string& label : row.at("labels").get<std::vector<std::string>>()) {
            item.labels.set(mode_of(label).value());
        }
        item.found = examine(facts);
        item.stop_reason = facts.stop_reason;
        item.label_mid_sentence = row.at("ends_mid_sentence");
        item.found_mid_sentence = ends_mid_sentence(text);
        out.push_back(std::move(item));
    }
    return out;
}

struct Score {
    int right = 0, false_alarms = 0, missed = 0;

    void add(bool label, bool found) {
        right += label && found ? 1 : 0;
        false_alarms += !label && found ? 1 : 0;
        missed += label && !found ? 1 : 0;
    }
    [[nodiscard]] int found() const { return right + false_alarms; }
    [[nodiscard]] int labelled() const { return right + missed; }
};

std::string share(int x, int n) {
    const stats::Interval interval = stats::wilson(x, n, 0.95);
    return n == 0 ? "-"
                  : fmt::format("{}/{} = {:.2f} [{:.2f}, {:.2f}]",
                                x,
                                n,
                                static_cast<double>(x) / n,
                                interval.low,
                                interval.high);
}

void print_row(std::string_view name, const Score& score) {
    fmt::print("| {} | {} | {} |\n",
               name,
               share(score.right, score.found()),
               share(score.right, score.labelled()));
}

/// The scores of one half, printed as a Markdown table; the modes in their order and then
/// ends_mid_sentence on the answers that reached the limit.
std::vector<Score> print_half(const std::vector<Labelled>& answers, bool report_half) {
    std::vector<Score> out(kModes + 1);
    int n = 0;
    std::string differences;
    const auto add =
        [&](std::size_t i, std::string_view name, const Labelled& answer, bool label, bool found) {
            out[i].add(label, found);
            if (label != found) {
                differences += fmt::format(
                    "  {} {}: {}\n", name, found ? "false alarm" : "missed", answer.id);
            }
        };
    for (const Labelled& answer : answers) {
        if (answer.report_half != report_half) {
            continue;
        }
        ++n;
        for (const Mode mode : kAllModes) {
            if (mode == Mode::kPromptReadBack && has_unknown_examples(answer.id)) {
                continue;
            }
            add(static_cast<std::size_t>(mode),
                name_of(mode),
                answer,
                answer.labels.has(mode),
                answer.found.has(mode));
        }
        if (answer.stop_reason == StopReason::kLength) {
            add(kModes,
                "ends_mid_sentence",
                answer,
                answer.label_mid_sentence,
                answer.found_mid_sentence);
        }
    }
    fmt::print("{} half, {} answers\n| mode | precision | recall |\n|---|---|---|\n",
               report_half ? "report" : "tune",
               n);
    for (const Mode mode : kAllModes) {
        print_row(name_of(mode), out[static_cast<std::size_t>(mode)]);
    }
    print_row("ends_mid_sentence", out[kModes]);
    fmt::print("differences:\n{}\n", differences);
    return out;
}

TEST(LabelledAnswers, AreAtLeastTwoHundredWithUniqueIdsAndKnownQuestions) {
    std::set<std::string> ids;
    for (const Labelled& answer : labelled_answers()) {
        ids.insert(answer.id);
    }
    EXPECT_GE(ids.size(), 200u);
    EXPECT_EQ(ids.size(), rows_of(kFolder + "/tests/data/failure_modes/labelled.jsonl").size());
}

/// What docs/failure_modes.md states of the report half; more errors of a mode are a step back.
struct Stated {
    int false_alarms;
    int missed;
};
constexpr std::array<Stated, kModes + 1> kStated = {
    {{1, 0}, {1, 3}, {0, 1}, {0, 0}, {0, 0}, {1, 1}, {0, 0}, {0, 3}, {0, 5}, {0, 0}, {0, 15}}};

TEST(LabelledAnswers, OfTheReportHalfAreFoundAsWellAsTheDocsState) {
    const std::vector<Labelled> answers = labelled_answers();
    print_half(answers, false);
    const std::vector<Score> report = print_half(answers, true);
    std::fflush(stdout);
    for (std::size_t i = 0; i <= kModes; ++i) {
        const std::string_view name = i < kModes ? name_of(kAllModes[i]) : "ends_mid_sentence";
        EXPECT_LE(report[i].false_alarms, kStated[i].false_alarms) << name;
        EXPECT_LE(report[i].missed, kStated[i].missed) << name;
        // No model wrote to a judge: of instruction_to_judge the set measures false alarms only
        // (instruction_to_judge_test.cpp).
        const bool only_false_alarms = i == static_cast<std::size_t>(Mode::kInstructionToJudge);
        EXPECT_TRUE(report[i].labelled() > 0 || only_false_alarms)
            << name << ": nothing is measured";
    }
}

}  // namespace
}  // namespace assay::failure_modes
