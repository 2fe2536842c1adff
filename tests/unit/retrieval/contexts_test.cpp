#include "assay/retrieval/contexts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "assay/base/hash.hpp"
#include "assay/base/result.hpp"
#include "assay/retrieval/frozen.hpp"
#include "temp_folder.hpp"

namespace assay::retrieval {
namespace {

using test::TempFolder;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class ContextsTest : public testing::Test {
 protected:
    ContextsTest() {
        folder_.write("c/a.md", "# Cats\nCats sleep a lot.\n# Dogs\nDogs bark a lot.\n");
        folder_.write("c/b.txt", "Whales swim far.");
        settings_.corpus = (folder_ / "c").string();
        settings_.top = 1;
        questions_ = {ask("q1", "Do cats sleep?"), ask("q2", "Do whales swim?")};
    }
    static Question ask(const std::string& id, const std::string& text) {
        Question out;
        out.id = id;
        out.text = text;
        out.place = "q.jsonl:" + id;
        return out;
    }
    WithContexts retrieve(const std::optional<std::string>& before = {}) const {
        SilentProgress silent;
        return with_contexts({settings_}, questions_, before, silent);
    }
    std::string refusal(const std::optional<std::string>& before = {}) const {
        try {
            static_cast<void>(retrieve(before));
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::kUsage);
            return error.what();
        }
        return {};
    }
    TempFolder folder_;
    RetrievalSettings settings_;
    std::vector<Question> questions_;
};

TEST_F(ContextsTest, EachQuestionGetsTheBestPassages) {
    const WithContexts found = retrieve();
    EXPECT_THAT(found.questions[0].contexts, ElementsAre("Cats: Cats sleep a lot."));
    EXPECT_THAT(found.questions[1].contexts, ElementsAre("Whales swim far."));
    EXPECT_EQ(retrieve().frozen, found.frozen);
}

TEST_F(ContextsTest, WhatWasFrozenIsShownAgainAndNotSearchedFor) {
    const WithContexts first = retrieve();
    FrozenRetrieval frozen = frozen_from_json(first.frozen);
    frozen.passages[0].text = "Another text.";
    const std::string changed = to_json_text(frozen);
    EXPECT_THAT(retrieve(changed).questions[0].contexts, ElementsAre("Cats: Another text."));
    EXPECT_EQ(retrieve(changed).frozen, changed);
}

TEST_F(ContextsTest, FurtherQuestionsAreAddedAndTheFirstOnesStay) {
    const WithContexts first = retrieve();
    questions_.push_back(ask("q3", "Do dogs bark?"));
    const WithContexts more = retrieve(first.frozen);
    EXPECT_THAT(more.questions[2].contexts, ElementsAre("Dogs: Dogs bark a lot."));
    EXPECT_EQ(more.questions[0].contexts, first.questions[0].contexts);
    questions_.pop_back();
    EXPECT_EQ(retrieve(more.frozen).frozen, more.frozen);  // it keeps what it has
}

TEST_F(ContextsTest, AQuestionWithAnotherTextIsAnotherQuestion) {
    const WithContexts first = retrieve();
    questions_[0].text = "Do dogs bark?";
    EXPECT_THAT(retrieve(first.frozen).questions[0].contexts,
                ElementsAre("Dogs: Dogs bark a lot."));
}

TEST_F(ContextsTest, AnotherCorpusOrSettingIsNamed) {
    const std::string before = retrieve().frozen;
    settings_.top = 2;
    EXPECT_THAT(refusal(before), HasSubstr("top was 1 and is 2 now"));
    settings_.top = 1;
    folder_.write("c/aa.txt", "New.");
    EXPECT_THAT(refusal(before), HasSubstr("aa.txt is new in the corpus now"));
    std::filesystem::remove(folder_ / "c/aa.txt");
    folder_.write("c/b.txt", "Whales swim far!");
    EXPECT_THAT(refusal(before), HasSubstr("b.txt of the corpus was changed now"));
    std::filesystem::remove(folder_ / "c/b.txt");
    EXPECT_THAT(refusal(before), HasSubstr("b.txt is gone from the corpus now"));
    folder_.write("c/b.txt", "Whales swim far.");
    EXPECT_EQ(refusal(before), "");
}

TEST_F(ContextsTest, OtherVersionsOfTheProgramsMatterForFurtherQuestionsOnly) {
    FrozenRetrieval frozen = frozen_from_json(retrieve().frozen);
    frozen.sqlite_version = "3.0.0";
    EXPECT_EQ(refusal(to_json_text(frozen)), "");
    questions_.push_back(ask("q3", "Do dogs bark?"));
    EXPECT_THAT(refusal(to_json_text(frozen)), HasSubstr("contexts were found with SQLite 3.0.0"));
    frozen.passages_sha256 = "other";
    EXPECT_THAT(refusal(to_json_text(frozen)), HasSubstr("give other passages than before"));
}

TEST_F(ContextsTest, ContextsOfTheDatasetAreNotLostUnasked) {
    questions_[1].contexts = {"Given."};
    EXPECT_THAT(refusal(),
                AllOf(HasSubstr("q.jsonl:q2: 1 of 2 questions have contexts in the dataset"),
                      HasSubstr("replace-contexts")));
    settings_.replace_contexts = true;
    EXPECT_THAT(retrieve().questions[1].contexts, ElementsAre("Whales swim far."));
}

TEST_F(ContextsTest, AQuestionThatFindsNothingHasNoContexts) {
    questions_[0].text = "Zzz?";
    EXPECT_THAT(retrieve().questions[0].contexts, ElementsAre());
}

TEST_F(ContextsTest, ACorpusOfSomethingElseIsRefusedUnlessTheRunKeepsItAlready) {
    const std::string before = retrieve().frozen;
    questions_ = {ask("q3", "Zzz?"), ask("q4", "Do cats sleep?"), ask("q5", "Yyy?")};
    EXPECT_THAT(refusal(),
                AllOf(HasSubstr("for 2 of 3 questions (q3, q5) no passage of the corpus"),
                      HasSubstr(settings_.corpus),
                      HasSubstr("Name the corpus that these questions are about")));
    EXPECT_THAT(refusal(before), HasSubstr("for 2 of 3 questions")) << "further questions";
    FrozenRetrieval kept = frozen_from_json(before);
    for (const Question& question : questions_) {
        kept.questions[question.id] = {sha256_hex(question.text), {}, {}};
    }
    EXPECT_EQ(refusal(to_json_text(kept)), "");
}

TEST_F(ContextsTest, GoldNamesPassagesOrFilesOfTheCorpus) {
    questions_[0].gold = {"a.md#1"};
    questions_[1].gold = {"b.txt"};
    const WithContexts first = retrieve();
    const FrozenRetrieval frozen = frozen_from_json(first.frozen);
    EXPECT_THAT(frozen.questions.at("q1").found[0].gold, ElementsAre(0));
    EXPECT_THAT(frozen.questions.at("q2").found[0].gold, ElementsAre(0));
    questions_[1].gold = {"b.txt#2", "nothing"};
    EXPECT_THAT(refusal(first.frozen),
                AllOf(HasSubstr("the gold passage \"b.txt#2\" of question q2 is not in the corpus"),
                      HasSubstr("\"nothing\"")));
    questions_[1].gold = {"a.md#2"};  // gold that is told later changes no context
    const FrozenRetrieval later = frozen_from_json(retrieve(first.frozen).frozen);
    EXPECT_THAT(later.questions.at("q2").gold, ElementsAre("a.md#2"));
    EXPECT_THAT(later.questions.at("q2").found[0].gold, ElementsAre());
}

TEST(FrozenRetrieval, DamageIsTold) {
    EXPECT_THROW(static_cast<void>(frozen_from_json("{}")), Error);
    EXPECT_THROW(static_cast<void>(frozen_from_json("nothing")), Error);
    FrozenRetrieval frozen;
    frozen.passages = {{"a", "", "Text.", "f"}};
    frozen.questions["q"] = {"", {}, {{0, {}, {}}}};
    EXPECT_NO_THROW(static_cast<void>(frozen_from_json(to_json_text(frozen))));
    std::string changed = to_json_text(frozen);
    changed.replace(changed.find("Text."), 5, "Tixt.");
    EXPECT_THROW(static_cast<void>(frozen_from_json(changed)), Error);
    frozen.questions["q"].found[0].passage = 1;
    EXPECT_THROW(static_cast<void>(frozen_from_json(to_json_text(frozen))), Error);
    frozen.questions["q"].found[0] = {0, {}, {0}};
    EXPECT_THROW(static_cast<void>(frozen_from_json(to_json_text(frozen))), Error);
}

TEST_F(ContextsTest, ARunKeepsOneRetrieval) {
    const std::string run = (folder_ / "run").string();
    const auto store = store::Store::open(run);
    EXPECT_EQ(stored_retrieval(*store), std::nullopt);
    freeze(*store, std::nullopt, "one");
    freeze(*store, std::nullopt, "one");  // it is there already
    EXPECT_EQ(stored_retrieval(*store), "one");
    EXPECT_THROW(freeze(*store, std::nullopt, "two"), Error);
    freeze(*store, "one", "two");
    EXPECT_EQ(stored_retrieval(*store), "two");
}

}  // namespace
}  // namespace assay::retrieval
