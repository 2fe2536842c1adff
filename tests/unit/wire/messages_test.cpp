#include "assay/wire/messages.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace assay::wire {
namespace {

/// What the other side decodes.
Request sent(Frame frame) {
    auto request = decode_request(std::move(frame));
    EXPECT_TRUE(request);
    return *request;
}
Reply replied(Frame frame) {
    auto reply = decode_reply(std::move(frame));
    EXPECT_TRUE(reply);
    EXPECT_EQ(reply->kind, ReplyKind::kDone);
    return *reply;
}

TEST(Requests, KeepIdAndVerb) {
    const std::uint64_t big = std::numeric_limits<std::uint64_t>::max();
    EXPECT_EQ(sent(encode_hello(big)).id, big);
    EXPECT_EQ(sent(encode_hello(1)).verb, "hello");
    EXPECT_EQ(sent(encode(1, Inspect{})).verb, "inspect");
    EXPECT_EQ(sent(encode(1, Load{})).verb, "load");
    EXPECT_EQ(sent(encode(1, Render{})).verb, "render");
    EXPECT_EQ(sent(encode(1, RenderTemplate{})).verb, "render_template");
    EXPECT_EQ(sent(encode(1, Tokenize{})).verb, "tokenize");
    EXPECT_EQ(sent(encode(1, Start{})).verb, "start");
    EXPECT_EQ(sent(encode_describe_start(1, Start{})).verb, "describe_start");
    EXPECT_EQ(sent(encode(1, PredictMemory{})).verb, "predict_memory");
    EXPECT_EQ(sent(encode(1, AnswerRequest{})).verb, "answer");
    EXPECT_EQ(sent(encode(1, LabelRequest{})).verb, "label_probs");
    EXPECT_EQ(sent(encode(1, Quantize{})).verb, "quantize");
}

TEST(Requests, KeepEveryField) {
    EXPECT_EQ(decode_inspect(sent(encode(1, Inspect{"/a b/\xc3\xa9.gguf"}))).path,
              "/a b/\xc3\xa9.gguf");

    const Load load = decode_load(sent(encode(1, Load{"m", true, 7})));
    EXPECT_EQ(load.path, "m");
    EXPECT_TRUE(load.vocab_only);
    EXPECT_EQ(load.n_gpu_layers, 7);

    const Render render = decode_render(
        sent(encode(1, Render{"s", "u\n", "{{ x }}", "2025-01-02", true})));
    EXPECT_EQ(render.system, "s");
    EXPECT_EQ(render.user, "u\n");
    EXPECT_EQ(render.chat_template, "{{ x }}");
    EXPECT_EQ(render.date, "2025-01-02");
    EXPECT_TRUE(render.thinking);

    const RenderTemplate text = decode_render_template(
        sent(encode(1, RenderTemplate{"t", "{\"a\": 1}", true})));
    EXPECT_EQ(text.text, "t");
    EXPECT_TRUE(text.mark_literals);
    EXPECT_EQ(text.variables_json, "{\"a\": 1}");

    const Tokenize tokenize = decode_tokenize(sent(encode(1, Tokenize{"words", false, true})));
    EXPECT_EQ(tokenize.text, "words");
    EXPECT_FALSE(tokenize.add_special);
    EXPECT_TRUE(tokenize.parse_special);
    EXPECT_FALSE(decode_tokenize(sent(encode(1, Tokenize{"words", true, false}))).parse_special);

    const Start wanted{24, 512, 128, 3, false, "q8_0", "q4_0"};
    for (const Start& start :
         {decode_start(sent(encode(1, wanted))),
          decode_start(sent(encode_describe_start(1, wanted))),
          decode_predict_memory(sent(encode(1, PredictMemory{{"m", false, 1}, wanted}))).start}) {
        EXPECT_EQ(start.n_slots, 24);
        EXPECT_EQ(start.stream_size, 512);
        EXPECT_EQ(start.n_ubatch, 128);
        EXPECT_EQ(start.n_threads, 3);
        EXPECT_FALSE(start.flash_attn);
        EXPECT_EQ(start.cache_type_k, "q8_0");
        EXPECT_EQ(start.cache_type_v, "q4_0");
    }

    const Quantize quantize = decode_quantize(
        sent(encode(1, Quantize{"a", "b", "Q4_K_M", "i", true, 5})));
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
    const AnswerRequest request = decode_answer(sent(encode(
        9, AnswerRequest{prompt, sampling, 77, {"\n\n", "<end>"}, 4, true, "root ::= \"x\""})));
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
    EXPECT_EQ(request.n_prefix, 4);
    EXPECT_TRUE(request.alone);
    EXPECT_EQ(request.grammar, "root ::= \"x\"");
}

TEST(Requests, OfLabelsKeepEveryField) {
    const LabelRequest request = decode_label_probs(
        sent(encode(9, LabelRequest{{7, -1, 300}, {65, 66}, 2, true, 5})));
    EXPECT_EQ(request.prompt, (std::vector<std::int32_t>{7, -1, 300}));
    EXPECT_EQ(request.labels, (std::vector<std::int32_t>{65, 66}));
    EXPECT_EQ(request.n_prefix, 2);
    EXPECT_TRUE(request.alone);
    EXPECT_EQ(request.n_longer_prefix, 5);
}

TEST(Replies, OfLabelsKeepEveryBit) {
    const double tiny = -745.1332191019411, odd = -0.1 - 0.2;
    const LabelDone done = decode_label_done(
        replied(encode_done(1, LabelDone{{odd, tiny, 0}, 12, 1.5, 99})));
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
                               R"({"id": -1, "verb": "hello", "body": {}})",
                               R"({"id": "1", "verb": "hello", "body": {}})",
                               R"({"id": 1, "verb": 2, "body": {}})",
                               R"({"id": 1, "verb": "hello"})"}) {
        EXPECT_FALSE(decode_request({header, {}})) << header;
    }
}

TEST(Replies, KeepEveryField) {
    const Hello hello = decode_hello(
        replied(encode_done(1, Hello{kProtocolVersion, "v", "s", {"CPU: x", "CUDA0: y"}, true})));
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
    const Inspected inspected = decode_inspected(replied(encode_done(1, wanted)));
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

    const Loaded loaded = decode_loaded(replied(encode_done(1, Loaded{1, 2, true, true, true})));
    EXPECT_EQ(loaded.n_ctx_train, 1);
    EXPECT_EQ(loaded.n_vocab, 2);
    EXPECT_TRUE(loaded.recurrent && loaded.long_rope && loaded.has_chat_template);

    const Rendered rendered = decode_rendered(replied(encode_done(1, Rendered{"p", {"s"}})));
    EXPECT_EQ(rendered.prompt, "p");
    EXPECT_EQ(rendered.stops, std::vector<std::string>{"s"});

    const Started started = decode_started(replied(encode_done(1, Started{"f", "d", false, "a"})));
    EXPECT_EQ(started.fingerprint + started.description + started.answer_fingerprint, "fda");
    EXPECT_FALSE(started.proven);

    const PredictedMemory memory = decode_predicted_memory(
        replied(encode_done(1, PredictedMemory{1, 2, 3})));
    EXPECT_EQ(memory.model_bytes + 10 * memory.context_bytes + 100 * memory.compute_bytes, 321U);

    EXPECT_EQ(decode_text(replied(encode_done_text(1, "text"))), "text");
    EXPECT_EQ(decode_tokens(replied(encode_done_tokens(1, {1, -2, 3}))),
              (std::vector<std::int32_t>{1, -2, 3}));
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
    const AnswerDone done = decode_answer_done(replied(encode_done(3, wanted)));
    EXPECT_EQ(done.text, wanted.text);
    EXPECT_EQ(done.tokens, wanted.tokens);
    EXPECT_EQ(done.stop_reason, "length");
    EXPECT_EQ(done.trace_sha256, "abc");
    EXPECT_EQ(done.n_computed_tokens, 99);
    EXPECT_EQ(done.prefill_ms, 1.25);
    EXPECT_EQ(done.decode_ms, 2.5);
    EXPECT_EQ(done.peak_memory_bytes, 1ULL << 40);
}

TEST(Replies, AreProgressFailureOrDone) {
    const auto progress = decode_reply(encode_progress(4, {2, 9}));
    ASSERT_TRUE(progress);
    EXPECT_EQ(progress->kind, ReplyKind::kProgress);
    EXPECT_EQ(progress->progress.done, 2U);
    EXPECT_EQ(progress->progress.total, 9U);
    const auto failed = decode_reply(encode_failed(5, {"what \xff", "where", "how"}));
    ASSERT_TRUE(failed);
    EXPECT_EQ(failed->kind, ReplyKind::kFailed);
    EXPECT_EQ(failed->id, 5U);
    EXPECT_EQ(failed->failure.message, "what \xef\xbf\xbd") << "what is not UTF-8 is replaced";
    EXPECT_EQ(failed->failure.place, "where");
    EXPECT_EQ(failed->failure.remedy, "how");
    EXPECT_EQ(replied(encode_done(6)).id, 6U);
}

TEST(Replies, ThatAreNoneAreAFailure) {
    for (const char* header : {"",
                               "x",
                               "{}",
                               R"({"id": 1})",
                               R"({"id": 1, "event": "dance"})",
                               R"({"id": -1, "event": "done"})"}) {
        EXPECT_FALSE(decode_reply({header, {}})) << header;
    }
}

}  // namespace
}  // namespace assay::wire
