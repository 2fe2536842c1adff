#include "assay/run/run_facts.hpp"

#include <gtest/gtest.h>

#include "assay/base/result.hpp"
#include "run_fixture.hpp"

namespace assay::run {
namespace {

TEST(RunFacts, ComeBackAsTheyWereSaved) {
    RunFixture run;
    run.facts.judges[0].show_contexts = false;
    save_facts(*run.store, run.plan_sha256, run.facts);
    const auto facts = load_facts(*run.store, run.plan_sha256);
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->dataset_sha256, run.facts.dataset_sha256);
    EXPECT_EQ(facts->command, "assay run science.yaml");
    EXPECT_EQ(facts->host.cpu, "a CPU");
    EXPECT_EQ(facts->host.cores, 2);
    EXPECT_EQ(facts->n_prompts_compared, 3);
    EXPECT_EQ(facts->n_prompts_equal, 3);
    EXPECT_EQ(facts->notes, std::vector<std::string>{"a note"});
    ASSERT_EQ(facts->variants.size(), 2U);
    EXPECT_EQ(facts->variants[1].name, "small");
    EXPECT_EQ(facts->variants[1].engine.fingerprint, "fingerprint");
    EXPECT_EQ(facts->variants[1].n_parallel, 16);
    EXPECT_EQ(facts->variants[1].answer_keys, run.facts.variants[1].answer_keys);
    ASSERT_EQ(facts->judges.size(), 1U);
    EXPECT_EQ(facts->judges[0].key, "judge key");
    EXPECT_FALSE(facts->judges[0].show_contexts);
}

// Earlier and later versions read what is stored: the bytes may not change.
TEST(RunFacts, OfAJudgeAreStoredAsTheyAlwaysWere) {
    const RunFixture run;
    const std::string text = *run.store->note("facts of plan " + run.plan_sha256);
    EXPECT_NE(text.find(R"("judges":[{"judge":{"both_orders":false,"costs_nothing":false,)"
                        R"("model":"m","n_calls":0,"name":"panel","provider":"openai",)"
                        R"("show_contexts":true,"show_expected":true,"url":"","versions":[]},)"
                        R"("key":"judge key"}])"),
              std::string::npos)
        << text;
}

TEST(RunFacts, OfFidelityComeBackAndAreNotWrittenWhereThereAreNone) {
    RunFixture run;
    const std::string key = "facts of plan " + run.plan_sha256;
    EXPECT_EQ(run.store->note(key)->find("self_reading"), std::string::npos);
    EXPECT_EQ(run.store->note(key)->find("no_fidelity"), std::string::npos);
    EXPECT_FALSE(load_facts(*run.store, run.plan_sha256)->self_reading);
    run.facts.self_reading = SelfReading{8, 412, 411, 1.0 / 3};
    run.facts.variants[1].no_fidelity = "its vocabulary is another one";
    save_facts(*run.store, run.plan_sha256, run.facts);
    const auto facts = load_facts(*run.store, run.plan_sha256);
    ASSERT_TRUE(facts && facts->self_reading);
    EXPECT_EQ(facts->self_reading->n_answers, 8);
    EXPECT_EQ(facts->self_reading->n_tokens, 412);
    EXPECT_EQ(facts->self_reading->n_exact, 411);
    EXPECT_EQ(facts->self_reading->mean_kld, 1.0 / 3);
    EXPECT_FALSE(facts->self_reading->exact());
    EXPECT_EQ(facts->variants[0].no_fidelity, "");
    EXPECT_EQ(facts->variants[1].no_fidelity, "its vocabulary is another one");
}

TEST(RunFacts, OfAPlanThatHasNoneAreEmptyAndDamagedOnesAnError) {
    const RunFixture run;
    EXPECT_FALSE(load_facts(*run.store, "another plan"));
    run.store->put_note("facts of plan broken", "{");
    EXPECT_THROW(static_cast<void>(load_facts(*run.store, "broken")), Error);
}

}  // namespace
}  // namespace assay::run
