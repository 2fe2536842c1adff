// The adapter of examples/science-qa with the demo's model: merged, applied, and beside neighbours.

#include <gmock/gmock.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine_places.hpp"
#include "model_bench.hpp"
#include "program.hpp"
#include "temp_folder.hpp"

namespace assay::test {
namespace {

constexpr int kAsked = 20, kTokens = 48, kStream = 1024;
constexpr const char* kExample = ASSAY_SOURCE_DIR "/examples/science-qa/";

class RealAdapter : public testing::Test {
 protected:
    void SetUp() override {
        if (const std::string missing = missing_for_models(); !missing.empty()) {
            GTEST_SKIP() << missing;
        }
        bench.emplace(real_model());
        std::ifstream file(std::string(kExample) + "questions.jsonl");
        for (std::string line; asked.size() < kAsked && std::getline(file, line);) {
            const auto row = nlohmann::json::parse(line);
            asked.push_back(bench->chat(row["question"], kTokens));
        }
        ASSERT_EQ(asked.size(), std::size_t{kAsked});
    }

    static wire::Start start_with(const std::string& lora, int n_slots = 8) {
        wire::Start start;
        start.n_slots = n_slots;
        start.stream_size = kStream;
        start.n_threads = 1;
        start.lora = lora;
        return start;
    }
    static std::size_t n_equal(const std::vector<wire::AnswerDone>& a,
                               const std::vector<wire::AnswerDone>& b) {
        std::size_t n = 0;
        for (std::size_t i = 0; i < a.size(); ++i) {
            n += a[i].text == b[i].text;
        }
        return n;
    }

    /// Log-probabilities of some tokens as the first of an answer, all questions one after another.
    static std::vector<double> first_tokens(ModelBench& of,
                                            const std::vector<wire::AnswerRequest>& questions) {
        std::vector<wire::LabelRequest> requests;
        for (const wire::AnswerRequest& question : questions) {
            requests.push_back(
                ModelBench::labels_behind(question, {28, 338, 504, 788, 2683, 9690}));
        }
        std::vector<double> out;
        for (const std::vector<double>& each : of.read_labels(requests, 8)) {
            out.insert(out.end(), each.begin(), each.end());
        }
        return out;
    }
    static double mean_distance(const std::vector<double>& a, const std::vector<double>& b) {
        double sum = 0;
        for (std::size_t i = 0; i < a.size(); ++i) {
            sum += std::abs(a[i] - b[i]);
        }
        return sum / static_cast<double>(a.size());
    }

    const std::string adapter = std::string(kExample) + "adapter/smollm2-pubmedqa-r8-f16.gguf";
    TempFolder folder;
    std::optional<ModelBench> bench;
    std::vector<wire::AnswerRequest> asked;
};

TEST_F(RealAdapter, MergedAndAppliedAnswerAlikeAndBesideNeighboursAsAlone) {
    ASSERT_TRUE(bench->engine().start(start_with("")));
    const auto of_base = bench->answer(asked, 16);
    const auto base_odds = first_tokens(*bench, asked);
    ASSERT_TRUE(bench->engine().start(start_with(adapter)));
    const auto applied = bench->answer(asked, 16);
    const auto applied_odds = first_tokens(*bench, asked);
    EXPECT_LT(n_equal(applied, of_base), asked.size() / 2) << "the adapter changes most answers";

    const std::vector<wire::AnswerRequest> some(asked.begin(), asked.begin() + 6);
    const std::vector<wire::AnswerDone> expected(applied.begin(), applied.begin() + 6);
    EXPECT_EQ(difference(bench->answer_alone(some), expected), "");
    ASSERT_TRUE(bench->engine().start(start_with(adapter, 16)));
    EXPECT_EQ(difference(bench->answer(some, 6), expected), "");

    const std::string target = (folder / "merged.gguf").string();
    const auto begun = std::chrono::steady_clock::now();
    ASSERT_TRUE(bench->engine().merge_lora({real_model(), target, {adapter}, {1}, 1},
                                           [](std::uint64_t, std::uint64_t) {}));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    EXPECT_EQ(std::filesystem::file_size(target), std::filesystem::file_size(real_model()));
    ModelBench merged(target);
    ASSERT_TRUE(merged.engine().start(start_with("")));
    const double rounding = mean_distance(first_tokens(merged, asked), applied_odds),
                 tuning = mean_distance(base_odds, applied_odds);
    EXPECT_LT(rounding, tuning / 20) << "merged and applied are one model, rounded in two ways";
    const std::size_t n = n_equal(merged.answer(asked, 16), applied);
    std::printf(
        "merged in %.1f s; merged and applied agree on %zu of %d questions; log-probabilities of "
        "first tokens differ by %.4f, and by %.4f from the base's\n",
        took.count(),
        n,
        kAsked,
        rounding,
        tuning);
    EXPECT_GE(n, std::size_t{kAsked} * 9 / 10);
}

}  // namespace
}  // namespace assay::test
