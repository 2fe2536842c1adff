#include "assay/judge/http_judge.hpp"

#include "http_bench.hpp"

namespace assay::judge {
namespace {

using namespace std::chrono_literals;
using test::ScriptedReply;
using test::SimServer;
using test::verdict_text;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

struct Provider {
    std::string name;
    test::Checker checker;
    std::string key_variable;  ///< empty: it has none
    std::string key_header;
    std::string key_prefix;
    std::string (*reply)(const std::string& text);
    std::string path_end;  ///< what an address may end in
};

void PrintTo(const Provider& provider, std::ostream* out) {
    *out << provider.name;
}

const Provider kProviders[] = {
    {"openai",
     test::openai_complaints,
     "OPENAI_API_KEY",
     "authorization",
     "Bearer ",
     [](const std::string& text) { return test::completion_json(text); },
     ""},
    {"gemini",
     test::gemini_complaints,
     "GEMINI_API_KEY",
     "x-goog-api-key",
     "",
     [](const std::string& text) { return test::gemini_reply(text); },
     "/v1beta"},
    {"anthropic",
     test::anthropic_complaints,
     "ANTHROPIC_API_KEY",
     "x-api-key",
     "",
     [](const std::string& text) { return test::anthropic_text_reply(text); },
     "/v1"},
    {"ollama",
     test::ollama_complaints,
     "",
     "authorization",
     "Bearer ",
     [](const std::string& text) { return test::ollama_reply(text); },
     "/v1"},
};

class EveryProvider : public ::testing::TestWithParam<Provider> {
 protected:
    EveryProvider()
        : key_(GetParam().key_variable, kBenchKey), bench_(GetParam().name, GetParam().checker) {}

    [[nodiscard]] static std::string reply(const std::string& verdict) {
        return GetParam().reply(verdict_text(verdict));
    }
    [[nodiscard]] static std::string reply_of(const std::string& text) {
        return GetParam().reply(text);
    }

    Variable key_;
    HttpBench bench_;
};

INSTANTIATE_TEST_SUITE_P(Providers,
                         EveryProvider,
                         testing::ValuesIn(kProviders),
                         [](const auto& of) { return of.param.name; });

TEST_P(EveryProvider, IsAskedAsItsDocumentationSaysAndItsVerdictIsStored) {
    const Verdict verdict = bench_.one([](const auto&, int) {
        return ScriptedReply{200, reply("B")};
    });
    EXPECT_EQ(bench_.result_.end, RunEnd::kFinished);
    EXPECT_EQ(verdict.state, VerdictState::kB);
    EXPECT_EQ(verdict.confidence, Confidence::kHigh);
    EXPECT_EQ(verdict.reasoning, "because");
    EXPECT_EQ(verdict.raw, verdict_text("B"));
    EXPECT_EQ(verdict.failure, "");
    EXPECT_EQ(verdict.model_version, "sim-1-2026");
    EXPECT_EQ(verdict.n_prompt_tokens, 10);
    EXPECT_EQ(verdict.n_reply_tokens,
              GetParam().name == "gemini" ? 12 : 5);  // Google counts thoughts apart
    EXPECT_EQ(verdict.n_attempts, 1);
    EXPECT_EQ(verdict.prompt_sha256.size(), 64u);
    ASSERT_EQ(bench_.seen_.size(), 1u);
    EXPECT_THAT(bench_.seen_[0].body, HasSubstr("rendered question 0?"));
    EXPECT_THAT(bench_.seen_[0].body, HasSubstr("BEGIN"));  // of the system text
}

TEST_P(EveryProvider, TagsAnswersOnlyWhereItIsAskedTo) {
    const auto tagged = [](const auto&, int) {
        return ScriptedReply{
            200,
            reply_of(
                R"({"reasoning": "r", "verdict": "B", "confidence": "low", "tags_a": ["incorrect", "truncation"], "tags_b": []})")};
    };
    EXPECT_FALSE(bench_.one(tagged).tags);
    EXPECT_THAT(bench_.seen_.at(0).body, testing::Not(HasSubstr("tags_a")));
    const std::string without = bench_.judge_->identity();
    bench_.spec_.api().tags = true;
    EXPECT_EQ(bench_.one(tagged).tags,
              (PairTags{{AnswerTag::kIncorrect, AnswerTag::kTruncation}, {}}));
    EXPECT_THAT(bench_.seen_.at(0).body,
                HasSubstr("tags_a"));  // in the schema, which the checker has read
    EXPECT_NE(bench_.judge_->identity(), without);
    const Verdict silent = bench_.one([](const auto&, int) {
        return ScriptedReply{200, reply("A")};
    });
    EXPECT_EQ(silent.state, VerdictState::kA);
    EXPECT_FALSE(silent.tags) << "not said is not: none";
}

TEST_P(EveryProvider, GetsTheKeyInItsOwnHeaderAndANamedOneInTheSame) {
    const auto sent = [this] {
        bench_.one([](const auto&, int) { return ScriptedReply{200, reply("A")}; });
        const auto found = bench_.seen_.at(0).headers.find(GetParam().key_header);
        return found == bench_.seen_[0].headers.end() ? std::string() : found->second;
    };
    EXPECT_EQ(sent(), GetParam().key_variable.empty() ? "" : GetParam().key_prefix + kBenchKey);
    const Variable mine("ASSAY_TEST_KEY", "sk-mine-0123");
    bench_.spec_.api().api_key_env = "ASSAY_TEST_KEY";
    EXPECT_EQ(sent(), GetParam().key_prefix + "sk-mine-0123");
}

TEST_P(EveryProvider, AnAddressMayEndInItsVersion) {
    const SimServer server([](const auto&, int) { return ScriptedReply{200, reply("A")}; });
    const std::string base = server.base() + bench_.path_;
    bench_.make(base);
    const std::string identity = bench_.judge_->identity();
    EXPECT_EQ(nlohmann::json::parse(identity)["address"], base);
    bench_.make(base + GetParam().path_end + "/");
    EXPECT_EQ(bench_.judge_->identity(), identity);
    bench_.run(1);
    for (const test::SeenRequest& request : server.seen()) {
        EXPECT_THAT(GetParam().checker(request), IsEmpty());
    }
    EXPECT_EQ(bench_.count(VerdictState::kA), 1);
}

TEST_P(EveryProvider, PassingTroubleIsTriedAgain) {
    for (const int status : {429, 500, 503, 529}) {
        const Verdict verdict = bench_.one([&](const auto&, int n) {
            return n == 1 ? ScriptedReply{status, R"({"error": {"message": "overloaded"}})"}
                          : ScriptedReply{200, reply("A")};
        });
        EXPECT_EQ(verdict.state, VerdictState::kA) << status;
        EXPECT_EQ(verdict.n_attempts, 2) << status;
    }
}

TEST_P(EveryProvider, RetryAfterIsHeeded) {
    const Verdict verdict = bench_.one([](const auto&, int n) {
        return n == 1 ? ScriptedReply{429, "{}", {{"Retry-After", "1"}}}
                      : ScriptedReply{200, reply("A")};
    });
    EXPECT_EQ(verdict.state, VerdictState::kA);
    EXPECT_GE(bench_.took_, 1s);
}

TEST_P(EveryProvider, WhatIsNoWholeDocumentOfItsIsTriedAgainAndThenAnError) {
    const std::string whole = reply("A");
    for (
        const std::string& body :
        {whole.substr(0, whole.size() / 2),
         std::string("<html>captive portal</html>"),
         std::string("[]"),
         std::string("{}"),
         std::string(),
         std::string(
             R"({"candidates": 3, "content": "x", "message": [], "choices": {}, "usageMetadata": null, "done": true})"),
         std::string(20000, '[')}) {
        const Verdict verdict = bench_.one([&](const auto&, int) {
            return ScriptedReply{200, body};
        });
        EXPECT_EQ(verdict.state, VerdictState::kError) << body.substr(0, 100);
        EXPECT_EQ(verdict.n_attempts, 2);
    }
}

TEST_P(EveryProvider, WrongTypesInsideADocumentAreReadAsNothing) {
    const auto document = nlohmann::json::parse(reply("A"));
    const auto flat = document.flatten();
    for (const auto& [pointer, value] : flat.items()) {
        auto broken = document;
        broken[nlohmann::json::json_pointer(pointer)] = nlohmann::json::array({-1.5});
        const Verdict verdict = bench_.one([&](const auto&, int) {
            return ScriptedReply{200, broken.dump()};
        });
        EXPECT_TRUE(verdict.state == VerdictState::kA || verdict.state == VerdictState::kInvalid ||
                    (verdict.state == VerdictState::kError && pointer == "/done"))
            << pointer;
        bench_.spec_.api().retries = 0;
    }
}

TEST_P(EveryProvider, ProseIsInvalidAndNotAskedAgain) {
    const Verdict verdict = bench_.one([](const auto&, int) {
        return ScriptedReply{200, GetParam().reply("Both are fine.")};
    });
    EXPECT_EQ(verdict.state, VerdictState::kInvalid);
    EXPECT_EQ(verdict.raw, "Both are fine.");
    EXPECT_EQ(verdict.n_attempts, 1);
}

TEST_P(EveryProvider, StopsWhereTheKeyIsRefusedOrTheModelIsNotThere) {
    for (const int status : {401, 403, 404}) {
        bench_.judge(9, [&](const auto& request, int) {
            const auto key = request.headers.find(GetParam().key_header);
            const std::string echo = key == request.headers.end() ? "nobody" : key->second;
            return ScriptedReply{
                status, nlohmann::json{{"error", {{"message", "not for " + echo}}}}.dump()};
        });
        EXPECT_EQ(bench_.result_.end, RunEnd::kStopped);
        EXPECT_EQ(bench_.seen_.size(), 1u);
        EXPECT_EQ(bench_.count(VerdictState::kError), 1);
        std::string wanted = "sim-1";
        if (status != 404) {
            wanted = GetParam().key_variable.empty() ? "api-key-env" : GetParam().key_variable;
        }
        EXPECT_THAT(to_sentence(bench_.result_.why), HasSubstr(wanted));
    }
}

TEST_P(EveryProvider, AnotherModelVersionStopsTheJudgeAndItsReplyIsKept) {
    const auto versions = [](const auto&, int n) {
        std::string body = reply("A");
        if (n >= 3) {
            body.replace(body.find("sim-1-2026"), 10, "sim-2-2027");
        }
        return ScriptedReply{200, body};
    };
    bench_.judge(9, versions);
    EXPECT_EQ(bench_.result_.end, RunEnd::kStopped);
    EXPECT_EQ(bench_.seen_.size(), 3u);
    EXPECT_EQ(bench_.count(VerdictState::kA), 3);
    EXPECT_EQ(bench_.verdicts_.at("i2").model_version, "sim-2-2027");
    EXPECT_THAT(to_sentence(bench_.result_.why),
                HasSubstr(R"(its replies named the model "sim-1-2026" and now name "sim-2-2027")"));
}

TEST_P(EveryProvider, BecomesPlainerWhereTheServerDoesNotKnowAFieldAndRemembersIt) {
    bench_.judge(2, [](const auto& request, int) {
        for (const char* field :
             {"response_format", "responseSchema", "tool_choice", "think", "temperature"}) {
            const std::string written = std::string("\"") + field + "\":";
            if (request.body.find(written) == std::string::npos) {
                continue;
            }
            return ScriptedReply{
                400,
                nlohmann::json{{"error", {{"message", std::string("unknown field ") + field}}}}
                    .dump()};
        }
        return ScriptedReply{200, reply("A")};
    });
    EXPECT_EQ(bench_.count(VerdictState::kA), 2);
    EXPECT_EQ(bench_.verdicts_.at("i1").n_attempts, 1);
    EXPECT_EQ(bench_.notes_.lines.size() + 2, bench_.seen_.size());
    EXPECT_THAT(bench_.notes_.lines.back(), HasSubstr("without temperature"));
}

/// What each documented status makes of a pair, without a retry that helps.
TEST_P(EveryProvider, EveryDocumentedStatusHasItsStateAndItsRetry) {
    struct Row {
        int status;
        const char* retry_after;
        int n_requests;  ///< of one pair with one retry
        bool stops;
    };
    const Row rows[] = {
        {400, "", 1, false},  {401, "", 1, true},   {402, "", 1, false}, {403, "", 1, true},
        {404, "", 1, true},   {405, "", 1, false},  {408, "", 2, false}, {409, "", 2, false},
        {413, "", 1, false},  {422, "", 1, false},  {425, "", 2, false}, {429, "", 2, false},
        {429, "0", 2, false}, {500, "", 2, false},  {501, "", 2, false}, {502, "", 2, false},
        {503, "", 2, false},  {503, "0", 2, false}, {504, "", 2, false}, {529, "", 2, false},
        {301, "", 1, false},  {413, "9", 1, false}};
    for (const Row& row : rows) {
        bench_.judge(1, [&](const auto&, int) {
            ScriptedReply answer{row.status, R"({"error": {"message": "it is what it is"}})"};
            if (*row.retry_after) {
                answer.headers = {{"Retry-After", row.retry_after}};
            }
            return answer;
        });
        EXPECT_EQ(bench_.seen_.size(), static_cast<std::size_t>(row.n_requests)) << row.status;
        EXPECT_EQ(bench_.result_.end == RunEnd::kStopped, row.stops) << row.status;
        ASSERT_EQ(bench_.verdicts_.size(), 1u) << row.status;
        const Verdict& verdict = bench_.verdicts_.begin()->second;
        EXPECT_EQ(verdict.state, VerdictState::kError) << row.status;
        EXPECT_THAT(verdict.failure, HasSubstr(std::to_string(row.status)));
        EXPECT_THAT(verdict.raw, HasSubstr("it is what it is"));
    }
}

TEST_P(EveryProvider, AKeyIsHiddenWhereverAServerEchoesItAcrossEveryCut) {
    if (GetParam().key_variable.empty()) {
        bench_.spec_.api().api_key_env = "ASSAY_TEST_KEY";
    }
    const Variable mine("ASSAY_TEST_KEY", kBenchKey);
    for (int n_before = 280; n_before < 302; ++n_before) {
        const std::string echo = std::string(static_cast<std::size_t>(n_before), 'x') + kBenchKey +
                                 std::string(400, 'y');
        for (const int status : {200, 400, 403}) {
            const std::string body = status == 200
                                         ? reply_of(verdict_text("A", echo))
                                         : nlohmann::json{{"error", {{"message", echo}}}}.dump();
            bench_.judge(1, [&](const auto&, int) {
                return ScriptedReply{status, body};
            });  // the bench looks for it
            EXPECT_EQ(bench_.verdicts_.size(), 1u);
        }
    }
    // Of an error reply's body the first 16 KiB are kept.
    const std::string body = std::string(16380, 'x') + kBenchKey;
    bench_.judge(1, [&](const auto&, int) { return ScriptedReply{400, body}; });
    EXPECT_EQ(bench_.verdicts_.size(), 1u);
}

TEST_P(EveryProvider, BytesThatAreNoTextAreReadAsReplacements) {
    const Verdict verdict = bench_.one([](const auto&, int) {
        std::string body = reply("A");
        body.replace(body.find("because"), 7, "caf\xE9 \xFF");
        return ScriptedReply{200, body};
    });
    EXPECT_EQ(verdict.state, VerdictState::kA);
    EXPECT_EQ(verdict.reasoning, "caf\xEF\xBF\xBD \xEF\xBF\xBD");
}

TEST_P(EveryProvider, AConnectionThatIsHalfClosedOrSlowIsTriedAgainAndThenAnError) {
    bench_.spec_.api().timeout_s = 0.4;
    for (const std::string& bytes :
         {std::string(),
          std::string("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"cho"),
          std::string("HTTP/1.1 200 OK\r\nContent-"),
          std::string("no http at all\r\n\r\n")}) {
        const test::RawServer server(bytes);
        bench_.make("http://127.0.0.1:" + std::to_string(server.port()) + bench_.path_);
        bench_.run(1);
        EXPECT_EQ(bench_.count(VerdictState::kError), 1) << bytes;
        EXPECT_EQ(bench_.verdicts_.at("i0").n_attempts, 2) << bytes;
        EXPECT_THAT(bench_.verdicts_.at("i0").failure, HasSubstr(std::to_string(server.port())));
    }
    const test::RawServer slow(
        "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + std::string(500, ' '), 50ms);
    bench_.make("http://127.0.0.1:" + std::to_string(slow.port()) + bench_.path_);
    bench_.run(1);
    EXPECT_EQ(bench_.count(VerdictState::kError), 1);
    EXPECT_LT(bench_.took_, 5s);
}

class HttpJudge : public ::testing::Test {
 protected:
    static ScriptedReply good(const test::SeenRequest&, int) {
        return {200, test::ollama_reply(verdict_text("A"))};
    }
    HttpBench bench_{"ollama", test::ollama_complaints};
};

TEST_F(HttpJudge, AChangedVersionIsSeenAcrossRunsAndANamelessReplyIsNoChange) {
    int version = 1;
    const SimServer server([&](const auto&, int) {
        auto body = nlohmann::json::parse(test::ollama_reply(verdict_text("A")));
        body["model"] = version == 0 ? "" : "v" + std::to_string(version);
        return ScriptedReply{200, body.dump()};
    });
    bench_.make(server.base());
    EXPECT_EQ(bench_.run(2).end, RunEnd::kFinished);
    version = 0;
    EXPECT_EQ(bench_.run(2).end, RunEnd::kFinished);
    version = 2;
    EXPECT_EQ(bench_.run(2).end, RunEnd::kStopped);
    EXPECT_EQ(bench_.verdicts_.size(), 1u);
}

TEST_F(HttpJudge, AfterItsCallsItStopsAndTheRestIsPending) {
    bench_.spec_.api().max_calls = 4;
    bench_.spec_.api().concurrency = 3;
    bench_.judge(9, good);
    EXPECT_EQ(bench_.result_.end, RunEnd::kStopped);
    EXPECT_EQ(bench_.seen_.size(), 4u);
    EXPECT_EQ(bench_.verdicts_.size(), 4u);
    EXPECT_EQ(bench_.count(VerdictState::kA), 4);
    EXPECT_THAT(to_sentence(bench_.result_.why),
                HasSubstr("was asked 4 times, which is its max-calls"));
}

TEST_F(HttpJudge, CallsThatAreJustEnoughAreEnough) {
    bench_.spec_.api().max_calls = 4;
    const SimServer server(good);
    bench_.make(server.base());
    EXPECT_EQ(bench_.run(3).end, RunEnd::kFinished);
    EXPECT_EQ(bench_.run(1).end, RunEnd::kFinished);
    EXPECT_EQ(bench_.run(1).end, RunEnd::kStopped);
    EXPECT_TRUE(bench_.verdicts_.empty());
    EXPECT_EQ(server.seen().size(), 4u);
}

TEST_F(HttpJudge, ARetryIsACallToo) {
    bench_.spec_.api().max_calls = 2;
    bench_.spec_.api().retries = 5;
    bench_.judge(3, [](const auto&, int) { return ScriptedReply{500, "oops"}; });
    EXPECT_EQ(bench_.result_.end, RunEnd::kStopped);
    EXPECT_EQ(bench_.seen_.size(), 2u);
    ASSERT_EQ(bench_.verdicts_.size(), 1u);
    EXPECT_EQ(bench_.verdicts_.at("i0").state, VerdictState::kError);
    EXPECT_THAT(bench_.verdicts_.at("i0").failure, HasSubstr("answered 500: oops"));
    EXPECT_THAT(bench_.verdicts_.at("i0").failure, HasSubstr("max-calls"));
}

TEST_F(HttpJudge, ARequestThatCouldExceedTheTokensIsNotSent) {
    // A reply may be 100 tokens long and a prompt of these has fewer than 600, so three fit at
    // first; each then takes 15.
    bench_.spec_.api().max_tokens = 100;
    bench_.spec_.api().max_tokens_total = 2000;
    bench_.spec_.api().concurrency = 8;
    bench_.judge(200, good);
    EXPECT_EQ(bench_.result_.end, RunEnd::kStopped);
    EXPECT_THAT(to_sentence(bench_.result_.why),
                HasSubstr("could exceed its max-tokens-total of 2000"));
    const auto n = static_cast<int>(bench_.seen_.size());
    EXPECT_EQ(bench_.count(VerdictState::kA), n)
        << "what was sent was waited for, the rest is pending";
    EXPECT_GT(n, 50);
    EXPECT_LE(n * 15, 2000);
}

TEST_F(HttpJudge, MoneyIsSpentUpToItsLimitAndNotBeyond) {
    bench_.spec_.api().max_tokens = 100;
    bench_.spec_.api().price_input = 100;
    bench_.spec_.api().price_output = 1000;  // 10 and 5 tokens: 0.006 a reply
    bench_.spec_.api().max_cost = 0.3;
    bench_.judge(200, good);
    EXPECT_EQ(bench_.result_.end, RunEnd::kStopped);
    EXPECT_THAT(to_sentence(bench_.result_.why), HasSubstr("max-cost of 0.3"));
    EXPECT_GT(bench_.seen_.size(), 10u);
    EXPECT_LE(static_cast<double>(bench_.seen_.size()) * 0.006, 0.3);
}

TEST_F(HttpJudge, AVersionThatTheStoredVerdictsDoNotNameStopsItUnlessItIsAllowed) {
    bench_.known_version_ = "sim-0-2025";
    bench_.judge(5, good);
    EXPECT_EQ(bench_.result_.end, RunEnd::kStopped);
    EXPECT_EQ(bench_.verdicts_.size(), 1u);
    EXPECT_THAT(to_sentence(bench_.result_.why),
                HasSubstr(R"(named the model "sim-0-2025" and now name "sim-1-2026")"));
    EXPECT_THAT(to_sentence(bench_.result_.why), HasSubstr("--rejudge"));
    bench_.spec_.api().allow_version_change = true;
    bench_.judge(5, good);
    EXPECT_EQ(bench_.result_.end, RunEnd::kFinished);
    bench_.spec_.api().allow_version_change = false;
    bench_.known_version_ = "sim-1-2026";
    bench_.judge(5, good);
    EXPECT_EQ(bench_.result_.end, RunEnd::kFinished);
}

TEST_F(HttpJudge, RequestsPerMinuteAreKept) {
    bench_.spec_.api().requests_per_minute = 300;  // five at once, then one each 0.2 s
    bench_.spec_.api().concurrency = 8;
    bench_.judge(10, good);
    EXPECT_EQ(bench_.result_.end, RunEnd::kFinished);
    EXPECT_EQ(bench_.count(VerdictState::kA), 10);
    EXPECT_GE(bench_.took_, 990ms);
}

TEST_F(HttpJudge, TokensPerMinuteAreKept) {
    bench_.spec_.api().tokens_per_minute = 6000;  // 100 each second; a reply says what its 10 + 5
                                                  // were
    bench_.judge(4, [](const auto&, int) {
        auto body = nlohmann::json::parse(test::ollama_reply(verdict_text("A")));
        body["prompt_eval_count"] = 130;
        body["eval_count"] = 10;
        return ScriptedReply{200, body.dump()};
    });
    EXPECT_EQ(bench_.count(VerdictState::kA), 4);
    EXPECT_GE(bench_.took_, 3 * 1400ms - 1000ms);  // three times 140, of which 100 were there
    EXPECT_LT(bench_.took_, 10s);
}

TEST_F(HttpJudge, ALimitDoesNotDelayACancellation) {
    bench_.spec_.api().requests_per_minute = 1;
    const SimServer server([this](const auto& request, int n) {
        bench_.cancel_ = true;
        return good(request, n);
    });
    bench_.make(server.base());
    EXPECT_EQ(bench_.run(5).end, RunEnd::kCancelled);
    EXPECT_LT(bench_.took_, 2s);
    EXPECT_LE(server.seen().size(), 1u);
}

TEST_F(HttpJudge, NoPairIsTakenBeforeItMayLeave) {
    bench_.spec_.api().requests_per_minute = 60;
    bench_.spec_.api().concurrency = 4;
    const SimServer server(good);
    bench_.make(server.base());
    std::vector<BlindedPair> pairs(2);
    pairs[0].item_id = "i0";
    pairs[1].item_id = "i1";
    std::vector<std::size_t> n_there_when_asked;
    std::size_t n_verdicts = 0;
    const auto all = source_of(pairs);
    const auto result = bench_.judge_->run(
        [&] {
            n_there_when_asked.push_back(n_verdicts);
            return all();
        },
        [&](const Verdict&) { ++n_verdicts; },
        bench_.cancel_);
    EXPECT_EQ(result.end, RunEnd::kFinished);
    EXPECT_THAT(n_there_when_asked, testing::ElementsAre(0u, 1u, testing::_));
}

class AzureJudge : public ::testing::Test {
 protected:
    AzureJudge() : key_("ASSAY_TEST_AZURE", kBenchKey) {
        bench_.spec_.api().api_key_env = "ASSAY_TEST_AZURE";
    }

    /// The identity of the judge that is reached by this path.
    std::string judge(const std::string& path) {
        bench_.path_ = path;
        bench_.judge(2, [](const auto&, int) {
            return ScriptedReply{200, test::verdict_completion("A")};
        });
        EXPECT_EQ(bench_.count(VerdictState::kA), 2);
        for (const test::SeenRequest& request : bench_.seen_) {
            EXPECT_EQ(request.headers.at("api-key"), kBenchKey);
        }
        return nlohmann::json::parse(bench_.judge_->identity())["address"];
    }

    Variable key_;
    HttpBench bench_{"openai", test::azure_complaints};
};

TEST_F(AzureJudge, ADeploymentIsAskedWithItsApiVersionAndItsOwnHeader) {
    const std::string deployment = "/openai/deployments/my-deployment";
    const std::string query = "?api-version=2024-10-21";
    EXPECT_THAT(judge(deployment + query), testing::EndsWith(deployment));
    EXPECT_THAT(judge(deployment + "/chat/completions" + query), testing::EndsWith(deployment));
}

TEST_F(AzureJudge, HasNoBatches) {
    bench_.spec_.api().batch = true;
    bench_.spec_.api().url = "https://me.openai.azure.com/openai/v1";
    const auto made = make_judge(
        bench_.spec_,
        {[](const std::string&, const std::string&) -> Result<std::string> { return ""; }},
        bench_.notes_);
    ASSERT_FALSE(made);
    EXPECT_THAT(to_sentence(made.error()), HasSubstr("batch API of Azure"));
}

TEST_F(AzureJudge, AKeyThatIsRefusedNamesItsVariable) {
    const Variable azure("AZURE_OPENAI_API_KEY", kBenchKey);
    bench_.path_ = "/openai/deployments/my-deployment?api-version=2024-10-21";
    bench_.judge(1, [](const auto&, int) {
        return ScriptedReply{401, R"({"error": {"code": "401", "message": "Access denied"}})"};
    });
    EXPECT_EQ(bench_.result_.end, RunEnd::kStopped);
    EXPECT_THAT(to_sentence(bench_.result_.why), HasSubstr("ASSAY_TEST_AZURE"));
}

TEST(HttpJudgeLimits, ARemainderOfNoneHoldsAllRequestsUntilItIsReset) {
    HttpBench openai("openai", test::openai_complaints);
    openai.judge(3, [](const auto&, int n) {
        ScriptedReply reply{200, test::verdict_completion("A")};
        reply.headers = {{"X-RateLimit-Remaining-Requests", n == 1 ? "0" : "59"},
                         {"x-ratelimit-reset-requests", "1s"}};
        return reply;
    });
    EXPECT_EQ(openai.count(VerdictState::kA), 3);
    EXPECT_GE(openai.took_, 1s);
    EXPECT_LT(openai.took_, 1900ms);

    // Too few tokens for another prompt are as none; enough of them are no reason to wait.
    for (const bool enough : {false, true}) {
        openai.judge(2, [&](const auto&, int n) {
            ScriptedReply reply{200, test::verdict_completion("A")};
            reply.headers = {{"x-ratelimit-remaining-tokens", n == 1 && !enough ? "20" : "90000"},
                             {"x-ratelimit-reset-tokens", "1s"}};
            return reply;
        });
        EXPECT_EQ(openai.took_ >= 1s, !enough);
    }

    HttpBench anthropic("anthropic", test::anthropic_complaints);
    anthropic.judge(2, [](const auto&, int n) {
        ScriptedReply reply{200, test::anthropic_text_reply(verdict_text("A"))};
        reply.headers = {{"Date", "Sun, 06 Nov 1994 08:49:37 GMT"},
                         {"anthropic-ratelimit-input-tokens-remaining", n == 1 ? "20" : "50000"},
                         {"anthropic-ratelimit-input-tokens-reset", "1994-11-06T08:49:38Z"}};
        return reply;
    });
    EXPECT_GE(anthropic.took_, 1s);
    anthropic.judge(2, [](const auto&, int n) {
        ScriptedReply reply{200, test::anthropic_text_reply(verdict_text("A"))};
        reply.headers = {{"Date", "Sun, 06 Nov 1994 08:49:37 GMT"},
                         {"anthropic-ratelimit-requests-remaining", n == 1 ? "0" : "5"},
                         {"anthropic-ratelimit-requests-reset", "1994-11-06T08:49:38Z"}};
        return reply;
    });
    EXPECT_EQ(anthropic.count(VerdictState::kA), 2);
    EXPECT_GE(anthropic.took_, 1s);
    EXPECT_LT(anthropic.took_, 1900ms);
}

}  // namespace
}  // namespace assay::judge
