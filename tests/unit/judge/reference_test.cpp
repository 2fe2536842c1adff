#include "assay/judge/reference.hpp"

#include <gtest/gtest.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "assay/base/hash.hpp"
#include "assay/base/progress.hpp"
#include "assay/base/text.hpp"
#include "assay/judge/make_judge.hpp"

namespace assay::judge {
namespace {

const nlohmann::json& cases() {
    static const nlohmann::json document = nlohmann::json::parse(
        read_file(ASSAY_SOURCE_DIR "/tests/unit/judge/token_f1_cases.json").value());
    return document;
}

BlindedPair pair(std::string a, std::string b, std::optional<std::string> expected) {
    BlindedPair pair;
    pair.item_id = "i";
    pair.answer_a = std::move(a);
    pair.answer_b = std::move(b);
    pair.expected = std::move(expected);
    return pair;
}

TEST(Reference, IsPythonsTokenF1) {
    ASSERT_GT(cases()["cases"].size(), 400u);
    for (const auto& row : cases()["cases"]) {
        const std::string answer = row["answer"], expected = row["expected"];
        EXPECT_EQ(squad_tokens(answer), row["tokens"].get<std::vector<std::string>>()) << row;
        const Fraction f1 = token_f1(answer, expected);
        EXPECT_EQ(f1.numerator * row["denominator"].get<std::int64_t>(),
                  row["numerator"].get<std::int64_t>() * f1.denominator)
            << row;
    }
}

TEST(Reference, OfSeveralRightAnswersTheOneThatFitsBestCounts) {
    BlindedPair item = pair("Donau", "the Rhine", "Danube");
    EXPECT_EQ(reference_verdict({}, item).state, VerdictState::kTie) << "neither is the first one";
    item.alternatives = {"the Danube", "Donau"};
    EXPECT_EQ(reference_verdict({}, item).state, VerdictState::kA);
    item.answer_b = "the Danube";
    EXPECT_EQ(reference_verdict({}, item).state, VerdictState::kTie) << "each fits one of them";
    EXPECT_EQ(shown_expected(item), "Danube\nAlso right: the Danube\nAlso right: Donau");
}

TEST(Reference, TreatsEveryCharacterOfUnicode14AsPythonDoes) {
    Sha256 hash;
    int n = 0;
    for (UChar32 c = 0; c <= UCHAR_MAX_VALUE; ++c) {
        UVersionInfo age;
        u_charAge(c, age);
        if (U_IS_SURROGATE(c) || u_charType(c) == U_UNASSIGNED || age[0] > 14) {
            continue;
        }
        ++n;
        char bytes[5] = {};
        int length = 0;
        U8_APPEND_UNSAFE(bytes, length, c);
        const std::string ch(bytes, static_cast<std::size_t>(length));
        std::string line;
        const std::string text = ch + "a " + ch + " a" + ch + "A" + ch + " the" + ch + "the Σ" +
                                 ch + " " + ch + "Σ AΣ" + ch + "Σ b" + ch + "b";
        for (const std::string& token : squad_tokens(text)) {
            line += (line.empty() ? "" : "|") + token;
        }
        hash.update(line + "\n");
    }
    EXPECT_EQ(n, cases()["all_characters"]["n"]);
    EXPECT_EQ(hash.finish(), cases()["all_characters"]["sha256"]);
}

TEST(Reference, TheSideWithTheHigherF1Wins) {
    EXPECT_EQ(reference_verdict({}, pair("Paris", "London", "Paris")).state, VerdictState::kA);
    EXPECT_EQ(reference_verdict({}, pair("London", "in Paris", "Paris")).state, VerdictState::kB);
    const Verdict tie = reference_verdict({}, pair("Paris!", "the paris", "Paris"));
    EXPECT_EQ(tie.state, VerdictState::kTie);
    EXPECT_EQ(tie.confidence, Confidence::kNone);
    EXPECT_EQ(tie.reasoning, "token F1 1.00 against 1.00");
    EXPECT_EQ(tie.raw, tie.reasoning);
    EXPECT_EQ(tie.item_id, "i");
}

std::string words(int n_same, int n_other) {
    std::string out;
    for (int i = 0; i < n_same; ++i) {
        out += "w" + std::to_string(i) + " ";
    }
    for (int i = 0; i < n_other; ++i) {
        out += "x" + std::to_string(i) + " ";
    }
    return out;
}

// F1 of n of 20 right words out of 20 is n / 20, so neighbours differ by exactly the band; as
// doubles, 0.35 - 0.3 > 0.05.
TEST(Reference, ADifferenceOfExactlyOneTwentiethIsATie) {
    for (int n = 0; n < 20; ++n) {
        EXPECT_EQ(
            reference_verdict({}, pair(words(n + 1, 19 - n), words(n, 20 - n), words(20, 0))).state,
            VerdictState::kTie)
            << n;
        EXPECT_EQ(
            reference_verdict({}, pair(words(n, 20 - n), words(n + 1, 19 - n), words(20, 0))).state,
            VerdictState::kTie)
            << n;
    }
    // 20 of 20 against 19 of 20 with one word more: 38 / 41 is less than 19 / 20.
    EXPECT_EQ(reference_verdict({}, pair(words(20, 0), words(19, 2), words(20, 0))).state,
              VerdictState::kA);
}

TEST(Reference, WithoutAnExpectedAnswerItIsInvalid) {
    const Verdict verdict = reference_verdict({}, pair("a", "b", std::nullopt));
    EXPECT_EQ(verdict.state, VerdictState::kInvalid);
    EXPECT_NE(verdict.failure.find("expected"), std::string::npos);
}

std::string identity_of(const std::string& metric, double tie_band) {
    SilentProgress progress;
    JudgeSpec spec = judge_of("reference");
    spec.metric().metric = metric;
    spec.metric().tie_band = tie_band;
    return make_judge(spec, {}, progress).value()->identity();
}

TEST(Reference, StoredVerdictsOfTheDefaultStayValid) {
    EXPECT_EQ(
        identity_of("token_f1", 0.05),
        R"({"provider":"reference","metric":"SQuAD token F1","tie_band":"1/20","version":1})");
    EXPECT_EQ(identity_of(MetricSettings().metric, MetricSettings().tie_band),
              identity_of("token_f1", 0.05));
}

TEST(Reference, MetricAndBandAreOfItsIdentity) {
    std::set<std::string> identities;
    for (const std::string_view metric : kReferenceMetrics) {
        for (const double band : {0.0, 0.05, 0.050001, 0.1}) {
            identities.insert(identity_of(std::string(metric), band));
        }
    }
    EXPECT_EQ(identities.size(), 12u);
}

TEST(Reference, AnUnknownMetricAndABandOutOfRangeAreRefused) {
    SilentProgress progress;
    JudgeSpec spec = judge_of("reference");
    spec.name = "r";
    spec.metric().metric = "bleu";
    EXPECT_EQ(to_sentence(make_judge(spec, {}, progress).error()),
              "judge r: metric must be one of token_f1, rouge_l, chrf, not \"bleu\"");
    spec.metric().metric = "chrf";
    for (const double band : {-0.1, 1.0, std::nan("")}) {
        spec.metric().tie_band = band;
        EXPECT_FALSE(make_judge(spec, {}, progress)) << band;
    }
}

TEST(Reference, EachMetricDecidesByItsOwnBand) {
    // rouge_l: 3 of 4 words in order against 2 of 4. chrf sees letters in common where no word is.
    MetricSettings settings;
    settings.metric = "rouge_l";
    const BlindedPair ordered = pair("one two three x", "two one x y", "one two three four");
    EXPECT_EQ(reference_verdict(settings, ordered).state, VerdictState::kA);
    EXPECT_EQ(reference_verdict(settings, ordered).reasoning, "ROUGE-L 0.75 against 0.25");
    settings.tie_band = 0.5;
    EXPECT_EQ(reference_verdict(settings, ordered).state, VerdictState::kTie) << "exactly the band";
    settings.tie_band = 0.499999;
    EXPECT_EQ(reference_verdict(settings, ordered).state, VerdictState::kA);
    settings = {};
    const BlindedPair letters = pair("crystals", "zzz", "crystal");
    EXPECT_EQ(reference_verdict(settings, letters).state, VerdictState::kTie)
        << "no word in common";
    settings.metric = "chrf";
    EXPECT_EQ(reference_verdict(settings, letters).state, VerdictState::kA);
    EXPECT_TRUE(reference_verdict(settings, letters).reasoning.starts_with("chrF 0.9"));
}

TEST(Reference, JudgesInOrderAndStopsWhenCancelled) {
    SilentProgress progress;
    JudgeSpec spec = judge_of("reference");
    const auto judge = make_judge(spec, {}, progress).value();
    EXPECT_TRUE(judge->costs_nothing());
    std::vector<BlindedPair> pairs(5, pair("x", "y", "x"));
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        pairs[i].item_id = std::to_string(i);
    }
    std::atomic<bool> cancel{false};
    std::string order;
    const auto stop_at_2 = [&](const Verdict& v) {
        order += v.item_id;
        cancel = order.size() == 3;
    };
    EXPECT_EQ(judge->run(source_of(pairs), stop_at_2, cancel).end, RunEnd::kCancelled);
    EXPECT_EQ(order, "012");
    cancel = false;
    EXPECT_EQ(judge
                  ->run(
                      source_of(std::span(pairs).subspan(3)),
                      [&](const Verdict& v) { order += v.item_id; },
                      cancel)
                  .end,
              RunEnd::kFinished);
    EXPECT_EQ(order, "01234");
}

}  // namespace
}  // namespace assay::judge
