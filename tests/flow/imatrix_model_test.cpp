// Importance matrices with the real engine: the file is llama-imatrix's, bit for bit, and so is
// what is quantized with it.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <atomic>
#include <bit>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <random>

#include "assay/base/hash.hpp"
#include "assay/llm/engine.hpp"
#include "engine_places.hpp"
#include "gguf_writer.hpp"
#include "program.hpp"
#include "temp_folder.hpp"

namespace assay::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr const char* kText = "text.txt";

/// English of this repository.
std::string words() {
    return bytes_of(ASSAY_SOURCE_DIR "/docs/formats.md");
}

/// Bytes as GPT-2's vocabulary writes them: those that are no visible Latin letter begin at U+0100.
std::vector<std::string> byte_tokens() {
    std::vector<std::string> out;
    char32_t next = 0x100;
    for (int byte = 0; byte < 256; ++byte) {
        const bool visible = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte != 0xAD);
        const char32_t c = visible ? static_cast<char32_t>(byte) : next++;
        std::string text;
        if (c < 0x80) {
            text += static_cast<char>(c);
        } else {
            text += static_cast<char>(0xC0 | (c >> 6));
            text += static_cast<char>(0x80 | (c & 0x3F));
        }
        out.push_back(text);
    }
    return out;
}

/// A model of two blocks with four experts in each, of random weights; `largest`: of the weights.
class ExpertModel {
 public:
    static std::string bytes(float largest = 0.2F, std::uint32_t context = 1024) {
        ExpertModel model(largest);
        model.header(context);
        model.tensors();
        return model.file_.whole();
    }

 private:
    explicit ExpertModel(float largest) : draw_(-largest, largest) {}

    void header(std::uint32_t context) {
        std::vector<std::string> tokens = byte_tokens();
        tokens.emplace_back("ab");
        tokens.emplace_back("<end>");
        file_.text("general.architecture", "llama")
            .u32("llama.block_count", kBlocks)
            .u32("llama.context_length", context)
            .u32("llama.embedding_length", kWidth)
            .u32("llama.feed_forward_length", kWidth)
            .u32("llama.attention.head_count", 4)
            .f32("llama.attention.layer_norm_rms_epsilon", 1e-5F)
            .u32("llama.expert_count", kExperts)
            .u32("llama.expert_used_count", 2)
            .text("tokenizer.ggml.model", "gpt2")
            .text("tokenizer.ggml.pre", "gpt-2")
            .texts("tokenizer.ggml.tokens", tokens)
            .texts("tokenizer.ggml.merges", {"a b"})
            .u32("tokenizer.ggml.bos_token_id", static_cast<std::uint32_t>(tokens.size() - 1))
            .u32("tokenizer.ggml.eos_token_id", static_cast<std::uint32_t>(tokens.size() - 1));
        n_tokens_ = tokens.size();
    }

    void tensors() {
        add("token_embd.weight", {kWidth, n_tokens_});
        add("output_norm.weight", {kWidth});
        add("output.weight", {kWidth, n_tokens_});
        for (std::uint32_t i = 0; i < kBlocks; ++i) {
            const std::string block = fmt::format("blk.{}.", i);
            for (const char* name : {"attn_q", "attn_k", "attn_v", "attn_output"}) {
                add(block + name + ".weight", {kWidth, kWidth});
            }
            add(block + "attn_norm.weight", {kWidth});
            add(block + "ffn_norm.weight", {kWidth});
            add(block + "ffn_gate_inp.weight", {kWidth, kExperts});
            for (const char* name : {"ffn_gate_exps", "ffn_down_exps", "ffn_up_exps"}) {
                add(block + name + ".weight", {kWidth, kWidth, kExperts});
            }
        }
    }

    void add(const std::string& name, const std::vector<std::uint64_t>& shape) {
        std::uint64_t n = 1;
        for (const std::uint64_t size : shape) {
            n *= size;
        }
        std::string data;
        for (std::uint64_t i = 0; i < n; ++i) {
            data += GgufWriter::number(std::bit_cast<std::uint32_t>(draw_(random_)), 4);
        }
        file_.tensor(name, shape, 0, data);
    }

    static constexpr std::uint32_t kBlocks = 2, kWidth = 256, kExperts = 4;
    GgufWriter file_;
    std::mt19937 random_{7};
    std::uniform_real_distribution<float> draw_;
    std::uint64_t n_tokens_ = 0;
};

class ImatrixModel : public testing::Test {
 protected:
    void SetUp() override {
        std::signal(SIGPIPE, SIG_IGN);
        if (!fs::exists(real_engine())) {
            GTEST_SKIP() << real_engine() << " is not there: `make build`";
        }
        fs::create_directories(folder / "ours");
        fs::create_directories(folder / "theirs");
    }

    /// Makes ours/imatrix.gguf.
    Result<wire::MadeImatrix> make(const std::string& model, int n_chunks, int n_threads = 2) {
        wire::MakeImatrix request{
            model, (folder / kText).string(), ours(), wire::kChunkTokens, n_chunks, n_threads, 0};
        return engine.make_imatrix(request, [&](std::uint64_t done, std::uint64_t total) {
            progress.emplace_back(done, total);
        });
    }

    /// Makes theirs/imatrix.gguf.
    Ended make_theirs(const std::string& model, int n_chunks, int n_threads = 2) const {
        return run({.command = {llama_tool("llama-imatrix"),
                                "-m",
                                model,
                                "-f",
                                kText,
                                "-c",
                                std::to_string(wire::kChunkTokens),
                                "--chunks",
                                std::to_string(n_chunks),
                                "-t",
                                std::to_string(n_threads),
                                "-ngl",
                                "0",
                                "-o",
                                theirs()},
                    .environment = {},
                    .folder = folder.path().string(),
                    .out_file = {}});
    }

    /// What making says against it; the engine must not have died for it. Empty: it is made.
    std::string refusal(const std::string& model, const std::string& text, int n_chunks = 0) {
        folder.write(kText, text);
        const auto made = make(model, n_chunks, 1);
        if (made) {
            return "";
        }
        const std::string sentence = to_sentence(made.error());
        EXPECT_EQ(sentence.find("while it was to"), std::string::npos) << sentence;
        return sentence;
    }

    /// The bytes of the model quantized with a matrix, which llama-quantize makes, too.
    std::string quantized(const std::string& model,
                          const std::string& type,
                          const std::string& matrix_folder) {
        const std::string target = (folder / "quantized.gguf").string();
        const auto made = engine.quantize(
            {model, target, type, (folder / matrix_folder / "imatrix.gguf").string(), false, 2},
            [](std::uint64_t, std::uint64_t) {});
        EXPECT_TRUE(made) << (made ? "" : to_sentence(made.error()));
        return bytes_of(target);
    }

    /// The same by llama-quantize.
    std::string quantized_by_the_tool(const std::string& model, const std::string& type) const {
        const std::string target = (folder / "by-the-tool.gguf").string();
        const Ended ended = run({.command = {llama_tool("llama-quantize"),
                                             "--imatrix",
                                             "imatrix.gguf",
                                             model,
                                             target,
                                             type,
                                             "2"},
                                 .environment = {},
                                 .folder = (folder / "theirs").string(),
                                 .out_file = {}});
        EXPECT_EQ(ended.exit_code, 0) << describe(ended);
        return bytes_of(target);
    }

    [[nodiscard]] std::string ours() const { return (folder / "ours" / "imatrix.gguf").string(); }
    [[nodiscard]] std::string theirs() const {
        return (folder / "theirs" / "imatrix.gguf").string();
    }

    TempFolder folder;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> progress;
    std::atomic<bool> cancel{false};
    llm::Engine engine{real_engine(), cancel};
};

/// Beside llama.cpp's own programs.
class ImatrixPeer : public ImatrixModel {
 protected:
    void SetUp() override {
        ImatrixModel::SetUp();
        for (const char* tool : {"llama-imatrix", "llama-quantize"}) {
            if (llama_tool(tool).empty()) {
                GTEST_SKIP() << tool << " is not there: scripts/llama.sh peers";
            }
        }
    }

    /// The first tensor that differs, where Python can say it.
    [[nodiscard]] std::string difference_of_files() const {
        const Ended ended = run({.command = {"python3",
                                             ASSAY_SOURCE_DIR "/tests/support/same_tensors.py",
                                             llama_source(),
                                             ours(),
                                             theirs()},
                                 .environment = {},
                                 .folder = {},
                                 .out_file = {}});
        return "the files differ: " + ended.err;
    }

    /// Both files of a model and a text, and what is quantized with each, are the same.
    void expect_the_same(const std::string& model, int n_chunks, const std::string& type) {
        const Ended ended = make_theirs(model, n_chunks);
        ASSERT_EQ(ended.exit_code, 0) << describe(ended);
        const auto made = make(model, n_chunks);
        ASSERT_TRUE(made) << to_sentence(made.error());
        ASSERT_TRUE(bytes_of(ours()) == bytes_of(theirs())) << difference_of_files();
        const std::string with_ours = quantized(model, type, "ours");
        EXPECT_TRUE(with_ours == quantized(model, type, "theirs"));
        EXPECT_TRUE(with_ours == quantized_by_the_tool(model, type)) << "llama-quantize differs";
    }
};

TEST_F(ImatrixPeer, OfTheDemosModelIsTheToolsBitForBit) {
    if (!missing_for_models().empty()) {
        GTEST_SKIP() << missing_for_models();
    }
    folder.write(kText, words());
    expect_the_same(real_model(), 5, "Q4_K_M");
    const auto inspected = engine.inspect_imatrix(ours());
    ASSERT_TRUE(inspected);
    EXPECT_EQ(inspected->n_weights, 210) << "7 of each of 30 blocks";
    EXPECT_EQ(inspected->n_tokens, 5 * wire::kChunkTokens);
    EXPECT_EQ(inspected->chunk_tokens, wire::kChunkTokens);
}

TEST_F(ImatrixPeer, OfExpertsIsTheToolsBitForBit) {
    folder.write(kText, words().substr(0, 8 * wire::kChunkTokens));
    expect_the_same(folder.write("experts.gguf", ExpertModel::bytes()), 5, "IQ2_XS");
    const std::string model = (folder / "experts.gguf").string(), first = bytes_of(theirs());
    ASSERT_EQ(make_theirs(model, 5, 1).exit_code, 0);
    EXPECT_TRUE(first == bytes_of(theirs())) << "the tool gives other bits with another thread";
    expect_the_same(model, 7, "Q4_K_M");
    EXPECT_EQ(engine.inspect_imatrix(ours())->n_tokens, 7 * wire::kChunkTokens - 6)
        << "of three chunks both leave out the last piece";
}

TEST_F(ImatrixModel, IsMadeOfWholeChunksAndSaysHowFarItIs) {
    const std::string model = folder.write("experts.gguf", ExpertModel::bytes());
    const std::string text = words().substr(0, 6 * wire::kChunkTokens) + "\n";
    folder.write(kText, text);
    const auto made = make(model, 0);
    ASSERT_TRUE(made) << to_sentence(made.error());
    EXPECT_EQ(made->text_sha256, sha256_hex(text));
    ASSERT_FALSE(progress.empty());
    const std::uint64_t n_chunks = progress.back().second;
    EXPECT_EQ(progress.back().first, n_chunks);
    EXPECT_EQ(progress.size(), (n_chunks + 3) / 4) << "four chunks are computed together";
    const auto inspected = engine.inspect_imatrix(ours());
    ASSERT_TRUE(inspected);
    EXPECT_EQ(inspected->n_tokens, static_cast<std::int64_t>(n_chunks) * wire::kChunkTokens);
    EXPECT_EQ(inspected->n_weights, 16);

    const std::string all = bytes_of(ours());
    ASSERT_TRUE(make(model, 1'000'000, 1));
    EXPECT_TRUE(bytes_of(ours()) == all) << "neither threads nor more chunks than there are";
    ASSERT_TRUE(make(model, 2));
    EXPECT_FALSE(bytes_of(ours()) == all);
    EXPECT_EQ(engine.inspect_imatrix(ours())->n_tokens, 2 * wire::kChunkTokens);
}

TEST_F(ImatrixModel, IsRefusedWithASentenceWhereNoneCanBeMade) {
    const std::string model = folder.write("experts.gguf", ExpertModel::bytes());
    const std::string enough = words().substr(0, 4 * wire::kChunkTokens);
    EXPECT_EQ(refusal(model, enough), "");
    EXPECT_THAT(refusal(model, "a few words"),
                HasSubstr("made from at least 1024: 2 chunks of 512"));
    EXPECT_THAT(refusal(model, "a few words", 1), HasSubstr("Give a longer text"));
    EXPECT_THAT(refusal(model, ""), HasSubstr("has 0 tokens"));
    EXPECT_THAT(refusal(model, enough + "\xff\xfe"), HasSubstr("is not UTF-8 text"));
    const std::string short_context = folder.write("short.gguf", ExpertModel::bytes(0.2F, 256));
    EXPECT_THAT(refusal(short_context, enough), HasSubstr("was trained for 256 tokens"));
    const std::string huge = folder.write("huge.gguf", ExpertModel::bytes(1e15F));
    EXPECT_THAT(refusal(huge, enough), HasSubstr("values that are not finite"));
    EXPECT_THAT(refusal((folder / "none.gguf").string(), enough), HasSubstr("no such file"));
    EXPECT_THAT(refusal(folder.write("text.gguf", "hello"), enough), HasSubstr("not a GGUF file"));

    folder.write(kText, enough);
    const auto nowhere = engine.make_imatrix({model, (folder / kText).string(), "/nowhere/x.gguf"},
                                             [](std::uint64_t, std::uint64_t) {});
    ASSERT_FALSE(nowhere);
    EXPECT_THAT(to_sentence(nowhere.error()), HasSubstr("cannot be written"));
    const auto full = engine.make_imatrix({model, (folder / kText).string(), "/dev/full"},
                                          [](std::uint64_t, std::uint64_t) {});
    ASSERT_FALSE(full);
    EXPECT_THAT(to_sentence(full.error()), HasSubstr("cannot be written"));
    fs::remove(folder / kText);
    const auto no_text = make(model, 0);
    ASSERT_FALSE(no_text);
    EXPECT_THAT(to_sentence(no_text.error()), HasSubstr(kText));
}

TEST_F(ImatrixModel, ThatIsCutOffOrAnotherFileIsNotTakenForOne) {
    folder.write(kText, words().substr(0, 4 * wire::kChunkTokens));
    const std::string model = folder.write("experts.gguf", ExpertModel::bytes());
    ASSERT_TRUE(make(model, 2));
    ASSERT_TRUE(engine.inspect_imatrix(ours()));
    const std::string whole = bytes_of(ours());
    for (const std::size_t n :
         {std::size_t{0}, std::size_t{3}, whole.size() / 2, whole.size() - 9}) {
        folder.write("cut.gguf", whole.substr(0, n));
        EXPECT_FALSE(engine.inspect_imatrix((folder / "cut.gguf").string())) << n;
    }
    EXPECT_FALSE(engine.inspect_imatrix((folder / "none.gguf").string()));
    const auto of_model = engine.inspect_imatrix(model);
    ASSERT_FALSE(of_model);
    EXPECT_THAT(to_sentence(of_model.error()), HasSubstr("is not an importance matrix"));
}

}  // namespace
}  // namespace assay::test
