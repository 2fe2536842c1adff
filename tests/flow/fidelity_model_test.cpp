// With the real engine and model: what is read of a draft has the bits of what is written, and the
// facts about its tokens are those of the two distributions (docs/fidelity.md).

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <map>
#include <memory>
#include <numeric>

#include "engine_places.hpp"
#include "model_bench.hpp"
#include "temp_folder.hpp"

namespace assay::test {
namespace {

constexpr int kPredict = 32;
constexpr int kStream = 768;
const std::vector<std::string> kAsked{
    "Why is the sky blue?",
    "What is the boiling point of water at sea level?",
    "Name three primary colours.",
    "What is 17 times 3? Explain how you got there, step by step."};
const std::vector<std::string> kTypes{"F16", "Q8_0", "Q4_K_M", "Q2_K"};

wire::Start start_of(int n_slots, int n_threads, bool keep_rows, bool with_head) {
    wire::Start start;
    start.n_slots = n_slots;
    start.stream_size = kStream;
    start.n_threads = n_threads;
    start.keep_rows = keep_rows;
    start.head_model = with_head ? real_model() : std::string();
    return start;
}

/// Places where tokens, rows or logits of what was written differ, by their bits.
std::string difference_of_rows(const std::vector<wire::AnswerDone>& a,
                               const std::vector<wire::AnswerDone>& b) {
    std::string out;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const std::string at = std::to_string(i) + ": ";
        if (a[i].written.rows.empty()) {
            out += at + "no rows\n";
        }
        if (a[i].written.tokens != b[i].written.tokens) {
            out += at + "tokens differ\n";
        }
        if (a[i].written.rows != b[i].written.rows || a[i].written.logits != b[i].written.logits) {
            out += at + "bits of rows or logits differ\n";
        }
    }
    return out;
}

class Fidelity : public testing::Test {
 protected:
    static void SetUpTestSuite() {
        if (!missing_for_models().empty()) {
            return;
        }
        folder = new TempFolder;
        for (const std::string& type : kTypes) {
            benches.emplace(type, std::make_unique<ModelBench>(file_of(type)));
        }
        ModelBench& bench = *benches.at("F16");
        for (const std::string& question : kAsked) {
            requests.push_back(bench.chat(question, kPredict));
        }
        requests.push_back(bench.of_length(90, kPredict));
        requests.push_back(bench.of_length(513, kPredict));
        bench.start(start_of(8, 2, true, false));
        baseline = bench.answer(requests, requests.size());
    }
    static void TearDownTestSuite() {
        benches.clear();
        delete folder;
    }
    void SetUp() override {
        if (benches.empty()) {
            GTEST_SKIP() << missing_for_models();
        }
    }
    static std::string file_of(const std::string& type) {
        if (type == "F16") {
            return real_model();
        }
        const std::string file = (*folder / (type + ".gguf")).string();
        std::atomic<bool> cancel{false};
        llm::Engine engine(real_engine(), cancel);
        const auto made = engine.quantize({real_model(), file, type, "", false, 2},
                                          [](std::uint64_t, std::uint64_t) {});
        if (!made) {
            throw std::runtime_error(to_sentence(made.error()));
        }
        return file;
    }
    /// The requests, each with the baseline's answer as its draft.
    static std::vector<wire::AnswerRequest> with_drafts() {
        std::vector<wire::AnswerRequest> out = requests;
        for (std::size_t i = 0; i < out.size(); ++i) {
            out[i].draft = baseline[i].written;
        }
        return out;
    }
    static TempFolder* folder;
    static std::map<std::string, std::unique_ptr<ModelBench>> benches;
    static std::vector<wire::AnswerRequest> requests;
    static std::vector<wire::AnswerDone> baseline;  ///< as F16 wrote it, with rows
};

TempFolder* Fidelity::folder = nullptr;
std::map<std::string, std::unique_ptr<ModelBench>> Fidelity::benches;
std::vector<wire::AnswerRequest> Fidelity::requests;
std::vector<wire::AnswerDone> Fidelity::baseline;

TEST_F(Fidelity, KeepingRowsLeavesEveryAnswerAsItIs) {
    for (const std::string& type : kTypes) {
        ModelBench& bench = *benches.at(type);
        bench.start(start_of(8, 2, false, false));
        const auto plain = bench.answer(requests, requests.size());
        bench.start(start_of(8, 2, true, false));
        const auto kept = bench.answer(requests, requests.size());
        EXPECT_EQ(difference(plain, kept), "") << type;
        for (const auto& done : plain) {
            EXPECT_TRUE(done.written.rows.empty());
        }
        for (const auto& done : kept) {
            const bool ended = done.stop_reason == "stop";
            EXPECT_EQ(done.written.tokens.size(), done.tokens.size() + (ended ? 1 : 0))
                << "the end token is one of them";
            EXPECT_EQ(done.written.rows.size(), done.written.tokens.size() * 576 * 4);
        }
    }
}

TEST_F(Fidelity, RowsThatAreReadHaveTheBitsOfThoseThatWereWritten) {
    for (const std::string& type : kTypes) {
        ModelBench& bench = *benches.at(type);
        bench.start(start_of(8, 2, true, false));
        const auto written = bench.answer(requests, requests.size());
        std::vector<wire::AnswerRequest> own = requests;
        for (std::size_t i = 0; i < own.size(); ++i) {
            own[i].draft.tokens = written[i].written.tokens;
        }
        for (const int n_rows : {60, 16, 4}) {
            for (const int n_slots : {n_rows == 16 ? 16 : 8}) {
                wire::Start start = start_of(n_slots, n_slots == 8 ? 2 : 1, true, false);
                start.draft_rows = n_rows;
                bench.start(start);
                const auto read = bench.answer(own, 3);
                EXPECT_EQ(difference(written, read), "") << type << " " << n_rows;
                EXPECT_EQ(difference_of_rows(written, read), "") << type << " " << n_rows;
                for (const auto& done : read) {
                    EXPECT_EQ(done.n_verified, static_cast<int>(done.tokens.size()));
                    EXPECT_EQ(done.reading.diverges_at, -1);
                }
            }
        }
    }
}

TEST_F(Fidelity, AnAnswerBehindADraftHasTheBytesOfPlainDecoding) {
    int n_verified = 0, n_written = 0;
    for (const std::string& type : kTypes) {
        ModelBench& bench = *benches.at(type);
        bench.start(start_of(8, 2, true, false));
        const auto plain = bench.answer(requests, requests.size());
        for (const int n_slots : {8, 16}) {
            bench.start(start_of(n_slots, n_slots == 8 ? 2 : 1, true, true));
            const auto drafted = bench.answer(with_drafts(), requests.size());
            EXPECT_EQ(difference(plain, drafted), "") << type;
            EXPECT_EQ(difference_of_rows(plain, drafted), "") << type;
            for (std::size_t i = 0; i < drafted.size(); ++i) {
                n_verified += drafted[i].n_verified;
                n_written += static_cast<int>(drafted[i].tokens.size()) - drafted[i].n_verified;
                const auto at = static_cast<std::size_t>(drafted[i].n_verified);
                EXPECT_TRUE(std::equal(plain[i].tokens.begin(),
                                       plain[i].tokens.begin() + drafted[i].n_verified,
                                       baseline[i].tokens.begin()));
                if (drafted[i].reading.diverges_at >= 0) {
                    EXPECT_EQ(drafted[i].reading.diverges_at, drafted[i].n_verified);
                    EXPECT_NE(drafted[i].reading.own_token, baseline[i].written.tokens[at]);
                }
            }
        }
    }
    EXPECT_GT(n_verified, 0);
    EXPECT_GT(n_written, 0) << "no answer ever diverged: nothing was tried";
}

TEST_F(Fidelity, AnswersThatAreSampledAreTheSameBehindADraft) {
    ModelBench& bench = *benches.at("Q4_K_M");
    std::vector<wire::AnswerRequest> plain_requests = requests, drafted_requests = with_drafts();
    for (std::size_t i = 0; i < requests.size(); ++i) {
        for (auto* each : {&plain_requests[i], &drafted_requests[i]}) {
            each->sampling.temp = 0.5;
            each->sampling.seed = static_cast<std::uint32_t>(7 + i);
        }
    }
    bench.start(start_of(8, 2, false, true));
    const auto plain = bench.answer(plain_requests, requests.size());
    EXPECT_EQ(difference(plain, bench.answer(drafted_requests, requests.size())), "");
}

TEST_F(Fidelity, TheBaselineReadingItselfIsExactlyZero) {
    ModelBench& bench = *benches.at("F16");
    bench.start(start_of(16, 1, false, true));
    for (const auto& done : bench.answer(with_drafts(), requests.size())) {
        EXPECT_EQ(done.reading.failure, "");
        EXPECT_EQ(done.reading.diverges_at, -1);
        ASSERT_FALSE(done.reading.kld.empty());
        for (std::size_t i = 0; i < done.reading.kld.size(); ++i) {
            EXPECT_EQ(done.reading.kld[i], 0);
            EXPECT_EQ(done.reading.log_prob_baseline[i], done.reading.log_prob_variant[i]);
            EXPECT_EQ(done.reading.entropy_baseline[i], done.reading.entropy_variant[i]);
            EXPECT_EQ(done.reading.top_baseline[i], done.reading.top_variant[i]);
        }
    }
}

TEST_F(Fidelity, FactsOfATokenAreThoseOfTheTwoDistributions) {
    // Behind a prompt the whole distribution can be asked for in another way: as labels.
    std::vector<std::int32_t> vocabulary(49152);
    std::iota(vocabulary.begin(), vocabulary.end(), 0);
    for (const char* type : {"Q8_0", "Q2_K"}) {
        ModelBench &of_baseline = *benches.at("F16"), &of_variant = *benches.at(type);
        of_baseline.start(start_of(8, 2, false, false));
        of_variant.start(start_of(8, 2, false, true));
        const auto read = of_variant.answer(with_drafts(), requests.size());
        for (std::size_t q = 0; q < 3; ++q) {
            const auto labels = ModelBench::labels_behind(requests[q], vocabulary);
            const auto b = of_baseline.read_labels({labels}, 1)[0];
            const auto v = of_variant.read_labels({labels}, 1)[0];
            double kld = 0, entropy_b = 0, entropy_v = 0;
            const std::int32_t token = baseline[q].written.tokens[0];
            int rank = 1;
            for (std::size_t i = 0; i < b.size(); ++i) {
                kld += std::exp(b[i]) * (b[i] - v[i]);
                entropy_b -= std::exp(b[i]) * b[i];
                entropy_v -= std::exp(v[i]) * v[i];
                rank += v[i] > v[static_cast<std::size_t>(token)] ? 1 : 0;
            }
            const wire::Reading& reading = read[q].reading;
            EXPECT_EQ(reading.failure, "");
            EXPECT_NEAR(reading.kld[0], kld, 1e-9) << type;
            EXPECT_GT(reading.kld[0], 1e-7) << type;
            EXPECT_NEAR(reading.entropy_baseline[0], entropy_b, 1e-9);
            EXPECT_NEAR(reading.entropy_variant[0], entropy_v, 1e-9);
            EXPECT_NEAR(reading.log_prob_baseline[0], b[static_cast<std::size_t>(token)], 1e-9);
            EXPECT_NEAR(reading.log_prob_variant[0], v[static_cast<std::size_t>(token)], 1e-9);
            EXPECT_EQ(reading.ranks[0], rank);
            EXPECT_EQ(reading.top_variant[0], std::max_element(v.begin(), v.end()) - v.begin());
        }
    }
}

TEST_F(Fidelity, ADraftThatCannotBeReadIsRefusedAndTheOthersGoOn) {
    ModelBench& bench = *benches.at("F16");
    const auto refusal = [&](const wire::AnswerRequest& request) {
        try {
            static_cast<void>(bench.answer({request}, 1));
        } catch (const std::runtime_error& e) {
            return std::string(e.what());
        }
        return std::string();
    };
    wire::AnswerRequest request = with_drafts()[0];
    bench.start(start_of(8, 2, false, false));
    EXPECT_NE(refusal(request).find("not started for drafts"), std::string::npos);
    bench.start(start_of(8, 2, true, false));
    request.draft.tokens[1] = 1 << 30;
    EXPECT_NE(refusal(request).find("not in the vocabulary"), std::string::npos);
    request.draft.tokens.assign(kStream, 5);
    EXPECT_NE(refusal(request).find("do not fit"), std::string::npos);
    EXPECT_EQ(difference({baseline[0]}, bench.answer({requests[0]}, 1)), "");

    wire::Start start = start_of(8, 2, true, false);
    start.draft_rows = 64;
    const auto refused = bench.engine().start(start);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("64 rows"), std::string::npos);
}

TEST_F(Fidelity, RowsThatAreNotTheBaselinesSayNothing) {
    ModelBench& bench = *benches.at("Q8_0");
    bench.start(start_of(8, 2, false, true));
    wire::AnswerRequest request = with_drafts()[0];
    float value = 0;
    std::memcpy(&value, request.draft.rows.data() + 576 * 4, sizeof value);
    value += 1;
    std::memcpy(request.draft.rows.data() + 576 * 4, &value, sizeof value);
    const auto done = bench.answer({request}, 1);
    EXPECT_NE(done[0].reading.failure.find("cannot be computed from its rows"), std::string::npos);
    EXPECT_TRUE(done[0].reading.kld.empty());
}

}  // namespace
}  // namespace assay::test
