#include "assay/run/taken_looks.hpp"

#include <gtest/gtest.h>

#include "assay/base/result.hpp"
#include "run_fixture.hpp"

namespace assay::run {
namespace {

VariantFacts facts_with(const std::string& first_key) {
    VariantFacts out;
    out.name = "q4";
    out.answer_keys = {first_key, "another"};
    return out;
}

TEST(TakenLooks, AreOfTheAnswersThatTheyWereTakenAt) {
    RunFixture run;
    const VariantFacts baseline = facts_with("b1"), variant = facts_with("v1");
    EXPECT_FALSE(taken_look(*run.store, "q4"));
    TakenLook look;
    look.first_pair = first_pair_of("q01", baseline, variant);
    look.label = DecisionLabel::kInconclusive;
    look.n_samples = 8;
    look.second_moment = 0.6;
    look.product = 0.25;
    look.reachable = false;
    look.questions_needed = 211;
    keep_look(*run.store, "q4", look);
    EXPECT_EQ(taken_look(*run.store, "q4"), look);
    EXPECT_EQ(taken_look_of(*run.store, "q01", baseline, variant), look);
    EXPECT_FALSE(taken_look_of(*run.store, "q01", baseline, facts_with("v2"))) << "other weights";
    EXPECT_FALSE(taken_look_of(*run.store, "q02", baseline, variant)) << "other questions";
}

TEST(TakenLooks, ThatAreDamagedAreAnError) {
    RunFixture run;
    const std::string note = "look at the samples of q4";
    for (const char* damaged :
         {"",
          "{}",
          R"({"first_pair": 1})",
          R"({"first_pair": "p", "label": "equivalent", "stopped": false, "n_samples": 1000000000,
              "second_moment": 0, "product": 0, "reachable": true, "questions_needed": null})"}) {
        run.store->put_note(note, damaged);
        EXPECT_THROW(static_cast<void>(taken_look(*run.store, "q4")), Error) << damaged;
    }
}

}  // namespace
}  // namespace assay::run
