#include "assay/config/dataset.hpp"

#include <gmock/gmock.h>

#include "folder.hpp"

namespace assay::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class Dataset : public testing::Test {
 protected:
    tl::expected<std::vector<Question>, std::vector<Failure>> load(const std::string& name,
                                                                   std::string_view bytes,
                                                                   DatasetSpec spec = {}) {
        spec.file = folder_.write(name, bytes);
        return load_questions(spec);
    }
    std::vector<Question> questions(const std::string& name,
                                    std::string_view bytes,
                                    DatasetSpec spec = {}) {
        auto loaded = load(name, bytes, std::move(spec));
        if (!loaded) {
            ADD_FAILURE() << testing::PrintToString(sentences(loaded.error(), folder_));
        }
        return loaded ? *loaded : std::vector<Question>{};
    }
    std::vector<std::string> errors(const std::string& name,
                                    std::string_view bytes,
                                    DatasetSpec spec = {}) {
        const auto loaded = load(name, bytes, std::move(spec));
        return loaded ? std::vector<std::string>{} : sentences(loaded.error(), folder_);
    }
    static std::vector<std::string> ids(const std::vector<Question>& questions) {
        std::vector<std::string> out;
        for (const Question& question : questions) {
            out.push_back(question.id);
        }
        return out;
    }

    Folder folder_;
};

TEST_F(Dataset, AJsonLineFillsEveryField) {
    const auto all = questions(
        "q.jsonl",
        "\xEF\xBB\xBF{\"id\": 7, \"question\": \"Why?\", \"expected_answer\": \"So.\", "
        "\"contexts\": [\"a\", {\"text\": \"b\"}], "
        "\"cluster\": \"bio\", \"other\": {\"x\": 1}}\r\n\r\n");
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].id, "7");
    EXPECT_EQ(all[0].text, "Why?");
    EXPECT_EQ(all[0].expected, "So.");
    EXPECT_THAT(all[0].contexts, ElementsAre("a", "b"));
    EXPECT_EQ(all[0].cluster, "bio");
    EXPECT_EQ(all[0].place, "q.jsonl:1");
}

TEST_F(Dataset, EveryAliasIsUnderstood) {
    for (const char* name : {"id", "task_id", "question_id", "uid", "sample_id", "doc_id"}) {
        EXPECT_EQ(
            questions("q.jsonl", std::string("{\"question\": \"?\", \"") + name + "\": \"x\"}")[0]
                .id,
            "x")
            << name;
    }
    for (const char* name : {"question", "instruction", "prompt", "user_input"}) {
        EXPECT_EQ(questions("q.jsonl", std::string("{\"") + name + "\": \"x\"}")[0].text, "x")
            << name;
    }
    EXPECT_EQ(questions("q.jsonl", "{\"turns\": [\"x\", \"y\"]}")[0].text, "x");
    EXPECT_EQ(questions("q.jsonl",
                        "{\"doc_id\": 0, \"doc\": {\"question\": \"x\"}, \"target\": \"y\"}")[0]
                  .text,
              "x");
    EXPECT_EQ(
        questions("q.jsonl", "{\"question\": \"x\", \"doc\": {\"question\": \"of lm-eval\"}}")[0]
            .text,
        "x");
    for (const char* name : {"expected",
                             "expected_answer",
                             "expected_response",
                             "expected_output",
                             "ideal",
                             "target",
                             "reference",
                             "ground_truth"}) {
        EXPECT_EQ(
            questions("q.jsonl", std::string("{\"question\": \"?\", \"") + name + "\": \"x\"}")[0]
                .expected,
            "x")
            << name;
    }
    for (const char* name : {"contexts", "context", "retrieved_contexts", "retrieval_context"}) {
        EXPECT_THAT(
            questions("q.jsonl", std::string("{\"question\": \"?\", \"") + name + "\": \"x\"}")[0]
                .contexts,
            ElementsAre("x"))
            << name;
        EXPECT_THAT(
            questions("q.jsonl",
                      std::string("{\"question\": \"?\", \"") + name + "\": [\"x\", \"y\"]}")[0]
                .contexts,
            ElementsAre("x", "y"))
            << name;
    }
    for (const char* name : {"cluster", "document_id", "paper_id"}) {
        EXPECT_EQ(questions("q.jsonl", std::string("{\"question\": \"?\", \"") + name + "\": 3}")[0]
                      .cluster,
                  "3")
            << name;
    }
}

TEST_F(Dataset, AlpacasInputIsJoinedByABlankLine) {
    const auto all = questions(
        "alpaca.json",
        R"([{"instruction": "Sum up.", "input": "A text."}, {"instruction": "Sing.", "input": ""},
        {"question": "Why?", "input": "not Alpaca"}])");
    EXPECT_EQ(all[0].text, "Sum up.\n\nA text.");
    EXPECT_EQ(all[1].text, "Sing.");
    EXPECT_EQ(all[2].text, "Why?");
}

TEST_F(Dataset, AMissingIdIsTheRowsNumber) {
    EXPECT_THAT(ids(questions("q.jsonl",
                              "\n{\"question\": \"a\"}\n\n{\"question\": \"b\", \"id\": "
                              "null}\n{\"question\": \"c\", \"id\": \"x\"}\n")),
                ElementsAre("000001", "000002", "x"));
}

TEST_F(Dataset, EveryFormatGivesTheSameQuestions) {
    const std::vector<std::pair<std::string, std::string>> files{
        {"q.jsonl",
         "{\"id\": \"a\", \"question\": \"x\", \"expected\": \"e\"}\n{\"id\": \"b\", \"question\": "
         "\"y\"}\n"},
        {"lines.json",
         "{\"id\": \"a\", \"question\": \"x\", \"expected\": \"e\"}\r\n{\"id\": \"b\", "
         "\"question\": \"y\"}"},
        {"array.json",
         "[{\"id\": \"a\", \"question\": \"x\", \"expected\": \"e\"}, {\"id\": \"b\", "
         "\"question\": \"y\"}]"},
        {"array.jsonl",
         " [{\"id\": \"a\", \"question\": \"x\", \"expected\": \"e\"},\n {\"id\": \"b\", "
         "\"question\": \"y\"}]\n"},
        {"data.json",
         "{\"data\": [{\"id\": \"a\", \"question\": \"x\", \"expected\": \"e\"}, {\"id\": \"b\", "
         "\"question\": "
         "\"y\"}]}"},
        {"items.json",
         "{\n\"version\": 1, \"items\": [{\"id\": \"a\", \"question\": \"x\", \"expected\": "
         "\"e\"}, {\"id\": \"b\", "
         "\"question\": \"y\"}]}"},
        {"q.csv", "\xEF\xBB\xBFid,question,expected\na,x,e\nb,y,\n"},
        {"Q.CSV", "id,question,expected\r\n\"a\",\"x\",\"e\"\r\n\"b\",\"y\",\"\"\r\n"},
    };
    for (const auto& [name, bytes] : files) {
        const auto all = questions(name, bytes);
        ASSERT_EQ(all.size(), 2u) << name;
        EXPECT_THAT(ids(all), ElementsAre("a", "b")) << name;
        EXPECT_EQ(all[0].expected, "e") << name;
        EXPECT_EQ(all[1].text, "y") << name;
        EXPECT_FALSE(all[1].expected) << name;
    }
}

TEST_F(Dataset, CsvContextsAreOneTextOrAJsonList) {
    const auto all = questions(
        "q.csv", "question,contexts\na,[1] is a passage\nb,\"[\"\"p\"\", \"\"q\"\"]\"\nc,\n");
    EXPECT_THAT(all[0].contexts, ElementsAre("[1] is a passage"));
    EXPECT_THAT(all[1].contexts, ElementsAre("p", "q"));
    EXPECT_THAT(all[2].contexts, IsEmpty());
    EXPECT_EQ(all[2].place, "q.csv:4");
}

TEST_F(Dataset, FieldsCanBeMapped) {
    DatasetSpec spec;
    spec.fields = {{"question", "q"}, {"expected", "answers[0]"}, {"id", "key"}};
    const auto all = questions(
        "q.jsonl",
        R"({"q": "mapped", "question": "not", "prompt": "nor", "answers": ["e", "f"], "key": 5, "id": 6})",
        spec);
    EXPECT_EQ(all[0].text, "mapped");
    EXPECT_EQ(all[0].expected, "e");
    EXPECT_EQ(all[0].id, "5");
    spec.fields = {{"expected", "anwser"}, {"question", "q"}};
    EXPECT_THAT(
        errors("q.jsonl", "{\"q\": \"x\"}\n", spec),
        ElementsAre("q.jsonl: no row has \"anwser\", which dataset.fields names as the expected"));
    EXPECT_THAT(errors("q.jsonl", "{\"question\": \"x\"}\n", spec),
                ElementsAre("q.jsonl:1: there is no \"q\", which dataset.fields names as the "
                            "question. The row has: "
                            "question. Name the field with "
                            "dataset.fields: {question: NAME} (--fields dataset.question=NAME)."));
}

TEST_F(Dataset, RowsThatAreWrongAreNamedByLine) {
    EXPECT_THAT(
        errors("questions.jsonl", R"({"question": "fine"}
{"question":
[]
{"id": "x", "answer": "y"}
{"question": "  "}
{"question": {"text": "x"}}
{"question": "x", "prompt": "y"}
{"question": "x", "id": ["a"]}
{"question": "x", "id": ""}
{"question": "x", "expected_answer": ""}
{"question": "x", "contexts": ["a", " "]}
{"question": "x", "contexts": {"a": 7}}
{"question": "x", "contexts": ["a", {"b": 7}]}
{"question": "x", "cluster": [true]}
{"question": "a\u0000b"}
{"question": "x", "question": "y"}
{"turns": []}
)"),
        ElementsAre(
            StartsWith("questions.jsonl:2: broken JSON at column 13"),
            "questions.jsonl:3: a row must be a JSON object, not a list",
            "questions.jsonl:4: there is no question: none of question, instruction, prompt, "
            "user_input, query, turns[0]. The row has: id, answer. Name the field with "
            "dataset.fields: {question: NAME} (--fields dataset.question=NAME).",
            "questions.jsonl:5: question is empty. Leave the field out or fill it in.",
            "questions.jsonl:6: question must be text, or messages with one of the user, not an "
            "object",
            "questions.jsonl:7: \"question\" and \"prompt\" are both names of the question. Say "
            "which one counts with dataset.fields: {question: question} (--fields "
            "dataset.question=question).",
            "questions.jsonl:8: id must be text or a number, not a list",
            "questions.jsonl:9: id is empty. Leave the field out or fill it in.",
            "questions.jsonl:10: expected_answer is empty. Leave the field out or fill it in.",
            "questions.jsonl:11: contexts[1] is empty. Leave the field out or fill it in.",
            "questions.jsonl:12: contexts must be text or a list of texts, not an object",
            "questions.jsonl:13: contexts must be text or a list of texts, not a list whose item 2 "
            "is an object without text, content or passage",
            "questions.jsonl:14: cluster must be text or a number, not a list",
            "questions.jsonl:15: question holds a NUL character",
            "questions.jsonl:16: the key \"question\" stands twice. Keep one of them.",
            StartsWith("questions.jsonl:17: there is no question")));
}

TEST_F(Dataset, ScalarsAreTextAndFieldsThatNobodyReadsAreNoError) {
    const auto all = questions("q.jsonl", R"({"question": 5, "id": 1.5, "expected": 7, "score": NaN}
{"question": "x", "id": 2, "expected": true, "cluster": false, "other": {"a": [Infinity, -Infinity]}}
{"question": "x", "id": 3, "expected": NaN, "contexts": 7, "a": 1, "a": 2}
)");
    ASSERT_EQ(all.size(), 3u);
    EXPECT_EQ(all[0].text, "5");
    EXPECT_EQ(all[0].id, "1.5");
    EXPECT_EQ(all[0].expected, "7");
    EXPECT_EQ(all[1].expected, "true");
    EXPECT_EQ(all[1].cluster, "false");
    EXPECT_FALSE(all[2].expected) << "NaN is null";
    EXPECT_THAT(all[2].contexts, ElementsAre("7"));
}

TEST_F(Dataset, AListOfAliasesGivesAlternatives) {
    const std::vector<std::pair<std::string, std::string>> files{
        {"q.jsonl", R"({"id": 1, "question": "x", "target": ["Danube", "Donau", null, "Danube"]})"},
        {"q.csv", "id,question,target\n1,x,\"[\"\"Danube\"\", \"\"Donau\"\"]\"\n"},
        {"p.csv", "id,question,target\n1,x,\"['Danube', 'Donau']\"\n"}};
    for (const auto& [name, bytes] : files) {
        const auto all = questions(name, bytes);
        EXPECT_EQ(all[0].expected, "Danube") << name;
        EXPECT_THAT(all[0].alternatives, ElementsAre("Donau")) << name;
    }
}

TEST_F(Dataset, AnExpectedAnswerOfAWrongKindIsToldWhenItIsNeeded) {
    const auto all = questions("q.jsonl", R"({"question": "x", "expected": {"value": "y"}}
{"question": "x", "answer": "gold, or not"}
)");
    EXPECT_FALSE(all[0].expected);
    EXPECT_EQ(all[0].expected_problem,
              "expected is an object of value, not text or a list of texts");
    EXPECT_FALSE(all[1].expected);
    EXPECT_EQ(all[1].expected_problem,
              "if \"answer\" is the right answer, and not a model's, say so with dataset.fields: "
              "{expected: answer} (--fields dataset.expected=answer)");
}

TEST_F(Dataset, FieldsMayBePaths) {
    DatasetSpec spec;
    spec.fields = {
        {"expected", "doc.answer.value"}, {"id", "a.b"}, {"question", "msgs[1].content"}};
    const auto all = questions(
        "q.jsonl",
        R"({"doc": {"answer": {"value": "y"}}, "a.b": "dotted", "a": {"b": 1}, "msgs": [{}, {"content": "x"}]})",
        spec);
    EXPECT_EQ(all[0].expected, "y");
    EXPECT_EQ(all[0].id, "dotted");
    EXPECT_EQ(all[0].text, "x");
}

TEST_F(Dataset, PassagesAreSplitOnRequest) {
    DatasetSpec spec;
    spec.contexts_separator = "|";
    const auto all = questions(
        "q.csv",
        "input,actual_output,expected_output,retrieval_context\nx,a,e,p one|p two\n",
        spec);
    EXPECT_EQ(all[0].text, "x");
    EXPECT_EQ(all[0].expected, "e");
    EXPECT_THAT(all[0].contexts, ElementsAre("p one", "p two"));
}

TEST_F(Dataset, RowsOfOtherToolsAreRead) {
    const std::vector<std::pair<std::string, std::string>> files{
        {"azure.jsonl", R"({"query": "x", "response": "a", "ground_truth": "e", "context": "p"})"},
        {"ragas.jsonl",
         R"({"user_input": "x", "response": "a", "reference": "e", "retrieved_contexts": "['p']"})"},
        {"deepeval.json",
         R"([{"input": "x", "actual_output": "a", "expected_output": "e", "retrieval_context": ["p"]}])"},
        {"inspect.json",
         R"({"version": 2, "eval": {"task": "t", "model": "m"}, "samples": [
             {"id": 1, "epoch": 1, "input": [{"role": "user", "content": "x"}], "target": ["e"]},
             {"id": 1, "epoch": 2, "input": [{"role": "user", "content": "x"}], "target": ["e"]}]})"},
        {"promptfoo.json",
         R"({"results": {"version": 3, "results": [
             {"testIdx": 0, "provider": {"id": "a"}, "vars": {"question": "x", "expected": "e"}, "response": {"output": "1"}},
             {"testIdx": 0, "provider": {"id": "b"}, "vars": {"question": "x", "expected": "e"}, "response": {"output": "2"}}]}})"}};
    for (const auto& [name, bytes] : files) {
        const auto all = questions(name, bytes);
        ASSERT_EQ(all.size(), 1u) << name;
        EXPECT_EQ(all[0].text, "x") << name;
        EXPECT_EQ(all[0].expected, "e") << name;
    }
}

TEST_F(Dataset, ADuplicateIdNamesBothLines) {
    EXPECT_THAT(errors("q.jsonl",
                       "{\"id\": \"q1\", \"question\": \"a\"}\n{\"id\": 2, \"question\": "
                       "\"b\"}\n{\"id\": \"q1\", "
                       "\"question\": \"c\"}\n"),
                ElementsAre("q.jsonl:3: the id \"q1\" stands in line 1 already. Every question "
                            "needs an id of its own."));
    EXPECT_THAT(
        errors("q.jsonl", "{\"id\": \"000002\", \"question\": \"a\"}\n{\"question\": \"b\"}\n"),
        ElementsAre("q.jsonl:2: the id \"000002\" stands in line 1 already. Every question needs "
                    "an id of its own."));
}

TEST_F(Dataset, CsvErrorsNameTheLineWhereTheRowBegins) {
    EXPECT_THAT(errors("q.csv", "id,question\n1,\"two\nlines\"\n1,b\n3\n4,\n"),
                ElementsAre("q.csv:4: the id \"1\" stands in line 2 already. Every question needs "
                            "an id of its own.",
                            "q.csv:5: has 1 cells, and the head has 2. Put cells that hold the "
                            "separator or a line break in quotes.",
                            HasSubstr("q.csv:6: there is no question: none of question")));
    EXPECT_THAT(errors("q.csv", "id,question\n1,a\n2,\xFF\n"),
                ElementsAre(HasSubstr("q.csv:3: is not UTF-8, it looks like Windows-1252")));
}

TEST_F(Dataset, ArrayErrorsNameTheLineOfTheItem) {
    EXPECT_THAT(errors("q.json", "[\n{\"question\": \"a\"},\n{\"qestion\": \"b\"}\n]"),
                ElementsAre(HasSubstr("q.json:3: there is no question")));
}

TEST_F(Dataset, AnEmptyFileOrNoFileIsRefused) {
    for (const char* name : {"empty.jsonl", "empty.json", "empty.csv"}) {
        EXPECT_THAT(errors(name, ""),
                    ElementsAre(std::string(name) + ": is empty: there is no question in it"));
        EXPECT_THAT(errors(name, "\n \n"),
                    ElementsAre(std::string(name) + ": is empty: there is no question in it"));
    }
    EXPECT_THAT(errors("a.json", "[]"),
                ElementsAre("a.json: is empty: there is no question in it"));
    EXPECT_THAT(errors("h.csv", "id,question\n"),
                ElementsAre("h.csv: is empty: there is no question in it"));
    EXPECT_THAT(errors("q.txt", "Why?\n"),
                ElementsAre("q.txt:1: is neither JSON nor CSV with a head that names its columns: "
                            "it begins with \"Why?\""));
    DatasetSpec spec;
    spec.file = folder_.path("none.jsonl");
    EXPECT_THAT(sentences(load_questions(spec).error(), folder_),
                ElementsAre("none.jsonl: no such file"));
}

TEST_F(Dataset, AtMostTwentyErrorsAreShown) {
    std::string bytes = "{\"question\": \"a\"}\n";
    for (int i = 0; i < 25; ++i) {
        bytes += "{}\n";
    }
    const auto shown = errors("q.jsonl", bytes);
    ASSERT_EQ(shown.size(), 21u);
    EXPECT_THAT(shown[19], HasSubstr("q.jsonl:21: there is no question"));
    EXPECT_EQ(shown[20], "q.jsonl: there are more errors than these");
    // Where no row is good the file is not what it is taken for: that is one error.
    EXPECT_THAT(errors("q.jsonl", bytes.substr(bytes.find('\n') + 1)),
                ElementsAre(HasSubstr("q.jsonl:1: there is no question")));
}

TEST_F(Dataset, IdsClustersAndLimitSelectInTheFilesOrder) {
    const std::string bytes =
        "{\"id\": \"a\", \"question\": \"x\", \"cluster\": \"1\"}\n{\"id\": \"b\", \"question\": "
        "\"x\", \"cluster\": "
        "\"2\"}\n"
        "{\"id\": \"c\", \"question\": \"x\", \"cluster\": \"1\"}\n{\"id\": \"d\", \"question\": "
        "\"x\"}\n";
    DatasetSpec spec;
    spec.limit = 2;
    EXPECT_THAT(ids(questions("q.jsonl", bytes, spec)), ElementsAre("a", "b"));
    spec.ids = {"d", "c", "a", "d"};
    EXPECT_THAT(ids(questions("q.jsonl", bytes, spec)), ElementsAre("a", "c"));
    spec.limit = 0;
    spec.clusters = {"1"};
    EXPECT_THAT(ids(questions("q.jsonl", bytes, spec)), ElementsAre("a", "c"));
    spec.ids = {"b"};
    EXPECT_THAT(
        errors("q.jsonl", bytes, spec),
        ElementsAre(
            "q.jsonl: none of its 4 questions is left by dataset.ids and dataset.clusters"));
    spec.ids = {"z"};
    spec.clusters = {"9"};
    EXPECT_THAT(errors("q.jsonl", bytes, spec),
                ElementsAre("q.jsonl: dataset.ids: no question has the id \"z\"",
                            "q.jsonl: dataset.clusters: no question is of \"9\""));
}

TEST_F(Dataset, RowsThatAreLeftOutAreCheckedToo) {
    DatasetSpec spec;
    spec.limit = 1;
    EXPECT_THAT(errors("q.jsonl", "{\"question\": \"a\"}\n{}\n", spec),
                ElementsAre(HasSubstr("q.jsonl:2: there is no question")));
}

TEST_F(Dataset, EndlessNestingIsRefused) {
    const std::string deep(100000, '[');
    EXPECT_THAT(errors("q.jsonl", deep), ElementsAre(HasSubstr("nests deeper than 64 levels")));
    EXPECT_THAT(errors("q.jsonl", "{\"question\": " + deep),
                ElementsAre(HasSubstr("nests deeper than 64 levels")));
    EXPECT_THAT(errors("q.json", "{\"question\": " + deep),
                ElementsAre(HasSubstr("nests deeper than 64 levels")));
    EXPECT_EQ(questions("q.csv", "question,contexts\na," + deep)[0].contexts.size(), 1u);
}

TEST_F(Dataset, TheStudysOwnShapeIsRead) {
    const std::filesystem::path file = std::filesystem::path(ASSAY_SOURCE_DIR) /
                                       "../shared/data/pubmedqa_154.jsonl";
    if (!std::filesystem::exists(file)) {
        GTEST_SKIP() << file << " is not here";
    }
    DatasetSpec spec;
    spec.file = file.string();
    const auto all = load_questions(spec);
    ASSERT_TRUE(all) << to_sentence(all.error().front());
    EXPECT_EQ(all->size(), 154u);
    for (const Question& question : *all) {
        EXPECT_TRUE(question.expected && !question.contexts.empty()) << question.id;
    }
}

}  // namespace
}  // namespace assay::config
