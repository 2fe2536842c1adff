// Model files that are damaged or no models at all: a sentence that names the file, and an engine
// that lives on.

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>

#include "assay/llm/engine.hpp"
#include "engine_places.hpp"
#include "gguf_writer.hpp"
#include "lab.hpp"

namespace assay::test {
namespace {

/// All that a header needs to be taken for a model's.
GgufWriter plausible() {
    GgufWriter writer;
    writer.text("general.architecture", "llama")
        .u32("llama.block_count", 1)
        .u32("llama.context_length", 128)
        .texts("tokenizer.ggml.tokens", {"<s>", "a", "b"});
    return writer;
}

class Files : public testing::Test {
 protected:
    void SetUp() override {
        std::signal(SIGPIPE, SIG_IGN);
        if (!std::filesystem::exists(real_engine())) {
            GTEST_SKIP() << real_engine() << " is not there: `make build`";
        }
    }
    /// The sentence that inspecting gives; the engine must not have died for it. Empty if it is
    /// taken.
    std::string refusal(const std::string& path) {
        const auto inspected = engine.inspect(path);
        if (inspected) {
            return {};
        }
        const std::string sentence = to_sentence(inspected.error());
        EXPECT_EQ(sentence.find("while it was to"), std::string::npos)
            << "the engine died: " << sentence;
        EXPECT_NE(sentence.find(path), std::string::npos) << sentence;
        return sentence;
    }
    std::string refusal_of(const std::string& name, const std::string& bytes) {
        return refusal(folder.write(name, bytes));
    }

    TempFolder folder;
    std::atomic<bool> cancel{false};
    llm::Engine engine{real_engine(), cancel};
};

void expect_has(const std::string& sentence, const std::string& part) {
    EXPECT_NE(sentence.find(part), std::string::npos) << sentence;
}

TEST_F(Files, ThatAreDamagedAreRefusedWithTheReason) {
    EXPECT_EQ(refusal_of("plausible.gguf", plausible().file()), "");
    expect_has(refusal((folder / "none.gguf").string()), "no such file");
    expect_has(refusal(folder.path().string()), "folder");
    expect_has(refusal_of("empty.gguf", ""), "not a GGUF file");
    expect_has(refusal_of("garbage.gguf", "GGUF" + std::string(4096, '\x5a')), "not a GGUF file");
    expect_has(refusal_of("text.gguf", "hello"), "not a GGUF file");
    expect_has(refusal_of("short.gguf", plausible().file().substr(0, 90)), "not a GGUF file");
    std::string cut = plausible().file();
    cut.resize(cut.size() - 20);
    expect_has(refusal_of("cut.gguf", cut), "cut off");
    expect_has(refusal_of("type.gguf", GgufWriter().u32("general.architecture", 7).file()),
               "architecture");
    expect_has(refusal_of("nothing.gguf", GgufWriter().file()), "architecture");
    expect_has(
        refusal_of(
            "novocab.gguf",
            GgufWriter().text("general.architecture", "llama").u32("llama.block_count", 1).file()),
        "vocabulary");
    expect_has(refusal_of("vocabtype.gguf",
                          GgufWriter()
                              .text("general.architecture", "llama")
                              .u32("llama.block_count", 1)
                              .u32("tokenizer.ggml.tokens", 3)
                              .file()),
               "vocabulary");
    expect_has(refusal_of("twice.gguf",
                          GgufWriter()
                              .text("general.architecture", "llama")
                              .u32("llama.block_count", 1)
                              .texts("tokenizer.ggml.tokens", {"a", "b", "a"})
                              .file()),
               "twice");
    expect_has(refusal_of("layers.gguf",
                          GgufWriter()
                              .text("general.architecture", "llama")
                              .u32("llama.block_count", 0)
                              .texts("tokenizer.ggml.tokens", {"a"})
                              .file()),
               "0 layers");
    expect_has(refusal_of("many.gguf",
                          GgufWriter()
                              .text("general.architecture", "llama")
                              .u32("llama.block_count", 100'000)
                              .texts("tokenizer.ggml.tokens", {"a"})
                              .file()),
               "100000 layers");
    expect_has(refusal_of("layertype.gguf",
                          GgufWriter()
                              .text("general.architecture", "llama")
                              .text("llama.block_count", "1")
                              .texts("tokenizer.ggml.tokens", {"a"})
                              .file()),
               "layers");
    expect_has(refusal_of("bare.gguf", plausible().file(0)), "no weights");
    // The header says more than the file holds.
    std::string counts = plausible().file();
    counts.replace(8, 8, GgufWriter::number(std::uint64_t{1} << 60, 8));
    expect_has(refusal_of("counts.gguf", counts), "not a GGUF file");
    std::string length = plausible().file();
    length.replace(24, 8, GgufWriter::number(std::uint64_t{1} << 62, 8));
    expect_has(refusal_of("length.gguf", length), "not a GGUF file");
}

/// A part of a model in `total` files, as llama-gguf-split writes it: the first has the model's
/// keys, every other one has nothing but its number.
std::string part(std::uint32_t number, std::uint32_t total, std::uint32_t n_tensors) {
    GgufWriter writer = number == 1 ? plausible() : GgufWriter();
    return writer.u32("split.no", number - 1)
        .u32("split.count", total)
        .u32("split.tensors.count", n_tensors)
        .file();
}

TEST_F(Files, ThatAreNoLanguageModelAreNamedAsWhatTheyAre) {
    const auto clip = [] { return GgufWriter().text("general.architecture", "clip"); };
    const std::string model = ", not a language model. Give the model's own file.";
    expect_has(refusal_of("mmproj.gguf", clip().truth("clip.has_vision_encoder", true).file()),
               "is a projector (the image encoder of a multimodal model)" + model);
    expect_has(refusal_of("type.gguf",
                          clip()
                              .text("general.type", "mmproj")
                              .truth("clip.has_audio_encoder", true)
                              .truth("clip.has_vision_encoder", false)
                              .file()),
               "is a projector (the sound encoder of a multimodal model)" + model);
    expect_has(
        refusal_of(
            "both.gguf",
            clip().u32("clip.vision.image_size", 336).u32("clip.audio.num_mel_bins", 80).file()),
        "(the image and sound encoder of a multimodal model)");
    expect_has(refusal_of("old.gguf", GgufWriter().text("general.type", "clip-vision").file()),
               "is a projector (the image encoder");
    expect_has(refusal_of("lora.gguf",
                          GgufWriter()
                              .text("general.architecture", "llama")
                              .text("general.type", "adapter")
                              .text("adapter.type", "lora")
                              .text("general.base_model.0.name", "Llama 3.1 8B")
                              .file()),
               "is a LoRA adapter for Llama 3.1 8B, not a language model. It only changes a model: "
               "give that model's own file");
    expect_has(refusal_of("adapter.gguf", plausible().text("general.type", "adapter").file()),
               "is an adapter, not a language model");
    expect_has(refusal_of("control.gguf",
                          GgufWriter().text("general.architecture", "controlvector").file()),
               "is a control vector");
    expect_has(refusal_of("imatrix.gguf",
                          GgufWriter()
                              .text("general.type", "imatrix")
                              .texts("imatrix.datasets", {"wiki"})
                              .file()),
               "is an importance matrix, not a language model. Give it with --imatrix");
    expect_has(refusal_of("other.gguf", plausible().text("general.type", "tokenizer").file()),
               "is a GGUF of type \"tokenizer\"" + model);
    expect_has(refusal_of("bert.gguf", plausible().truth("llama.attention.causal", false).file()),
               "does not write token by token");
    // What only looks like one of them is taken.
    EXPECT_EQ(refusal_of("model.gguf",
                         plausible()
                             .text("general.type", "model")
                             .truth("llama.attention.causal", true)
                             .text("quantize.imatrix.file", "imatrix.gguf")
                             .file()),
              "");
}

TEST_F(Files, OfASplitModelAreFoundByTheFirst) {
    const std::string first = folder.write("big-00001-of-00003.gguf", part(1, 3, 3));
    const auto lone = engine.inspect(first);
    ASSERT_FALSE(lone);
    expect_has(to_sentence(lone.error()),
               "big-00002-of-00003.gguf: part 2 of 3 of the model is not there");
    const std::string second = folder.write("big-00002-of-00003.gguf", part(2, 3, 3));
    folder.write("big-00003-of-00003.gguf", part(3, 3, 3));
    const auto inspected = engine.inspect(first);
    ASSERT_TRUE(inspected) << to_sentence(inspected.error());
    EXPECT_EQ(inspected->parts.size(), 3u);
    EXPECT_EQ(inspected->file.n_weights, 96u);
    expect_has(refusal(second),
               "is part 2 of 3 of a model, not its first. Name the first part, " + first + ".");
    // A whole file may be called so.
    EXPECT_EQ(refusal_of("whole-00002-of-00003.gguf", plausible().file()), "");
    EXPECT_EQ(
        refusal_of("merged.gguf", plausible().u32("split.count", 0).u32("split.no", 0).file()), "");
}

TEST_F(Files, OfASplitModelThatWereRenamedAreSaidToBe) {
    const std::string alone = refusal_of("model.gguf", part(1, 3, 3));
    expect_has(alone, "is part 1 of 3 of a model and was renamed");
    expect_has(alone, "Call it NAME-00001-of-00003.gguf again, beside the other parts.");
    folder.write("big-00003-of-00003.gguf", part(3, 3, 3));
    const std::string first = refusal_of("model.gguf", part(1, 3, 3));
    expect_has(first,
               "parts are found by their names, big-00001-of-00003.gguf and so on. Call it "
               "big-00001-of-00003.gguf, as the parts beside it are called.");
    const std::string second = refusal_of("rest.gguf", part(2, 3, 3));
    expect_has(second, "is part 2 of 3 of a model and was renamed");
    expect_has(second, "Call it big-00002-of-00003.gguf");
    expect_has(second, "and name the first part.");
    for (const std::string& sentence : {first, second}) {
        EXPECT_EQ(sentence.find("not its first"), std::string::npos) << sentence;
    }
    expect_has(refusal_of("big-00001-of-00003.gguf", part(2, 3, 3)),
               "is called part 1 of 3, but is part 2 of 3 of its model");
    folder.write("big-00001-of-00003.gguf", part(1, 3, 3));
    folder.write("big-00002-of-00003.gguf", part(3, 3, 3));
    const auto swapped = engine.inspect((folder / "big-00001-of-00003.gguf").string());
    ASSERT_FALSE(swapped);
    expect_has(to_sentence(swapped.error()),
               "big-00002-of-00003.gguf: is called part 2 of 3, but is part 3 of 3 of its model");
    expect_has(refusal_of("big-00005-of-00009.gguf", part(12, 9, 9)), "is damaged");
}

TEST_F(Files, ThatWereJoinedByHandAreSaidToBe) {
    const std::string parts = part(1, 3, 3) + part(2, 3, 3) + part(3, 3, 3);
    for (const char* name : {"joined.gguf", "big-00001-of-00003.gguf", "big-00002-of-00003.gguf"}) {
        const std::string sentence = refusal_of(name, parts);
        expect_has(sentence, "holds 3 GGUF files one behind the other");
        expect_has(sentence, "llama-gguf-split --merge");
        EXPECT_EQ(sentence.find("not its first"), std::string::npos) << sentence;
    }
    // A first part without tensors (--no-tensor-first-split), in another order, and two models.
    GgufWriter bare = plausible();
    bare.u32("split.no", 0).u32("split.count", 2).u32("split.tensors.count", 1);
    expect_has(refusal_of("bare.gguf", bare.file(0) + part(2, 2, 1)), "holds 2 GGUF files");
    expect_has(refusal_of("turned.gguf", part(2, 2, 2) + part(1, 2, 2)), "holds 2 GGUF files");
    expect_has(refusal_of("two.gguf", plausible().file() + plausible().file()),
               "Give a file that holds one model.");
    // Joined by a tool that left the keys in.
    const std::string kept = refusal_of("kept.gguf", part(1, 3, 1));
    expect_has(kept, "holds all 1 tensors of it");
    expect_has(kept, "gguf-new-metadata --remove-metadata split.count");
}

TEST_F(Files, OfTwoSplitModelsDoNotPassAsOne) {
    folder.write("big-00002-of-00002.gguf", part(2, 2, 3));
    expect_has(refusal_of("big-00001-of-00002.gguf", part(1, 2, 3)),
               "its 2 parts hold 2 tensors, and it says that there are 3");
}

TEST_F(Files, WithAnyByteOfTheHeaderChangedNeverKillTheEngine) {
    std::mt19937 random(7);
    for (const std::string& whole :
         {plausible().file(), part(1, 3, 3), part(1, 2, 2) + part(2, 2, 2)}) {
        int n_refused = 0;
        for (int i = 0; i < 400; ++i) {
            std::string bytes = whole;
            for (unsigned k = 0; k <= random() % 3; ++k) {
                bytes[random() % 250] = static_cast<char>(random());
            }
            n_refused += !refusal_of("mutant.gguf", bytes).empty();
        }
        EXPECT_GT(n_refused, 100);
    }
}

TEST_F(Files, ThatLookLikeAModelButCannotBeLoadedAreASentenceToo) {
    const std::string file = folder.write("hollow.gguf", plausible().file());
    for (const bool vocab_only : {true, false}) {
        const auto loaded = engine.load({file, vocab_only, 0});
        ASSERT_FALSE(loaded);
        const std::string sentence = to_sentence(loaded.error());
        expect_has(sentence, "hollow.gguf");
        EXPECT_EQ(sentence.find("while it was to"), std::string::npos)
            << "the engine died: " << sentence;
    }
    EXPECT_TRUE(engine.hello());
}

TEST_F(Files, OfLlamaCppsThatHoldAVocabularyOnlyAreRefused) {
    const std::string source = llama_source();
    if (source.empty()) {
        GTEST_SKIP() << "llama.cpp's source tree is not there: scripts/llama.sh";
    }
    int n = 0;
    for (const auto& entry : std::filesystem::directory_iterator(source + "/models")) {
        if (entry.path().extension() != ".gguf") {
            continue;
        }
        ++n;
        EXPECT_NE(refusal(entry.path().string()), "") << entry.path();
    }
    EXPECT_GT(n, 5);
}

TEST_F(Files, AreExitCode2OfTheProgramAndLeaveNothing) {
    const Lab lab(2);
    for (const auto& [name, bytes] :
         std::map<std::string, std::string>{{"garbage.gguf", "GGUF" + std::string(4096, '\x5a')},
                                            {"layers.gguf",
                                             GgufWriter()
                                                 .text("general.architecture", "llama")
                                                 .u32("llama.block_count", 0)
                                                 .texts("tokenizer.ggml.tokens", {"a"})
                                                 .file()}}) {
        const Ended ended = lab.assay({"run",
                                       "-m",
                                       folder.write(name, bytes),
                                       "--variants",
                                       "Q8_0",
                                       "--questions",
                                       lab.questions(),
                                       "--run",
                                       lab.run_dir(),
                                       "--engine",
                                       real_engine()});
        EXPECT_EQ(ended.exit_code, 2) << describe(ended);
        expect_has(ended.err, name);
        EXPECT_FALSE(std::filesystem::exists(lab.run_dir()));
    }
}

TEST_F(Files, ThatAreRealAreDescribedAsTheyAre) {
    if (!std::filesystem::exists(real_model())) {
        GTEST_SKIP() << missing_for_models();
    }
    const auto inspected = engine.inspect(real_model());
    ASSERT_TRUE(inspected) << to_sentence(inspected.error());
    EXPECT_EQ(inspected->file.architecture, "llama");
    EXPECT_EQ(inspected->file.size_bytes, std::filesystem::file_size(real_model()));
    EXPECT_EQ(inspected->file.n_layers, 30);
    EXPECT_EQ(inspected->file.n_weights, 134'515'008U);
    EXPECT_TRUE(inspected->file.has_chat_template);
    EXPECT_NEAR(inspected->file.bits_per_weight(), 16, 0.1);
    // Cut off in the middle of its weights.
    const std::string cut = (folder / "cut.gguf").string();
    std::string head(5'000'000, '\0');
    std::ifstream(real_model(), std::ios::binary)
        .read(head.data(), static_cast<std::streamsize>(head.size()));
    expect_has(refusal(folder.write("cut.gguf", head)), "cut off");
    EXPECT_FALSE(engine.load({cut, false, 0}));
    EXPECT_FALSE(engine.quantize({cut, (folder / "q.gguf").string(), "Q8_0", "", false, 1},
                                 [](std::uint64_t, std::uint64_t) {}));
    // Memory is predicted without reading the weights.
    wire::PredictMemory request;
    request.load.path = real_model();
    request.start.stream_size = 1024;
    const auto memory = engine.predict_memory(request);
    ASSERT_TRUE(memory) << to_sentence(memory.error());
    EXPECT_GT(memory->model_bytes, std::uint64_t{250'000'000});
    EXPECT_GT(memory->context_bytes,
              16ULL * 1024 * 30 * 2 * 192 * 2 - 1);  // slots, cells, layers, K and V, width, f16
    // Reading the baseline's answers takes its output matrix, and the logits of pieces of drafts.
    request.start.head_model = real_model();
    const auto with_head = engine.predict_memory(request);
    ASSERT_TRUE(with_head) << to_sentence(with_head.error());
    EXPECT_EQ(with_head->model_bytes - memory->model_bytes, 49152ULL * 576 * 2);
    EXPECT_GT(with_head->compute_bytes, memory->compute_bytes);
}

TEST_F(Files, AreQuantizedButAQuantizedOneOnlyWhenAskedFor) {
    if (!std::filesystem::exists(real_model())) {
        GTEST_SKIP() << missing_for_models();
    }
    const auto nothing = [](std::uint64_t, std::uint64_t) {};
    const std::string made = (folder / "q8.gguf").string();
    ASSERT_TRUE(engine.quantize({real_model(), made, "Q8_0", "", false, 2}, nothing));
    const auto again = engine.quantize({made, (folder / "q4.gguf").string(), "Q4_0", "", false, 2},
                                       nothing);
    ASSERT_FALSE(again);
    expect_has(to_sentence(again.error()), "quantized already");
    EXPECT_FALSE(std::filesystem::exists(folder / "q4.gguf") &&
                 std::filesystem::file_size(folder / "q4.gguf") > 100'000'000);
    EXPECT_TRUE(
        engine.quantize({made, (folder / "q4.gguf").string(), "Q4_0", "", true, 2}, nothing));
    EXPECT_FALSE(engine.quantize(
        {real_model(), (folder / "x.gguf").string(), "IQ1_S", "", false, 2}, nothing))
        << "needs an importance matrix";
    EXPECT_FALSE(engine.quantize(
        {real_model(), (folder / "no/such/folder/x.gguf").string(), "Q8_0", "", false, 2},
        nothing));
    EXPECT_TRUE(engine.hello());
}

}  // namespace
}  // namespace assay::test
