#include "assay/answer/prompts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "assay/base/hash.hpp"
#include "temp_folder.hpp"

namespace assay::answer {
namespace {

using Ids = std::vector<std::int32_t>;

/// Fits as long as all contexts together have at most `n` characters.
std::function<bool(const std::vector<std::string>&)> at_most(std::size_t n) {
    return [n](const std::vector<std::string>& contexts) {
        std::size_t total = 0;
        for (const std::string& context : contexts) {
            total += context.size();
        }
        return total <= n;
    };
}

TEST(CutContexts, LeavesWhatFits) {
    EXPECT_EQ(cut_contexts({"one two", "three"}, at_most(12)),
              (std::vector<std::string>{"one two", "three"}));
    EXPECT_EQ(cut_contexts({}, at_most(0)), std::vector<std::string>{});
}

TEST(CutContexts, DropsWholeOnesFromTheEndAndThenWordsOfTheFirst) {
    const std::vector<std::string> contexts{"one two  three\nfour", "second", "third"};
    EXPECT_EQ(cut_contexts(contexts, at_most(29)),
              (std::vector<std::string>{contexts[0], "second"}));
    EXPECT_EQ(cut_contexts(contexts, at_most(24)), (std::vector<std::string>{contexts[0]}));
    EXPECT_EQ(cut_contexts(contexts, at_most(18)), (std::vector<std::string>{"one two  three"}));
    EXPECT_EQ(cut_contexts(contexts, at_most(13)), (std::vector<std::string>{"one two"}));
    EXPECT_EQ(cut_contexts(contexts, at_most(3)), (std::vector<std::string>{"one"}));
    EXPECT_EQ(cut_contexts(contexts, at_most(2)), std::vector<std::string>{});
}

TEST(CutContexts, KeepsAsManyWordsAsFitForEveryLimit) {
    const std::string text = "a bb ccc dddd eeeee ffffff ggggggg";
    for (std::size_t limit = 0; limit <= text.size() + 1; ++limit) {
        const auto cut = cut_contexts({text}, at_most(limit));
        std::size_t best = 0;
        for (std::size_t end = 1; end <= std::min(limit, text.size()); ++end) {
            if (text[end - 1] != ' ' && (end == text.size() || text[end] == ' ')) {
                best = end;
            }
        }
        EXPECT_EQ(
            cut,
            best == 0 ? std::vector<std::string>{} : std::vector<std::string>{text.substr(0, best)})
            << limit;
    }
}

TEST(CutContexts, OfWhiteSpaceAloneNothingIsKept) {
    EXPECT_EQ(cut_contexts({"   \n  "}, at_most(3)), std::vector<std::string>{});
}

class PromptsTest : public testing::Test {
 protected:
    void SetUp() override {
        std::signal(SIGPIPE, SIG_IGN);
        ASSERT_TRUE(engine.load({folder.write("model.gguf", "type F16\n"), true, 0}));
        settings.system = "Be brief.";
        settings.prompt_template = "{{ contexts }} {{ question }}";
        settings.stop = {"STOP"};
    }
    static Question question(const std::string& id,
                             const std::string& text,
                             const std::vector<std::string>& contexts = {}) {
        return {id, text, {}, contexts, {}, "set.jsonl:" + id};
    }

    /// The lengths of texts: a token of the scripted engine is a byte.
    static Ids ends(const std::vector<std::string>& beginnings) {
        Ids out;
        for (const std::string& text : beginnings) {
            out.push_back(static_cast<std::int32_t>(text.size()));
        }
        return out;
    }
    [[nodiscard]] Ids ends_of(const Question& asked, Pieces pieces = Pieces::kPassages) {
        return prepare_prompts(engine, settings, std::vector<Question>{asked}, pieces)
            .prompts[0]
            .prefix_ends;
    }

    test::TempFolder folder;
    std::atomic<bool> cancel{false};
    llm::Engine engine{SCRIPTED_ENGINE, cancel};
    GenerationSettings settings;
};

TEST_F(PromptsTest, AreRenderedAndTokenizedInTheOrderOfTheQuestions) {
    const std::vector<Question> questions{question("1", "Why?", {"Because.", "So."}),
                                          question("2", "How?")};
    const PromptSet set = prepare_prompts(engine, settings, questions);
    ASSERT_EQ(set.prompts.size(), 2U);
    const PreparedPrompt& first = set.prompts[0];
    EXPECT_EQ(first.question_id, "1");
    EXPECT_EQ(first.text,
              "<system>Be brief.\n<user>contexts: Because.\ncontexts: So.\nquestion: "
              "Why?\n\n<assistant>");
    EXPECT_EQ(first.tokens, Ids(first.text.begin(), first.text.end()));
    EXPECT_EQ(first.prompt_sha256, sha256_of_tokens(first.tokens));
    EXPECT_EQ(first.messages_sha256,
              sha256_of_fields(std::array<std::string, 2>{
                  "Be brief.", "contexts: Because.\ncontexts: So.\nquestion: Why?\n"}));
    EXPECT_EQ(first.n_contexts_used, 2);
    EXPECT_FALSE(first.contexts_cut);
    EXPECT_EQ(set.prompts[1].question_id, "2");
    EXPECT_EQ(set.prompts[1].n_contexts_used, 0);
    EXPECT_EQ(set.longest, static_cast<std::int64_t>(first.tokens.size()));
    EXPECT_EQ(set.stops, (std::vector<std::string>{"STOP", "<end>"}))
        << "the experiment's and the chat template's";
}

TEST_F(PromptsTest, ShareAPrefixThatDependsOnTheSettingsAndNotOnTheSet) {
    const PromptSet alike = prepare_prompts(
        engine,
        settings,
        std::vector<Question>{question("1", "Why is it so?"), question("2", "Why is it not so?")});
    const PromptSet other = prepare_prompts(
        engine, settings, std::vector<Question>{question("3", "Zebra")});
    const std::string shared = "<system>Be brief.\n<user>question: ";
    for (const PreparedPrompt& prompt : alike.prompts) {
        EXPECT_EQ(prompt.prefix_ends, ends({shared}));
    }
    EXPECT_EQ(other.prompts[0].prefix_ends, ends({shared}));
    // Prompts with contexts are of another kind.
    const PromptSet with = prepare_prompts(
        engine, settings, std::vector<Question>{question("4", "Why?", {"Because."})});
    EXPECT_EQ(with.prompts[0].prefix_ends.at(0),
              ends({"<system>Be brief.\n<user>contexts: "}).at(0));
}

TEST_F(PromptsTest, LeaveAtLeastTwoTokensBehindThePrefixOrHaveNone) {
    settings.prompt_template = "a template that names no variable";
    const PromptSet set = prepare_prompts(
        engine, settings, std::vector<Question>{question("1", "Why?")});
    EXPECT_EQ(set.prompts[0].prefix_ends, Ids{})
        << "all prompts are the same: nothing would be left";
}

TEST_F(PromptsTest, OnTheSamePassagesShareThemAsASecondPieceWhateverIsAsked) {
    const std::string shared = "<system>Be brief.\n<user>contexts: ";
    const std::string one(100, 'a'), two(70, 'b'), other(70, 'c');
    // The last 64 tokens of the passages are left to the piece of the question.
    const auto cut = [&](const std::string& last) {
        const std::string all = shared + one + "\ncontexts: " + last + "\nquestion: ";
        return ends({shared, all.substr(0, all.size() - 64)});
    };
    for (const char* text : {"Why?", "A", "what", "7 times 8?", "(", "\"", "é", "q", " x", "\nx"}) {
        EXPECT_EQ(ends_of(question("1", text, {one, two})), cut(two)) << text;
        EXPECT_EQ(ends_of(question("1", text, {one, two}), Pieces::kTemplate), ends({shared}))
            << "as earlier versions cut it";
    }
    // Neither the other questions nor their order change it.
    const PromptSet set = prepare_prompts(engine,
                                          settings,
                                          std::vector<Question>{question("1", "Why?", {one, other}),
                                                                question("2", "Why?", {one, two}),
                                                                question("3", "How?", {one, two})});
    EXPECT_EQ(set.prompts[0].prefix_ends, cut(other));
    EXPECT_EQ(set.prompts[1].prefix_ends, cut(two));
    EXPECT_EQ(set.prompts[2].prefix_ends, cut(two));
}

TEST_F(PromptsTest, OnShortPassagesHaveNoSecondPiece) {
    const std::string shared = "<system>Be brief.\n<user>contexts: ";
    const std::size_t n_label = std::string("\nquestion: ").size();
    const auto n_pieces = [&](std::size_t n) {
        return ends_of(question("1", "Why?", {std::string(n, 'a')})).size();
    };
    EXPECT_EQ(n_pieces(128 - n_label), 2U);
    EXPECT_EQ(n_pieces(127 - n_label), 1U) << "one of the two would have fewer than 64 tokens";
}

TEST_F(PromptsTest, ThatAreTooLongLoseContextsAndSayIt) {
    const std::vector<std::string> contexts{
        "one two three", std::string(200, 'x'), std::string(200, 'y')};
    const auto n_tokens = [&](const std::vector<std::string>& some) {
        return prepare_prompts(engine, settings, std::vector<Question>{question("1", "Why?", some)})
            .longest;
    };
    settings.predict = 10;
    settings.ctx_size = static_cast<int>(n_tokens({contexts[0], contexts[1]})) + 10;
    PromptSet set = prepare_prompts(engine,
                                    settings,
                                    std::vector<Question>{question("1", "Why?", contexts),
                                                          question("2", "Why?", {contexts[0]})});
    EXPECT_EQ(set.prompts[0].n_contexts_used, 2);
    EXPECT_TRUE(set.prompts[0].contexts_cut);
    EXPECT_FALSE(set.prompts[1].contexts_cut);
    settings.ctx_size = 4096;
    settings.ctx_size = static_cast<int>(n_tokens({"one two"})) + 10;
    set = prepare_prompts(engine, settings, std::vector<Question>{question("1", "Why?", contexts)});
    EXPECT_NE(set.prompts[0].text.find("contexts: one two\n"), std::string::npos)
        << set.prompts[0].text;
    EXPECT_LE(set.longest + settings.predict, settings.ctx_size);
}

TEST_F(PromptsTest, ThatDoNotFitAtAllNameTheQuestionAndItsPlace) {
    settings.ctx_size = 100;
    settings.predict = 10;
    try {
        static_cast<void>(
            prepare_prompts(engine,
                            settings,
                            std::vector<Question>{question("7", std::string(300, 'x'), {"some"})}));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kUsage);
        for (const char* word : {"set.jsonl:7", "question 7", "--ctx-size", "100"}) {
            EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
        }
    }
}

TEST_F(PromptsTest, OfAnEngineThatDiesAreAnError) {
    llm::Engine dead("/bin/false", cancel);
    EXPECT_THROW(static_cast<void>(
                     prepare_prompts(dead, settings, std::vector<Question>{question("1", "Why?")})),
                 Error);
}

TEST_F(PromptsTest, AServerIsGivenTheSameMessagesWithoutTokens) {
    const std::vector<Question> questions{question("1", "Why?", {"Because.", "So."}),
                                          question("2", "How?")};
    const PromptSet here = prepare_prompts(engine, settings, questions);
    for (const PromptSet& served :
         {messages_of(here), prepare_messages(engine, settings, questions)}) {
        ASSERT_EQ(served.prompts.size(), 2U);
        for (std::size_t i = 0; i < 2; ++i) {
            EXPECT_EQ(served.prompts[i].question_id, here.prompts[i].question_id);
            EXPECT_EQ(served.prompts[i].user, here.prompts[i].user);
            EXPECT_EQ(served.prompts[i].messages_sha256, here.prompts[i].messages_sha256);
            EXPECT_EQ(served.prompts[i].n_contexts_used, here.prompts[i].n_contexts_used);
            EXPECT_TRUE(served.prompts[i].tokens.empty());
            EXPECT_EQ(served.prompts[i].prompt_sha256, "");
        }
    }
    EXPECT_EQ(here.prompts[1].user, "question: How?\n");
}

}  // namespace
}  // namespace assay::answer
