#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>

#include "assay/judge/make_judge.hpp"
#include "assay/records/judge_provider.hpp"

namespace assay::judge {
namespace {

const Services kServices{
    [](const std::string&, const std::string& variables) -> Result<std::string> {
        return variables;
    }};

JudgeSpec openai() {
    JudgeSpec spec = judge_of("openai");
    spec.name = "panel-1";
    spec.api().url = "http://127.0.0.1:9/v1/";
    spec.api().model = "m";
    return spec;
}

std::string identity(const JudgeSpec& spec) {
    SilentProgress progress;
    return make_judge(spec, kServices, progress).value()->identity();
}

TEST(Judge, AnUnknownProviderIsNamedWithTheKnownOnes) {
    SilentProgress progress;
    JudgeSpec spec = openai();
    spec.provider = "opena";
    const auto typo = make_judge(spec, kServices, progress);
    ASSERT_FALSE(typo);
    EXPECT_EQ(to_sentence(typo.error()),
              "judge panel-1: unknown provider \"opena\". did you mean openai?");
    spec.provider = "crystal ball";
    const auto unknown = make_judge(spec, kServices, progress);
    ASSERT_FALSE(unknown);
    for (const JudgeProvider& provider : kJudgeProviders) {
        EXPECT_NE(to_sentence(unknown.error()).find(provider.name), std::string::npos);
    }
}

TEST(Judge, EveryApiJudgeOfTheTableCanBeMade) {
    SilentProgress progress;
    int n = 0;
    for (const JudgeProvider& provider : kJudgeProviders) {
        if (provider.kind != JudgeKind::kApi) {
            continue;
        }
        ++n;
        JudgeSpec spec = openai();
        spec.provider = provider.name;
        const auto judge = make_judge(spec, kServices, progress);
        EXPECT_TRUE(judge) << provider.name;
    }
    EXPECT_GE(n, 4);
}

TEST(Judge, SettingsOutOfRangeAreRefused) {
    SilentProgress progress;
    const auto refused = [&](auto change) {
        JudgeSpec spec = openai();
        change(spec);
        return !make_judge(spec, kServices, progress);
    };
    EXPECT_FALSE(refused([](JudgeSpec&) {}));
    EXPECT_TRUE(refused([](JudgeSpec& s) { s.api().model.clear(); }));
    EXPECT_TRUE(refused([](JudgeSpec& s) { s.api().concurrency = 0; }));
    EXPECT_FALSE(refused([](JudgeSpec& s) { s.api().concurrency = 1024; }))
        << "what an experiment file may say";
    EXPECT_TRUE(refused([](JudgeSpec& s) { s.api().concurrency = 1025; }));
    EXPECT_TRUE(refused([](JudgeSpec& s) { s.api().timeout_s = 0; }));
    EXPECT_TRUE(refused([](JudgeSpec& s) { s.api().retries = -1; }));
    EXPECT_TRUE(refused([](JudgeSpec& s) { s.api().max_tokens = 0; }));
    EXPECT_TRUE(refused([](JudgeSpec& s) { s.api().temp = -1; }));
    EXPECT_TRUE(refused([](JudgeSpec& s) { s.api().requests_per_minute = -1; }));
    EXPECT_TRUE(refused([](JudgeSpec& s) { s.api().tokens_per_minute = -1; }));
    EXPECT_TRUE(refused([](JudgeSpec& s) { s.api().max_calls = -1; }));
    EXPECT_TRUE(refused([](JudgeSpec& s) { s.api().url = "nowhere"; }));
    EXPECT_TRUE(refused([](JudgeSpec& s) { s.api().api_key_env = "ASSAY_TEST_NONE"; }));
}

TEST(Judge, IdentityChangesWithAllThatAVerdictDependsOn) {
    std::set<std::string> all{identity(openai())};
    std::size_t n = 1;
    const auto differs = [&](auto change) {
        JudgeSpec spec = openai();
        change(spec);
        all.insert(identity(spec));
        EXPECT_EQ(all.size(), ++n);
    };
    differs([](JudgeSpec& s) { s = judge_of("reference"); });
    differs([](JudgeSpec& s) { s.api().url = "http://127.0.0.1:10/v1"; });
    differs([](JudgeSpec& s) { s.api().model = "other"; });
    differs([](JudgeSpec& s) { s.api().temp = 0.5; });
    differs([](JudgeSpec& s) { s.api().max_tokens = 7; });
    differs([](JudgeSpec& s) { s.api().prompt_template = "{{ question }}"; });
    differs([](JudgeSpec& s) { s.show_contexts = false; });
    differs([](JudgeSpec& s) { s.show_expected = false; });
    for (const char* provider : {"gemini", "anthropic", "ollama"}) {
        differs([&](JudgeSpec& s) { s.provider = provider; });
    }
}

TEST(Judge, IdentityIsJsonAndFreeOfWhatDoesNotMatter) {
    JudgeSpec spec = openai();
    const std::string before = identity(spec);
    EXPECT_EQ(nlohmann::json::parse(before)["address"], "http://127.0.0.1:9/v1");
    spec.name = "other";
    spec.api().concurrency = 16;
    spec.api().timeout_s = 1;
    spec.api().retries = 0;
    spec.api().requests_per_minute = 5;
    spec.api().tokens_per_minute = 5;
    spec.api().max_calls = 5;
    spec.api().url = "http://127.0.0.1:9/v1";
    setenv("OPENAI_API_KEY", "sk-secret-93b1", 1);
    EXPECT_EQ(identity(spec), before);
    unsetenv("OPENAI_API_KEY");
}

}  // namespace
}  // namespace assay::judge
