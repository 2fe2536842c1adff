#include "assay/llm/told_tokens.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace assay::llm {
namespace {

using nlohmann::json;

json token(const std::string& text, double log_prob) {
    return {{"token", text}, {"logprob", log_prob}};
}

json entry(const std::string& text, double log_prob, json candidates) {
    json out = token(text, log_prob);
    out["top_logprobs"] = std::move(candidates);
    return out;
}

std::vector<ToldToken> read(const json& list, std::size_t n_most = 100) {
    const std::string document = json{{"list", list}}.dump();
    return read_told_tokens(http::JsonView(document)["list"], n_most);
}

TEST(ToldTokens, AreReadWithTheirCandidatesTheLikeliestFirst) {
    json half = entry("\xEF\xBF\xBD", -0.5, {token("b", -2), token("a", -1)});
    half["bytes"] = {226, 130};
    const auto out = read({half, entry("x", 0.0005, {token("x", 0)})});
    ASSERT_EQ(out.size(), 2U);
    EXPECT_EQ(out[0].bytes, "\xE2\x82");
    EXPECT_EQ(out[0].log_prob, -0.5);
    ASSERT_EQ(out[0].candidates.size(), 2U);
    EXPECT_EQ(out[0].candidates[0].bytes, "a");
    EXPECT_EQ(out[0].candidates[1].log_prob, -2);
    EXPECT_EQ(out[1].log_prob, 0) << "a server's rounding";
}

TEST(ToldTokens, NoMoreCandidatesAreKeptThanWereAskedFor) {
    json candidates = json::array();
    for (int i = 0; i < 30; ++i) {
        candidates.push_back(token("t" + std::to_string(i), -30 + i));
    }
    const auto out = read(json::array({entry("x", -1, candidates)}));
    ASSERT_EQ(out.size(), 1U);
    ASSERT_EQ(out[0].candidates.size(), kToldCandidates);
    EXPECT_EQ(out[0].candidates.front().bytes, "t29");
    EXPECT_EQ(out[0].candidates.back().bytes, "t20");
}

TEST(ToldTokens, AListOfWhichOneEntryCannotBeUsedIsNone) {
    const json good = entry("x", -1, {token("x", -1)});
    json no_number = good, too_large = good, no_candidates = good, bytes = good, longest = good;
    no_number["logprob"] = "-1";
    too_large["logprob"] = 3.5;
    no_candidates["top_logprobs"] = json::array();
    bytes["bytes"] = {1, 256};
    longest["token"] = std::string(257, 'a');
    for (const json& bad :
         {no_number, too_large, no_candidates, bytes, longest, json("x"), json(nullptr)}) {
        EXPECT_TRUE(read({good, bad}).empty()) << bad;
    }
    EXPECT_TRUE(read({good, good, good}, 2).empty()) << "more than an answer may have";
    EXPECT_EQ(read({good, good}, 2).size(), 2U);
    EXPECT_TRUE(read(nullptr).empty());
    EXPECT_TRUE(read(json::object()).empty());
}

}  // namespace
}  // namespace assay::llm
