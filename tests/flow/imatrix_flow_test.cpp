// An importance matrix that is made of a text: once, of what is quantized with it, and never of the
// questions.

#include <gmock/gmock.h>

#include <filesystem>

#include "assay/base/hash.hpp"
#include "assay/wire/imatrix.hpp"
#include "lab.hpp"

namespace assay::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kPlain = "{name: base, file: model.gguf}";
constexpr const char* kMade = "{type: Q2_K, imatrix: make, imatrix-text: wiki.txt}";

/// A lab with a text of three chunks: in the scripted engine a byte is a token.
class ImatrixFlow : public testing::Test {
 protected:
    ImatrixFlow() { write_text(text_of_chunks(3)); }

    static std::string text_of_chunks(int n) {
        std::string out;
        for (int i = 0; out.size() < static_cast<std::size_t>(n * wire::kChunkTokens); ++i) {
            out += "Sentence " + std::to_string(i) + " is about nothing in particular.\n";
        }
        out.resize(static_cast<std::size_t>(n * wire::kChunkTokens));
        return out;
    }
    void write_text(const std::string& text) const { lab.folder().write("wiki.txt", text); }

    Ended run(const std::string& baseline,
              const std::string& variants,
              const Environment& environment = {},
              const Strings& more = {}) const {
        lab.folder().write("exp.yaml",
                           "baseline: " + baseline + "\nvariants: " + variants +
                               "\ndataset: questions.jsonl\n"
                               "analysis: {margin: 0.9, accept-metric: true}\n");
        Strings arguments{"run", "exp.yaml", "--run", lab.run_dir(), "--engine", SCRIPTED_ENGINE};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return lab.assay(arguments, environment);
    }
    /// What a run is refused with, before there is a run directory.
    std::string refusal(const std::string& variants, const std::string& baseline = kPlain) const {
        const Ended ended = run(baseline, variants);
        EXPECT_EQ(ended.exit_code, 2) << describe(ended);
        EXPECT_FALSE(fs::exists(lab.run_dir()));
        EXPECT_EQ(lab.n_requests("make_imatrix"), 0);
        return ended.err;
    }

    [[nodiscard]] std::string origin(const std::string& name) const {
        const json report = lab.report();
        for (const json& each : report["variants"]) {
            if (each["name"] == name) {
                return each["recipe"];
            }
        }
        return "";
    }
    [[nodiscard]] std::vector<fs::path> cached(const std::string& text) const {
        std::vector<fs::path> out;
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(lab.folder() / "cache" / "models", error)) {
            if (entry.path().filename().string().find(text) != std::string::npos) {
                out.push_back(entry.path());
            }
        }
        return out;
    }

    const Lab lab{9};
};

TEST_F(ImatrixFlow, IsMadeOnceAndSaidInTheReport) {
    const std::string variants = std::string("[Q4_K_M, ") + kMade +
                                 ", {type: IQ2_XS, imatrix: make, imatrix-text: wiki.txt}]";
    const Ended first = run(kPlain, variants);
    ASSERT_NE(first.exit_code, 1) << describe(first);
    ASSERT_NE(first.exit_code, 2) << describe(first);
    EXPECT_EQ(lab.n_requests("make_imatrix"), 1) << "both types have the same one";
    ASSERT_EQ(cached("imatrix-").size(), 1U);
    const std::string matrix = bytes_of(cached("imatrix-").front());
    EXPECT_THAT(origin("Q2_K"),
                HasSubstr(" with the importance matrix " + sha256_hex(matrix) +
                          ", made from 1536 tokens of wiki.txt (" + sha256_hex(text_of_chunks(3)) +
                          ") in chunks of 512"));
    EXPECT_EQ(origin("Q4_K_M").find("importance"), std::string::npos);
    EXPECT_THAT(bytes_of(lab.run_dir() + "/report.md"), HasSubstr("importance matrix"));
    EXPECT_EQ(cached(".part").size(), 0U);

    const auto before = lab.artifacts();
    lab.forget_journal();
    EXPECT_EQ(run(kPlain, variants).exit_code, first.exit_code);
    EXPECT_EQ(
        lab.n_requests("make_imatrix") + lab.n_requests("quantize") + lab.n_requests("answer"), 0);
    EXPECT_EQ(difference(before, lab.artifacts()), "");
    EXPECT_EQ(lab.assay({"verify", lab.run_dir()}).exit_code, 0);
}

TEST_F(ImatrixFlow, OfAnotherTextModelOrNumberOfChunksIsAnother) {
    const auto quantized = [&] { return cached("Q2_K-").size(); };
    ASSERT_NE(run(kPlain, std::string("[") + kMade + "]").exit_code, 1);
    EXPECT_EQ(quantized(), 1U);
    ASSERT_NE(
        run(kPlain, "[{type: Q2_K, imatrix: make, imatrix-text: wiki.txt, imatrix-chunks: 2}]")
            .exit_code,
        1);
    EXPECT_EQ(cached("imatrix-").size(), 2U);
    EXPECT_EQ(quantized(), 2U) << "the matrix is part of the made file's key";
    EXPECT_THAT(origin("Q2_K"), HasSubstr("made from 1024 tokens"));
    write_text(text_of_chunks(4));
    ASSERT_NE(run(kPlain, std::string("[") + kMade + "]").exit_code, 1);
    EXPECT_EQ(cached("imatrix-").size(), 3U);
    EXPECT_EQ(quantized(), 3U);
    lab.folder().write("model.gguf", "type F16\nsalt other\n");
    fs::remove_all(lab.run_dir());
    ASSERT_NE(run(kPlain, std::string("[") + kMade + "]").exit_code, 1);
    EXPECT_EQ(cached("imatrix-").size(), 4U);
}

TEST_F(ImatrixFlow, IsMadeOfTheFileThatIsQuantized) {
    lab.folder().write("adapter.gguf", "lora yes\nsalt tuned\n");
    const std::string tuned = "{name: tuned, file: model.gguf, lora: [adapter.gguf]}";
    const Ended ended = run(tuned,
                            std::string("[") + kMade +
                                ", {name: applied, type: Q2_K, lora: applied, imatrix: make, "
                                "imatrix-text: wiki.txt}]");
    ASSERT_NE(ended.exit_code, 1) << describe(ended);
    ASSERT_NE(ended.exit_code, 2) << describe(ended);
    const std::string text = text_of_chunks(3);
    ASSERT_EQ(cached("-lora-").size(), 2U) << "the merged file, and Q2_K of it";
    std::set<std::string> expected, found;
    for (const fs::path& file : cached("-lora-")) {
        if (file.filename().string().find("Q2_K") == std::string::npos) {
            expected.insert("chunks 3\nimatrix " + sha256_hex(bytes_of(file) + text) + "\n");
        }
    }
    expected.insert("chunks 3\nimatrix " + sha256_hex(bytes_of(lab.model()) + text) + "\n");
    for (const fs::path& file : cached("imatrix-")) {
        found.insert(bytes_of(file));
    }
    EXPECT_EQ(found, expected);
    EXPECT_THAT(origin("applied"), HasSubstr("(applied at run time) with the importance matrix"));
}

TEST_F(ImatrixFlow, OfTheQuestionsIsRefused) {
    const std::string made = std::string("[") + kMade + "]";
    write_text(text_of_chunks(3) + bytes_of(lab.questions()));
    EXPECT_THAT(
        refusal(made),
        HasSubstr("wiki.txt: holds the text of 9 of the 9 questions (q01, q02, q03 ...): the "
                  "quantization would be fitted to the questions that it is then measured "
                  "with. Name a text of the same kind without them."));
    lab.folder().write("wiki.txt", bytes_of(lab.questions()));
    EXPECT_THAT(refusal(made), HasSubstr("holds the text of 9 of the 9 questions"));
    fs::remove(lab.folder() / "wiki.txt");
    fs::create_symlink(lab.questions(), lab.folder() / "wiki.txt");
    EXPECT_THAT(refusal(made), HasSubstr("variants[0].imatrix-text: is the dataset itself"));
    // a dry run says it, too
    lab.folder().write("wiki2.txt", text_of_chunks(3) + bytes_of(lab.questions()));
    const Ended dry = run(
        kPlain, "[{type: Q2_K, imatrix: make, imatrix-text: wiki2.txt}]", {}, {"--dry-run"});
    EXPECT_EQ(dry.exit_code, 2) << describe(dry);
    EXPECT_THAT(dry.err, HasSubstr("holds the text of 9 of the 9 questions"));
}

TEST_F(ImatrixFlow, OfATextThatCannotBeOneIsRefused) {
    const std::string made = std::string("[Q8_0, ") + kMade + "]";
    write_text("");
    EXPECT_THAT(refusal(made), HasSubstr("wiki.txt: is empty"));
    write_text(" \n\t\n");
    EXPECT_THAT(refusal(made), HasSubstr("wiki.txt: is empty"));
    write_text(text_of_chunks(2).substr(1));
    EXPECT_THAT(
        refusal(made),
        HasSubstr("wiki.txt: has 1023 tokens of this model, and an importance matrix is made "
                  "from at least 1024: 2 chunks of 512"));
    write_text(text_of_chunks(3) + "gr\xFC\xDF dich");
    EXPECT_THAT(refusal(made), HasSubstr("is not UTF-8, it looks like Windows-1252"));
    write_text(std::string("\xFF\xFEh\0a\0", 6));
    EXPECT_THAT(refusal(made), HasSubstr("UTF-16"));
    write_text(text_of_chunks(3));
    fs::resize_file(lab.folder() / "wiki.txt", 1'000'000'000);  // a hole: it takes no disk
    EXPECT_THAT(refusal(made), HasSubstr("wiki.txt: is larger than 67.1 MB"));
}

TEST_F(ImatrixFlow, OfABaselineThatIsQuantizedIsRefused) {
    lab.folder().write("small.gguf", "type Q8_0\n");
    EXPECT_THAT(
        refusal(std::string("[") + kMade + "]", "small.gguf"),
        HasSubstr("Q2_K: the baseline is quantized (7 of its tensors are Q8_0), and both an "
                  "importance matrix and Q2_K are made of an original"));
}

TEST_F(ImatrixFlow, ThatDiesLeavesNothingUnderItsName) {
    const std::string made = std::string("[") + kMade + "]";
    const Ended died = run(kPlain, made, {{"SCRIPT_DIE_VERB", "make_imatrix"}});
    EXPECT_EQ(died.exit_code, 1) << describe(died);
    EXPECT_THAT(died.err, HasSubstr("while it was to make an importance matrix"));
    EXPECT_EQ(cached("").size(), 0U);
    EXPECT_NE(run(kPlain, made).exit_code, 1);
    EXPECT_EQ(cached("imatrix-").size(), 1U);
}

TEST_F(ImatrixFlow, ThatWasCutOffIsMadeAnew) {
    const std::string made = std::string("[") + kMade + "]";
    const Ended first = run(kPlain, made);
    ASSERT_NE(first.exit_code, 1);
    const auto expected = lab.artifacts();
    const fs::path file = cached("imatrix-").front();
    const std::string bytes = bytes_of(file);
    fs::resize_file(file, fs::file_size(file) - 5);
    lab.forget_journal();
    const Ended again = run(kPlain, made);
    EXPECT_EQ(again.exit_code, first.exit_code) << describe(again);
    EXPECT_THAT(again.err, HasSubstr("was made earlier and is damaged (is cut off): it is made"));
    EXPECT_EQ(lab.n_requests("make_imatrix"), 1);
    EXPECT_EQ(bytes_of(file), bytes);
    EXPECT_EQ(lab.n_requests("answer"), 0) << "the bytes are the same, so the answers are";
    EXPECT_EQ(difference(expected, lab.artifacts()), "");
}

TEST_F(ImatrixFlow, ARunThatWasKilledGoesOn) {
    const std::string made = std::string("[") + kMade + "]";
    ASSERT_NE(run(kPlain, made).exit_code, 1);
    const auto expected = lab.artifacts();
    const int n_requests = lab.n_requests("");
    for (int n = 3; n < n_requests; n += 7) {
        lab.forget_run();
        EXPECT_EQ(run(kPlain, made, {{"SCRIPT_KILL_PARENT_AT", std::to_string(n)}}).signal, 9) << n;
        lab.forget_journal();
        ASSERT_NE(run(kPlain, made).exit_code, 1) << n;
        EXPECT_EQ(difference(expected, lab.artifacts()), "") << "killed at request " << n;
        EXPECT_EQ(cached(".part").size(), 0U);
    }
}

TEST_F(ImatrixFlow, OfTheCommandQuantizeIsMadeToo) {
    const std::string target = (lab.folder() / "q.gguf").string();
    const Ended ended = lab.assay({"quantize",
                                   lab.model(),
                                   "IQ2_XS",
                                   "--imatrix",
                                   "make",
                                   "--imatrix-text",
                                   (lab.folder() / "wiki.txt").string(),
                                   "--imatrix-chunks",
                                   "2",
                                   "-o",
                                   target,
                                   "--engine",
                                   SCRIPTED_ENGINE});
    ASSERT_EQ(ended.exit_code, 0) << describe(ended);
    ASSERT_EQ(cached("imatrix-").size(), 1U);
    EXPECT_THAT(bytes_of(target),
                HasSubstr("imatrix " + sha256_hex(bytes_of(cached("imatrix-").front()))));
}

}  // namespace
}  // namespace assay::test
