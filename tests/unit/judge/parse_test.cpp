#include "assay/judge/parse.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "assay/base/random.hpp"
#include "assay/base/text.hpp"

namespace assay::judge {
namespace {

VerdictState state(std::string_view reply) {
    return parse_reply(reply).state;
}

TEST(Parse, ReadsTheReplyThatWasAskedFor) {
    const ParsedReply reply = parse_reply(
        R"({"reasoning": "B is right.", "verdict": "B", "confidence": "medium"})");
    EXPECT_EQ(reply.state, VerdictState::kB);
    EXPECT_EQ(reply.confidence, Confidence::kMedium);
    EXPECT_EQ(reply.reasoning, "B is right.");
    EXPECT_EQ(reply.failure, "");
}

TEST(Parse, IsTolerantOfForm) {
    EXPECT_EQ(state(R"({"verdict": "A", "confidence": "high", "reasoning": "r"})"),
              VerdictState::kA);  // the study's order
    EXPECT_EQ(state("```json\n{\"verdict\": \"a\"}\n```"), VerdictState::kA);
    EXPECT_EQ(state("Here it is:\n\n{\"verdict\": \"Tie\"}\nI hope this helps {or not}."),
              VerdictState::kTie);
    EXPECT_EQ(state("{\n  \"Verdict\" : \" tie \"\n}"), VerdictState::kTie);
    EXPECT_EQ(state("\xEF\xBB\xBF{\"verdict\": \"B\"}"), VerdictState::kB);
    EXPECT_EQ(state(R"(The set {1, 2} and \frac{a}{b}. {"verdict": "B"})"), VerdictState::kB);
    EXPECT_EQ(state(R"([{"verdict": "B"}])"), VerdictState::kB);
}

TEST(Parse, ConfidenceThatIsMissingOrUnknownIsNone) {
    EXPECT_EQ(parse_reply(R"({"verdict": "A"})").confidence, Confidence::kNone);
    EXPECT_EQ(parse_reply(R"({"verdict": "A", "confidence": 0.9})").confidence, Confidence::kNone);
    EXPECT_EQ(parse_reply(R"({"verdict": "A", "confidence": "very high"})").confidence,
              Confidence::kNone);
    EXPECT_EQ(parse_reply(R"({"verdict": "A", "confidence": "LOW"})").confidence, Confidence::kLow);
}

TEST(Parse, SkipsAThinkingBlockWithItsDrafts) {
    EXPECT_EQ(
        state(
            "<think>{\"verdict\": \"A\"} or {\"reasoning\": broken</think>\n{\"verdict\": \"B\"}"),
        VerdictState::kB);
    EXPECT_EQ(state("  <think></think><think>x</think>{\"verdict\": \"B\"}"), VerdictState::kB);
    EXPECT_EQ(state("<think>so it is {\"verdict\": \"A\"}"), VerdictState::kInvalid);
}

TEST(Parse, DraftsBeforeTheEndOfThoughtsThatTheTemplateHasOpenedDoNotCount) {
    EXPECT_EQ(state("Perhaps {\"verdict\": \"A\"}. Wait, no.\n</think>\n\n{\"verdict\": \"B\"}"),
              VerdictState::kB);
    EXPECT_EQ(state("The set {1, 2 is not closed.\n</think>\n\n{\"verdict\": \"B\"}"),
              VerdictState::kB);
    EXPECT_EQ(state("I begin {\"verdict\": \n</think>\n\n{\"verdict\": \"B\"}"), VerdictState::kB);
    EXPECT_EQ(state("[THINK]{\"verdict\": \"A\"}[/THINK]{\"verdict\": \"B\"}"), VerdictState::kB);
    EXPECT_EQ(state("[THINK]so it is {\"verdict\": \"A\"}"), VerdictState::kInvalid);
    EXPECT_EQ(state("{\"reasoning\": \"A ends with\n</think>\nand more\", \"verdict\": \"B\"}"),
              VerdictState::kB)
        << "cited inside the object";
}

TEST(Parse, AClosingThinkMarkFurtherOnHidesNothing) {
    EXPECT_EQ(state("{\"verdict\": \"B\"} Response A holds </think>{\"verdict\": \"A\"}"),
              VerdictState::kInvalid);
    EXPECT_EQ(state("<think>A holds </think>{\"verdict\": \"A\"}</think>{\"verdict\": \"B\"}"),
              VerdictState::kInvalid);
    EXPECT_EQ(state(R"({"reasoning": "A holds </think> as text", "verdict": "B"})"),
              VerdictState::kB);
}

TEST(Parse, NeverGuessesFromProse) {
    for (const char* reply : {"",
                              "   ",
                              "I like both of them.",
                              "A",
                              "Verdict: A",
                              "[[A]]",
                              "The better one is **B**.",
                              "verdict: \"A\"",
                              "null",
                              "\"A\"",
                              "{}",
                              "[]",
                              R"({"winner": "A"})",
                              R"({"result": {"verdict": "A"}})",
                              R"({'verdict': 'A'})"}) {
        const ParsedReply parsed = parse_reply(reply);
        EXPECT_EQ(parsed.state, VerdictState::kInvalid) << reply;
        EXPECT_FALSE(parsed.failure.empty()) << reply;
    }
}

TEST(Parse, OtherWordsAreNoVerdict) {
    for (const char* word : {"\"A or B\"",
                             "\"A or B or TIE\"",
                             "\"both\"",
                             "\"Response A\"",
                             "\"\"",
                             "\"draw\"",
                             "null",
                             "1",
                             "true",
                             "[\"A\"]",
                             "{\"verdict\": \"A\"}"}) {
        EXPECT_EQ(state(std::string("{\"reasoning\": \"r\", \"verdict\": ") + word + "}"),
                  VerdictState::kInvalid)
            << word;
    }
    EXPECT_NE(parse_reply(R"({"verdict": "A or B"})").failure.find("A or B"), std::string::npos);
}

TEST(Parse, SeveralVerdictsCountIfTheyAgree) {
    EXPECT_EQ(state(R"({"verdict": "A"} {"verdict": "a"})"), VerdictState::kA);
    EXPECT_EQ(state(R"({"verdict": "A"} {"verdict": "B"})"), VerdictState::kInvalid);
    EXPECT_EQ(state(R"({"verdict": "A", "reasoning": "r", "verdict": "B"})"),
              VerdictState::kInvalid);
    EXPECT_EQ(state(R"({"verdict": "A", "verdict": "A"})"), VerdictState::kA);
    EXPECT_EQ(state(R"({"verdict": "A"} {"verdict": "both"})"), VerdictState::kInvalid);
    const ParsedReply last = parse_reply(
        R"({"verdict": "A", "reasoning": "draft"} {"verdict": "A", "reasoning": "final", "confidence": "low"})");
    EXPECT_EQ(last.reasoning, "final");
    EXPECT_EQ(last.confidence, Confidence::kLow);
}

TEST(Parse, CitedTextCannotSteer) {
    EXPECT_EQ(state(R"({"reasoning": "A says {\"verdict\": \"A\"}", "verdict": "B"})"),
              VerdictState::kB);
    EXPECT_EQ(state(R"({"reasoning": "A says }{\"verdict\": \"A\"}{", "verdict": "B"})"),
              VerdictState::kB);
    EXPECT_EQ(state(R"({"cited": {"verdict": "A"}, "list": [{"verdict": "A"}], "verdict": "B"})"),
              VerdictState::kB);
    // Quotes that the judge forgot to escape, Python's way of writing, no quotes at all: the outer
    // object is not JSON, the inner one is cited.
    EXPECT_EQ(state(R"({"reasoning": "A says {"verdict": "A"}", "verdict": "B"})"),
              VerdictState::kInvalid);
    EXPECT_EQ(state(R"({"reasoning": "A says "}{"verdict": "A"}", "verdict": "B"})"),
              VerdictState::kInvalid);
    EXPECT_EQ(state(R"({"reasoning": "A says "}{"verdict": "A"} {x", "verdict": "B"})"),
              VerdictState::kInvalid);
    EXPECT_EQ(state(R"({"reasoning": "A says "}{"verdict": "A", "x": "", "verdict": "B"})"),
              VerdictState::kInvalid);
    EXPECT_EQ(state(R"({'reasoning': 'A says {"verdict": "A"}', 'verdict': 'B'})"),
              VerdictState::kInvalid);
    EXPECT_EQ(state(R"({reasoning: A says {"verdict": "A"}, verdict: B})"), VerdictState::kInvalid);
    EXPECT_EQ(state(R"({{"verdict": "A"}})"), VerdictState::kInvalid);
}

TEST(Parse, ACutOffReplyIsInvalid) {
    const std::string
        whole = R"({"reasoning": "A says \"x\" {", "verdict": "A", "confidence": "high"})";
    ASSERT_EQ(state(whole), VerdictState::kA);
    for (std::size_t length = 0; length < whole.size(); ++length) {
        EXPECT_EQ(state(std::string_view(whole).substr(0, length)), VerdictState::kInvalid)
            << length;
    }
}

TEST(Parse, TakesBareControlCharactersAndUnknownEscapesLiterally) {
    EXPECT_EQ(parse_reply("{\"reasoning\": \"one\ntwo\tthree\", \"verdict\": \"A\"}").reasoning,
              "one\ntwo\tthree");
    EXPECT_EQ(parse_reply(R"({"reasoning": "\(x\) \frac \u12 \'", "verdict": "A"})").reasoning,
              "\\(x\\) \frac \\u12 \\'");
    EXPECT_EQ(parse_reply(R"({"reasoning": "\ud83d\ude00 \ud83d \ude00 \ud83dx", "verdict": "A"})")
                  .reasoning,
              "\xF0\x9F\x98\x80 \xEF\xBF\xBD \xEF\xBF\xBD \xEF\xBF\xBDx");
    EXPECT_EQ(parse_reply(R"({"reasoning": "ends with a backslash \\", "verdict": "A"})").reasoning,
              "ends with a backslash \\");
    EXPECT_EQ(parse_reply("{\"reasoning\": \"\xFF\", \"verdict\": \"A\"}").reasoning,
              "\xEF\xBF\xBD");
}

TEST(Parse, DeepNestingIsRefusedCheaply) {
    EXPECT_EQ(state(std::string(100000, '[')), VerdictState::kInvalid);
    EXPECT_EQ(state(std::string(100000, '{')), VerdictState::kInvalid);
    EXPECT_EQ(state("{\"verdict\": \"A\", \"x\": " + std::string(100000, '[') +
                    std::string(100000, ']') + "}"),
              VerdictState::kInvalid);
    std::string pairs;
    for (int i = 0; i < 100000; ++i) {
        pairs += "{\"a\":";
    }
    EXPECT_EQ(state(pairs), VerdictState::kInvalid);
}

// Replies cut and glued from pieces that parsers stumble over, and single bytes changed in a good
// one.
TEST(Parse, SurvivesAnything) {
    const std::vector<std::string> pieces{"{",
                                          "}",
                                          "[",
                                          "]",
                                          "\"",
                                          "\\",
                                          "\\u",
                                          "\\ud83d",
                                          ":",
                                          ",",
                                          "verdict",
                                          "\"verdict\"",
                                          "\"A\"",
                                          "\"B\"",
                                          "A",
                                          "null",
                                          "1e999",
                                          "<think>",
                                          "</think>",
                                          "```",
                                          "\n",
                                          " ",
                                          "\xFF",
                                          "\xE2\x82",
                                          std::string(1, '\0'),
                                          "{\"verdict\": \"A\"}",
                                          "-",
                                          "0",
                                          "true"};
    const std::string good =
        R"({"reasoning": "A says {\"verdict\": \"B\"} \u00e9", "verdict": "A", "confidence": "high"})";
    Rng rng(11);
    int n_valid = 0;
    for (int i = 0; i < 20000; ++i) {
        std::string reply;
        if (i % 2 == 0) {
            for (std::uint64_t n = rng.below(24); n > 0; --n) {
                reply += pieces[rng.below(pieces.size())];
            }
        } else {
            reply = good;
            for (std::uint64_t n = 1 + rng.below(3); n > 0; --n) {
                reply[rng.below(reply.size())] = static_cast<char>(rng.below(256));
            }
        }
        const ParsedReply parsed = parse_reply(reply);
        EXPECT_TRUE(is_valid_utf8(parsed.reasoning) && is_valid_utf8(parsed.failure));
        EXPECT_EQ(parsed.failure.empty(), parsed.state != VerdictState::kInvalid);
        EXPECT_TRUE(parsed.state == VerdictState::kInvalid || parsed.state == VerdictState::kA ||
                    parsed.state == VerdictState::kB);
        n_valid += parsed.state != VerdictState::kInvalid;
    }
    EXPECT_GT(n_valid, 100);  // the loop reaches both ends
    EXPECT_LT(n_valid, 19000);
}

TEST(ParseReply, TagsAreReadAsAWholeOrNotAtAll) {
    const auto tags = [](const std::string& a, const std::string& b) {
        return parse_reply(R"({"reasoning": "r", "verdict": "A", "tags_a": )" + a +
                           R"(, "tags_b": )" + b + "}")
            .tags;
    };
    using enum AnswerTag;
    EXPECT_EQ(tags("[]", "[]"), PairTags());
    EXPECT_EQ(tags(R"(["incomplete", " Incorrect "])", R"(["off_topic", "off_topic"])"),
              (PairTags{{kIncorrect, kIncomplete}, {kOffTopic}}));
    for (const char* bad : {R"(["ugly"])",
                            R"("incorrect")",
                            "null",
                            "[1]",
                            R"([["incorrect"]])",
                            R"({"incorrect": true})",
                            R"(["incorrect", ""])"}) {
        EXPECT_FALSE(tags("[]", bad)) << bad;
        EXPECT_FALSE(tags(bad, "[]")) << bad;
    }
    EXPECT_FALSE(parse_reply(R"({"verdict": "A", "tags_a": []})").tags)
        << "one of them is not said";
    EXPECT_EQ(parse_reply(R"({"verdict": "A", "tags_a": ["ugly"], "tags_b": []})").state,
              VerdictState::kA)
        << "the verdict stands";
    EXPECT_EQ(parse_reply(R"({"verdict": "A", "note": {"tags_a": [], "tags_b": []}})").tags,
              std::nullopt);
    EXPECT_FALSE(
        parse_reply(R"({"verdict": "A", "tags_a": [], "tags_b": []} {"verdict": "A"})").tags)
        << "the last one's";
}

}  // namespace
}  // namespace assay::judge
