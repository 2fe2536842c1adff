// A checkpoint folder through llama.cpp's own script in a real Python with torch, and the real
// engine. Python: ASSAY_TEST_PYTHON (docs/variants.md has the recipe). The folder is made of the
// demo's model, so what it must become is known.

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "engine_places.hpp"
#include "lab.hpp"

namespace assay::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr int kQuestions = 2;

std::string real_python() {
    const char* own = std::getenv("ASSAY_TEST_PYTHON");
    return own == nullptr ? "" : own;
}

/// What is missing, as a sentence; empty if nothing is.
std::string missing_for_checkpoints() {
    if (const std::string missing = missing_for_models(); !missing.empty()) {
        return missing;
    }
    if (llama_source().empty()) {
        return "llama.cpp's source is not in the cache: `scripts/llama.sh`";
    }
    if (real_python().empty()) {
        return "ASSAY_TEST_PYTHON names no Python with torch and transformers";
    }
    return {};
}

/// The file's last bytes: of a small header and large tensors only the tensors.
std::string tail_of(const fs::path& path) {
    constexpr std::streamoff kTail = 200'000'000;
    std::ifstream file(path, std::ios::binary);
    file.seekg(-kTail, std::ios::end);
    return {std::istreambuf_iterator<char>(file), {}};
}

class CheckpointModel : public testing::Test {
 protected:
    void SetUp() override {
        if (const std::string missing = missing_for_checkpoints(); !missing.empty()) {
            GTEST_SKIP() << missing;
        }
    }

    void make_checkpoint(const std::string& folder, const std::string& tokenizer) const {
        const Ended made = test::run(
            {.command = {real_python(),
                         ASSAY_SOURCE_DIR "/tests/support/checkpoint_of_gguf.py",
                         llama_source(),
                         real_model(),
                         (lab.folder() / folder).string(),
                         tokenizer},
             .environment = {},
             .folder = {},
             .out_file = {}});
        ASSERT_EQ(made.exit_code, 0) << made.err;
    }

    [[nodiscard]] Ended run(const std::string& folder) const {
        lab.folder().write("exp.yaml",
                           "baseline: {checkpoint: " + folder +
                               "}\nvariants: [Q8_0]\ndataset: questions.jsonl\n"
                               "generation: {predict: 4}\nanalysis: {margin: 0.9}\n");
        return lab.assay({"run",
                          "exp.yaml",
                          "--run",
                          lab.run_dir(),
                          "--threads",
                          "1",
                          "--engine",
                          real_engine()},
                         {{"ASSAY_PYTHON", real_python()}, {"ASSAY_LLAMA_SOURCE", llama_source()}});
    }

    [[nodiscard]] std::vector<fs::path> cached() const {
        std::vector<fs::path> out;
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(lab.folder() / "cache" / "models", error)) {
            out.push_back(entry.path());
        }
        return out;
    }

    const Lab lab{kQuestions};
};

TEST_F(CheckpointModel, BecomesTheFileThatItWasMadeOf) {
    make_checkpoint("smol", "right-tokenizer");
    const Ended ended = run("smol");
    ASSERT_THAT(ended.exit_code, testing::AnyOf(0, 3, 4, 5)) << ended.err;
    const std::string tensors = tail_of(real_model());
    int n_equal = 0;
    for (const fs::path& file : cached()) {
        n_equal += tail_of(file) == tensors;
    }
    EXPECT_EQ(n_equal, 1) << "the converted file, and not the quantized one";
}

TEST_F(CheckpointModel, IsRefusedWithTheTokenizerThatConvertsSilently) {
    make_checkpoint("wrong", "wrong-tokenizer");
    const Ended ended = run("wrong");
    EXPECT_EQ(ended.exit_code, 1);
    EXPECT_THAT(ended.err, HasSubstr("the converted file's tokenizer fails on \"Hello world\""));
    EXPECT_THAT(ended.err, HasSubstr("is not the original"));
    EXPECT_TRUE(cached().empty());
    EXPECT_FALSE(fs::exists(lab.run_dir()));
}

}  // namespace
}  // namespace assay::test
