#include "assay/llm/engine_generator.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <map>
#include <set>

#include "temp_folder.hpp"

namespace assay::llm {
namespace {

struct Notes final : Progress {
    void begin(std::string_view, std::uint64_t, std::string_view) override {}
    void advance(std::uint64_t) override {}
    void finish(std::string_view) override {}
    void note(std::string_view line) override { lines.emplace_back(line); }
    std::vector<std::string> lines;
};

/// Sets a variable for as long as it lives.
class Variable {
 public:
    Variable(const char* name, const std::string& value) : name_(name) {
        ::setenv(name, value.c_str(), 1);
    }
    ~Variable() { ::unsetenv(name_); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;

 private:
    const char* name_;
};

class EngineGeneratorTest : public testing::Test {
 protected:
    void SetUp() override { std::signal(SIGPIPE, SIG_IGN); }

    EngineGenerator generator() {
        return EngineGenerator(
            {SCRIPTED_ENGINE, {folder.write("model.gguf", "type F16\n"), false, 0}, {{}, 100}},
            cancel,
            notes);
    }

    static Prompt prompt(const std::string& id, bool alone = false) {
        const std::string text = "Question " + id + ".\nFact: " + id + " is so\n";
        return {.id = id, .tokens = {text.begin(), text.end()}, .alone = alone};
    }

    /// Answers to q00, q01 ...
    std::map<std::string, Generated> generate(EngineGenerator& generator, int n) {
        std::map<std::string, Generated> out;
        int next = 0;
        generator.generate(
            [&]() -> std::optional<Prompt> {
                if (next == n) {
                    return std::nullopt;
                }
                const int k = next++;
                return prompt((k < 10 ? "q0" : "q") + std::to_string(k));
            },
            [&](const Generated& generated) {
                EXPECT_FALSE(out.contains(generated.id)) << generated.id << " came twice";
                out[generated.id] = generated;
            },
            cancel);
        return out;
    }

    test::TempFolder folder;
    Variable journal{"SCRIPT_JOURNAL", (folder / "journal").string()};
    std::atomic<bool> cancel{false};
    Notes notes;
};

TEST_F(EngineGeneratorTest, AnswersEveryPromptOnce) {
    auto generator = this->generator();
    generator.load();
    generator.start({.n_slots = 8});
    const auto out = generate(generator, 40);
    ASSERT_EQ(out.size(), 40U);
    for (const auto& [id, generated] : out) {
        EXPECT_EQ(generated.answer().text, id + " is so");
        EXPECT_EQ(generated.answer().stop_reason, StopReason::kStop);
        EXPECT_EQ(generated.answer().tokens.size(), generated.answer().text.size());
        EXPECT_EQ(generated.failure, "");
    }
    EXPECT_GT(generator.peak_memory_bytes(), 0U);
    EXPECT_TRUE(notes.lines.empty());
}

TEST_F(EngineGeneratorTest, ADeathInABatchCostsNobodyAnAnswer) {
    const Variable die("SCRIPT_DIE_AT", "9");
    auto generator = this->generator();
    generator.load();
    generator.start({.n_slots = 8});
    const auto out = generate(generator, 20);
    ASSERT_EQ(out.size(), 20U);
    for (const auto& [id, generated] : out) {
        EXPECT_EQ(generated.answer().text, id + " is so");
    }
    ASSERT_EQ(notes.lines.size(), 1U);
    EXPECT_NE(notes.lines[0].find("each alone"), std::string::npos);
}

TEST_F(EngineGeneratorTest, APromptThatKillsItAloneTwiceIsGivenUpAndNoOther) {
    const Variable die("SCRIPT_DIE_ON", "/Question q07");
    auto generator = this->generator();
    generator.load();
    generator.start({.n_slots = 8});
    const auto out = generate(generator, 12);
    ASSERT_EQ(out.size(), 12U);
    for (const auto& [id, generated] : out) {
        EXPECT_EQ(generated.answer().stop_reason,
                  id == "q07" ? StopReason::kFailed : StopReason::kStop)
            << id;
    }
    EXPECT_NE(out.at("q07").failure.find("died on it 2 times, alone"), std::string::npos)
        << out.at("q07").failure;
}

TEST_F(EngineGeneratorTest, LabelsAreReadWithTheSameCareForDeaths) {
    const Variable die("SCRIPT_DIE_ON", "/poison");
    auto generator = this->generator();
    generator.load();
    generator.start({.n_slots = 1});
    std::map<std::string, Generated> out;
    int next = 0;
    generator.generate(
        [&]() -> std::optional<Prompt> {
            if (next == 6) {
                return std::nullopt;
            }
            const std::string id = "p" + std::to_string(next++);
            const std::string text = std::string(id == "p3" ? "poison" : "") +
                                     "expected: x is y\nanswer_a: x is y\nanswer_b: -\n";
            return Prompt{.id = id,
                          .tokens = {text.begin(), text.end()},
                          .prefix_ends = {2, 7},
                          .task = LabelTask{{'A', 'B', 'C'}}};
        },
        [&](const Generated& generated) { out[generated.id] = generated; },
        cancel);
    ASSERT_EQ(out.size(), 6U);
    for (const auto& [id, generated] : out) {
        EXPECT_EQ(generated.failed(), id == "p3") << generated.failure;
        EXPECT_EQ(generated.labels().log_probs.size(), id == "p3" ? 0U : 3U);
        EXPECT_EQ(generated.n_computed_tokens, id == "p3" ? 0 : 46 - 7)
            << "the longer prefix came to the engine";
    }
}

TEST_F(EngineGeneratorTest, ThePromptThatIsGivenUpMayBeTheLastOrTheOnlyOne) {
    const Variable die("SCRIPT_DIE_ON", "/Question");
    auto generator = this->generator();
    generator.load();
    generator.start({.n_slots = 8});
    const auto out = generate(generator, 1);
    ASSERT_EQ(out.size(), 1U);
    EXPECT_EQ(out.at("q00").answer().stop_reason, StopReason::kFailed);
}

TEST_F(EngineGeneratorTest, ManyBadPromptsInARowAreGivenUpAsLongAsTheEngineAnswersAnythingElse) {
    const Variable die("SCRIPT_DIE_ON", "/Question q0");
    auto generator = this->generator();
    generator.load();
    generator.start({.n_slots = 8});
    const auto out = generate(generator, 12);
    ASSERT_EQ(out.size(), 12U);
    for (const auto& [id, generated] : out) {
        EXPECT_EQ(generated.answer().stop_reason,
                  id < "q10" ? StopReason::kFailed : StopReason::kStop)
            << id;
    }
}

TEST_F(EngineGeneratorTest, AnEngineThatAnswersNothingIsToBlameAndNoPromptIs) {
    for (const int n : {1, 2, 12}) {
        const Variable die("SCRIPT_DIE_ON", "/");
        auto generator = this->generator();
        generator.load();
        generator.start({.n_slots = 8});
        int n_pushed = 0, next = 0;
        try {
            generator.generate(
                [&]() -> std::optional<Prompt> {
                    return next == n ? std::nullopt
                                     : std::optional(prompt("q" + std::to_string(next++)));
                },
                [&](const Generated&) { ++n_pushed; },
                cancel);
            ADD_FAILURE() << "it went on";
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::kOperational);
            EXPECT_NE(std::string(error.what()).find("the engine dies on every question"),
                      std::string::npos)
                << error.what();
            EXPECT_NE(std::string(error.what()).find("model.gguf"), std::string::npos)
                << error.what();
        }
        EXPECT_EQ(n_pushed, 0) << "they are asked again when the engine works";
    }
}

TEST_F(EngineGeneratorTest, AFailureThatTheEngineReportsIsThatPromptsAlone) {
    const Variable fail("SCRIPT_FAIL_ON", "/Question q03");
    auto generator = this->generator();
    generator.load();
    generator.start({.n_slots = 8});
    const auto out = generate(generator, 6);
    ASSERT_EQ(out.size(), 6U);
    EXPECT_EQ(out.at("q03").answer().stop_reason, StopReason::kFailed);
    EXPECT_NE(out.at("q03").failure.find("not finite"), std::string::npos);
    EXPECT_EQ(out.at("q04").answer().text, "q04 is so");
}

TEST_F(EngineGeneratorTest, AModelThatCannotBeLoadedOrStartedIsAnError) {
    EngineGenerator generator(
        {SCRIPTED_ENGINE, {(folder / "none.gguf").string(), false, 0}, {{}, 100}}, cancel, notes);
    EXPECT_THROW(generator.load(), Error);
    auto other = this->generator();
    other.load();
    const Variable die("SCRIPT_DIE_VERB", "start");
    auto dying = this->generator();
    dying.load();
    EXPECT_THROW(dying.start({}), Error);
}

TEST_F(EngineGeneratorTest, ReturnsSoonWhenItIsCancelledAndCanBeUsedAgain) {
    auto generator = this->generator();
    generator.load();
    generator.start({.n_slots = 8});
    int n = 0;
    generator.generate([&]() -> std::optional<Prompt> { return prompt("q" + std::to_string(n++)); },
                       [&](const Generated&) { cancel = cancel || n > 100; },
                       cancel);
    EXPECT_LT(n, 300);
    cancel = false;
    generator.load();
    generator.start({.n_slots = 8});
    EXPECT_EQ(generate(generator, 3).size(), 3U);
}

}  // namespace
}  // namespace assay::llm
