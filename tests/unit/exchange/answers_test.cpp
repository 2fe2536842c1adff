#include "assay/exchange/answers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
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
               "resps, choices, prediction");
    expect_has(refusal("{\"id\": \"a\"}"),
               "The row has: id. Name the field with fields: {answer: NAME} beside the key answers "
               "(--fields answer=NAME)");
    expect_has(refusal("{\"answer\": \"x\"}"), "tells neither the id nor the text of its question");
    expect_has(refusal("{\"id\": \"a\", \"answer\": {\"text\": 7}}"), "answer holds no text");
    expect_has(refusal("{\"id\": [], \"answer\": \"x\"}"),
               "id: is a list; text or a number is expected");
    expect_has(refusal("{\"id\": \"a\", \"task_id\": \"b\", \"answer\": \"x\"}"),
               "\"id\" and \"task_id\" are both names of the id");
    expect_has(refusal("{\"doc_id\": 1, \"resps\": [[[-1.5, false]]]}"),
               "answers that were only scored (multiple choice) cannot be judged");
    expect_has(refusal("{\"doc_id\": 1, \"resps\": [[-1.5]]}"), "were only scored");
    expect_has(refusal("{\"question_id\": 1, \"choices\": []}"), "choices[0].turns[0] is expected");
    expect_has(
        refusal("{\"id\": \"a\", \"answer\": \"x\"}\n{\"id\": \"b\", \"output\": \"x\"}"),
        "a.jsonl:2: the answer is in output, of another format than the rows before (plain)");
    expect_has(
        refusal("{\"id\": \"a\", \"answer\": \"x\", \"generator\": \"m\"}\n{\"id\": \"b\", "
                "\"answer\": \"x\", \"generator\": \"n\"}"),
        "the generator is \"n\", and in line 1 it is \"m\": these are answers of two models");
    expect_has(refusal("{\"id\": \"a\", \"answer\": \"\xFF\"}"),
               "a.jsonl:1: is not UTF-8, it looks like Windows-1252");
    expect_has(refusal("{\"id\": \"a\", \"answer\": \"x\"}\n{\"id\": "), "a.jsonl:2");
    expect_has(refusal("name,colour\na,b\n"), "there is no answer");
    expect_has(refusal("id,answer\na\n"), "has 1 cells, and the head has 2");
}

TEST(Answers, TwoFieldsThatMayBeTheModelsTextAreRefusedInOneSentence) {
    for (const char* other : {"prediction",
                              "pred",
                              "model_output",
                              "model_outputs",
                              "output",
                              "output_text",
                              "generated_text",
                              "generation",
                              "completion",
                              "actual_output",
                              "response",
                              "model_answer",
                              "model_response"}) {
        const std::string name(other);
        std::string text;
        for (int i = 0; i < 5; ++i) {
            text += "{\"id\": " + std::to_string(i) + ", \"answer\": \"gold\", \"" + name +
                    "\": \"mine\"}\n";
        }
        const std::string said = refusal(text);
        EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
        expect_has(said, "\"answer\"");
        expect_has(said, "\"" + name + "\"");
        expect_has(said, "--fields answer=" + name);
    }
    expect_has(refusal("id,answer,prediction\n1,gold,mine\n"),
               "a.jsonl:2: \"answer\" and \"prediction\" may both be what the model wrote");
    // A later row decides as the first one does.
    expect_has(refusal("{\"id\": 1, \"answer\": \"x\"}\n{\"id\": 2, \"answer\": \"gold\", "
                       "\"prediction\": \"mine\"}"),
               "a.jsonl:2");
}

TEST(Answers, WhereTheFieldIsNamedOrThereIsNoDoubtItIsRead) {
    const std::string both = "{\"id\": 1, \"answer\": \"gold\", \"prediction\": \"mine\"}";
    const auto named = read_answers("a.jsonl", both, {{{"answer", "prediction"}}, {}});
    ASSERT_TRUE(named);
    EXPECT_EQ(named->rows[0].text, "mine");
    const auto other_named = read_answers("a.jsonl", both, {{{"answer", "answer"}}, {}});
    ASSERT_TRUE(other_named);
    EXPECT_EQ(other_named->rows[0].text, "gold");
    const auto gold_known = read_answers("a.jsonl", both, {{}, {"answer"}});
    ASSERT_TRUE(gold_known) << "the dataset's fields name the other one as the expected answer";
    EXPECT_EQ(gold_known->rows[0].text, "mine");
    EXPECT_EQ(good("{\"id\": 1, \"answer\": \"x\", \"response\": \"x\"}").rows[0].text, "x");
    EXPECT_EQ(good("{\"id\": 1, \"answer\": null, \"response\": \"x\"}").rows[0].text, "x");
    EXPECT_EQ(good("{\"id\": 1, \"choices\": [\"a\", \"b\"], \"response\": \"x\"}").rows[0].text,
              "x")
        << "those of a multiple-choice question";
    EXPECT_EQ(good("{\"id\": 1, \"prediction\": \"x\"}").rows[0].text, "x");
    const auto nothing = read_answers("a.jsonl", both, {{{"answer", "answr"}}, {}});
    ASSERT_FALSE(nothing);
    expect_has(to_sentence(nothing.error()[0]),
               "no row has \"answr\", which fields names as the answer");
}

TEST(Answers, FieldsMayBePaths) {
    const auto file = read_answers(
        "a.jsonl",
        R"({"meta": {"qid": 7}, "reply": {"messages": [{"content": "a"}, {"content": "x"}]}})",
        {{{"answer", "reply.messages[-1].content"}, {"id", "meta.qid"}}, {}});
    ASSERT_TRUE(file);
    EXPECT_EQ(file->rows[0].id, "7");
    EXPECT_EQ(file->rows[0].text, "x");
}

TEST(Answers, ScalarsAreTextAsInDatasets) {
    const ForeignAnswers file = good(
        "{\"id\": 1, \"answer\": 7}\n{\"id\": 2, \"answer\": 2.5, \"score\": NaN}\n{\"id\": 3, "
        "\"answer\": true}\n");
    EXPECT_EQ(file.rows[0].text, "7");
    EXPECT_EQ(file.rows[1].text, "2.5");
    EXPECT_EQ(file.rows[2].text, "true");
    EXPECT_EQ(good("id;answer\n1;blue\n").rows[0].text, "blue");
    EXPECT_EQ(good(R"({"user_input": "q", "response": "x"})").rows[0].question, "q");
}

TEST(Answers, OfOtherToolsAreRead) {
    const ForeignAnswers inspect = good(
        R"({"version": 2, "eval": {"task": "t", "model": "m"}, "samples": [
        {"id": "a", "epoch": 1, "input": "q", "target": "e", "output": {"model": "m", "completion": "x",
         "choices": [{"message": {"role": "assistant", "content": [{"type": "text", "text": "x"}]}, "stop_reason": "max_tokens"}]}},
        {"id": "a", "epoch": 2, "input": "q", "target": "e", "output": {"model": "m", "choices": [{"message": {"content": "y"}}]}},
        {"id": "b", "epoch": 1, "input": "q", "target": "e", "error": {"message": "timed out"}, "output": {"model": "m", "choices": []}}]})");
    EXPECT_EQ(name_of(inspect.format), "inspect");
    ASSERT_EQ(inspect.rows.size(), 2u);
    EXPECT_EQ(inspect.rows[0].text, "x");
    EXPECT_EQ(inspect.rows[0].stop_reason, StopReason::kLength);
    EXPECT_EQ(inspect.generator, "m");
    EXPECT_EQ(inspect.rows[1].stop_reason, StopReason::kFailed);
    EXPECT_EQ(inspect.rows[1].failure, "timed out");
    const ForeignAnswers promptfoo = good(
        R"({"evalId": "e", "results": {"version": 3, "results": [{"testIdx": 4, "provider": {"id": "openai:m"},
        "vars": {"question": "q"}, "response": {"output": "x"}}]}})");
    EXPECT_EQ(name_of(promptfoo.format), "promptfoo");
    EXPECT_EQ(promptfoo.rows[0].id, "4");
    EXPECT_EQ(promptfoo.rows[0].question, "q");
    EXPECT_EQ(promptfoo.rows[0].text, "x");
    const std::string csv = "question,[openai:m] p,Status,Score\nq,x,PASS,1\n";
    EXPECT_EQ(name_of(good(csv).format), "promptfoo");
    EXPECT_EQ(good(csv).rows[0].text, "x");
    expect_has(refusal("question,[a] p,Status,Score,[b] p,Status,Score\nq,x,PASS,1,y,PASS,1\n"),
               "holds the answers of 2 models: [a] p, [b] p");
    const ForeignAnswers batch = good(
        R"({"id": "batch_req_1", "custom_id": "q1", "response": {"status_code": 200, "body": {"model": "m", "choices": [{"message": {"content": "x"}}]}}, "error": null})");
    EXPECT_EQ(batch.rows[0].id, "q1");
    EXPECT_EQ(batch.rows[0].text, "x");
    for (
        const char* row :
        {R"({"query": "q", "response": "x", "ground_truth": "e", "context": "c"})",
         R"([{"input": "q", "actual_output": "x", "expected_output": "e"}])",
         R"({"user_input": "q", "response": "x", "reference": "e", "retrieved_contexts": ["c"]})"}) {
        EXPECT_EQ(good(row).rows[0].question, "q") << row;
        EXPECT_EQ(good(row).rows[0].text, "x") << row;
    }
}

ForeignAnswers of_samples(std::string_view text, int n) {
    auto file = read_answers("a.jsonl", text, {{}, {}, n});
    if (file) {
        return std::move(*file);
    }
    for (const Failure& failure : file.error()) {
        ADD_FAILURE() << to_sentence(failure);
    }
    return {};
}

TEST(Answers, SamplesAreNumberedInAnyOrderFromZeroOrOne) {
    const ForeignAnswers file = of_samples(R"({"id": "a", "sample": "2", "answer": "two"}
{"id": "a", "sample": 1, "answer": "one"}
{"id": "b", "sample": 2.0, "answer": "b two"}
{"id": "b", "sample": 1, "answer": "b one"}
{"id": "b", "sample": 3, "answer": "b three"}
)",
                                           2);
    ASSERT_EQ(file.rows.size(), 4U);
    EXPECT_EQ(file.rows[0].sample, 1);
    EXPECT_EQ(file.rows[1].sample, 0);
    ASSERT_EQ(file.notes.size(), 1U);
    EXPECT_NE(file.notes[0].find("further samples"), std::string::npos);
    for (const char* bad : {"-1", "\"x\"", "1.5", "null", "123456"}) {
        const auto refused = read_answers(
            "a.jsonl",
            "{\"id\": \"a\", \"sample\": " + std::string(bad) + ", \"answer\": \"x\"}\n",
            {{}, {}, 2});
        ASSERT_FALSE(refused) << bad;
        EXPECT_NE(to_sentence(refused.error()[0]).find("sample"), std::string::npos);
    }
}

TEST(Answers, TheItemsOfAListAreSamplesAndANullOneIsNone) {
    for (const char* row : {R"({"doc_id": 1, "resps": [["x", "y", "z"]]})",
                            R"({"id": 1, "answer": ["x", "y", "z"]})",
                            R"({"question_id": 1, "choices": [{"index": 0, "turns": ["x"]},
                                {"index": 1, "turns": ["y"]}, {"index": 2, "turns": ["z"]}]})"}) {
        std::string line(row);
        std::erase(line, '\n');
        const ForeignAnswers file = of_samples(line + "\n", 3);
        ASSERT_EQ(file.rows.size(), 3U) << row;
        EXPECT_EQ(file.rows[0].text, "x");
        EXPECT_EQ(file.rows[2].text, "z");
        EXPECT_EQ(file.rows[2].sample, 2);
        EXPECT_EQ(good(line + "\n").rows.size(), 1U) << "one is wanted: the first is taken";
    }
    const ForeignAnswers gap = of_samples(R"({"id": "a", "answer": ["x", null, "z"]})"
                                          "\n",
                                          3);
    ASSERT_EQ(gap.rows.size(), 2U);
    EXPECT_EQ(gap.rows[1].sample, 2);
}

TEST(Answers, ALineOfManyMistakesTellsTheFirstOnes) {
    std::string text = "{\"id\": \"a\", \"answer\": \"x\"}\n";
    for (int i = 0; i < 100; ++i) {
        text += "{\"answer\": \"x\"}\n";
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
