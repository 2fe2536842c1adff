// LoRA adapters with the real engine: the arithmetic of a merge, what is refused, and what an
// adapter that is applied leaves as it was.

#include <gmock/gmock.h>

#include <atomic>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <random>

#include "assay/llm/engine.hpp"
#include "engine_places.hpp"
#include "gguf_writer.hpp"
#include "model_bench.hpp"
#include "program.hpp"
#include "temp_folder.hpp"

namespace assay::test {
namespace {

using testing::HasSubstr;

constexpr std::uint32_t kF32 = 0, kF16 = 1, kQ8 = 8;
constexpr std::uint64_t kIn = 4, kOut = 3, kRank = 2;

std::string bytes_of_floats(const std::vector<float>& values) {
    std::string out(values.size() * sizeof(float), '\0');
    std::memcpy(out.data(), values.data(), out.size());
    return out;
}

std::vector<float> floats_of(const std::string& bytes, std::size_t offset, std::size_t n) {
    std::vector<float> out(n);
    std::memcpy(out.data(), bytes.data() + offset, n * sizeof(float));
    return out;
}

/// 1, 2, 3 ... as a whole and as a part: exact in F32.
std::vector<float> counted(std::size_t n, float factor) {
    std::vector<float> out;
    for (std::size_t i = 1; i <= n; ++i) {
        out.push_back(static_cast<float>(i) * factor);
    }
    return out;
}

/// The bytes of a tensor of this shape, F32 or Q8_0 (34 bytes for 32 values).
std::string zeros(const std::vector<std::uint64_t>& shape, std::uint32_t type) {
    std::uint64_t n = 1;
    for (const std::uint64_t size : shape) {
        n *= size;
    }
    return std::string(type == kQ8 ? n / 32 * 34 : n * sizeof(float), '\0');
}

GgufWriter model_header(const std::string& architecture = "llama") {
    GgufWriter writer;
    writer.text("general.architecture", architecture)
        .u32(architecture + ".block_count", 1)
        .u32(architecture + ".context_length", 128)
        .texts("tokenizer.ggml.tokens", {"<s>", "a", "b"});
    return writer;
}

GgufWriter adapter_header(const std::string& architecture = "llama") {
    GgufWriter writer;
    writer.text("general.type", "adapter")
        .text("adapter.type", "lora")
        .text("general.architecture", architecture)
        .f32("adapter.lora.alpha", 8);
    return writer;
}

const std::vector<float> kA = counted(kIn * kRank, 0.5F), kB = counted(kRank * kOut, -0.25F);

/// A model of one matrix, and an adapter of it with alpha 8 and rank 2.
std::string model() {
    return model_header()
        .tensor("blk.0.attn_q.weight", {kIn, kOut}, kF32, bytes_of_floats(counted(12, 1)))
        .tensor("output_norm.weight", {kIn}, kF32, bytes_of_floats(counted(4, 1)))
        .whole();
}

GgufWriter with_pair(GgufWriter writer) {
    return writer.tensor("blk.0.attn_q.weight.lora_a", {kIn, kRank}, kF32, bytes_of_floats(kA))
        .tensor("blk.0.attn_q.weight.lora_b", {kRank, kOut}, kF32, bytes_of_floats(kB));
}

class LoraModel : public testing::Test {
 protected:
    void SetUp() override {
        std::signal(SIGPIPE, SIG_IGN);
        if (!std::filesystem::exists(real_engine())) {
            GTEST_SKIP() << real_engine() << " is not there: `make build`";
        }
    }

    Result<bool> merge(const std::string& base,
                       const std::vector<std::string>& adapters,
                       const std::vector<double>& scales) {
        return engine.merge_lora({base, target(), adapters, scales, 1},
                                 [](std::uint64_t, std::uint64_t) {});
    }
    /// What inspecting says against the pair of files; the engine must not have died for it. A
    /// merge of them must say the same.
    std::string refusal(const std::string& base, const std::string& adapter) {
        const std::string base_file = folder.write("base.gguf", base);
        const std::string adapter_file = folder.write("adapter.gguf", adapter);
        const auto fits = engine.inspect_lora({base_file, adapter_file});
        const auto made = merge(base_file, {adapter_file}, {1});
        EXPECT_EQ(fits.has_value(), made.has_value());
        if (fits) {
            return "";
        }
        const std::string sentence = to_sentence(fits.error());
        EXPECT_EQ(sentence, made ? "" : to_sentence(made.error()));
        EXPECT_EQ(sentence.find("while it was to"), std::string::npos) << sentence;
        return sentence;
    }
    [[nodiscard]] std::string target() const { return (folder / "merged.gguf").string(); }

    TempFolder folder;
    std::atomic<bool> cancel{false};
    llm::Engine engine{real_engine(), cancel};
};

TEST_F(LoraModel, IsMergedAsTheFormulaSays) {
    const std::string base = folder.write("base.gguf", model());
    const std::string adapter = folder.write("adapter.gguf", with_pair(adapter_header()).whole());
    ASSERT_TRUE(merge(base, {adapter, adapter}, {0.5, 1}));
    const std::string before = model(), after = bytes_of(target());
    ASSERT_EQ(after.size(), before.size());
    const std::size_t data = before.size() - 64 - 32;  // 12 and 4 floats, filled up to 32
    EXPECT_EQ(after.substr(0, data), before.substr(0, data)) << "the header stays";
    EXPECT_EQ(after.substr(data + 64), before.substr(data + 64)) << "no other tensor changes";
    const std::vector<float> merged = floats_of(after, data, kIn * kOut);
    for (std::size_t o = 0; o < kOut; ++o) {
        for (std::size_t i = 0; i < kIn; ++i) {
            float change = 0;
            for (std::size_t r = 0; r < kRank; ++r) {
                change += kB[o * kRank + r] * kA[r * kIn + i];
            }
            const auto weight = static_cast<float>(o * kIn + i + 1);
            EXPECT_EQ(merged[o * kIn + i], weight + (0.5F + 1.0F) * 8 / 2 * change)
                << o << ' ' << i;
        }
    }
    ASSERT_TRUE(merge(base, {adapter}, {0}));
    EXPECT_EQ(bytes_of(target()), before) << "scale 0 is the base";
}

TEST_F(LoraModel, ThatDoesNotFitIsRefusedWithTheReason) {
    const std::string good = with_pair(adapter_header()).whole();
    EXPECT_EQ(refusal(model(), good), "");
    EXPECT_THAT(refusal(model(), model()), HasSubstr("is no LoRA adapter"));
    EXPECT_THAT(refusal(good, good), HasSubstr("is a LoRA adapter, not a language model"));
    EXPECT_THAT(refusal(model(), with_pair(adapter_header("gemma")).whole()),
                HasSubstr("is a LoRA adapter for architecture \"gemma\", and base.gguf is"));
    EXPECT_THAT(refusal(model(), good.substr(0, good.size() - 40)), HasSubstr("is cut off"));
    EXPECT_THAT(refusal(model(), adapter_header().whole()), HasSubstr("without a tensor"));
    EXPECT_THAT(
        refusal(model(),
                with_pair(adapter_header().u32("adapter.alora.invocation_tokens", 1)).whole()),
        HasSubstr("is an activated LoRA"));
    EXPECT_THAT(refusal(model(),
                        with_pair(adapter_header())
                            .tensor("output_norm.weight", {kIn}, kF32, std::string(16, '\0'))
                            .whole()),
                HasSubstr("holds the tensor output_norm.weight, which is no part of a low-rank"));
    EXPECT_THAT(
        refusal(model(),
                adapter_header()
                    .tensor("blk.0.attn_q.weight.lora_a", {kIn, kRank}, kF32, bytes_of_floats(kA))
                    .whole()),
        HasSubstr("has only one half of its change of blk.0.attn_q.weight (.lora_a)"));
    const auto pair = [](const std::string& name,
                         std::vector<std::uint64_t> a,
                         std::vector<std::uint64_t> b,
                         std::uint32_t type = kF32) {
        return adapter_header()
            .tensor(name + ".lora_a", a, type, zeros(a, type))
            .tensor(name + ".lora_b", b, type, zeros(b, type))
            .whole();
    };
    EXPECT_THAT(refusal(model(), pair("blk.9.attn_q.weight", {kIn, kRank}, {kRank, kOut})),
                HasSubstr("changes the tensor blk.9.attn_q.weight, which base.gguf does not have"));
    EXPECT_THAT(refusal(model(), pair("blk.0.attn_q.weight", {kIn + 1, kRank}, {kRank, kOut})),
                HasSubstr("(5 x 2 and 2 x 3) does not fit the tensor of base.gguf, which has 4 x 3 "
                          "values"));
    EXPECT_THAT(refusal(model(), pair("blk.0.attn_q.weight", {kIn, kRank}, {kRank + 1, kOut})),
                HasSubstr("does not fit"));
    EXPECT_THAT(refusal(model(), pair("blk.0.attn_q.weight", {kIn, kRank, 2}, {kRank, kOut, 2})),
                HasSubstr("does not fit"));
    EXPECT_THAT(refusal(model_header().tensor("w", {32, 32}, kF32, std::string(4096, '\0')).whole(),
                        pair("w", {32, 32}, {32, 32}, kQ8)),
                HasSubstr("is quantized (its tensor w.lora_a is Q8_0)"));
    EXPECT_THAT(refusal(model_header().tensor("w", {32, 1}, kQ8, std::string(34, '\0')).whole(),
                        pair("w", {32, 1}, {1, 1})),
                HasSubstr("base.gguf: is quantized (its tensor w is Q8_0)"));
    EXPECT_THAT(
        refusal(
            model_header().tensor("token_embd.weight", {4, 3}, kF32, std::string(48, '\0')).whole(),
            pair("token_embd.weight", {kRank, 3}, {kRank, 4})),
        HasSubstr("changes the token embeddings, which base.gguf uses as its output"));
    EXPECT_TRUE(engine.hello());
}

TEST_F(LoraModel, OfOddMetadataNeverKillsTheEngine) {
    const auto header = [](auto&& change) {
        GgufWriter writer;
        change(writer);
        return with_pair(writer).whole();
    };
    for (const std::string& odd :
         {header([](GgufWriter& w) { w.u32("general.type", 1); }),
          header([](GgufWriter& w) { w.text("general.type", "adapter").u32("adapter.type", 1); }),
          header([](GgufWriter& w) {
              w.text("general.type", "adapter")
                  .text("adapter.type", "lora")
                  .u32("general.architecture", 2);
          }),
          header([](GgufWriter& w) {
              w.text("general.type", "adapter")
                  .text("adapter.type", "lora")
                  .text("general.architecture", "llama")
                  .text("adapter.lora.alpha", "8");
          }),
          header([](GgufWriter& w) {
              w.text("general.type", "adapter")
                  .text("adapter.type", "lora")
                  .text("general.architecture", "llama")
                  .f32("adapter.lora.alpha", std::numeric_limits<float>::quiet_NaN());
          })}) {
        EXPECT_NE(refusal(model(), odd), "");
    }
    std::mt19937 random(7);
    const std::string whole = with_pair(adapter_header()).whole();
    for (int i = 0; i < 300; ++i) {
        std::string bytes = whole;
        for (unsigned k = 0; k <= random() % 3; ++k) {
            bytes[random() % 300] = static_cast<char>(random());
        }
        static_cast<void>(refusal(model(), bytes));
    }
}

TEST_F(LoraModel, WhoseScaleIsTooLargeForTheTypeIsRefused) {
    const std::string base = folder.write(
        "base.gguf",
        model_header()
            .tensor("blk.0.attn_q.weight", {kIn, kOut}, kF16, std::string(24, '\0'))
            .whole());
    const std::string adapter = folder.write("adapter.gguf", with_pair(adapter_header()).whole());
    EXPECT_TRUE(merge(base, {adapter}, {1}));
    const auto made = merge(base, {adapter}, {1e6});
    ASSERT_FALSE(made);
    EXPECT_THAT(to_sentence(made.error()), HasSubstr("would hold values that f16 cannot"));
    EXPECT_FALSE(merge(base, {adapter}, {1, 2})) << "a scale for each";
    EXPECT_FALSE(merge(base, {}, {}));
}

/// With the demo's model and a small random adapter of it.
class LoraOfTheDemo : public LoraModel {
 protected:
    void SetUp() override {
        LoraModel::SetUp();
        if (const std::string missing = missing_for_models(); !missing.empty()) {
            GTEST_SKIP() << missing;
        }
        std::mt19937 random(11);
        const auto values = [&](std::size_t n, double width) {
            std::vector<float> out;
            for (std::size_t i = 0; i < n; ++i) {
                out.push_back(static_cast<float>(
                    width * (static_cast<double>(random()) / 4294967295.0 - 0.5)));
            }
            return bytes_of_floats(out);
        };
        GgufWriter writer = adapter_header();
        for (int layer = 0; layer < 30; layer += 3) {
            const std::string name = "blk." + std::to_string(layer) + ".attn_q.weight";
            writer.tensor(name + ".lora_a", {576, kRank}, kF32, values(576 * kRank, 0.2))
                .tensor(name + ".lora_b", {kRank, 576}, kF32, values(kRank * 576, 0.2));
        }
        adapter = folder.write("demo.gguf", writer.whole());
    }

    [[nodiscard]] wire::Start start_with(double scale) const {
        wire::Start start;
        start.n_slots = 8;
        start.stream_size = 512;
        start.lora = adapter;
        start.lora_scale = scale;
        return start;
    }
    static std::vector<wire::AnswerRequest> questions(ModelBench& bench, int n) {
        std::vector<wire::AnswerRequest> out;
        for (int k = 1; k <= n; ++k) {
            out.push_back(bench.chat("Name " + std::to_string(k + 1) + " things that float.", 16));
        }
        return out;
    }
    static std::size_t n_equal(const std::vector<wire::AnswerDone>& a,
                               const std::vector<wire::AnswerDone>& b) {
        std::size_t n = 0;
        for (std::size_t i = 0; i < a.size(); ++i) {
            n += a[i].tokens == b[i].tokens;
        }
        return n;
    }

    std::string adapter;
};

TEST_F(LoraOfTheDemo, AppliedAndMergedAgreeAndScaleZeroIsTheBase) {
    constexpr int kAsked = 20;
    ModelBench bench(real_model());
    const auto asked = questions(bench, kAsked);
    bench.start(8, 512, 1);
    const auto of_base = bench.answer(asked, 16);
    ASSERT_TRUE(bench.engine().start(start_with(0)));
    EXPECT_EQ(difference(bench.answer(asked, 16), of_base), "");
    ASSERT_TRUE(bench.engine().start(start_with(1)));
    const auto applied = bench.answer(asked, 16);
    EXPECT_LT(n_equal(applied, of_base), asked.size()) << "the adapter changes something";
    bench.start(8, 512, 1);
    EXPECT_EQ(difference(bench.answer(asked, 16), of_base), "") << "and is gone afterwards";

    ASSERT_TRUE(merge(real_model(), {adapter}, {1}));
    ModelBench merged_bench(target());
    merged_bench.start(8, 512, 1);
    const std::size_t n = n_equal(merged_bench.answer(asked, 16), applied);
    std::printf("merged and applied agree on %zu of %d questions\n", n, kAsked);
    EXPECT_GE(n, kAsked * 9 / 10);
}

TEST_F(LoraOfTheDemo, AppliedLeavesNeighboursAlone) {
    ModelBench bench(real_model());
    const auto asked = questions(bench, 12);
    ASSERT_TRUE(bench.engine().start(start_with(1)));
    const auto together = bench.answer(asked, 16);
    EXPECT_EQ(difference(bench.answer_alone(asked), together), "");
    wire::Start other = start_with(1);
    other.n_slots = 16;
    other.n_threads = 2;
    other.stream_size = 768;
    ASSERT_TRUE(bench.engine().start(other));
    EXPECT_EQ(difference(bench.answer(asked, 32), together), "");
}

}  // namespace
}  // namespace assay::test
