#include "assay/config/named_text.hpp"

#include <gmock/gmock.h>

#include "folder.hpp"

namespace assay::config {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class ANamedModel : public PlanTest {
 protected:
    void SetUp() override {
        folder_.write("models/y.gguf", "GGUF");
        folder_.write("models/q4=y.gguf", "GGUF");
        folder_.write("run=3/y.gguf", "GGUF");
    }
    [[nodiscard]] NamedText named(std::string_view text) const {
        return named_text(text, folder_.path(""));
    }
    [[nodiscard]] tl::expected<Plan, std::vector<Failure>> load_by_flags(
        const std::string& model, const std::vector<std::string>& variants) const {
        Overrides flags;
        flags.model = model;
        flags.variants = variants;
        flags.questions = folder_.path("questions.jsonl");
        return load_plan(std::nullopt, flags);
    }
};

TEST_F(ANamedModel, IsTakenApartAtTheFirstEqualsSign) {
    const NamedText q4 = named("q4=models/y.gguf");
    EXPECT_EQ(q4.name, "q4");
    EXPECT_EQ(q4.rest, "models/y.gguf");
    const NamedText two = named(" q 4 = a=b.gguf");
    EXPECT_EQ(two.name, "q 4");
    EXPECT_EQ(two.rest, "a=b.gguf");
    EXPECT_EQ(named("q4=ollama:m:1").rest, "ollama:m:1");
    EXPECT_EQ(named("=y.gguf").name, "");
    EXPECT_FALSE(named("models/y.gguf").name);
    EXPECT_FALSE(named("").name);
}

TEST_F(ANamedModel, IsNotMadeOfAPathThatHoldsAnEqualsSign) {
    for (const char* path :
         {"models/q4=y.gguf", "run=3/y.gguf", "models/none=y.gguf", "ollama:a=b"}) {
        EXPECT_FALSE(named(path).name) << path;
        EXPECT_EQ(named(path).rest, path);
    }
    EXPECT_EQ(named("run=4/y.gguf").name, "run") << "no such folder, so it is a name";
}

TEST_F(ANamedModel, IsABaselineAndAVariantByFlagsAndInTheFile) {
    const auto plan = load_by_flags(
        "base=" + folder_.path("model-F16.gguf"),
        {"q4=" + folder_.path("models/y.gguf"), "o=ollama:m:1", "small=q8_0", "Q4_K_M"});
    ASSERT_TRUE(plan) << testing::PrintToString(sentences(plan.error(), folder_));
    EXPECT_EQ(plan->baseline.name, "base");
    EXPECT_EQ(plan->baseline.file(), folder_.path("model-F16.gguf"));
    const auto& variants = plan->variants;
    ASSERT_EQ(variants.size(), 4u);
    EXPECT_EQ(variants[0].name, "q4");
    EXPECT_EQ(variants[0].file(), folder_.path("models/y.gguf"));
    EXPECT_EQ(variants[1].name, "o");
    EXPECT_EQ(variants[1].file(), "ollama:m:1");
    EXPECT_EQ(variants[2].name, "small");
    EXPECT_EQ(variants[2].type()->type, "Q8_0");
    EXPECT_EQ(variants[3].name, "Q4_K_M");

    const auto by_file = load(
        "baseline: base=model-F16.gguf\nvariants: [q4=models/y.gguf, models/q4=y.gguf]\n"
        "dataset: questions.jsonl\n");
    ASSERT_TRUE(by_file) << testing::PrintToString(sentences(by_file.error(), folder_));
    EXPECT_EQ(by_file->baseline.name, "base");
    EXPECT_EQ(by_file->variants[0].name, "q4");
    EXPECT_EQ(by_file->variants[0].file(), folder_.path("models/y.gguf"));
    EXPECT_EQ(by_file->variants[1].file(), folder_.path("models/q4=y.gguf"));
}

TEST_F(ANamedModel, MayHaveASlashWhereASourceFollows) {
    const auto plan = load_by_flags("org/base=openai:org/m@http://a:1/v1?api-version=2024-10-21",
                                    {"org/q4=answers:" + folder_.path("questions.jsonl")});
    ASSERT_TRUE(plan) << testing::PrintToString(sentences(plan.error(), folder_));
    EXPECT_EQ(plan->baseline.name, "org-base");
    EXPECT_EQ(plan->baseline.served()->server.model, "org/m");
    EXPECT_EQ(plan->variants[0].name, "org-q4");
    EXPECT_NE(plan->variants[0].answers(), nullptr);
}

TEST_F(ANamedModel, ThatIsWrongIsSaid) {
    const auto errors = [&](const std::string& model, const std::vector<std::string>& variants) {
        const auto plan = load_by_flags(model, variants);
        return plan ? std::vector<std::string>{} : sentences(plan.error(), folder_);
    };
    const std::string model = folder_.path("model-F16.gguf");
    EXPECT_THAT(errors("=" + model, {"Q8_0"}),
                Contains(HasSubstr("--model: has an empty name before \"=\". Write NAME=FILE.")));
    EXPECT_THAT(errors("base=none.gguf", {"Q8_0"}),
                ElementsAre(testing::AllOf(HasSubstr("no such file"), HasSubstr("/none.gguf"))));
    EXPECT_THAT(errors("base=", {"Q8_0"}), Contains(HasSubstr("is empty")));
    EXPECT_THAT(errors(model, {"small=Q9"}), ElementsAre(HasSubstr("unknown type \"Q9\"")));
    EXPECT_THAT(errors("a=" + model, {"a=Q8_0"}),
                ElementsAre(HasSubstr("is that of the baseline")));
}

}  // namespace
}  // namespace assay::config
