#include "store_fixture.hpp"

namespace assay::store {
namespace {

class VariantsTest : public StoreTest {
 protected:
    void SetUp() override {
        StoreTest::SetUp();
        store_ = Store::open(run_dir_);
        store_->save_plan(plan_record("p1"));
        store_->save_plan(plan_record("p2"));
    }
    std::unique_ptr<Store> store_;
};

Question question_with(const std::string& id, std::vector<std::string> contexts = {}) {
    Question q;
    q.id = id;
    q.text = "Text of " + id;
    q.contexts = std::move(contexts);
    q.place = "questions.jsonl:1";
    return q;
}

TEST_F(VariantsTest, QuestionsComeBackInOrderWithTheirContexts) {
    Question full = question_with("z", {"one", std::string("two\0\xFF", 5), ""});
    full.expected = "yes";
    full.cluster = "paper";
    Question empty = question_with("a");
    empty.expected = "";
    store_->save_questions("p1", std::vector{full, question_with("m"), empty});
    const auto back = store_->questions("p1");
    ASSERT_EQ(back.size(), 3u);
    EXPECT_EQ(back[0].id, "z");
    EXPECT_EQ(back[0].text, "Text of z");
    EXPECT_EQ(back[0].contexts, full.contexts);
    EXPECT_EQ(back[0].expected, "yes");
    EXPECT_EQ(back[0].cluster, "paper");
    EXPECT_EQ(back[0].place, "questions.jsonl:1");
    EXPECT_EQ(back[1].id, "m");
    EXPECT_EQ(back[1].expected, std::nullopt);
    EXPECT_EQ(back[1].cluster, std::nullopt);
    EXPECT_TRUE(back[1].contexts.empty());
    EXPECT_EQ(back[2].expected, "");
    EXPECT_TRUE(store_->questions("p2").empty());
}

TEST_F(VariantsTest, AlternativesOfExpectedAnswersComeBackAndAreReplaced) {
    Question several = question_with("a");
    several.expected = "Danube";
    several.alternatives = {"Donau", "the Danube"};
    store_->save_questions("p1", std::vector{question_with("b"), several});
    EXPECT_TRUE(store_->questions("p1")[0].alternatives.empty());
    EXPECT_EQ(store_->questions("p1")[1].alternatives, several.alternatives);
    store_->save_questions("p1", std::vector{question_with("b"), question_with("a")});
    EXPECT_TRUE(store_->questions("p1")[1].alternatives.empty());
}

TEST_F(VariantsTest, QuestionsOfAPlanAreReplacedTogether) {
    store_->save_questions("p1", std::vector{question_with("a", {"old"}), question_with("b")});
    store_->save_questions("p2", std::vector{question_with("a")});
    store_->save_questions("p1", std::vector{question_with("b", {"new"})});
    ASSERT_EQ(store_->questions("p1").size(), 1u);
    EXPECT_EQ(store_->questions("p1")[0].contexts, std::vector<std::string>{"new"});
    EXPECT_EQ(store_->questions("p2").size(), 1u);
}

TEST_F(VariantsTest, WhatAServerToldComesBack) {
    Variant variant;
    variant.name = "q4";
    variant.origin = "a server's model";
    variant.served = ServedModel{"ollama",
                                 "http://a, http://b",
                                 "m:1",
                                 "d1",
                                 "Q4_K_M",
                                 "0.17.4",
                                 397821319,
                                 "ollama",
                                 494032768,
                                 "{{ .System }}",
                                 "stop \"x\""};
    store_->save_variant("p1", variant, 0);
    const auto back = store_->variants("p1").at(0).served;
    ASSERT_TRUE(back);
    EXPECT_EQ(back->address, "http://a, http://b");
    EXPECT_EQ(back->digest, "d1");
    EXPECT_EQ(back->quantization, "Q4_K_M");
    EXPECT_EQ(back->server, "ollama");
    EXPECT_EQ(back->server_version, "0.17.4");
    EXPECT_EQ(back->size_bytes, 397821319u);
    EXPECT_EQ(back->n_parameters, 494032768u);
    EXPECT_EQ(back->chat_template, "{{ .System }}");
    EXPECT_EQ(back->parameters, "stop \"x\"");
}

TEST_F(VariantsTest, OfAnUnknownPlanAreABug) {
    EXPECT_THROW(store_->save_questions("unknown", std::vector{question_with("a")}),
                 std::logic_error);
    EXPECT_THROW(store_->save_variant("unknown", Variant{}, 0), std::logic_error);
}

TEST_F(VariantsTest, EveryFieldOfAVariantComesBack) {
    Variant v;
    v.name = "F16";
    v.role = Role::kBaseline;
    v.origin = "file";
    v.file.path = "/models/\xFF.gguf";
    v.file.sha256 = "abc";
    v.file.size_bytes = 994'000'000'000;
    v.file.tensor_bytes = 993'000'000'000;
    v.file.n_weights = 494'030'000'000;
    v.file.tensor_types = {{"F16", 169}, {"F32", 121}};
    v.file.architecture = "qwen2";
    v.file.file_type = "F16";
    v.file.context_length = 32768;
    v.file.n_layers = 24;
    v.file.has_chat_template = true;
    store_->save_variant("p1", v, 0);
    const auto back = store_->variants("p1");
    ASSERT_EQ(back.size(), 1u);
    EXPECT_EQ(back[0].name, "F16");
    EXPECT_EQ(back[0].role, Role::kBaseline);
    EXPECT_EQ(back[0].origin, "file");
    EXPECT_EQ(back[0].file.path, v.file.path);
    EXPECT_EQ(back[0].file.sha256, "abc");
    EXPECT_EQ(back[0].file.size_bytes, v.file.size_bytes);
    EXPECT_EQ(back[0].file.tensor_bytes, v.file.tensor_bytes);
    EXPECT_EQ(back[0].file.n_weights, v.file.n_weights);
    EXPECT_EQ(back[0].file.tensor_types, v.file.tensor_types);
    EXPECT_EQ(back[0].file.architecture, "qwen2");
    EXPECT_EQ(back[0].file.file_type, "F16");
    EXPECT_EQ(back[0].file.context_length, 32768);
    EXPECT_EQ(back[0].file.n_layers, 24);
    EXPECT_TRUE(back[0].file.has_chat_template);
}

TEST_F(VariantsTest, OnesWithoutAFileComeBackWithWhatIsKnownOfThem) {
    Variant given;
    given.name = "given";
    given.answers = AnswersFile{"/data/\xFF.jsonl", "abc", "study", "my model", 154};
    Variant served;
    served.name = "served";
    served.served = ServedModel{"ollama",
                                "http://127.0.0.1:11434",
                                "qwen2.5:0.5b",
                                "sha256:abc",
                                "Q4_K_M",
                                "0.17.4",
                                397'000'000};
    store_->save_variant("p1", given, 0);
    store_->save_variant("p1", served, 1);
    const auto back = store_->variants("p1");
    ASSERT_EQ(back.size(), 2u);
    ASSERT_TRUE(back[0].answers);
    EXPECT_FALSE(back[0].served);
    EXPECT_FALSE(back[0].runs_here());
    EXPECT_EQ(back[0].size_bytes(), 0u);
    EXPECT_EQ(back[0].answers->sha256, "abc");
    EXPECT_EQ(back[0].answers->format, "study");
    EXPECT_EQ(back[0].answers->generator, "my model");
    EXPECT_EQ(back[0].answers->n_answers, 154);
    ASSERT_TRUE(back[1].served);
    EXPECT_EQ(back[1].served->provider, "ollama");
    EXPECT_EQ(back[1].served->address, "http://127.0.0.1:11434");
    EXPECT_EQ(back[1].served->model, "qwen2.5:0.5b");
    EXPECT_EQ(back[1].served->digest, "sha256:abc");
    EXPECT_EQ(back[1].served->quantization, "Q4_K_M");
    EXPECT_EQ(back[1].served->server_version, "0.17.4");
    EXPECT_EQ(back[1].size_bytes(), 397'000'000u);
}

TEST_F(VariantsTest, ComeByPositionAndAreReplacedByNameOrPosition) {
    const auto save = [&](const std::string& name, const std::string& recipe, int position) {
        Variant v;
        v.name = name;
        v.origin = recipe;
        store_->save_variant("p1", v, position);
    };
    save("b", "one", 1);
    save("a", "one", 0);
    save("b", "two", 1);
    save("c", "one", 2);
    save("d", "one", 2);
    std::string all;
    for (const Variant& v : store_->variants("p1")) {
        all += v.name + "=" + v.origin + " ";
    }
    EXPECT_EQ(all, "a=one b=two d=one ");
}

TEST_F(VariantsTest, SessionsOfAModelComeBackOldestFirst) {
    EngineSession s;
    s.model_sha256 = "m1";
    s.engine = {
        .name = "assay-engine", .version = "0.1.0", .fingerprint = "f", .description = "CPU AVX2"};
    s.n_parallel = 16;
    s.peak_memory_bytes = 5'000'000'000;
    s.saved_at = "t1";
    s.n_checked = 8;
    s.n_equal = 7;
    store_->save_session(s);
    EngineSession later = s;
    later.saved_at = "t2";
    later.load_ms = 812.5;
    store_->save_session(later);
    EngineSession other = s;
    other.model_sha256 = "m2";
    store_->save_session(other);

    const auto back = store_->sessions("m1");
    ASSERT_EQ(back.size(), 2u);
    EXPECT_EQ(back[0].model_sha256, "m1");
    EXPECT_EQ(back[0].engine.name, "assay-engine");
    EXPECT_EQ(back[0].engine.version, "0.1.0");
    EXPECT_EQ(back[0].engine.fingerprint, "f");
    EXPECT_EQ(back[0].engine.description, "CPU AVX2");
    EXPECT_EQ(back[0].n_parallel, 16);
    EXPECT_EQ(back[0].peak_memory_bytes, 5'000'000'000u);
    EXPECT_EQ(back[0].saved_at, "t1");
    EXPECT_EQ(back[0].n_checked, 8);
    EXPECT_EQ(back[0].n_equal, 7);
    EXPECT_EQ(back[0].load_ms, 0);
    EXPECT_EQ(back[1].saved_at, "t2");
    EXPECT_EQ(back[1].load_ms, 812.5);
}

}  // namespace
}  // namespace assay::store
