#include "assay/analysis/metric_fit.hpp"

#include <gtest/gtest.h>

namespace assay::analysis {
namespace {

std::vector<Question> expecting(const std::vector<std::string>& expected) {
    std::vector<Question> out;
    for (const std::string& text : expected) {
        out.emplace_back();
        out.back().expected = text;
    }
    return out;
}

AnswersOfVariant answers(std::size_t n, const std::string& text) {
    AnswersOfVariant out(n);
    for (std::optional<Answer>& answer : out) {
        answer.emplace();
        answer->text = text;
        answer->stop_reason = StopReason::kStop;
    }
    return out;
}

const std::string kLong = "The capital of that country is the well-known city of Paris.";

TEST(MetricFit, OfWordsIsNoneWithoutSpacesBetweenThem) {
    for (const char* text : {"\u5317\u4EAC\u662F\u9996\u90FD",
                             "\u6771\u4EAC\u3067\u3059",
                             "\u0E01\u0E23\u0E38\u0E07\u0E40\u0E17\u0E1E",
                             "\u1797\u17D2\u1793\u17C6"}) {
        const auto questions = expecting({text, text, "English"});
        for (const char* metric : {"rouge_l", "token_f1"}) {
            const std::string why = why_metric_cannot(metric, questions);
            EXPECT_NE(why.find("scripts without spaces"), std::string::npos) << text;
            EXPECT_NE(why.find(metric), std::string::npos) << why;
        }
        EXPECT_EQ(why_metric_cannot("chrf", questions), "") << text;
    }
}

TEST(MetricFit, OfWordsFitsOtherScriptsAndAFewSuchWords) {
    EXPECT_EQ(why_metric_cannot("token_f1", expecting({kLong})), "");
    EXPECT_EQ(
        why_metric_cannot("token_f1", expecting({"\uC11C\uC6B8\uC740 \uC218\uB3C4\uC774\uB2E4"})),
        "");
    EXPECT_EQ(why_metric_cannot("token_f1", expecting({"\u041C\u043E\u0441\u043A\u0432\u0430"})),
              "");
    EXPECT_EQ(why_metric_cannot("token_f1", expecting({kLong + " (\u5DF4\u9ECE)"})), "");
    EXPECT_EQ(why_metric_cannot("token_f1", expecting({"42", "7"})), "") << "no letter at all";
}

TEST(MetricFit, WarnsOfOneWordBesideSentences) {
    const auto questions = expecting({"Paris", "New York", "Rome", "Oslo", kLong});
    const AnswersOfVariant sentences = answers(5, kLong), words = answers(5, "It is Paris");
    const std::vector<const AnswersOfVariant*> both{&sentences, &sentences}, brief{&words, &words};
    const std::string note = short_answers_note("rouge_l", questions, both);
    EXPECT_EQ(
        note.find("4 of 5 expected answers have one or two words and the median answer has 11: "
                  "rouge_l"),
        0U)
        << note;
    EXPECT_NE(note.find("LLM judge"), std::string::npos);
    EXPECT_EQ(short_answers_note("rouge_l", questions, brief), "");
    EXPECT_EQ(short_answers_note("rouge_l", expecting({"Paris", kLong}), both), "");
    EXPECT_EQ(short_answers_note("rouge_l", expecting({}), both), "");
    EXPECT_EQ(short_answers_note("rouge_l", questions, {}), "");
}

}  // namespace
}  // namespace assay::analysis
