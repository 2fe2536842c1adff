#include "assay/exchange/answers.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "assay/exchange/json_rows.hpp"
#include "reading.hpp"

namespace assay::exchange {
namespace {

std::string fixture(const std::string& name) {
    std::ifstream in(std::string(ASSAY_SOURCE_DIR) + "/tests/data/answers/" + name,
                     std::ios::binary);
    EXPECT_TRUE(in.is_open()) << name;
    return {std::istreambuf_iterator<char>(in), {}};
}

ForeignAnswers good(std::string_view text) {
    auto file = read_answers("a.jsonl", text);
    if (file) {
        return std::move(*file);
    }
    for (const Failure& failure : file.error()) {
        ADD_FAILURE() << to_sentence(failure);
    }
    return {};
}

/// All sentences of a refusal, one a line.
std::string refusal(std::string_view text) {
    const auto file = read_answers("a.jsonl", text);
    EXPECT_FALSE(file) << "accepted: " << text;
    std::string out;
    if (!file) {
        for (const Failure& failure : file.error()) {
            out += to_sentence(failure) + "\n";
        }
    }
    return out;
}

void expect_the_three_answers(const ForeignAnswers& file) {
    ASSERT_EQ(file.rows.size(), 3u);
    EXPECT_EQ(file.rows[0].text, "Haemoglobin does, in red blood cells.");
    EXPECT_EQ(file.rows[1].text, "It is Jupiter,\nthe fifth planet.");
    EXPECT_EQ(file.rows[2].text, "Die Hauptstadt heißt „Wien“.");
    for (const ForeignAnswer& row : file.rows) {
        EXPECT_EQ(row.stop_reason, StopReason::kUnknown) << "nobody says why it ends";
    }
}

TEST(Answers, OfTheStudyHaveIdQuestionAndContexts) {
    const ForeignAnswers file = good(fixture("study.jsonl"));
    EXPECT_EQ(name_of(file.format), "study");
    expect_the_three_answers(file);
    EXPECT_EQ(file.rows[1].id, "q2");
    EXPECT_EQ(file.rows[1].line, 2);
    EXPECT_EQ(file.rows[0].question, "What carries oxygen in human blood?");
    ASSERT_TRUE(file.rows[0].contexts);
    EXPECT_EQ(file.rows[0].contexts->size(), 2u);
    EXPECT_EQ(file.rows[0].n_contexts_used, kContextsUnknown);
    EXPECT_EQ(good(R"({"task_id": "a", "response": "x"})").format, AnswerFormat::kStudy);
}

TEST(Answers, AsAssayWritesThemKeepStopReasonsFailuresAndContexts) {
    const ForeignAnswers file = good(fixture("assay.jsonl"));
    ASSERT_EQ(file.rows.size(), 3u);
    EXPECT_EQ(file.rows[0].stop_reason, StopReason::kStop);
    EXPECT_EQ(file.rows[0].n_contexts_used, 1);
    EXPECT_TRUE(file.rows[0].contexts_cut);
    EXPECT_EQ(file.rows[1].stop_reason, StopReason::kLength);
    EXPECT_EQ(file.rows[2].stop_reason, StopReason::kFailed);
    EXPECT_EQ(file.rows[2].failure, "the engine died on it");
}

TEST(Answers, OfLmEvalAreTheUnfilteredOnesOnceHoweverManyFiltersThereAre) {
    const ForeignAnswers file = good(fixture("samples_task.jsonl"));
    EXPECT_EQ(file.format, AnswerFormat::kLmEval);
    expect_the_three_answers(file);
    EXPECT_EQ(file.rows[2].id, "2");
    EXPECT_EQ(file.rows[2].document_hash.size(), 64u);
    EXPECT_EQ(file.rows[2].question, "Wie heißt die Hauptstadt von Österreich?");
}

TEST(Answers, OfAlpacaEvalAreKnownByTheirInstruction) {
    const ForeignAnswers file = good(fixture("model_outputs.json"));
    EXPECT_EQ(file.format, AnswerFormat::kAlpacaEval);
    expect_the_three_answers(file);
    EXPECT_EQ(file.generator, "my-model-q4");
    EXPECT_EQ(file.rows[0].id, "");
    EXPECT_EQ(file.rows[0].question, "What carries oxygen in human blood?");
    EXPECT_EQ(
        good(R"([{"instruction": "Add.", "input": "1 and 2", "output": "3"}])").rows[0].question,
        "Add.\n\n1 and 2");
}

TEST(Answers, OfFastChatAndArenaHardAreTheFirstTurn) {
    for (const char* name : {"model_answer.jsonl", "arena_model_answer.jsonl"}) {
        SCOPED_TRACE(name);
        const ForeignAnswers file = good(fixture(name));
        EXPECT_EQ(file.format, AnswerFormat::kFastChat);
        expect_the_three_answers(file);
        EXPECT_EQ(file.rows[0].id, "q1");
    }
    const ForeignAnswers two_turns = good(fixture("model_answer.jsonl"));
    EXPECT_EQ(two_turns.generator, "vicuna-7b");
    ASSERT_EQ(two_turns.notes.size(), 1u);
    expect_has(two_turns.notes[0], "3 rows hold several answers or turns: the first one was taken");
}

TEST(Answers, PlainOnesAreLinesAListOrCsv) {
    for (const std::string& text :
         {fixture("plain.jsonl"), fixture("plain.csv"), "\xEF\xBB\xBF" + fixture("plain.jsonl")}) {
        const ForeignAnswers file = good(text);
        EXPECT_EQ(file.format, AnswerFormat::kPlain);
        expect_the_three_answers(file);
        EXPECT_EQ(file.rows[2].id, "q3");
    }
    EXPECT_EQ(good(R"([{"id": 7, "answer": "x"}, {"id": 8, "answer": ""}])").rows[1].id, "8");
}

TEST(Answers, ASecondAnswerToAQuestionIsRefusedWithBothPlaces) {
    const std::string text = refusal(
        "{\"id\": \"a\", \"answer\": \"x\"}\n\n{\"id\": \"a\", \"answer\": \"x\"}\n");
    expect_has(text, "a.jsonl:3");
    expect_has(text, "a second answer to \"a\"; the first stands in line 1");
    expect_has(refusal("id,answer\na,x\nb,y\na,z\n"),
               "a.jsonl:4: a second answer to \"a\"; the first stands in line 2");
    expect_has(
        refusal(R"([{"instruction": "I", "output": "x"}, {"instruction": "I", "output": "y"}])"),
        "a second answer");
    // Two filters that do not agree on what the model wrote are no repetition.
    expect_has(refusal("{\"doc_id\": 1, \"filter\": \"f\", \"resps\": [[\"x\"]]}\n{\"doc_id\": 1, "
                       "\"filter\": \"g\", \"resps\": [[\"y\"]]}"),
               "a second answer");
}

TEST(Answers, NullIsNoAnswerAndIsCounted) {
    const ForeignAnswers file = good(
        "{\"id\": \"a\", \"answer\": null}\n{\"id\": \"b\", \"answer\": \"\"}");
    ASSERT_EQ(file.rows.size(), 1u) << "the empty text is an answer";
    EXPECT_EQ(file.rows[0].id, "b");
    EXPECT_EQ(file.notes,
              std::vector<std::string>{"1 answers are null: there is none to their questions"});
}

TEST(Answers, MistakesAreToldWithTheirLines) {
    expect_has(refusal(""), "a.jsonl: holds no answer");
    expect_has(refusal("{\"id\": \"a\"}"),
               "a.jsonl:1: there is no answer: none of model_answer, response, answer, output, "
               "resps, choices");
    expect_has(refusal("{\"id\": \"a\", \"answer\": \"x\", \"output\": \"y\"}"),
               "\"answer\" and \"output\" both are names of the answer");
    expect_has(refusal("{\"answer\": \"x\"}"), "tells neither the id nor the text of its question");
    expect_has(refusal("{\"id\": \"a\", \"answer\": 7}"), "answer holds no text");
    expect_has(refusal("{\"id\": [], \"answer\": \"x\"}"),
               "id: is a list; text or a whole number is expected");
    expect_has(refusal("{\"id\": \"a\", \"task_id\": \"b\", \"answer\": \"x\"}"),
               "\"task_id\": this field stands twice");
    expect_has(refusal("{\"doc_id\": 1, \"resps\": [[[-1.5, false]]]}"),
               "answers that were only scored (multiple choice) cannot be judged");
    expect_has(refusal("{\"question_id\": 1, \"choices\": []}"), "choices[0].turns[0] is expected");
    expect_has(
        refusal("{\"id\": \"a\", \"answer\": \"x\"}\n{\"id\": \"b\", \"output\": \"x\"}"),
        "a.jsonl:2: the answer is in output, of another format than the rows before (plain)");
    expect_has(
        refusal("{\"id\": \"a\", \"answer\": \"x\", \"generator\": \"m\"}\n{\"id\": \"b\", "
                "\"answer\": \"x\", \"generator\": \"n\"}"),
        "the generator is \"n\", and in line 1 it is \"m\": these are answers of two models");
    expect_has(refusal("{\"id\": \"a\", \"answer\": \"\xFF\"}"), "not valid UTF-8");
    expect_has(refusal("{\"id\": \"a\", \"answer\": \"x\"}\n{\"id\": "), "a.jsonl:2");
    expect_has(refusal("name,colour\na,b\n"),
               "is neither JSON nor CSV with a head that names the columns id and answer");
    expect_has(refusal("id,answer\na\n"), "has 1 cells, and the head has 2");
}

TEST(Answers, ALineOfManyMistakesTellsTheFirstOnes) {
    std::string text;
    for (int i = 0; i < 100; ++i) {
        text += "{\"id\": \"a\"}\n";
    }
    const auto file = read_answers("a.jsonl", text);
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().size(), kMostRowProblems + 1);
}

TEST(Answers, BrokenFilesGiveAnswersOrSentencesAndNeverCrash) {
    static constexpr std::string_view kBytes = "{}[]\",:\\ \n0129.-eunl\xFF\xC3";
    Rng rng(11);
    int refused = 0;
    for (const char* name : {"assay.jsonl",
                             "samples_task.jsonl",
                             "model_outputs.json",
                             "model_answer.jsonl",
                             "plain.csv"}) {
        const std::string whole = fixture(name);
        for (int round = 0; round < 600; ++round) {
            std::string text = whole;
            for (std::uint64_t edits = 1 + rng.below(4); edits > 0 && !text.empty(); --edits) {
                const std::size_t at = rng.below(text.size());
                if (rng.below(4) == 0) {
                    text.resize(at);
                } else if (rng.below(2) == 0) {
                    text[at] = kBytes[rng.below(kBytes.size())];
                } else {
                    text.insert(at, 1, kBytes[rng.below(kBytes.size())]);
                }
            }
            const auto file = read_answers("a.jsonl", text);
            if (file) {
                continue;
            }
            ++refused;
            ASSERT_FALSE(file.error().empty());
            for (const Failure& failure : file.error()) {
                EXPECT_EQ(failure.place.rfind("a.jsonl", 0), 0u) << failure.place;
            }
        }
    }
    EXPECT_GT(refused, 500) << "the edits break the text often enough";
}

}  // namespace
}  // namespace assay::exchange
