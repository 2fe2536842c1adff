// assay fidelity with the scripted engine: what it prints and keeps, and what it refuses.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "lab.hpp"

namespace assay::test {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

/// The scripted tokenizer makes a token of each byte.
std::string text_of(std::size_t n_bytes) {
    std::string out;
    for (std::size_t i = 0; out.size() < n_bytes; ++i) {
        out += fmt::format("word {} is {}. ", i, i * i % 97);
    }
    out.resize(n_bytes);
    return out;
}

class FidelityText : public testing::Test {
 protected:
    std::string file(const std::string& name, const std::string& bytes) const {
        return lab.folder().write(name, bytes);
    }
    Strings arguments(const Strings& more) const {
        Strings out{"fidelity", "--engine", SCRIPTED_ENGINE, "-t", "1"};
        out.insert(out.end(), more.begin(), more.end());
        return out;
    }
    Ended fidelity(const Strings& more) const { return lab.assay(arguments(more)); }
    json measured(Strings more) const {
        more.push_back("--json");
        const Ended ended = fidelity(more);
        EXPECT_EQ(ended.exit_code, 0) << describe(ended);
        return json::parse(ended.out);
    }
    /// It is refused with exit code `code` and these words.
    void refused(const Strings& more, int code, const std::string& words) const {
        const Ended ended = fidelity(more);
        EXPECT_EQ(ended.exit_code, code) << describe(ended);
        EXPECT_TRUE(contains(ended.err, words)) << "looked for " << words << "\n"
                                                << describe(ended);
        EXPECT_EQ(ended.out, "");
    }

    const Lab lab{1};
    const std::string text = file("text.txt", text_of(64 * 20 + 5));
    const std::string base = (lab.folder() / "base.kld").string();
    const Strings given{"-m", lab.model(), "-f", text, "-c", "64"};
    Strings with(const Strings& more) const {
        Strings out = given;
        out.insert(out.end(), more.begin(), more.end());
        return out;
    }
};

TEST_F(FidelityText, ComparesSeveralVariantsAtOnce) {
    const json out = measured(with({"--variants", "Q8_0,worse=Q2_K"}));
    EXPECT_EQ(out["arithmetic"], "exact");
    EXPECT_EQ(out["n_chunks"], 20);
    EXPECT_EQ(out["n_text_tokens"], 64 * 20 + 5);
    EXPECT_EQ(out["n_passes"], 1);
    EXPECT_EQ(out["batch_size"], 512);
    ASSERT_EQ(out["variants"].size(), 2U);
    const json &good = out["variants"][0], &worse = out["variants"][1];
    EXPECT_EQ(good["name"], "Q8_0");
    EXPECT_EQ(worse["name"], "worse");
    EXPECT_EQ(good["n_tokens"], 20 * 31);
    EXPECT_GT(good["kld"]["value"], 0);
    EXPECT_GT(worse["kld"]["value"].get<double>(), 10 * good["kld"]["value"].get<double>());
    EXPECT_GT(worse["kld"]["chunk_error"], 0);
    EXPECT_EQ(good["perplexity_baseline"], worse["perplexity_baseline"]);
    EXPECT_EQ(out["baseline"]["perplexity"]["value"].get<double>(),
              good["perplexity_baseline"]["value"].get<double>());
    EXPECT_FALSE(fs::exists(base));
}

TEST_F(FidelityText, ShowsTheVariantsSideBySide) {
    const Ended ended = fidelity(with({"--variants", "Q8_0,Q2_K"}));
    EXPECT_EQ(ended.exit_code, 0) << describe(ended);
    EXPECT_TRUE(contains(ended.out, "1280 of its tokens in 20 chunks of 64, 620 scored"))
        << ended.out;
    EXPECT_TRUE(contains(ended.out, "figures   exact")) << ended.out;
    EXPECT_TRUE(contains(ended.out, "mean KL divergence")) << ended.out;
    EXPECT_TRUE(contains(ended.out, "± by chunk")) << ended.out;
    EXPECT_FALSE(contains(ended.out, "====")) << ended.out;
    EXPECT_TRUE(contains(ended.err, "3.0 kB of memory)")) << ended.err;
}

TEST_F(FidelityText, OfTheBaselineAloneIsItsPerplexity) {
    const json out = measured(given);
    EXPECT_GT(out["baseline"]["perplexity"]["value"], 1);
    EXPECT_TRUE(out["variants"].empty());
    const Ended ended = fidelity(with({"--compatible", "-q"}));
    EXPECT_TRUE(contains(ended.out, "[20]")) << ended.out;
    EXPECT_TRUE(contains(ended.out, "Final estimate: PPL = ")) << ended.out;
    EXPECT_EQ(ended.err, "");
}

TEST_F(FidelityText, OfTheSameFileIsExactlyNothing) {
    const json out = measured(with({"--variants", "same=" + lab.model()}));
    const json& same = out["variants"][0];
    EXPECT_EQ(same["kld"]["value"], 0);
    EXPECT_EQ(same["kld_percentiles"]["maximum"], 0);
    EXPECT_EQ(same["same_top"]["value"], 1);
    EXPECT_EQ(same["log_perplexity_ratio"]["value"], 0);
}

TEST_F(FidelityText, WritesAFileOfLogProbabilitiesAndReadsItInPlaceOfTheBaseline) {
    const Ended written = fidelity(
        with({"--variants", "Q4_K_M", "--compatible", "--kl-divergence-base", base}));
    EXPECT_EQ(written.exit_code, 0) << describe(written);
    EXPECT_EQ(fs::file_size(base), 20U + 1280 * 4 + 620U * 260 * 2);
    const std::string lines = written.out.substr(written.out.find("== Q4_K_M"));
    // With the text: its tokens are compared with the file's. Without it: with a note.
    const Ended read = fidelity(
        {"-m", lab.model(), "--variants", "Q4_K_M", "-f", text, "--kl-divergence-base", base});
    EXPECT_EQ(read.exit_code, 0) << describe(read);
    EXPECT_EQ(read.out.substr(0, read.out.find("text  ")), lines.substr(0, lines.find("text  ")));
    const std::string made = file("made.gguf", "type Q4_K_M\n");
    const json out = measured({"--variants", made, "--kl-divergence-base", base});
    EXPECT_EQ(out["arithmetic"], "compatible");
    EXPECT_EQ(out["kl_divergence_base_read"], true);
    EXPECT_EQ(out["n_chunks"], 20);
    EXPECT_EQ(out["ctx_size"], 64);
    EXPECT_TRUE(out["baseline"].is_null());
    EXPECT_TRUE(contains(out["notes"][0], "no --text was named"));
    // The exact figures write the same file.
    const std::string again = (lab.folder() / "again.kld").string();
    EXPECT_EQ(measured(with({"--kl-divergence-base", again}))["arithmetic"], "exact");
    EXPECT_EQ(bytes_of(again), bytes_of(base));
}

TEST_F(FidelityText, RefusesAFileOfLogProbabilitiesThatDoesNotFit) {
    EXPECT_EQ(fidelity(with({"--kl-divergence-base", base})).exit_code, 0);
    const std::string made = file("made.gguf", "type Q4_K_M\n");
    const std::string other = file("other.txt", text_of(2000) + "!");
    refused(with({"--kl-divergence-base", base}), 2, "no variant is named");
    refused({"--variants", made, "-c", "32", "--kl-divergence-base", base},
            2,
            "chunks of 64 tokens, and --ctx-size says 32");
    refused({"--variants", "Q8_0", "--kl-divergence-base", base}, 2, "none is named");
    const std::string changed = file("changed.txt", "W" + text_of(64 * 20 + 5).substr(1));
    refused({"--variants", made, "-f", changed, "--kl-divergence-base", base},
            2,
            "is of another text, or of another model: its token 1");
    refused(
        {"--variants", made, "-f", file("short.txt", text_of(640)), "--kl-divergence-base", base},
        2,
        "is of another text");
    const std::string cut = file("cut.kld", bytes_of(base).substr(0, 9999));
    refused({"--variants", made, "--kl-divergence-base", cut}, 2, "it is cut off");
    refused({"--variants", made, "--kl-divergence-base", text}, 2, "is no file of log-prob");
    refused(with({"--kl-divergence-base", (lab.folder() / "no/such/x.kld").string()}),
            2,
            "there is no such folder");
    // Another vocabulary: 257 tokens take as many bytes as 258.
    std::string bytes = bytes_of(base);
    bytes[12] = 1;
    bytes[13] = 1;
    refused({"--variants", made, "--kl-divergence-base", file("vocab.kld", bytes)}, 2, "it is ");
}

TEST_F(FidelityText, RefusesTextsAndModelsThatGiveNoFigure) {
    refused({"-m", lab.model(), "-f", file("empty.txt", "")}, 2, "empty.txt");
    refused({"-m", lab.model(), "-f", file("blank.txt", " \n\n")}, 2, "the text is empty");
    refused({"-m", lab.model(), "-f", file("short.txt", text_of(127)), "-c", "64"},
            2,
            "the text has 127 tokens, and two chunks of 64 are needed");
    refused({"-m", lab.model(), "-f", file("latin1.txt", text_of(300) + "\ncaf\xe9 au lait\n")},
            2,
            "latin1.txt:2");
    refused({"-m",
             lab.model(),
             "-f",
             file("wide.txt",
                  std::string("\xff\xfe"
                              "a\0b\0",
                              6))},
            2,
            "UTF-16");
    refused({"-m", lab.model(), "-f", (lab.folder() / "none.txt").string()}, 2, "none.txt");
    refused({"-f", text}, 2, "no baseline is named");
    refused({"-m", lab.model()}, 2, "no text is named");
    refused(with({"--variants", file("twin.gguf", "type Q8_0\ntwin yes\n")}),
            2,
            "makes other tokens of the text");
    refused(with({"--variants", file("broken.gguf", "type Q8_0\nbroken yes\n")}),
            2,
            "broken.gguf: gives numbers that are not finite");
    refused(with({"--variants", (lab.folder() / "none.gguf").string()}), 2, "no such file");
    refused(with({"--variants", "Q9_9"}), 2, "unknown type \"Q9_9\"");
    refused(with({"--variants", "answers:x.jsonl"}), 2, "is no model file");
    refused(with({"--variants", "ollama:m@http://127.0.0.1:1"}), 2, "is no model file");
    refused(with({"--variants", "checkpoint:" + lab.folder().path().string()}),
            2,
            "is a checkpoint folder");
    refused(with({"--variants", "Q8_0,Q8_0"}), 2, "two variants have the name Q8_0");
    EXPECT_FALSE(fs::exists(lab.folder() / "cache/models")) << "nothing was made for it";
}

TEST_F(FidelityText, RefusesWhatMemoryHasNoRoomForBeforeAnythingIsLoaded) {
    const std::string huge = file("huge.gguf", "type Q8_0\nmemory 900000000000000\n");
    lab.forget_journal();
    refused(with({"--variants", "Q4_K_M," + huge}),
            1,
            "the baseline and huge beside each other need 900.0 TB");
    EXPECT_EQ(lab.n_requests("load_text_models"), 0);
}

TEST_F(FidelityText, ReadsTheTextAgainForVariantsThatDoNotFitAtOnce) {
    std::string kib;
    std::ifstream meminfo("/proc/meminfo");
    while (meminfo >> kib && kib != "MemAvailable:") {
    }
    std::uint64_t available = 0;
    meminfo >> available;
    ASSERT_GT(available, 0U);
    const std::string need = fmt::format("memory {}\n", available * 1024 * 6 / 10);
    const std::string one = file("one.gguf", "type Q8_0\n" + need);
    const std::string two = file("two.gguf", "type Q2_K\n" + need);
    const json twice = measured(with({"--variants", one + "," + two}));
    EXPECT_EQ(twice["n_passes"], 2);
    const json once = measured(with({"--variants", "one=Q8_0,two=Q2_K"}));
    EXPECT_EQ(once["n_passes"], 1);
    for (int v = 0; v < 2; ++v) {
        EXPECT_EQ(once["variants"][v]["kld"], twice["variants"][v]["kld"]);
        EXPECT_EQ(once["variants"][v]["perplexity"], twice["variants"][v]["perplexity"]);
    }
    EXPECT_EQ(once["baseline"]["perplexity"], twice["baseline"]["perplexity"]);
}

TEST_F(FidelityText, TakesOnlyTheChunksThatAreAskedFor) {
    EXPECT_EQ(measured(with({"--chunks", "3"}))["n_chunks"], 3);
    EXPECT_EQ(measured(with({"--chunks", "300"}))["n_chunks"], 20);
    const json parts = measured({"-m", lab.model(), "-f", text, "-c", "64", "-b", "48"});
    EXPECT_EQ(parts["batch_size"], 48) << "a part of a chunk";
    EXPECT_EQ(measured(with({"-b", "200"}))["batch_size"], 192) << "whole chunks";
}

TEST_F(FidelityText, IsStoppedByCtrlCAndLeavesNoHalfFile) {
    Start start;
    start.command = arguments(with({"--kl-divergence-base", base, "-b", "64"}));
    start.command.insert(start.command.begin(), ASSAY_PROGRAM);
    start.environment = {{"SCRIPT_SLEEP_MS", "400"}};
    Program program(start);
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    ASSERT_TRUE(program.running());
    program.signal(SIGINT);
    const Ended ended = program.wait(std::chrono::seconds(20));
    EXPECT_EQ(ended.exit_code, 130) << describe(ended);
    for (const auto& entry : fs::directory_iterator(lab.folder().path())) {
        EXPECT_FALSE(entry.path().filename().string().starts_with("base.kld")) << entry.path();
    }
}

TEST_F(FidelityText, SaysThatTheEngineEnded) {
    const Ended ended = lab.assay(arguments(with({"--variants", "Q8_0"})),
                                  {{"SCRIPT_DIE_VERB", "score_text"}});
    EXPECT_EQ(ended.exit_code, 1) << describe(ended);
    EXPECT_TRUE(contains(ended.err, "while it was to score a text")) << describe(ended);
}

}  // namespace
}  // namespace assay::test
