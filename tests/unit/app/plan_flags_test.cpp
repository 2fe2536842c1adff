#include "assay/app/plan_flags.hpp"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>

#include "assay/base/result.hpp"
#include "assay/records/settings.hpp"
#include "temp_folder.hpp"

namespace assay::app {
namespace {

class PlanFlagsTest : public testing::Test {
 protected:
    void SetUp() override {
        folder.write("model.gguf", "x");
        folder.write("q.jsonl",
                     R"({"id": "a", "question": "Why?", "expected_answer": "So."})"
                     "\n");
    }
    /// The plan of `assay run` with these arguments behind model, dataset and one variant.
    Plan plan(std::vector<std::string> more) {
        std::vector<std::string> arguments{"-m",
                                           (folder / "model.gguf").string(),
                                           "--questions",
                                           (folder / "q.jsonl").string(),
                                           "--variants",
                                           "Q8_0"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        std::reverse(arguments.begin(), arguments.end());
        CLI::App app;
        PlanFlags flags;
        add_plan_flags(app, flags);
        app.parse(arguments);
        return load_plan_or_throw(flags);
    }
    std::string complaint(const std::vector<std::string>& more) {
        try {
            static_cast<void>(plan(more));
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::kUsage);
            return error.what();
        }
        return {};
    }
    test::TempFolder folder;
};

TEST_F(PlanFlagsTest, EveryFlagEndsInThePlan) {
    folder.write("t.jinja", "{{ question }}");
    folder.write("imatrix.gguf", "x");
    const Plan p = plan({"--limit",
                         "5",
                         "--ids",
                         "a,b",
                         "--name",
                         "n",
                         "--run",
                         (folder / "r").string(),
                         "--imatrix",
                         (folder / "imatrix.gguf").string(),
                         "--system",
                         "s",
                         "--prompt-template",
                         (folder / "t.jinja").string(),
                         "--chat-template",
                         "{{ messages }}",
                         "--temp",
                         "0.5",
                         "--top-k",
                         "3",
                         "--top-p",
                         "0.8",
                         "--min-p",
                         "0.1",
                         "--repeat-penalty",
                         "1.2",
                         "--repeat-last-n",
                         "-1",
                         "-c",
                         "2048",
                         "-n",
                         "33",
                         "--stop",
                         "X,Y",
                         "--stop",
                         "Z",
                         "-s",
                         "9",
                         "--margin",
                         "0.2",
                         "--alpha",
                         "0.01",
                         "--power",
                         "0.9",
                         "--stopping",
                         "group-sequential",
                         "--decisive-rate",
                         "0.4",
                         "--icc",
                         "0.3",
                         "--blinding-seed",
                         "3",
                         "-j",
                         "7",
                         "-t",
                         "2",
                         "--slots",
                         "24",
                         "--ubatch-size",
                         "128",
                         "--n-gpu-layers",
                         "0",
                         "--flash-attn",
                         "off",
                         "--cache-type-k",
                         "q8_0",
                         "--cache-type-v",
                         "bf16",
                         "--judge",
                         "openai:m@http://127.0.0.1:1/v1"});
    EXPECT_EQ(p.dataset.limit, 5);
    EXPECT_EQ(p.dataset.ids, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(p.name, "n");
    EXPECT_EQ(p.run_dir, (folder / "r").string());
    EXPECT_EQ(p.variants.at(0).type()->imatrix, (folder / "imatrix.gguf").string());
    EXPECT_EQ(p.generation.system, "s");
    EXPECT_EQ(p.generation.prompt_template, "{{ question }}");
    EXPECT_EQ(p.generation.chat_template, "{{ messages }}");
    EXPECT_EQ(p.generation.temp, 0.5);
    EXPECT_EQ(p.generation.top_k, 3);
    EXPECT_EQ(p.generation.top_p, 0.8);
    EXPECT_EQ(p.generation.min_p, 0.1);
    EXPECT_EQ(p.generation.repeat_penalty, 1.2);
    EXPECT_EQ(p.generation.repeat_last_n, -1);
    EXPECT_EQ(p.generation.ctx_size, 2048);
    EXPECT_EQ(p.generation.predict, 33);
    EXPECT_EQ(p.generation.stop, (std::vector<std::string>{"X,Y", "Z"}))
        << "a comma is part of a stop string";
    EXPECT_EQ(p.generation.seed, 9U);
    EXPECT_EQ(p.analysis.margin, 0.2);
    EXPECT_EQ(p.analysis.alpha, 0.01);
    EXPECT_EQ(p.analysis.power, 0.9);
    EXPECT_EQ(p.analysis.stopping, "group-sequential");
    EXPECT_EQ(p.analysis.expected_decisive_rate, 0.4);
    EXPECT_EQ(p.analysis.icc, 0.3);
    EXPECT_EQ(p.blinding_seed, 3U);
    EXPECT_EQ(p.judges.at(0).api().concurrency, 7);
    EXPECT_EQ(p.engine.threads, 2);
    EXPECT_EQ(p.engine.slots, 24);
    EXPECT_EQ(p.engine.ubatch_size, 128);
    EXPECT_EQ(p.engine.n_gpu_layers, 0);
    EXPECT_EQ(p.engine.recipe.flash_attn, "off");
    EXPECT_EQ(p.engine.recipe.cache_type_k, "q8_0");
    EXPECT_EQ(p.engine.recipe.cache_type_v, "bf16");
}

TEST_F(PlanFlagsTest, TheHelpOfASettingSaysWhatIsAllowedAndTheDefault) {
    CLI::App app;
    PlanFlags flags;
    add_plan_flags(app, flags);
    const Plan defaults;
    int n = 0;
    visit_plan(defaults,
               [&](std::string_view, const Setting& setting, const auto& field, const auto& rule) {
                   if (setting.flag.empty() || allowed(rule).empty()) {
                       return;
                   }
                   ++n;
                   const std::string help = app.get_option(std::string(long_flag(setting)))
                                                ->get_description();
                   EXPECT_TRUE(help.ends_with("; " + allowed(rule) + ", default " + written(field)))
                       << help;
               });
    EXPECT_GE(n, 25);
}

TEST_F(PlanFlagsTest, WithoutAnyThePlanHasItsDefaults) {
    const Plan p = plan({});
    EXPECT_EQ(p.judges.at(0).provider, "reference");
    EXPECT_EQ(p.generation.temp, 0);
    EXPECT_EQ(p.generation.repeat_penalty, 1.05);
    EXPECT_EQ(p.baseline.name, "model");
    EXPECT_EQ(p.variants.at(0).type()->type, "Q8_0");
}

TEST_F(PlanFlagsTest, EveryMistakeIsOnALineOfItsOwn) {
    const std::string text = complaint({"--margin", "7", "--temp", "-1", "--judge", "nobody"});
    for (const char* word : {"--margin", "--temp", "nobody"}) {
        EXPECT_NE(text.find(word), std::string::npos) << text;
    }
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2) << text;
}

TEST_F(PlanFlagsTest, TheQuestionsOfThePlanAreLoadedOrEveryMistakeIsSaid) {
    EXPECT_EQ(load_questions_or_throw(plan({})).size(), 1U);
    folder.write("bad.jsonl", "{}\n[]\n");
    Plan bad;
    bad.dataset.file = (folder / "bad.jsonl").string();
    try {
        static_cast<void>(load_questions_or_throw(bad));
        FAIL();
    } catch (const Error& error) {
        for (const char* place : {"bad.jsonl:1", "bad.jsonl:2"}) {
            EXPECT_NE(std::string(error.what()).find(place), std::string::npos) << error.what();
        }
    }
}

}  // namespace
}  // namespace assay::app
