#include "assay/judge/batch_session.hpp"

#include "http_bench.hpp"
#include "sim_batches.hpp"

namespace assay::judge {
namespace {

using namespace std::chrono_literals;
using test::ScriptedReply;
using test::SimBatches;
using test::SimServer;
using test::verdict_text;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Provider {
    std::string name;
    std::string key_variable;
    std::string (*reply)(const std::string& text);
};
void PrintTo(const Provider& provider, std::ostream* out) {
    *out << provider.name;
}

const Provider kProviders[] = {
    {"openai",
     "OPENAI_API_KEY",
     [](const std::string& text) { return test::completion_json(text); }},
    {"gemini", "GEMINI_API_KEY", [](const std::string& text) { return test::gemini_reply(text); }},
    {"anthropic",
     "ANTHROPIC_API_KEY",
     [](const std::string& text) { return test::anthropic_text_reply(text); }},
};

/// Whatever happens when a process is killed.
struct Killed {};

class Batches : public ::testing::TestWithParam<Provider> {
 protected:
    Batches()
        : key_(GetParam().key_variable, kBenchKey),
          bench_(GetParam().name, nullptr),
          sim_(GetParam().name, [this](const std::string& body) { return answer_(body); }) {
        bench_.spec_.api().batch = true;
        bench_.spec_.api().batch_poll_s = 0.024;
    }

    void start(test::Script script = {}) {
        if (!script) {
            script = [this](const auto& request, int) { return sim_.handle(request); };
        }
        server_ = std::make_unique<SimServer>(std::move(script));
    }
    /// A process of its own, as far as a judge can tell.
    RunResult run(int n) {
        bench_.make(server_->base() + bench_.path_);
        return bench_.run(n);
    }
    void expect_billed_once(int n) const {
        const auto billed = sim_.billed();
        EXPECT_EQ(static_cast<int>(billed.size()), n);
        for (const auto& [body, times] : billed) {
            EXPECT_EQ(times, 1) << body;
        }
        EXPECT_THAT(sim_.complaints(), IsEmpty());
    }

    static ScriptedReply good(const std::string& body) {
        // The verdict follows the question, so that a mix-up shows.
        return {200,
                GetParam().reply(
                    verdict_text(body.find("question 1?") != std::string::npos ? "B" : "A"))};
    }
    static ScriptedReply error(int status, const std::string& message) {
        return {status, nlohmann::json{{"error", {{"message", message}}}}.dump()};
    }

    std::function<ScriptedReply(const std::string&)> answer_ = good;
    Variable key_;
    HttpBench bench_;
    SimBatches sim_;
    std::unique_ptr<SimServer> server_;
};

INSTANTIATE_TEST_SUITE_P(Providers, Batches, testing::ValuesIn(kProviders), [](const auto& of) {
    return of.param.name;
});

TEST_P(Batches, AllPairsAreOneBatchAndEachGetsItsOwnVerdict) {
    start();
    EXPECT_EQ(run(3).end, RunEnd::kFinished);
    EXPECT_EQ(sim_.n_batches(), 1);
    ASSERT_EQ(bench_.verdicts_.size(), 3u);
    EXPECT_EQ(bench_.verdicts_.at("i0").state, VerdictState::kA);
    EXPECT_EQ(bench_.verdicts_.at("i1").state, VerdictState::kB);
    EXPECT_EQ(bench_.verdicts_.at("i1").raw, verdict_text("B"));
    EXPECT_EQ(bench_.verdicts_.at("i1").model_version, "sim-1-2026");
    EXPECT_EQ(bench_.verdicts_.at("i1").n_prompt_tokens, 10);
    EXPECT_EQ(bench_.verdicts_.at("i1").prompt_sha256.size(), 64u);
    expect_billed_once(3);
    EXPECT_THAT(bench_.journal_.at("batches"), HasSubstr("[]"));
    EXPECT_EQ(run(0).end, RunEnd::kFinished);
    EXPECT_EQ(sim_.n_batches(), 1);
}

TEST_P(Batches, TheVerdictsAreThoseOfSingleRequests) {
    start([this](const auto& request, int) {
        return bench_.spec_.api().batch ? sim_.handle(request) : good(request.body);
    });
    run(2);
    const auto batch = bench_.verdicts_;
    const std::string identity = bench_.judge_->identity();
    bench_.spec_.api().batch = false;
    run(2);
    EXPECT_EQ(bench_.judge_->identity(), identity);
    for (const auto& [id, verdict] : bench_.verdicts_) {
        EXPECT_EQ(verdict.state, batch.at(id).state);
        EXPECT_EQ(verdict.raw, batch.at(id).raw);
        EXPECT_EQ(verdict.prompt_sha256, batch.at(id).prompt_sha256);
    }
}

TEST_P(Batches, WhatTheBatchLeftOutOrGotWrongIsAnErrorAndPendingAgain) {
    answer_ = [](const std::string& body) {
        if (body.find("question 1?") != std::string::npos) {
            return ScriptedReply{0, "expired"};
        }
        if (body.find("question 2?") != std::string::npos) {
            return error(529, "overloaded");
        }
        if (body.find("question 3?") != std::string::npos) {
            return ScriptedReply{200, GetParam().reply("no idea")};
        }
        return good(body);
    };
    start();
    EXPECT_EQ(run(4).end, RunEnd::kFinished);
    EXPECT_EQ(bench_.verdicts_.at("i0").state, VerdictState::kA);
    EXPECT_EQ(bench_.verdicts_.at("i1").state, VerdictState::kError);
    EXPECT_EQ(bench_.verdicts_.at("i2").state, VerdictState::kError);
    EXPECT_THAT(bench_.verdicts_.at("i2").failure, HasSubstr("overloaded"));
    EXPECT_EQ(bench_.verdicts_.at("i3").state, VerdictState::kInvalid);
    EXPECT_THAT(bench_.journal_.at("batches"), HasSubstr("[]"))
        << "nothing of it is waited for any more";
}

TEST_P(Batches, ARefusedFieldIsLeftOutInASecondBatch) {
    answer_ = [](const std::string& body) {
        return body.find("\"temperature\":") == std::string::npos
                   ? good(body)
                   : error(400, "temperature is not supported");
    };
    start();
    EXPECT_EQ(run(2).end, RunEnd::kFinished);
    EXPECT_EQ(bench_.count(VerdictState::kA), 1);
    EXPECT_EQ(bench_.count(VerdictState::kB), 1);
    EXPECT_EQ(bench_.verdicts_.at("i1").n_attempts, 2);
    EXPECT_EQ(sim_.n_batches(), 2);
    expect_billed_once(2);
}

TEST_P(Batches, AFailedBatchStopsTheJudgeWithItsReason) {
    sim_.fails = true;
    start();
    run(2);
    EXPECT_EQ(bench_.count(VerdictState::kError), 2);
    expect_billed_once(0);
    if (GetParam().name == "anthropic") {
        return;  // its batches do not fail as a whole: they end, and nothing is in the results
    }
    EXPECT_EQ(bench_.result_.end, RunEnd::kStopped);
    EXPECT_THAT(to_sentence(bench_.result_.why), HasSubstr("Enqueued token limit reached"));
}

TEST_P(Batches, ACancelledWaitLeavesTheBatchAndTheNextRunFetchesIt) {
    start([this](const auto& request, int) {
        if (request.method == "GET" && sim_.n_batches() == 1) {
            bench_.cancel_ = true;
        }
        return sim_.handle(request);
    });
    EXPECT_EQ(run(3).end, RunEnd::kCancelled);
    EXPECT_TRUE(bench_.verdicts_.empty());
    EXPECT_THAT(bench_.notes_.lines.back(), HasSubstr("go on"));
    bench_.cancel_ = false;
    start();
    EXPECT_EQ(run(3).end, RunEnd::kFinished);
    EXPECT_EQ(bench_.count(VerdictState::kA), 2);
    EXPECT_EQ(sim_.n_batches(), 1);
    expect_billed_once(3);
}

/// The process dies when it makes its k-th call (before or after the server has done what was
/// asked) or its k-th note in the journal (before or after it is on disk), or in the middle of the
/// results.
TEST_P(Batches, AKillAtAnyStepBillsEachItemOnce) {
    for (const bool after : {false, true}) {
        for (int k = 1;; ++k) {
            SimBatches sim(GetParam().name, good);
            bench_.journal_.clear();
            std::atomic<int> n = 0;
            std::atomic<bool> killed = false;
            start([&](const auto& request, int) {
                const bool now = ++n == k;
                const ScriptedReply reply = now && !after ? ScriptedReply{503, ""}
                                                          : sim.handle(request);
                if (!now) {
                    return reply;
                }
                killed = true;
                bench_.cancel_ = true;  // a cancelled call leaves without a look at its reply, and
                                        // writes nothing
                std::this_thread::sleep_for(200ms);
                return reply;
            });
            run(3);
            if (!killed) {
                EXPECT_GE(k, 4);
                break;
            }
            bench_.cancel_ = false;
            start([&](const auto& request, int) { return sim.handle(request); });
            EXPECT_EQ(run(3).end, RunEnd::kFinished) << k << after;
            EXPECT_EQ(bench_.count(VerdictState::kA) + bench_.count(VerdictState::kB), 3);
            for (const auto& [body, times] : sim.billed()) {
                EXPECT_EQ(times, 1) << "call " << k << (after ? " after" : " before");
            }
            EXPECT_EQ(sim.billed().size(), 3u);
        }
    }
}

TEST_P(Batches, AKillAtAnyNoteInTheJournalBillsEachItemOnce) {
    for (int k = 1;; ++k) {
        SimBatches sim(GetParam().name, good);
        bench_.journal_.clear();
        start([&](const auto& request, int) { return sim.handle(request); });
        int n = 0;
        const auto kill_now = [&] {
            if (++n == k) {
                throw Killed();
            }
        };
        bench_.before_put_ = bench_.after_put_ = kill_now;
        bool killed = false;
        try {
            run(3);
        } catch (const Killed&) {
            killed = true;
        }
        bench_.before_put_ = bench_.after_put_ = [] {};
        if (!killed) {
            EXPECT_GE(k, 6);
            break;
        }
        if (bench_.verdicts_.empty()) {  // else all were stored before it died
            EXPECT_EQ(run(3).end, RunEnd::kFinished);
            EXPECT_EQ(bench_.verdicts_.size(), 3u);
        }
        EXPECT_EQ(sim.billed().size(), 3u);
        for (const auto& [body, times] : sim.billed()) {
            EXPECT_EQ(times, 1) << "note " << k;
        }
    }
}

TEST_P(Batches, AKillAmongTheResultsFetchesTheRestFromTheSameBatch) {
    start();
    std::map<std::string, VerdictState> stored;
    const auto run_missing = [&](std::size_t n_until_killed) {
        std::vector<BlindedPair> pairs;
        for (int i = 0; i < 3; ++i) {
            BlindedPair pair;
            pair.item_id = "i" + std::to_string(i);
            pair.question = "question " + std::to_string(i) + "?";
            if (!stored.contains(pair.item_id)) {
                pairs.push_back(std::move(pair));
            }
        }
        bench_.make(server_->base() + bench_.path_);
        return bench_.judge_->run(
            source_of(pairs),
            [&](const Verdict& verdict) {
                EXPECT_TRUE(stored.emplace(verdict.item_id, verdict.state).second)
                    << "it was there";
                if (stored.size() == n_until_killed) {
                    throw Killed();
                }
            },
            bench_.cancel_);
    };
    EXPECT_THROW(static_cast<void>(run_missing(1)), Killed);
    EXPECT_THROW(static_cast<void>(run_missing(2)), Killed);
    EXPECT_EQ(run_missing(9).end, RunEnd::kFinished);
    EXPECT_EQ(stored.size(), 3u);
    EXPECT_EQ(stored.at("i1"), VerdictState::kB);
    expect_billed_once(3);
}

TEST_P(Batches, ASubmissionWhoseReplyIsLostIsFoundAndNotRepeated) {
    bool lost = false;
    start([&](const auto& request, int) {
        const ScriptedReply reply = sim_.handle(request);
        const bool submitted = request.method == "POST" && sim_.n_batches() == 1;
        if (!submitted || std::exchange(lost, true)) {
            return reply;
        }
        return ScriptedReply{500, "oops"};
    });
    EXPECT_EQ(run(3).end, RunEnd::kFinished);
    EXPECT_EQ(bench_.verdicts_.size(), 3u);
    EXPECT_EQ(sim_.n_batches(), 1);
    expect_billed_once(3);
}

TEST_P(Batches, OtherBatchesOfTheAccountAreNotTakenForOurs) {
    start();
    for (int i = 0; i < 5; ++i) {  // more than a page, of the same size
        bench_.journal_.clear();
        run(3);
    }
    int n = 0;
    start([&](const auto& request, int) {
        const ScriptedReply reply = sim_.handle(request);
        if (request.method == "POST" && sim_.n_batches() == 6 && n++ == 0) {
            bench_.cancel_ = true;
            std::this_thread::sleep_for(200ms);
        }
        return reply;
    });
    bench_.journal_.clear();
    run(3);
    bench_.cancel_ = false;
    const auto journal = bench_.journal_;
    bench_.journal_.clear();
    run(3);  // another one's, newer than ours
    bench_.journal_ = journal;
    const int n_before = sim_.n_batches();
    EXPECT_EQ(run(3).end, RunEnd::kFinished);
    EXPECT_EQ(sim_.n_batches(), n_before);
    EXPECT_EQ(bench_.verdicts_.size(), 3u);
}

TEST_P(Batches, ABatchThatIsGoneIsSubmittedAgain) {
    start([this](const auto& request, int) {
        if (request.method == "GET" && sim_.n_batches() == 1) {
            bench_.cancel_ = true;
        }
        return sim_.handle(request);
    });
    run(2);
    bench_.cancel_ = false;
    start([this](const auto& request, int) {
        sim_.forgets_batches = sim_.n_batches() == 1;
        return sim_.handle(request);
    });
    EXPECT_EQ(run(2).end, RunEnd::kFinished);
    EXPECT_EQ(bench_.count(VerdictState::kA), 1);
    EXPECT_EQ(sim_.n_batches(), 2);
}

TEST_P(Batches, BatchesThatAreAlwaysGoneAreNotSubmittedForEver) {
    sim_.forgets_batches = true;
    start();
    EXPECT_EQ(run(2).end, RunEnd::kFinished);
    EXPECT_EQ(bench_.count(VerdictState::kError), 2);
    EXPECT_EQ(sim_.n_batches(), 2);
}

TEST_P(Batches, ThePairsOfAnotherRunAreNotWaitedForAndNotLost) {
    start([this](const auto& request, int) {
        if (request.method == "GET" && sim_.n_batches() == 1) {
            bench_.cancel_ = true;
        }
        return sim_.handle(request);
    });
    run(3);
    bench_.cancel_ = false;
    start();
    run(2);  // the third is not asked for now
    EXPECT_EQ(bench_.verdicts_.size(), 2u);
    run(3);
    EXPECT_TRUE(bench_.verdicts_.contains("i2"));
    for (const auto& [body, times] : sim_.billed()) {
        EXPECT_LE(times, body.find("question 2?") == std::string::npos ? 2 : 1);
    }
}

TEST_P(Batches, TheKeyIsRefusedBeforeAnythingIsSubmitted) {
    start([](const auto&, int) {
        return error(401, std::string(290, 'x') + kBenchKey + " is no key");
    });
    EXPECT_EQ(run(2).end, RunEnd::kStopped);
    EXPECT_TRUE(bench_.verdicts_.empty());
    EXPECT_THAT(to_sentence(bench_.result_.why), HasSubstr("[key]"));
    EXPECT_THAT(to_sentence(bench_.result_.why), testing::Not(HasSubstr("sk-")));
}

TEST_P(Batches, TheBudgetIsKeptAndTheRestIsPending) {
    bench_.spec_.api().max_calls = 2;
    start();
    EXPECT_EQ(run(5).end, RunEnd::kStopped);
    EXPECT_EQ(bench_.verdicts_.size(), 2u);
    EXPECT_THAT(to_sentence(bench_.result_.why), HasSubstr("max-calls"));
    expect_billed_once(2);
}

TEST_P(Batches, AnotherVersionThanTheStoredOneStopsTheJudgeAndItsVerdictsAreKept) {
    bench_.known_version_ = "sim-0-2025";
    start();
    EXPECT_EQ(run(2).end, RunEnd::kStopped);
    EXPECT_EQ(bench_.verdicts_.size(), 2u);
    EXPECT_THAT(to_sentence(bench_.result_.why), HasSubstr("sim-0-2025"));
}

TEST_P(Batches, ALimitOfCallsIsWaitedForAsTheServerAsks) {
    bool first = true;
    start([&](const auto& request, int) {
        if (request.method == "GET" && sim_.n_batches() == 1 && std::exchange(first, false)) {
            return ScriptedReply{429, "{}", {{"Retry-After", "1"}}};
        }
        return sim_.handle(request);
    });
    EXPECT_EQ(run(1).end, RunEnd::kFinished);
    EXPECT_GE(bench_.took_, 1s);
    expect_billed_once(1);
}

TEST(GeminiBatches, RepliesWithoutTheirMetadataAreInTheOrderOfTheRequests) {
    HttpBench bench("gemini", nullptr);
    bench.spec_.api().batch = true;
    bench.spec_.api().batch_poll_s = 0.024;
    SimBatches sim("gemini", [](const std::string& body) {
        return ScriptedReply{200,
                             test::gemini_reply(verdict_text(
                                 body.find("question 1?") != std::string::npos ? "B" : "A"))};
    });
    sim.forgets_metadata = true;
    const SimServer server([&](const auto& request, int) { return sim.handle(request); });
    bench.make(server.base());
    bench.run(3);
    EXPECT_EQ(bench.verdicts_.at("i0").state, VerdictState::kA);
    EXPECT_EQ(bench.verdicts_.at("i1").state, VerdictState::kB);
}

}  // namespace
}  // namespace assay::judge
