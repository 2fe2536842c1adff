#include "assay/answer/answer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "assay/base/hash.hpp"
#include "assay/base/random.hpp"

namespace assay::answer {
namespace {

/// Writes down what it is asked, and answers by a function.
class ScriptedGenerator final : public llm::Generator {
 public:
    explicit ScriptedGenerator(std::function<llm::Generated(const llm::Prompt&)> script)
        : script_(std::move(script)) {}
    void generate(const std::function<std::optional<llm::Prompt>()>& next,
                  const std::function<void(const llm::Generated&)>& done,
                  const std::atomic<bool>& cancel) override {
        std::vector<llm::Prompt> taken;
        for (auto prompt = next(); prompt && !cancel; prompt = next()) {
            taken.push_back(*prompt);
        }
        seen.insert(seen.end(), taken.begin(), taken.end());
        // The last one first: answers come in any order.
        for (auto prompt = taken.rbegin(); prompt != taken.rend(); ++prompt) {
            done(script_(*prompt));
        }
    }
    std::vector<llm::Prompt> seen;

 private:
    std::function<llm::Generated(const llm::Prompt&)> script_;
};

const llm::AnswerTask& task_of(const llm::Prompt& prompt) {
    return std::get<llm::AnswerTask>(prompt.task);
}

PreparedPrompt prompt(const std::string& id, const std::vector<std::int32_t>& tokens) {
    PreparedPrompt out;
    out.id = out.question_id = id;
    out.tokens = tokens;
    out.prompt_sha256 = sha256_of_tokens(tokens);
    out.messages_sha256 = "messages of " + id;
    out.prefix_ends = {2};
    out.n_contexts_used = 3;
    out.contexts_cut = id == "b";
    return out;
}

llm::Generated echo(const llm::Prompt& prompt) {
    llm::Generated out;
    out.id = prompt.id;
    out.n_computed_tokens = 5;
    out.prefill_ms = 1.5;
    out.result = llm::AnswerResult{.text = "answer to " + prompt.id,
                                   .tokens = {1, 2},
                                   .stop_reason = StopReason::kLength,
                                   .trace_sha256 = "trace of " + prompt.id,
                                   .decode_ms = 2.5};
    return out;
}

class AnswerTest : public testing::Test {
 protected:
    std::map<std::string, Answer> answer(ScriptedGenerator& generator,
                                         const std::vector<const PreparedPrompt*>& which) {
        std::map<std::string, Answer> out;
        std::vector<Asked> asked;
        for (const PreparedPrompt* prompt : which) {
            asked.push_back({prompt});
        }
        answer_questions(
            generator,
            asked,
            settings,
            stops,
            [&](const auto&, const Answer& one, const llm::AnswerResult&) {
                out[one.question_id] = one;
            },
            cancel);
        return out;
    }
    const PreparedPrompt a = prompt("a", {1, 2, 3, 4}), b = prompt("b", {1, 2, 5, 6, 7});
    GenerationSettings settings;
    std::vector<std::string> stops{"<end>"};
    std::atomic<bool> cancel{false};
};

TEST_F(AnswerTest, EachSampleHasAKeyAndDiceOfItsOwnAndTheFirstThoseOfBefore) {
    settings.temp = 0.7;
    const PromptSet set = with_samples({{a, b}, {}, 0}, 3);
    ASSERT_EQ(set.prompts.size(), 6U);
    EXPECT_EQ(set.prompts[0].id, "a");
    EXPECT_EQ(set.prompts[3].question_id, "b") << "all first ones, then all second ones";
    EXPECT_EQ(set.prompts[3].sample, 1);
    std::set<std::string> keys, ids;
    std::set<std::uint32_t> seeds;
    ScriptedGenerator generator(echo);
    std::vector<Asked> asked;
    for (const PreparedPrompt& prompt : set.prompts) {
        keys.insert(answer_key("model", prompt, settings, stops, "engine"));
        ids.insert(prompt.id);
        asked.push_back({&prompt});
    }
    std::map<const PreparedPrompt*, std::string> whose;
    answer_questions(
        generator,
        asked,
        settings,
        stops,
        [&](const PreparedPrompt& prompt, const Answer& answer, const llm::AnswerResult&) {
            whose[&prompt] = answer.question_id;
        },
        cancel);
    for (const llm::Prompt& prompt : generator.seen) {
        seeds.insert(task_of(prompt).seed);
    }
    EXPECT_EQ(keys.size(), 6U);
    EXPECT_EQ(ids.size(), 6U);
    EXPECT_EQ(seeds.size(), 6U);
    EXPECT_EQ(whose.at(&set.prompts[5]), "b") << "an answer tells its question, not its task";
    EXPECT_TRUE(keys.contains(answer_key("model", a, settings, stops, "engine")));
}

TEST_F(AnswerTest, ADraftIsFetchedWhenItsTurnHasComeAndGoesWithThePrompt) {
    ScriptedGenerator generator(echo);
    int n_fetched = 0;
    const auto draft = [&] {
        ++n_fetched;
        auto out = std::make_shared<wire::Written>();
        out->tokens = {7, 8};
        return out;
    };
    answer_questions(
        generator,
        std::vector<Asked>{{&a}, {&b, draft, true}},
        settings,
        stops,
        [](const auto&, const Answer&, const llm::AnswerResult&) {},
        cancel);
    EXPECT_EQ(n_fetched, 1);
    ASSERT_EQ(generator.seen.size(), 2U);
    const auto &plain = std::get<llm::AnswerTask>(generator.seen[0].task),
               &drafted = std::get<llm::AnswerTask>(generator.seen[1].task);
    EXPECT_FALSE(plain.draft);
    EXPECT_FALSE(plain.read_only);
    ASSERT_TRUE(drafted.draft);
    EXPECT_EQ(drafted.draft->tokens, (std::vector<std::int32_t>{7, 8}));
    EXPECT_TRUE(drafted.read_only);
}

TEST_F(AnswerTest, CarriesEverythingThatPromptAndGeneratorSay) {
    ScriptedGenerator generator(echo);
    const auto out = answer(generator, {&a, &b});
    ASSERT_EQ(out.size(), 2U);
    const Answer& answer = out.at("b");
    EXPECT_EQ(answer.text, "answer to b");
    EXPECT_EQ(answer.tokens, (std::vector<std::int32_t>{1, 2}));
    EXPECT_EQ(answer.stop_reason, StopReason::kLength);
    EXPECT_EQ(answer.n_prompt_tokens, 5);
    EXPECT_EQ(answer.n_computed_tokens, 5);
    EXPECT_EQ(answer.prompt_sha256, b.prompt_sha256);
    EXPECT_EQ(answer.messages_sha256, "messages of b");
    EXPECT_EQ(answer.trace_sha256, "trace of b");
    EXPECT_EQ(answer.n_contexts_used, 3);
    EXPECT_TRUE(answer.contexts_cut);
    EXPECT_FALSE(out.at("a").contexts_cut);
    EXPECT_EQ(answer.prefill_ms, 1.5);
    EXPECT_EQ(answer.decode_ms, 2.5);
    EXPECT_EQ(answer.failure, "");
}

TEST_F(AnswerTest, TheGeneratorIsGivenTokensStopsAndPrefixAndNoSeedWhenGreedy) {
    ScriptedGenerator generator(echo);
    static_cast<void>(answer(generator, {&a, &b}));
    ASSERT_EQ(generator.seen.size(), 2U);
    EXPECT_EQ(generator.seen[0].id, "a");
    EXPECT_EQ(generator.seen[0].tokens, a.tokens);
    EXPECT_EQ(task_of(generator.seen[0]).stops, stops);
    EXPECT_EQ(generator.seen[0].prefix_ends, std::vector<std::int32_t>{2});
    EXPECT_EQ(task_of(generator.seen[0]).seed, 0U);
    EXPECT_EQ(task_of(generator.seen[0]).predict, settings.predict);
    EXPECT_FALSE(generator.seen[0].alone);
}

TEST_F(AnswerTest, EachPromptIsSampledWithAStreamOfItsOwnWhateverIsBesideIt) {
    settings.temp = 0.7;
    ScriptedGenerator both(echo), alone(echo), reseeded(echo);
    static_cast<void>(answer(both, {&a, &b}));
    static_cast<void>(answer(alone, {&b}));
    EXPECT_NE(task_of(both.seen[0]).seed, task_of(both.seen[1]).seed);
    EXPECT_EQ(task_of(both.seen[1]).seed, task_of(alone.seen[0]).seed);
    settings.seed = 43;
    static_cast<void>(answer(reseeded, {&b}));
    EXPECT_NE(task_of(reseeded.seen[0]).seed, task_of(alone.seen[0]).seed);
}

TEST_F(AnswerTest, AFailureIsAnAnswerToo) {
    ScriptedGenerator generator([](const llm::Prompt& one) {
        llm::Generated out;
        out.id = one.id;
        out.failure = "the engine died on it";
        return out;
    });
    const auto out = answer(generator, {&a});
    EXPECT_EQ(out.at("a").stop_reason, StopReason::kFailed);
    EXPECT_EQ(out.at("a").failure, "the engine died on it");
    EXPECT_EQ(out.at("a").prompt_sha256, a.prompt_sha256);
}

TEST_F(AnswerTest, NothingIsAskedWhenThereIsNothingToAnswer) {
    ScriptedGenerator generator(echo);
    EXPECT_TRUE(answer(generator, {}).empty());
    EXPECT_TRUE(generator.seen.empty());
}

TEST_F(AnswerTest, ARecheckAsksAloneAndCountsEqualTraces) {
    ScriptedGenerator generator(echo);
    Answer same, other;
    same.question_id = "a";
    same.trace_sha256 = "trace of a";
    other.question_id = "b";
    other.trace_sha256 = "another trace";
    const std::vector<std::pair<const PreparedPrompt*, Answer>> answered{{&a, same}, {&b, other}};
    const Recheck recheck = recheck_alone(generator, answered, settings, stops, cancel);
    EXPECT_EQ(recheck.n_checked, 2);
    EXPECT_EQ(recheck.n_equal, 1);
    ASSERT_EQ(generator.seen.size(), 2U);
    for (const auto& one : generator.seen) {
        EXPECT_TRUE(one.alone);
        EXPECT_EQ(task_of(one).predict, 16) << "the trace covers no more";
    }
}

/// Ids of the questions in the order in which they are put to the engine.
std::string order_of(const std::vector<PreparedPrompt>& prompts) {
    std::vector<Asked> asked;
    for (const PreparedPrompt& each : prompts) {
        asked.push_back({&each});
    }
    std::string out;
    for (const Asked* each : in_reuse_order(asked)) {
        out += each->prompt->question_id;
    }
    return out;
}

/// A prompt on the passages {9, `passages`}.
PreparedPrompt on(std::int32_t passages, const std::string& id) {
    PreparedPrompt out = prompt(id, {1, 2, 9, passages, id[0], 7});
    out.prefix_ends = {2, 4};
    return out;
}

TEST(ReuseOrder, PutsQuestionsOnTheSamePassagesOneBehindTheOther) {
    EXPECT_EQ(order_of({on(5, "a"), on(6, "b"), on(5, "c"), on(7, "d"), on(6, "e"), on(5, "f")}),
              "acfbed");
}

TEST(ReuseOrder, IsTheOrderOfTheQuestionsWhereEachHasItsOwnPassagesOrNone) {
    EXPECT_EQ(order_of({on(5, "a"), on(6, "b"), on(7, "c")}), "abc");
    EXPECT_EQ(order_of({prompt("a", {1, 2, 3, 4}), prompt("b", {1, 2, 5, 6})}), "ab")
        << "the template alone is no reason";
    EXPECT_EQ(order_of({}), "");
    EXPECT_EQ(order_of({on(5, "a"), prompt("b", {1, 2, 5, 6}), on(5, "c")}), "acb");
}

TEST(ReuseOrder, HasEveryQuestionOnceAndKeepsTheOrderOfThoseThatShare) {
    Rng rng(5);
    for (int round = 0; round < 200; ++round) {
        std::vector<PreparedPrompt> prompts(rng.below(12));
        for (std::size_t i = 0; i < prompts.size(); ++i) {
            prompts[i] = on(static_cast<std::int32_t>(rng.below(5)), std::to_string(i));
        }
        std::vector<Asked> asked;
        for (const PreparedPrompt& each : prompts) {
            asked.push_back({&each});
        }
        std::vector<std::int32_t> groups;
        std::vector<std::ptrdiff_t> places;
        for (const Asked* each : in_reuse_order(asked)) {
            const std::int32_t passages = each->prompt->tokens[3];
            const std::ptrdiff_t place = each - asked.data();
            if (groups.empty() || groups.back() != passages) {
                EXPECT_EQ(std::count(groups.begin(), groups.end(), passages), 0);
                groups.push_back(passages);
            } else {
                EXPECT_GT(place, places.back());
            }
            places.push_back(place);
        }
        const std::set<std::ptrdiff_t> all(places.begin(), places.end());
        EXPECT_EQ(all.size(), prompts.size());
        EXPECT_EQ(places.size(), prompts.size());
    }
}

TEST(AnswerKey, IsOfAllThatAnAnswerDependsOnAndOfNothingElse) {
    const PreparedPrompt base = prompt("a", {1, 2, 3, 4});
    const GenerationSettings greedy;
    const std::vector<std::string> stops{"x", "y"};
    const std::string key = answer_key("model", base, greedy, stops, "engine");
    EXPECT_EQ(key, "e1d0fefa6f35310407a5eddb1564eafed732ef25c8f10c3e0d0c96988f2e00df")
        << "answers that are stored keep their keys";
    EXPECT_EQ(answer_key("model", base, greedy, stops, "engine"), key);

    std::set<std::string> keys{key};
    const auto expect_new = [&](const std::string& other, const char* what) {
        EXPECT_TRUE(keys.insert(other).second) << what;
    };
    expect_new(answer_key("other", base, greedy, stops, "engine"), "model");
    expect_new(answer_key("model", prompt("a", {1, 2, 3, 5}), greedy, stops, "engine"), "prompt");
    expect_new(answer_key("model", base, greedy, stops, "engine 2"), "engine");
    expect_new(answer_key("model", base, greedy, std::vector<std::string>{"xy"}, "engine"),
               "stops");
    expect_new(answer_key("model", base, greedy, std::vector<std::string>{"y", "x"}, "engine"),
               "order of stops");
    PreparedPrompt other_prefix = base;
    const std::vector<std::vector<std::int32_t>> other_cuts{{}, {3}, {2, 4}, {2, 5}, {3, 5}};
    for (const auto& ends : other_cuts) {
        other_prefix.prefix_ends = ends;
        expect_new(answer_key("model", other_prefix, greedy, stops, "engine"), "where it is cut");
    }
    const auto with = [&](const std::function<void(GenerationSettings&)>& change) {
        GenerationSettings changed = greedy;
        change(changed);
        return answer_key("model", base, changed, stops, "engine");
    };
    expect_new(with([](auto& s) { s.predict = 64; }), "predict");
    expect_new(with([](auto& s) { s.repeat_penalty = 1.1; }), "repeat_penalty");
    expect_new(with([](auto& s) { s.repeat_last_n = 32; }), "repeat_last_n");
    expect_new(with([](auto& s) { s.temp = 0.5; }), "temp");
    expect_new(with([](auto& s) {
                   s.temp = 0.5;
                   s.seed = 1;
               }),
               "seed");
    expect_new(with([](auto& s) {
                   s.temp = 0.5;
                   s.top_p = 0.5;
               }),
               "top_p");
    expect_new(with([](auto& s) { s.repeat_last_n = -1; }), "window of the whole context");
    expect_new(with([](auto& s) {
                   s.repeat_last_n = -1;
                   s.ctx_size = 100;
               }),
               "context, where the window is all of it");

    // The same prompt is the same answer, whatever the question is called and however long the
    // context could be.
    PreparedPrompt renamed = base;
    renamed.question_id = "z";
    EXPECT_EQ(answer_key("model", renamed, greedy, stops, "engine"), key);
    EXPECT_EQ(with([](auto& s) { s.ctx_size = 8192; }), key);
    EXPECT_EQ(with([](auto& s) { s.seed = 1; }), key) << "nothing is drawn";
}

TEST(ServedAnswerKey, IsOfServerMessagesAndSettings) {
    PreparedPrompt base;
    base.messages_sha256 = "m";
    const GenerationSettings greedy;
    const std::string key = served_answer_key("server", base, greedy);
    std::set<std::string> keys{key, answer_key("", base, greedy, {}, "server")};
    EXPECT_EQ(keys.size(), 2U);
    const auto expect_new = [&](const std::string& other, const char* what) {
        EXPECT_TRUE(keys.insert(other).second) << what;
    };
    const auto with = [&](const std::function<void(GenerationSettings&)>& change) {
        GenerationSettings changed = greedy;
        change(changed);
        return served_answer_key("server", base, changed);
    };
    PreparedPrompt other = base;
    other.messages_sha256 = "n";
    expect_new(served_answer_key("server 2", base, greedy), "server");
    expect_new(served_answer_key("server", other, greedy), "messages");
    expect_new(with([](auto& s) { s.predict = 64; }), "predict");
    expect_new(with([](auto& s) { s.ctx_size = 100; }), "context, which the server is told");
    expect_new(with([](auto& s) { s.thinking = true; }), "thinking");
    expect_new(with([](auto& s) { s.stop = {"x"}; }), "stop");
    expect_new(with([](auto& s) { s.temp = 0.5; }), "temp");
    EXPECT_EQ(with([](auto& s) { s.seed = 1; }), key) << "nothing is drawn";
}

TEST(AnswerQuestions, OfAServerKeepWhatItToldAndSampleByTheirMessages) {
    PreparedPrompt one, two;
    one.id = one.question_id = "a";
    one.user = "why?";
    one.messages_sha256 = "m1";
    two.id = two.question_id = "b";
    two.user = "how?";
    two.messages_sha256 = "m2";
    ScriptedGenerator generator([](const llm::Prompt& asked) {
        llm::Generated out;
        out.id = asked.id;
        out.result = llm::AnswerResult{.text = "of " + std::get<llm::ChatTask>(asked.task).user,
                                       .stop_reason = StopReason::kStop,
                                       .n_prompt_tokens = 12,
                                       .n_answer_tokens = 5};
        return out;
    });
    GenerationSettings sampled;
    sampled.temp = 0.5;
    std::map<std::string, Answer> answers;
    answer_questions(
        generator,
        std::vector<Asked>{{&one}, {&two}},
        sampled,
        {},
        [&](const auto&, const Answer& answer, const llm::AnswerResult&) {
            answers[answer.question_id] = answer;
        },
        std::atomic<bool>{false});
    EXPECT_EQ(answers.at("a").text, "of why?");
    EXPECT_EQ(answers.at("a").n_prompt_tokens, 12);
    EXPECT_EQ(answers.at("a").n_tokens(), 5);
    EXPECT_EQ(answers.at("a").prompt_sha256, "");
    ASSERT_EQ(generator.seen.size(), 2U);
    const auto seed_of = [](const llm::Prompt& asked) {
        return std::get<llm::ChatTask>(asked.task).seed;
    };
    EXPECT_NE(seed_of(generator.seen[0]), seed_of(generator.seen[1]));
}

}  // namespace
}  // namespace assay::answer
