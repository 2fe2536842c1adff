// A checkpoint folder through llama.cpp's own script in a real Python with torch, and the real
// engine. Python: ASSAY_TEST_PYTHON (docs/variants.md has the recipe). The folder is made of the
// demo's model, so what it must become is known.

#include <gmock/gmock.h>

#include <filesystem>

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

    /// A dry run: it converts, as its checks read the file's header, and answers nothing.
    [[nodiscard]] Ended run(const std::string& folder) const {
        lab.folder().write("exp.yaml",
                           "baseline: {checkpoint: " + folder +
                               "}\nvariants: [Q8_0]\ndataset: questions.jsonl\n"
                               "analysis: {margin: 0.9}\n");
        return lab.assay(
            {"run", "exp.yaml", "--run", lab.run_dir(), "--dry-run", "--engine", real_engine()},
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
    ASSERT_EQ(ended.exit_code, 0) << ended.err;
    ASSERT_EQ(cached().size(), 1U);
    const Ended compared = test::run({.command = {real_python(),
                                                  ASSAY_SOURCE_DIR "/tests/support/same_tensors.py",
                                                  llama_source(),
                                                  cached().front().string(),
                                                  real_model()},
                                      .environment = {},
                                      .folder = {},
                                      .out_file = {}});
    EXPECT_EQ(compared.exit_code, 0) << compared.err;
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
