// Beside llama-perplexity, built of the same source: every line that it prints, and every byte of
// its file of log-probabilities.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine_places.hpp"
#include "lab.hpp"

namespace assay::test {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr const char* kCtx = "128";

Strings lines_of(const std::string& text) {
    Strings out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        out.push_back(line);
    }
    return out;
}

class PerplexityPeer : public testing::Test {
 protected:
    void SetUp() override {
        if (const std::string missing = missing_for_models(); !missing.empty()) {
            GTEST_SKIP() << missing;
        }
        if (llama_tool("llama-perplexity").empty()) {
            GTEST_SKIP() << "llama-perplexity is not there: scripts/llama.sh peers";
        }
        std::ifstream corpus(ASSAY_SOURCE_DIR "/examples/science-qa/corpus.jsonl");
        std::string bytes;
        for (std::string line; bytes.size() < 3500 && std::getline(corpus, line);) {
            bytes += json::parse(line)["text"].get<std::string>() + "\n\n";
        }
        text = folder.write("text.txt", bytes);
        for (const char* type : {"Q8_0", "Q2_K"}) {
            ASSERT_EQ(start({ASSAY_PROGRAM,
                             "quantize",
                             real_model(),
                             type,
                             "-o",
                             file_of(type),
                             "-q",
                             "--engine",
                             real_engine()})
                          .exit_code,
                      0);
        }
    }
    [[nodiscard]] std::string file_of(const std::string& type) const {
        return (folder / (type + ".gguf")).string();
    }
    [[nodiscard]] static Ended start(const Strings& command) {
        return run({.command = command, .environment = {}, .folder = {}, .out_file = {}});
    }
    [[nodiscard]] Ended ours(Strings more) const {
        more.insert(more.begin(),
                    {ASSAY_PROGRAM,
                     "fidelity",
                     "--compatible",
                     "--engine",
                     real_engine(),
                     "-t",
                     "2",
                     "-q"});
        Ended ended = start(more);
        EXPECT_EQ(ended.exit_code, 0) << describe(ended);
        return ended;
    }
    [[nodiscard]] Ended theirs(const std::string& model, Strings more) const {
        more.insert(
            more.begin(),
            {llama_tool("llama-perplexity"), "-m", model, "-f", text, "-c", kCtx, "-t", "2"});
        Ended ended = start(more);
        EXPECT_EQ(ended.exit_code, 0) << describe(ended);
        return ended;
    }
    /// The lines of one model in what we printed.
    [[nodiscard]] static Strings block_of(const std::string& out, const std::string& name) {
        const std::string head = "== " + name + "\n";
        const std::size_t begin = out.find(head);
        EXPECT_NE(begin, std::string::npos) << name << " is missing in\n" << out;
        // The next model's, or the table, begins behind an empty line.
        const std::size_t end = std::min(out.find("\n\n== ", begin), out.find("\n\ntext ", begin));
        return lines_of(out.substr(begin + head.size(), end - begin - head.size()));
    }
    /// Every line of theirs from its table on stands at the same place in ours.
    static void expect_same_divergence(const Ended& ended, const Strings& own) {
        const std::size_t begin = ended.out.find("chunk             PPL");
        ASSERT_NE(begin, std::string::npos) << describe(ended);
        const Strings other = lines_of(ended.out.substr(begin));
        std::size_t n = 0;
        for (; n < other.size() && !other[n].starts_with("Same top p:"); ++n) {
            ASSERT_LT(n, own.size());
            EXPECT_EQ(own[n], other[n]);
        }
        ASSERT_LT(n, other.size()) << "it printed no statistics\n" << describe(ended);
        EXPECT_EQ(own.at(n), other[n]);
        EXPECT_GT(n, 40U);
    }
    static void expect_same_perplexity(const Ended& ended, const Strings& own) {
        const std::string said = ended.out + ended.err;
        for (const std::string& line : own) {
            if (line.starts_with("[1]") || line.starts_with("Final estimate")) {
                EXPECT_TRUE(contains(said, line)) << line << "\n" << describe(ended);
            }
        }
        EXPECT_TRUE(own.at(0).starts_with("[1]")) << own.at(0);
        EXPECT_TRUE(own.at(1).starts_with("Final estimate: PPL = ")) << own.at(1);
    }

    TempFolder folder;
    std::string text;
};

TEST_F(PerplexityPeer, EveryPrintedFigureAndEveryByteOfTheFileAreItsOwn) {
    const std::string our_base = (folder / "ours.kld").string();
    const std::string their_base = (folder / "theirs.kld").string();
    // One pass of ours, with chunks of 128 in batches of 128 ...
    const Ended out = ours({"-m",
                            "base=" + real_model(),
                            "-f",
                            text,
                            "-c",
                            kCtx,
                            "-b",
                            kCtx,
                            "--variants",
                            file_of("Q8_0") + "," + file_of("Q2_K"),
                            "--kl-divergence-base",
                            our_base});
    // ... and three of theirs.
    const Ended base = theirs(real_model(), {"-b", kCtx, "--kl-divergence-base", their_base});
    expect_same_perplexity(base, block_of(out.out, "base"));
    ASSERT_EQ(fs::file_size(our_base), fs::file_size(their_base));
    EXPECT_TRUE(bytes_of(our_base) == bytes_of(their_base)) << "the files differ";
    for (const char* type : {"Q8_0", "Q2_K"}) {
        expect_same_divergence(
            theirs(file_of(type),
                   {"-b", kCtx, "--kl-divergence-base", their_base, "--kl-divergence"}),
            block_of(out.out, type));
    }
    // Its file, read in place of the baseline.
    const Ended read = ours(
        {"--variants", file_of("Q2_K"), "-b", kCtx, "--kl-divergence-base", their_base});
    EXPECT_EQ(block_of(read.out, "Q2_K"), block_of(out.out, "Q2_K"));
}

TEST_F(PerplexityPeer, PlainPerplexityIsItsOwnWithSeveralChunksAtOnceAndInParts) {
    for (const char* batch : {"512", "64"}) {
        const Ended out = ours(
            {"-m", "base=" + real_model(), "-f", text, "-c", kCtx, "-b", batch, "--chunks", "4"});
        expect_same_perplexity(theirs(real_model(), {"-b", batch, "--chunks", "4"}),
                               block_of(out.out, "base"));
    }
}

}  // namespace
}  // namespace assay::test
