// A checkpoint folder as the baseline: converted by a Python that has everything, or lacks or does
// something. torch, transformers and llama.cpp's script are played (tests/support/fake_python,
// fake_llama); the program that assay gives to Python is the real one.

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "lab.hpp"

namespace assay::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr int kQuestions = 9;

/// One tensor of two bytes.
std::string smallest_weights() {
    const std::string header = R"({"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}})";
    std::string length(8, '\0');
    length[0] = static_cast<char>(header.size());
    return length + header + "ab";
}

/// The smallest folder that is complete.
void write_checkpoint(const TempFolder& folder, const std::string& name) {
    folder.write(name + "/model.safetensors", smallest_weights());
    folder.write(name + "/config.json",
                 R"({"architectures": ["LlamaForCausalLM"], "vocab_size": 256})");
    folder.write(name + "/tokenizer.json", "{}");
}

class Checkpoint : public testing::Test {
 protected:
    Checkpoint() {
        write_checkpoint(lab.folder(), "tiny");
        write_adapter(R"({"peft_type": "LORA", "lora_alpha": 16})");
    }

    void write_adapter(const std::string& config) const {
        lab.folder().write("peft/adapter_model.safetensors", smallest_weights());
        lab.folder().write("peft/adapter_config.json", config);
    }

    /// `assay run` of the folder "tiny" with the adapter of the folder "peft".
    Ended run_with_adapter(const std::string& fake = "") const {
        return lab.assay(command("{checkpoint: tiny, lora: [{checkpoint: peft, scale: 0.5}]}"),
                         environment(fake));
    }

    [[nodiscard]] Environment environment(const std::string& fake) const {
        return {{"ASSAY_PYTHON", "python3"},
                {"ASSAY_LLAMA_SOURCE", ASSAY_SOURCE_DIR "/tests/support/fake_llama"},
                {"PYTHONPATH", ASSAY_SOURCE_DIR "/tests/support/fake_python"},
                {"CONVERSIONS", (lab.folder() / "conversions").string()},
                {"FAKE", fake}};
    }

    [[nodiscard]] Strings command(const std::string& baseline) const {
        lab.folder().write("exp.yaml",
                           "baseline: " + baseline +
                               "\nvariants: [Q4_K_M]\ndataset: questions.jsonl\n"
                               "analysis: {margin: 0.9, accept-metric: true}\n");
        return {"run", "exp.yaml", "--run", lab.run_dir(), "--engine", SCRIPTED_ENGINE};
    }

    /// `assay run` of the folder "tiny".
    Ended run(const std::string& fake = "", const Environment& more = {}) const {
        Environment all = environment(fake);
        for (const auto& [name, value] : more) {
            all[name] = value;
        }
        return lab.assay(command("{checkpoint: tiny}"), all);
    }

    /// It ended with this code, left nothing behind, and said why.
    void expect_refused(const Ended& ended, int exit_code, const std::string& why) const {
        EXPECT_EQ(ended.exit_code, exit_code) << ended.err;
        EXPECT_THAT(ended.err, HasSubstr(why));
        EXPECT_FALSE(fs::exists(lab.run_dir()));
        EXPECT_THAT(cached(), testing::IsEmpty());
    }

    /// The experiment file is refused, and nothing else happened.
    void expect_usage(const std::string& baseline, const std::string& why) const {
        const Ended ended = lab.assay(command(baseline), environment(""));
        EXPECT_EQ(ended.exit_code, 2);
        EXPECT_THAT(ended.err, HasSubstr(why));
        EXPECT_FALSE(fs::exists(lab.run_dir()));
    }

    [[nodiscard]] Strings cached() const {
        Strings out;
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(lab.folder() / "cache" / "models", error)) {
            out.push_back(entry.path().filename().string());
        }
        return out;
    }

    [[nodiscard]] long n_conversions() const {
        const fs::path path = lab.folder() / "conversions";
        const std::string lines = fs::exists(path) ? bytes_of(path) : "";
        return std::count(lines.begin(), lines.end(), '\n');
    }

    /// A program that is no Python, as ASSAY_PYTHON.
    [[nodiscard]] Environment other_python(const std::string& script) const {
        const std::string path = lab.folder().write("other-python", "#!/bin/sh\n" + script);
        ::chmod(path.c_str(), 0755);
        return {{"ASSAY_PYTHON", path}};
    }

    const Lab lab{kQuestions};
};

TEST_F(Checkpoint, IsConvertedOnceAndItsFileIsTheBaseline) {
    const Ended first = run();
    ASSERT_THAT(first.exit_code, testing::AnyOf(0, 3, 4, 5, 6)) << first.err;
    EXPECT_EQ(n_conversions(), 1);
    EXPECT_THAT(first.err, HasSubstr("converting tiny"));
    const json baseline = lab.report()["variants"][0];
    EXPECT_EQ(baseline["name"], "tiny");
    EXPECT_THAT(baseline["recipe"].get<std::string>(), HasSubstr("converted from the checkpoint "));
    EXPECT_THAT(bytes_of(lab.run_dir() + "/report.md"),
                HasSubstr("converted from the checkpoint "));
    for (const std::string& name : cached()) {
        EXPECT_THAT(name, AllOf(testing::EndsWith(".gguf"), testing::StartsWith("tiny-F16-")));
    }

    const auto before = lab.artifacts();
    EXPECT_EQ(run("no-torch").exit_code, first.exit_code) << "Python is not asked again";
    EXPECT_EQ(n_conversions(), 1);
    EXPECT_EQ(difference(before, lab.artifacts()), "");
    EXPECT_EQ(lab.assay({"verify", lab.run_dir()}).exit_code, 0);
}

TEST_F(Checkpoint, IsConvertedAnewWhenAByteOfItChanged) {
    ASSERT_NE(run().exit_code, 1);
    lab.folder().write("tiny/tokenizer.json", "{ }");
    lab.forget_journal();
    ASSERT_NE(run("", {}).exit_code, 1);
    EXPECT_EQ(n_conversions(), 2);
    lab.folder().write("tiny/README.md", "A card only describes.");
    ASSERT_NE(run("", {}).exit_code, 1);
    EXPECT_EQ(n_conversions(), 2);
}

TEST_F(Checkpoint, IsNamedOnTheCommandLineToo) {
    const Ended ended = lab.assay({"run",
                                   "-m",
                                   "tuned=checkpoint:tiny/",
                                   "--variants",
                                   "Q4_K_M",
                                   "--questions",
                                   lab.questions(),
                                   "--run",
                                   lab.run_dir(),
                                   "--engine",
                                   SCRIPTED_ENGINE},
                                  environment(""));
    ASSERT_THAT(ended.exit_code, testing::AnyOf(0, 3, 4, 5, 6)) << ended.err;
    EXPECT_EQ(lab.report()["variants"][0]["name"], "tuned");
}

TEST_F(Checkpoint, MayBeAVariantAndHaveAnAdapter) {
    lab.folder().write("adapter.gguf", "lora yes\nskill 100\nsalt tuned\n");
    lab.folder().write(
        "exp.yaml",
        "baseline: {checkpoint: tiny, lora: [adapter.gguf]}\n"
        "variants: [{name: plain, checkpoint: tiny}, {type: Q4_K_M, lora: applied}]\n"
        "dataset: questions.jsonl\nanalysis: {margin: 0.9, accept-metric: true}\n");
    const Ended ended = lab.assay(
        {"run", "exp.yaml", "--run", lab.run_dir(), "--engine", SCRIPTED_ENGINE}, environment(""));
    ASSERT_THAT(ended.exit_code, testing::AnyOf(0, 3, 4, 5, 6)) << ended.err;
    EXPECT_EQ(n_conversions(), 1);
    const json variants = lab.report()["variants"];
    EXPECT_EQ(variants[0]["lora"]["base_sha256"], variants[1]["file"]["sha256"]);
    EXPECT_EQ(variants[0]["lora"]["base_sha256"], variants[2]["lora"]["base_sha256"]);
}

TEST_F(Checkpoint, MayHaveAnAdapterThatIsAFolderToo) {
    const Ended first = run_with_adapter();
    ASSERT_THAT(first.exit_code, testing::AnyOf(0, 3, 4, 5, 6)) << first.err;
    EXPECT_EQ(n_conversions(), 2);
    const json lora = lab.report()["variants"][0]["lora"];
    EXPECT_EQ(lora["mode"], "merged");
    EXPECT_THAT(lab.report()["variants"][0]["recipe"].get<std::string>(),
                AllOf(testing::StartsWith("merged from " + lora["base_sha256"].get<std::string>()),
                      HasSubstr("the first of them was converted from the checkpoint ")));
    EXPECT_EQ(lora["adapters"][0]["scale"], 0.5);
    EXPECT_THAT(lora["adapters"][0]["file"].get<std::string>(),
                testing::StartsWith("peft-adapter-"));
    const auto before = lab.artifacts();
    EXPECT_EQ(run_with_adapter("no-torch").exit_code, first.exit_code);
    EXPECT_EQ(n_conversions(), 2);
    EXPECT_EQ(difference(before, lab.artifacts()), "");
    EXPECT_EQ(lab.assay({"verify", lab.run_dir()}).exit_code, 0);
}

TEST_F(Checkpoint, HasNoAdapterThatPythonOrTheEngineRefuses) {
    const Ended misfit = run_with_adapter("misfit");
    EXPECT_EQ(misfit.exit_code, 1) << misfit.err;
    EXPECT_FALSE(fs::exists(lab.run_dir()));
    for (const std::string& name : cached()) {
        EXPECT_THAT(name, testing::StartsWith("tiny-F16-")) << "only the base was made";
    }
    write_adapter(R"({"peft_type": "LORA", "lora_alpha": 16, "use_rslora": true})");
    const Ended scaled = run_with_adapter();
    EXPECT_EQ(scaled.exit_code, 2);
    EXPECT_THAT(scaled.err, HasSubstr("scales by the root of the rank (use_rslora)"));
    expect_usage("{file: model.gguf, lora: [{checkpoint: peft}]}", "the model is a GGUF file");
    expect_usage("{checkpoint: tiny, lora: [{checkpoint: peft, file: a.gguf}]}",
                 "checkpoint: is given beside file");
    expect_usage("{checkpoint: tiny, lora: [{checkpoint: none}]}", "no such folder");
    expect_usage("{checkpoint: tiny, lora: [{scale: 1}]}", "names no file");
}

TEST_F(Checkpoint, ReachesPythonByItsNameWhateverThatIs) {
    const std::string name = "a b'c\"$(touch pwned){x}";
    fs::rename(lab.folder() / "tiny", lab.folder() / name);
    const Ended ended = lab.assay(command("{name: odd, checkpoint: 'a b''c\"$(touch pwned){x}'}"),
                                  environment(""));
    ASSERT_THAT(ended.exit_code, testing::AnyOf(0, 3, 4, 5, 6)) << ended.err;
    EXPECT_FALSE(fs::exists(lab.folder() / "pwned"));
}

TEST_F(Checkpoint, MayConsistOfSymbolicLinks) {
    fs::rename(lab.folder() / "tiny", lab.folder() / "blobs");
    fs::create_directory(lab.folder() / "tiny");
    for (const char* name : {"config.json", "tokenizer.json", "model.safetensors"}) {
        fs::create_symlink(lab.folder() / "blobs" / name, lab.folder() / "tiny" / name);
    }
    EXPECT_THAT(run().exit_code, testing::AnyOf(0, 3, 4, 5, 6));
    EXPECT_EQ(n_conversions(), 1);
}

TEST_F(Checkpoint, IsRefusedWithBothRecipesWhereTheLibrariesAreMissing) {
    const Ended ended = run("no-torch");
    expect_refused(ended, 1, "libcudart.so.13: cannot open shared object file");
    EXPECT_THAT(ended.err, HasSubstr("assay installs nothing"));
    EXPECT_THAT(ended.err, HasSubstr("apt-get install --no-install-recommends python3-torch"));
    EXPECT_THAT(ended.err, HasSubstr("pip install torch==2.11.0 transformers==4.57.6"));
    EXPECT_THAT(ended.err, HasSubstr("ASSAY_PYTHON=V/bin/python"));
    EXPECT_THAT(ended.err, HasSubstr("convert_hf_to_gguf.py"));
}

TEST_F(Checkpoint, IsRefusedWhereItsTokenizerBecameAnother) {
    expect_refused(run("other-ids"), 1, "differs from the folder's own at token 10 of");
    expect_refused(run("twin"), 1, "differs from the folder's own at token 1 of \"Hello world\"");
    expect_refused(run("other-bos"), 1, "instead of [1, 72, 101");
    expect_refused(run("other-end"), 1, "(token 4) in the folder's chat template");
    expect_refused(run("many-tokens"),
                   1,
                   "has 256 tokens, config.json says 256 and the tokenizer "
                   "knows 300");
    expect_refused(run("no-tokenizer"), 1, "ValueError: unknown tokenizer class");
    EXPECT_THAT(run("other-ids").err, HasSubstr("instead of [..., 114, 32, 258, 48, 50, 52"));
    EXPECT_THAT(run("other-ids").err, HasSubstr("[..., 114, 32, 50, 48, 50, 52"));
}

TEST_F(Checkpoint, IsRefusedWhereTheEngineDiesOfItsTokenizer) {
    expect_refused(run("", {{"SCRIPT_DIE_VERB", "tokenize"}}), 1, "tokenizer fails on \"Hello");
    expect_refused(run("", {{"SCRIPT_DIE_VERB", "load"}}), 1, "cannot be loaded");
}

TEST_F(Checkpoint, IsRefusedWhereTheScriptFails) {
    expect_refused(run("fails"), 1, "Can not map tensor 'model.layers.0.strange.weight'");
    expect_refused(run("exits"), 1, "Model StrangeForCausalLM is not supported");
    expect_refused(run("too-large"), 1, "blk.0.ffn_up.weight holds a value that is no number");
}

TEST_F(Checkpoint, MayBePrintedAboutWithoutEnd) {
    const Ended ended = run("prints");
    EXPECT_THAT(ended.exit_code, testing::AnyOf(0, 3, 4, 5, 6)) << ended.err.substr(0, 2000);
    EXPECT_LT(ended.err.size(), 100'000U);
}

TEST_F(Checkpoint, IsNotWaitedForWithoutEnd) {
    const Ended ended = run("hangs", {{"ASSAY_PYTHON_TIMEOUT", "2"}});
    expect_refused(ended, 1, "not converted it within 2 s");
    EXPECT_THAT(ended.err, HasSubstr("it last said: Loading model"));
    expect_refused(run("", {{"ASSAY_PYTHON_TIMEOUT", "soon"}}), 2, "ASSAY_PYTHON_TIMEOUT is");
}

TEST_F(Checkpoint, IsGivenUpWithCtrlCAndLeavesNothing) {
    Start start{.command = {ASSAY_PROGRAM},
                .environment = environment("hangs"),
                .folder = lab.folder().path().string(),
                .out_file = {}};
    start.environment["ASSAY_CACHE"] = (lab.folder() / "cache").string();
    for (const std::string& word : command("{checkpoint: tiny}")) {
        start.command.push_back(word);
    }
    Program program(start);
    for (int i = 0; i < 600 && n_conversions() == 0 && program.running(); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    program.signal(SIGINT);
    expect_refused(program.wait(), 130, "stopped");
}

TEST_F(Checkpoint, IsRefusedWhereThereIsNoPythonThatCan) {
    expect_refused(run("", {{"ASSAY_PYTHON", "no-such-python"}}),
                   1,
                   "\"no-such-python\", cannot be started: No such file or directory");
    expect_refused(run("", other_python("exit 0\n")), 1, "is no Python");
    expect_refused(run("", other_python("echo Traceback >&2\nexit 3\n")),
                   1,
                   "exit code 3; it last said: Traceback");
    expect_refused(run("", other_python("kill -9 $$\n")), 1, "killed by signal 9");
    expect_refused(
        run("", other_python("printf '%s' '[[[[' > \"$7\"; echo x > \"$6\"\n")), 1, "is no Python");
    expect_refused(run("", other_python("printf '{\"texts\": 7}' > \"$7\"; echo x > \"$6\"\n")),
                   1,
                   "cannot be read");
    expect_refused(
        run("",
            other_python("printf '{\"n_vocab\":0,\"n_tokens\":0,\"texts\":[],\"end\":null}' > "
                         "\"$7\"; echo x > \"$6\"\n")),
        1,
        "has not tokenized all texts");
    // An old Python understands the program's beginning, which says so.
    expect_refused(run("",
                       other_python("printf '{\"failure\": \"python\", \"what\": \"Python "
                                    "2.7\"}' > \"$7\"\nexit 1\n")),
                   1,
                   "is Python 2.7, and 3.9 or later is needed");
    expect_refused(run("", {{"ASSAY_LLAMA_SOURCE", lab.folder().path().string()}}),
                   1,
                   "Set ASSAY_LLAMA_SOURCE");
}

TEST_F(Checkpoint, IsRefusedWhenTheFolderIsNotComplete) {
    fs::remove(lab.folder() / "tiny" / "tokenizer.json");
    expect_refused(run(), 2, "holds no tokenizer");
    EXPECT_EQ(n_conversions(), 0) << "Python is not started";
    const Ended both = lab.assay(command("{checkpoint: tiny, file: model.gguf}"), environment(""));
    expect_refused(both, 2, "checkpoint: is given beside file; give one of them");
    expect_refused(lab.assay(command("{checkpoint: model.gguf}"), environment("")),
                   2,
                   "is a file, not a folder");
    expect_refused(lab.assay(command("{checkpoint: none}"), environment("")), 2, "no such folder");
    expect_refused(lab.assay(command("{checkpoint: ''}"), environment("")), 2, "is empty");
}

}  // namespace
}  // namespace assay::test
