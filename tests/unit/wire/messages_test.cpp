#include "assay/wire/messages.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "assay/wire/codec.hpp"
#include "assay/wire/embedding.hpp"
#include "assay/wire/imatrix.hpp"
#include "assay/wire/speed.hpp"
#include "assay/wire/text_scoring.hpp"

namespace assay::wire {
namespace {

/// What the other side sees of a message before it reads its fields.
Message sent(Frame frame) {
    auto message = decode_message(std::move(frame));
    EXPECT_TRUE(message);
    return *message;
}

/// The message as the other side reads it.
template <class T>
T through(const T& message) {
    const auto read = decode<T>(sent(encode(1, message)));
    EXPECT_TRUE(read) << to_sentence(read.error());
    return *read;
}

TEST(Requests, KeepIdAndVerb) {
    const std::uint64_t big = std::numeric_limits<std::uint64_t>::max();
    EXPECT_EQ(sent(encode(big, SayHello{})).id, big);
    EXPECT_EQ(sent(encode(1, SayHello{})).name, "hello");
    EXPECT_EQ(sent(encode(1, Inspect{})).name, "inspect");
    EXPECT_EQ(sent(encode(1, Load{})).name, "load");
    EXPECT_EQ(sent(encode(1, Render{})).name, "render");
    EXPECT_EQ(sent(encode(1, RenderTemplate{})).name, "render_template");
    EXPECT_EQ(sent(encode(1, Tokenize{})).name, "tokenize");
    EXPECT_EQ(sent(encode(1, Start{})).name, "start");
    EXPECT_EQ(sent(encode(1, DescribeStart{})).name, "describe_start");
    EXPECT_EQ(sent(encode(1, PredictMemory{})).name, "predict_memory");
    EXPECT_EQ(sent(encode(1, AnswerRequest{})).name, "answer");
    EXPECT_EQ(sent(encode(1, LabelRequest{})).name, "label_probs");
    EXPECT_EQ(sent(encode(1, Quantize{})).name, "quantize");
    EXPECT_EQ(sent(encode(1, InspectLora{})).name, "inspect_lora");
    EXPECT_EQ(sent(encode(1, MergeLora{})).name, "merge_lora");
    EXPECT_EQ(sent(encode(1, LoadEmbedder{})).name, "load_embedder");
    EXPECT_EQ(sent(encode(1, Embed{})).name, "embed");
    EXPECT_EQ(sent(encode(1, PredictTextMemory{})).name, "predict_text_memory");
    EXPECT_EQ(sent(encode(1, LoadTextModels{})).name, "load_text_models");
    EXPECT_EQ(sent(encode(1, ScoreText{})).name, "score_text");
    EXPECT_EQ(sent(encode(1, MeasureSpeed{})).name, "measure_speed");
}

TEST(Speed, KeepsEveryField) {
    MeasureSpeed asked{{"m", false, 3}, {}, 300, 64};
    asked.start.n_slots = 16;
    asked.start.cache_type_k = "q8_0";
    const MeasureSpeed request = through(asked);
    EXPECT_EQ(request.load.path, "m");
    EXPECT_EQ(request.load.n_gpu_layers, 3);
    EXPECT_EQ(request.start.cache_type_k, "q8_0");
    EXPECT_EQ(request.n_prompt, 300);
    EXPECT_EQ(request.n_answer, 64);
    const SpeedSample sample{1, 2, 3, 4, 5, 6, 7, -1};
    const MeasuredSpeed measured = through(
        MeasuredSpeed{sample, "llama 1B", 8, 9, "abc", 10, "cpu", "gpu", "CUDA"});
    EXPECT_EQ(measured.sample.load_ns, 1U);
    EXPECT_EQ(measured.sample.prefill_ns, 2U);
    EXPECT_EQ(measured.sample.first_token_ns, 3U);
    EXPECT_EQ(measured.sample.decode_ns, 4U);
    EXPECT_EQ(measured.sample.batch_decode_ns, 5U);
    EXPECT_EQ(measured.sample.peak_memory_bytes, 6U);
    EXPECT_EQ(measured.sample.cpu_ns, 7U);
    EXPECT_EQ(measured.sample.disk_bytes, -1);
    EXPECT_EQ(measured.model_type, "llama 1B");
    EXPECT_EQ(measured.model_size, 8U);
    EXPECT_EQ(measured.n_parameters, 9U);
    EXPECT_EQ(measured.build_commit, "abc");
    EXPECT_EQ(measured.build_number, 10);
    EXPECT_EQ(measured.cpu_info + measured.gpu_info + measured.backends, "cpugpuCUDA");
}

TEST(Speed, HasAContextForOneStreamAndOneForAll) {
    const MeasureSpeed request{{}, {}, 300, 64};
    EXPECT_EQ(request.single_start().n_slots, 1);
    EXPECT_EQ(request.single_start().stream_size, 512);
    EXPECT_EQ(request.batch_start().n_slots, 16);
    EXPECT_EQ(request.batch_start().stream_size, 256);
    EXPECT_EQ((MeasureSpeed{{}, {}, 1, 257}).single_start().stream_size, 512);
}

TEST(Embedding, KeepsEveryField) {
    const LoadEmbedder load = through(LoadEmbedder{"m", 256, 3});
    EXPECT_EQ(load.path, "m");
    EXPECT_EQ(load.max_tokens, 256);
    EXPECT_EQ(load.n_threads, 3);
    const LoadedEmbedder loaded = through(LoadedEmbedder{384, 256, "v1"});
    EXPECT_EQ(loaded.n_dims, 384);
    EXPECT_EQ(loaded.n_tokens, 256);
    EXPECT_EQ(loaded.engine, "v1");
    EXPECT_EQ(through(Embed{"no UTF-8: \xFF"}).text, "no UTF-8: \xFF");
    const std::string bytes("\0\x80\x3F\xFF", 4);
    const Embedded embedded = through(Embedded{bytes, {101, -1}, true});
    EXPECT_EQ(embedded.vector, bytes);
    EXPECT_EQ(embedded.tokens, (std::vector<std::int32_t>{101, -1}));
    EXPECT_TRUE(embedded.cut);
}

TEST(TextScoring, KeepsEveryField) {
    const TextSettings settings{256, 1024, 3, 7};
    EXPECT_EQ(settings.n_chunks(), 4);
    EXPECT_EQ((TextSettings{1024, 512}).n_chunks(), 1);
    const PredictTextMemory predict = through(PredictTextMemory{"m", settings});
    const LoadTextModels load = through(LoadTextModels{"b", {"x", "y"}, settings});
    EXPECT_EQ(predict.path, "m");
    EXPECT_EQ(load.baseline, "b");
    EXPECT_EQ(load.variants, (std::vector<std::string>{"x", "y"}));
    for (const TextSettings& read : {predict.settings, load.settings}) {
        EXPECT_EQ(read.n_ctx, 256);
        EXPECT_EQ(read.n_batch, 1024);
        EXPECT_EQ(read.n_threads, 3);
        EXPECT_EQ(read.n_gpu_layers, 7);
    }
    EXPECT_EQ(through(LoadedTextModels{49152}).n_vocab, 49152);
    const ScoreText score = through(ScoreText{{1, -2, 3}, true, true, std::string("\0\xFF", 2)});
    EXPECT_EQ(score.tokens, (std::vector<std::int32_t>{1, -2, 3}));
    EXPECT_TRUE(score.compatible);
    EXPECT_TRUE(score.want_rows);
    EXPECT_EQ(score.rows, std::string("\0\xFF", 2));
    const ScoredText scored = through(ScoredText{"nll", std::string(1, '\0'), "rows", 99});
    EXPECT_EQ(scored.nll + scored.rows, "nllrows");
    EXPECT_EQ(scored.tokens, std::string(1, '\0'));
    EXPECT_EQ(scored.peak_memory_bytes, 99U);
}

TEST(TextScoring, PacksNumbersToTheLastBit) {
    const std::vector<double> numbers{0.1 + 0.2, -0.0, std::numeric_limits<double>::denorm_min()};
    EXPECT_EQ(unpack_doubles(pack_doubles(numbers)), numbers);
    EXPECT_TRUE(unpack_doubles(pack_doubles({})).empty());
    const std::vector<TextToken> tokens{{0.1, 0.2, 0.3, -0.4, true}, {1, 2, 3, 4, false}};
    EXPECT_EQ(unpack_text_tokens(pack_text_tokens(tokens)), tokens);
    EXPECT_EQ(unpack_text_tokens(pack_text_tokens(tokens).substr(1)).size(), 1U);
}

TEST(Requests, KeepEveryField) {
    EXPECT_EQ(through(Inspect{"/a b/\xc3\xa9.gguf"}).path, "/a b/\xc3\xa9.gguf");

    const Load load = through(Load{"m", true, 7});
    EXPECT_EQ(load.path, "m");
    EXPECT_TRUE(load.vocab_only);
    EXPECT_EQ(load.n_gpu_layers, 7);

    const Render render = through(Render{"s", "u\n", "{{ x }}", "2025-01-02", true});
    EXPECT_EQ(render.system, "s");
    EXPECT_EQ(render.user, "u\n");
    EXPECT_EQ(render.chat_template, "{{ x }}");
    EXPECT_EQ(render.date, "2025-01-02");
    EXPECT_TRUE(render.thinking);

    const RenderTemplate text = through(RenderTemplate{"t", "{\"a\": 1}", true});
    EXPECT_EQ(text.text, "t");
    EXPECT_TRUE(text.mark_literals);
    EXPECT_EQ(text.variables_json, "{\"a\": 1}");

    const Tokenize tokenize = through(Tokenize{"words", false, true});
    EXPECT_EQ(tokenize.text, "words");
    EXPECT_FALSE(tokenize.add_special);
    EXPECT_TRUE(tokenize.parse_special);
    EXPECT_FALSE(through(Tokenize{"words", true, false}).parse_special);

    const InspectLora inspect_lora = through(InspectLora{"base", "adapter"});
    EXPECT_EQ(inspect_lora.base + inspect_lora.adapter, "baseadapter");

    const MergeLora merge = through(MergeLora{"b", "t", {"x", "y"}, {0.1 + 0.2, -1}, 3});
    EXPECT_EQ(merge.base + merge.target, "bt");
    EXPECT_EQ(merge.adapters, (std::vector<std::string>{"x", "y"}));
    EXPECT_EQ(merge.scales, (std::vector<double>{0.1 + 0.2, -1}));
    EXPECT_EQ(merge.n_threads, 3);

    const Start wanted{
        24, 512, 128, 3, false, "q8_0", "q4_0", "a.gguf", "e1", 0.5, {"yarn", 4, 20000, 2048}};
    for (const Start& start : {through(wanted),
                               through(DescribeStart{wanted}).start,
                               through(PredictMemory{{"m", false, 1}, wanted}).start}) {
        EXPECT_EQ(start.n_slots, 24);
        EXPECT_EQ(start.stream_size, 512);
        EXPECT_EQ(start.n_ubatch, 128);
        EXPECT_EQ(start.n_threads, 3);
        EXPECT_FALSE(start.flash_attn);
        EXPECT_EQ(start.cache_type_k, "q8_0");
        EXPECT_EQ(start.cache_type_v, "q4_0");
        EXPECT_EQ(start.lora, "a.gguf");
        EXPECT_EQ(start.lora_sha256, "e1");
        EXPECT_EQ(start.lora_scale, 0.5);
        EXPECT_EQ(start.rope, (RopeScaling{"yarn", 4, 20000, 2048}));
    }

    EXPECT_EQ(through(InspectImatrix{"i"}).path, "i");
    const InspectedImatrix inspected_imatrix = through(InspectedImatrix{210, 15360, 512});
    EXPECT_EQ(inspected_imatrix.n_weights, 210);
    EXPECT_EQ(inspected_imatrix.n_tokens, 15360);
    EXPECT_EQ(inspected_imatrix.chunk_tokens, 512);
    const MakeImatrix make_imatrix = through(MakeImatrix{"m", "t", "i", 256, 30, 3, 7});
    EXPECT_EQ(make_imatrix.model + make_imatrix.text + make_imatrix.target, "mti");
    EXPECT_EQ(make_imatrix.chunk_tokens, 256);
    EXPECT_EQ(make_imatrix.n_chunks, 30);
    EXPECT_EQ(make_imatrix.n_threads, 3);
    EXPECT_EQ(make_imatrix.n_gpu_layers, 7);
    EXPECT_EQ(through(MadeImatrix{"e1"}).text_sha256, "e1");

    const Quantize quantize = through(Quantize{"a", "b", "Q4_K_M", "i", true, 5});
    EXPECT_EQ(quantize.source + quantize.target + quantize.type + quantize.imatrix, "abQ4_K_Mi");
    EXPECT_TRUE(quantize.allow_requantize);
    EXPECT_EQ(quantize.n_threads, 5);
}

TEST(Requests, OfAnAnswerKeepTokensAndSettingsExactly) {
    const std::vector<std::int32_t> prompt{0,
                                           1,
                                           -1,
                                           255,
                                           256,
                                           std::numeric_limits<std::int32_t>::max(),
                                           std::numeric_limits<std::int32_t>::min()};
    const Sampling sampling{
        0.1 + 0.2, 40, 0.9, 1e-9, 1.05, -1, std::numeric_limits<std::uint32_t>::max()};
    const AnswerRequest request = through(
        AnswerRequest{prompt, sampling, 77, {"\n\n", "<end>"}, {4, 9}, true, "root ::= \"x\""});
    EXPECT_EQ(request.prompt, prompt);
    EXPECT_EQ(request.sampling.temp, 0.1 + 0.2);
    EXPECT_EQ(request.sampling.top_k, 40);
    EXPECT_EQ(request.sampling.top_p, 0.9);
    EXPECT_EQ(request.sampling.min_p, 1e-9);
    EXPECT_EQ(request.sampling.repeat_penalty, 1.05);
    EXPECT_EQ(request.sampling.repeat_last_n, -1);
    EXPECT_EQ(request.sampling.seed, std::numeric_limits<std::uint32_t>::max());
    EXPECT_EQ(request.predict, 77);
    EXPECT_EQ(request.stops, (std::vector<std::string>{"\n\n", "<end>"}));
    EXPECT_EQ(request.prefix_ends, (std::vector<std::int32_t>{4, 9}));
    EXPECT_TRUE(request.alone);
    EXPECT_EQ(request.grammar, "root ::= \"x\"");
}

TEST(Requests, OfLabelsKeepEveryField) {
    const LabelRequest request = through(LabelRequest{{7, -1, 300}, {65, 66}, {2, 5}, true});
    EXPECT_EQ(request.prompt, (std::vector<std::int32_t>{7, -1, 300}));
    EXPECT_EQ(request.labels, (std::vector<std::int32_t>{65, 66}));
    EXPECT_EQ(request.prefix_ends, (std::vector<std::int32_t>{2, 5}));
    EXPECT_TRUE(request.alone);
}

TEST(Replies, OfLabelsKeepEveryBit) {
    const double tiny = -745.1332191019411, odd = -0.1 - 0.2;
    const LabelDone done = through(LabelDone{{odd, tiny, 0}, 12, 1.5, 99});
    EXPECT_EQ(done.log_probs, (std::vector<double>{odd, tiny, 0}));
    EXPECT_EQ(done.n_computed_tokens, 12);
    EXPECT_EQ(done.prefill_ms, 1.5);
    EXPECT_EQ(done.peak_memory_bytes, 99U);
}

TEST(Requests, ThatAreNoneAreAFailure) {
    for (const char* header : {"",
                               "x",
                               "[]",
                               "{}",
                               R"({"id": 1})",
                               R"({"id": -1, "name": "hello", "body": {}})",
                               R"({"id": "1", "name": "hello", "body": {}})",
                               R"({"id": 1, "name": 2, "body": {}})",
                               R"({"id": 1, "name": "hello"})"}) {
        EXPECT_FALSE(decode_message({header, {}})) << header;
    }
}

TEST(Replies, KeepEveryField) {
    const Hello hello = through(Hello{kProtocolVersion, "v", "s", {"CPU: x", "CUDA0: y"}, true});
    EXPECT_EQ(hello.protocol, kProtocolVersion);
    EXPECT_EQ(hello.version + hello.system_info, "vs");
    EXPECT_EQ(hello.devices.size(), 2U);
    EXPECT_TRUE(hello.gpu);

    Inspected wanted;
    wanted.parts = {"a", "b"};
    wanted.file = {"a",
                   "",
                   5'000'000'000ULL,
                   4,
                   3,
                   {{"F16", 2}, {"Q4_K", 1}},
                   "llama",
                   "Q4_K_M",
                   4096,
                   30,
                   true};
    const Inspected inspected = through(wanted);
    EXPECT_EQ(inspected.parts, wanted.parts);
    EXPECT_EQ(inspected.file.path, "a");
    EXPECT_EQ(inspected.file.size_bytes, 5'000'000'000ULL);
    EXPECT_EQ(inspected.file.tensor_bytes, 4U);
    EXPECT_EQ(inspected.file.n_weights, 3U);
    EXPECT_EQ(inspected.file.tensor_types, wanted.file.tensor_types);
    EXPECT_EQ(inspected.file.architecture + inspected.file.file_type, "llamaQ4_K_M");
    EXPECT_EQ(inspected.file.context_length, 4096);
    EXPECT_EQ(inspected.file.n_layers, 30);
    EXPECT_TRUE(inspected.file.has_chat_template);

    const Loaded loaded = through(Loaded{1, 2, true, true, true, {3, 7}, "v", 12.5});
    EXPECT_EQ(loaded.n_ctx_train, 1);
    EXPECT_EQ(loaded.n_vocab, 2);
    EXPECT_TRUE(loaded.recurrent && loaded.long_rope && loaded.has_chat_template);
    EXPECT_EQ(loaded.end_tokens, (std::vector<std::int32_t>{3, 7}));
    EXPECT_EQ(loaded.vocabulary_sha256, "v");
    EXPECT_EQ(loaded.load_ms, 12.5);

    const Rendered rendered = through(Rendered{"p", {"s"}});
    EXPECT_EQ(rendered.prompt, "p");
    EXPECT_EQ(rendered.stops, std::vector<std::string>{"s"});

    const Started started = through(Started{"f", "d", false, "a"});
    EXPECT_EQ(started.fingerprint + started.description + started.answer_fingerprint, "fda");
    EXPECT_FALSE(started.proven);

    const PredictedMemory memory = through(PredictedMemory{1, 2, 3});
    EXPECT_EQ(memory.model_bytes + 10 * memory.context_bytes + 100 * memory.compute_bytes, 321U);

    EXPECT_EQ(through(RenderedTemplate{"not \xff UTF-8"}).text, "not \xff UTF-8");
    EXPECT_EQ(through(Tokenized{{1, -2, 3}}).tokens, (std::vector<std::int32_t>{1, -2, 3}));
}

TEST(Replies, OfAnAnswerKeepBytesThatAreNoText) {
    const AnswerDone wanted{std::string("half \xe2\x82 and \0 nul", 16),
                            {5, 6, 7},
                            "length",
                            "abc",
                            99,
                            1.25,
                            2.5,
                            1ULL << 40};
    const AnswerDone done = through(wanted);
    EXPECT_EQ(done.text, wanted.text);
    EXPECT_EQ(done.tokens, wanted.tokens);
    EXPECT_EQ(done.stop_reason, "length");
    EXPECT_EQ(done.trace_sha256, "abc");
    EXPECT_EQ(done.n_computed_tokens, 99);
    EXPECT_EQ(done.prefill_ms, 1.25);
    EXPECT_EQ(done.decode_ms, 2.5);
    EXPECT_EQ(done.peak_memory_bytes, 1ULL << 40);
}

TEST(Replies, AreKnownByTheirNames) {
    const Message progress = sent(encode(4, Progress{2, 9}));
    EXPECT_TRUE(progress.is<Progress>());
    EXPECT_FALSE(progress.is<Failed>());
    EXPECT_EQ(progress.id, 4U);
    EXPECT_EQ(decode<Progress>(progress)->done, 2U);
    EXPECT_EQ(decode<Progress>(progress)->total, 9U);
    const Message failed = sent(encode(5, Failed{{"what \xff", "where", "how"}}));
    EXPECT_TRUE(failed.is<Failed>());
    EXPECT_EQ(failed.id, 5U);
    const Failure failure = decode<Failed>(failed)->failure;
    EXPECT_EQ(failure.message, "what \xef\xbf\xbd") << "what is not UTF-8 is replaced";
    EXPECT_EQ(failure.place, "where");
    EXPECT_EQ(failure.remedy, "how");
    EXPECT_TRUE(sent(encode(6, Quantized{})).is<Quantized>());
}

/// Why a message is not read as a T.
template <class T>
std::string refusal(const Message& message) {
    const auto read = decode<T>(message);
    return read ? "it was read" : to_sentence(read.error());
}

TEST(Messages, OfAnotherKindOrVersionAreAFailureThatSaysWhatIsWrong) {
    EXPECT_EQ(refusal<Load>(sent(encode(1, Start{}))),
              "the message \"start\" cannot be read: \"load\" was expected. assay and "
              "assay-engine are of different versions: build both again.");
    const auto load = [](const char* body) {
        return Message{
            1, "load", {R"({"id": 1, "name": "load", "body": )" + std::string(body) + "}", {}}};
    };
    EXPECT_EQ(refusal<Load>(load(R"({"path": "m", "vocab_only": true, "n_gpu_layers": 1})")),
              "it was read");
    EXPECT_NE(refusal<Load>(load(R"({"path": "m", "n_gpu_layers": 1})")).find("vocab_only"),
              std::string::npos);
    EXPECT_NE(refusal<Load>(load(R"({"path": 5, "vocab_only": true, "n_gpu_layers": 1})"))
                  .find("its field path is missing or of another type"),
              std::string::npos);
    EXPECT_NE(refusal<Load>(load("[]")).find("path"), std::string::npos);
}

TEST(Messages, WhosePayloadIsTooShortOrTooLongAreAFailure) {
    const Message good = sent(encode(1, AnswerRequest{.prompt = {1, 2, 3}}));
    EXPECT_EQ(refusal<AnswerRequest>(good), "it was read");
    Message cut = good;
    cut.frame.payload.pop_back();
    EXPECT_NE(refusal<AnswerRequest>(cut).find("too short for prompt"), std::string::npos);
    Message longer = good;
    longer.frame.payload += "more";
    EXPECT_NE(refusal<AnswerRequest>(longer).find("too long"), std::string::npos);
}

}  // namespace
}  // namespace assay::wire
