#include "assay/judge/ollama.hpp"

#include "http_bench.hpp"

namespace assay::judge {
namespace {

using test::ollama_reply;
using test::ScriptedReply;
using test::verdict_text;
using ::testing::HasSubstr;

class Ollama : public ::testing::Test {
 protected:
    HttpBench bench_{"ollama", test::ollama_complaints};
};

TEST_F(Ollama, AReplyCutOffByItsLengthIsInvalidAndSaysSo) {
    const Verdict verdict = bench_.one(ollama_reply("{\"reasoning\": \"A is", "length"));
    EXPECT_EQ(verdict.state, VerdictState::kInvalid);
    EXPECT_THAT(verdict.failure, HasSubstr("raise the judge's max-tokens"));
}

TEST_F(Ollama, APieceOfAStreamIsNoReply) {
    auto body = nlohmann::json::parse(ollama_reply(verdict_text("A")));
    body["done"] = false;
    EXPECT_EQ(bench_.one(body.dump()).state, VerdictState::kError);
}

TEST_F(Ollama, WithoutTheSwitchOfThinkingAndASchemaItAsksForJson) {
    const Verdict verdict = bench_.one([](const auto& request, int) {
        const auto body = nlohmann::json::parse(request.body);
        if (body.contains("think")) {
            return ScriptedReply{400, R"({"error": "\"sim-1\" does not support thinking"})"};
        }
        if (body.contains("format") && body["format"].is_object()) {
            return ScriptedReply{400, R"({"error": "invalid JSON schema in format"})"};
        }
        return ScriptedReply{200, ollama_reply(verdict_text("B"))};
    });
    EXPECT_EQ(verdict.state, VerdictState::kB);
    EXPECT_EQ(verdict.n_attempts, 3);
    EXPECT_EQ(bench_.request(2)["format"], "json");
    EXPECT_THAT(bench_.notes_.lines.back(),
                HasSubstr("without think, format json instead of a schema"));
}

TEST_F(Ollama, AnErrorThatIsABareTextIsQuoted) {
    bench_.judge(1, [](const auto&, int) {
        return ScriptedReply{404,
                             R"({"error": "model \"sim-1\" not found, try pulling it first"})"};
    });
    EXPECT_EQ(bench_.result_.end, RunEnd::kStopped);
    EXPECT_THAT(to_sentence(bench_.result_.why), HasSubstr("try pulling it first"));
}

}  // namespace
}  // namespace assay::judge
