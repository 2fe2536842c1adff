#include "assay/config/imatrix_entry.hpp"

#include <gmock/gmock.h>

#include "assay/config/plan_json.hpp"
#include "folder.hpp"

namespace assay::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ImatrixEntry : public PlanTest {
 protected:
    void SetUp() override {
        PlanTest::SetUp();
        for (const char* name : {"t.txt", "u.txt", "i.gguf", "make"}) {
            folder_.write(name, "x");
        }
    }
    [[nodiscard]] static std::string experiment(const std::string& variants) {
        return "baseline: {name: m, file: model-F16.gguf}\nvariants: " + variants +
               "\ndataset: questions.jsonl\n";
    }
    Plan plan_of(const std::string& variants, const Overrides& flags = {}) {
        const auto plan = load(experiment(variants), flags);
        EXPECT_TRUE(plan) << testing::PrintToString(sentences(plan.error(), folder_));
        return plan ? *plan : Plan();
    }
    std::string hash_of(const std::string& variants) { return plan_sha256(plan_of(variants)); }
    /// The text of a variant's matrix.
    static ImatrixText text_of(const Plan& plan, std::size_t i) {
        return plan.variants.at(i).type()->imatrix_text.value_or(ImatrixText{"none", -1});
    }
};

TEST_F(ImatrixEntry, IsAFileOrIsMadeOfAText) {
    const Plan plan = plan_of(
        "[{type: IQ2_XS, imatrix: make, imatrix-text: t.txt}, "
        "{type: IQ1_S, imatrix: make, imatrix-text: t.txt, imatrix-chunks: 30}, "
        "{type: Q4_K_M, imatrix: ./make}, Q8_0]");
    EXPECT_EQ(text_of(plan, 0), (ImatrixText{folder_.path("t.txt"), 0}));
    EXPECT_EQ(text_of(plan, 1), (ImatrixText{folder_.path("t.txt"), 30}));
    EXPECT_EQ(plan.variants[0].type()->imatrix, "");
    EXPECT_EQ(plan.variants[2].type()->imatrix, folder_.path("make")) << "a file of that name";
    EXPECT_FALSE(plan.variants[2].type()->imatrix_text);
    EXPECT_FALSE(plan.variants[3].type()->imatrix_text);
}

TEST_F(ImatrixEntry, IsInThePlanAndItsHashAndComesBack) {
    const std::set<std::string> hashes{
        hash_of("[IQ3_S]"),
        hash_of("[{type: IQ3_S, imatrix: i.gguf}]"),
        hash_of("[{type: IQ3_S, imatrix: make, imatrix-text: t.txt}]"),
        hash_of("[{type: IQ3_S, imatrix: make, imatrix-text: u.txt}]"),
        hash_of("[{type: IQ3_S, imatrix: make, imatrix-text: u.txt, imatrix-chunks: 9}]"),
        hash_of("[{type: IQ3_S, imatrix: ./make}]")};
    EXPECT_EQ(hashes.size(), 6U);
    const Plan plan = plan_of(
        "[{type: IQ3_S, imatrix: make, imatrix-text: t.txt, imatrix-chunks: 9}]");
    const std::string stored = plan_to_json(plan);
    const auto back = plan_from_json(stored);
    ASSERT_TRUE(back) << to_sentence(back.error());
    EXPECT_EQ(text_of(*back, 0), text_of(plan, 0));
    EXPECT_EQ(back->variants[0].type()->imatrix, "");
    EXPECT_EQ(plan_to_json(*back), stored);
    EXPECT_EQ(plan_sha256(*back), plan_sha256(plan));

    const auto damaged = [&](const std::string& from, const std::string& to) {
        std::string text = stored;
        text.replace(text.find(from), from.size(), to);
        const auto read = plan_from_json(text);
        return read ? "" : to_sentence(read.error());
    };
    EXPECT_THAT(damaged(R"("imatrix-chunks":9)", R"("imatrix-chunks":-1)"),
                HasSubstr("variants[0].imatrix-chunks must be"));
    EXPECT_THAT(damaged(R"("imatrix-chunks":9,)", ""),
                HasSubstr("variants[0].imatrix-chunks is missing"));
    EXPECT_THAT(damaged(R"("imatrix":"make")", R"("imatrix":"")"),
                HasSubstr("variants[0] has keys that this version does not know"));
}

TEST_F(ImatrixEntry, OfTheFlagsIsForEveryTypeThatNamesNone) {
    Overrides flags;
    flags.imatrix = "make";
    flags.imatrix_text = folder_.path("t.txt");
    flags.imatrix_chunks = 7;
    const Plan plan = plan_of(
        "[IQ1_S, {type: IQ2_S, imatrix: i.gguf}, other.gguf, "
        "{type: IQ2_M, imatrix: make, imatrix-text: u.txt, imatrix-chunks: 0}]",
        flags);
    EXPECT_EQ(text_of(plan, 0), (ImatrixText{folder_.path("t.txt"), 7}));
    EXPECT_EQ(plan.variants[1].type()->imatrix, folder_.path("i.gguf"));
    EXPECT_FALSE(plan.variants[1].type()->imatrix_text);
    EXPECT_EQ(text_of(plan, 3), (ImatrixText{folder_.path("u.txt"), 0})) << "all, as it says";

    Overrides text_only;
    text_only.imatrix_text = folder_.path("t.txt");
    EXPECT_EQ(text_of(plan_of("[{type: IQ2_M, imatrix: make}]", text_only), 0).file,
              folder_.path("t.txt"));
}

TEST_F(ImatrixEntry, ThatIsWrongIsSaidWhereItStands) {
    const auto errors = [&](const std::string& variants, const Overrides& flags = {}) {
        const auto plan = load(experiment(variants), flags);
        return plan ? std::vector<std::string>() : sentences(plan.error(), folder_);
    };
    EXPECT_THAT(errors("[{type: IQ1_S, imatrix: make}]"),
                ElementsAre("exp.yaml:2:35: variants[0].imatrix: an importance matrix is made from "
                            "a text, and none is given. Write imatrix-text: FILE (or "
                            "--imatrix-text FILE): text of the kind that the model is used for, "
                            "but none of the questions."));
    EXPECT_THAT(errors("[{type: Q8_0, imatrix: make, imatrix-text: questions.jsonl}]"),
                ElementsAre(HasSubstr(
                    "variants[0].imatrix-text: is the dataset itself: the quantization would be "
                    "fitted to the questions that it is then measured with")));
    EXPECT_THAT(errors("[{type: Q8_0, imatrix: make, imatrix-text: no.txt}]"),
                ElementsAre(HasSubstr("variants[0].imatrix-text: no such file: no.txt")));
    EXPECT_THAT(errors("[{type: Q8_0, imatrix: make, imatrix-text: \"\"}]"),
                ElementsAre(HasSubstr("variants[0].imatrix-text: is empty")));
    EXPECT_THAT(errors("[{type: Q8_0, imatrix-text: t.txt}]"),
                ElementsAre(HasSubstr("variants[0].imatrix-text: is for an importance matrix that "
                                      "is made. Write imatrix: make beside it.")));
    EXPECT_THAT(errors("[{type: Q8_0, imatrix: i.gguf, imatrix-chunks: 3}]"),
                ElementsAre(HasSubstr("variants[0].imatrix-chunks: is for an importance matrix")));
    for (const char* chunks : {"-1", "1000001", "2.5", "many"}) {
        EXPECT_THAT(errors("[{type: Q8_0, imatrix: make, imatrix-text: t.txt, imatrix-chunks: " +
                           std::string(chunks) + "}]"),
                    ElementsAre(HasSubstr("variants[0].imatrix-chunks: must be")))
            << chunks;
    }
    EXPECT_THAT(
        errors("[{file: other.gguf, imatrix: make, imatrix-text: t.txt}]"),
        ElementsAre(HasSubstr("variants[0].imatrix: belongs to a type that assay makes, not "
                              "to a finished file")));
    EXPECT_THAT(
        errors("[{provider: openai, model: x, url: \"http://x/v1\", imatrix: make}]"),
        ElementsAre(HasSubstr("variants[0].imatrix: belongs to a type that assay makes, not "
                              "to a server's own model")));
    EXPECT_THAT(errors("[{type: Q8_0, imatrx: make}]"),
                ElementsAre(HasSubstr("unknown key \"imatrx\"")));

    Overrides flags;
    flags.imatrix_text = folder_.path("t.txt");
    EXPECT_THAT(errors("[Q8_0]", flags),
                ElementsAre("--imatrix-text: is for an importance matrix that is made, and no type "
                            "is to have one. Write --imatrix make beside it."));
    flags.imatrix = "make";
    flags.imatrix_chunks = -2;
    EXPECT_THAT(errors("[Q8_0]", flags), ElementsAre(HasSubstr("--imatrix-chunks: must be")));
}

TEST_F(ImatrixEntry, OfATypeThatAServerGetsIsMadeToo) {
    const Plan plan = plan_of(
        "[{name: theirs, type: IQ2_XS, provider: ollama, imatrix: make, imatrix-text: t.txt}]");
    EXPECT_EQ(text_of(plan, 0).file, folder_.path("t.txt"));
}

}  // namespace
}  // namespace assay::config
