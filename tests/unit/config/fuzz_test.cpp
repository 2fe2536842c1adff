// Mutated files of every kind: never a crash, never an exception, always a result or errors that
// can be printed.

#include <gtest/gtest.h>

#include "assay/base/random.hpp"
#include "assay/base/text.hpp"
#include "assay/config/dataset.hpp"
#include "assay/config/example.hpp"
#include "assay/config/plan_json.hpp"
#include "folder.hpp"

namespace assay::config {
namespace {

std::string mutated(std::string text, Rng& rng) {
    static constexpr std::string_view kBytes =
        "{}[]:,\"'\n\r\t #&*!|>-~%@\\\0\xFF\xC3\xEF\xBB\xBF"
        "0a";
    static constexpr std::string_view kPieces[] = {"*a",
                                                   "&a ",
                                                   "<<: ",
                                                   "[[[[",
                                                   "}}}}",
                                                   "1e999",
                                                   "\"\"",
                                                   "null",
                                                   "---\n",
                                                   "\xEF\xBB\xBF",
                                                   "- ",
                                                   "? ",
                                                   "\\u0000",
                                                   "-1",
                                                   ": "};
    for (std::uint64_t n = 1 + rng.below(4); n > 0; --n) {
        const std::size_t at = rng.below(text.size() + 1);
        switch (rng.below(6)) {
            case 0: text.insert(at, 1, kBytes[rng.below(kBytes.size())]); break;
            case 1: text.erase(at, rng.below(20)); break;
            case 2: text.insert(at, kPieces[rng.below(std::size(kPieces))]); break;
            case 3: text.insert(at, text.substr(rng.below(text.size() + 1), rng.below(60))); break;
            case 4: text.resize(at); break;
            case 5:
                if (at < text.size()) {
                    text[at] = static_cast<char>(rng.below(256));
                }
                break;
        }
    }
    return text;
}

void expect_printable(const std::vector<Failure>& failures, const std::string& input) {
    EXPECT_FALSE(failures.empty()) << input;
    for (const Failure& failure : failures) {
        EXPECT_FALSE(failure.message.empty()) << input;
        EXPECT_TRUE(is_valid_utf8(to_sentence(failure))) << input;
    }
}

TEST(Fuzz, ExperimentFiles) {
    const Folder folder;
    folder.write("prompt.jinja", "{{ question }}");
    const std::string seeds[] = {
        example_experiment(),
        "name: x\nbaseline: &a {file: model-F16.gguf}\nvariants: [Q8_0, {name: m, file: "
        "other.gguf}]\ndataset: {file: questions.jsonl, ids: [a], fields: "
        "{id: k}}\ngeneration: {system: \"s\", temp: 0.5, stop: [\"\\n\"], prompt-template: "
        "prompt.jinja}\njudges: [{name: p, provider: openai, "
        "url: \"http://127.0.0.1:9/v1\", model: m, api-key-env: K}, reference]\nengine: "
        "{slots: 8}\nblinding-seed: 3\n"};
    Rng rng(11);
    int n_plans = 0;
    for (int i = 0; i < 2500; ++i) {
        const std::string yaml = mutated(seeds[i % 2], rng);
        const auto plan = load_plan(folder.write("exp.yaml", yaml), {});
        if (!plan) {
            expect_printable(plan.error(), yaml);
            continue;
        }
        ++n_plans;
        const std::string json = plan_to_json(*plan);
        const auto back = plan_from_json(json);
        ASSERT_TRUE(back) << to_sentence(back.error()) << "\n" << yaml;
        EXPECT_EQ(plan_to_json(*back), json) << yaml;
    }
    EXPECT_GT(n_plans, 100);  // else the mutations are too wild to reach the later checks
}

TEST(Fuzz, Datasets) {
    const Folder folder;
    const std::pair<const char*, std::string> seeds[] = {
        {"q.jsonl",
         "{\"id\": 1, \"question\": \"Why \\u00e9?\", \"contexts\": [\"a\", {\"text\": \"b\"}], "
         "\"expected\": "
         "\"e\"}\n{\"instruction\": \"x\", "
         "\"input\": \"y\"}\n\n{\"turns\": [\"t\"]}\n"},
        {"q.json",
         "{\"version\": 1,\n \"data\": [{\"question\": \"a\", \"context\": \"c\"},\n "
         "{\"question\": \"b\", "
         "\"cluster\": 4}]}"},
        {"a.json", "[{\"question\": \"a\"},\n {\"question\": \"b\"}]\n"},
        {"q.csv",
         "id,question,contexts,expected\r\n1,\"a, \"\"b\"\"\nc\",\"[\"\"p\"\"]\",x\r\n2,d,,\r\n"}};
    Rng rng(12);
    int n_loaded = 0;
    for (int i = 0; i < 8000; ++i) {
        const auto& [name, seed] = seeds[i % 4];
        const std::string bytes = mutated(seed, rng);
        DatasetSpec spec;
        spec.file = folder.write(name, bytes);
        const auto questions = load_questions(spec);
        if (!questions) {
            expect_printable(questions.error(), bytes);
            continue;
        }
        ++n_loaded;
        EXPECT_FALSE(questions->empty()) << bytes;
        for (const Question& question : *questions) {
            EXPECT_FALSE(trim(question.text).empty() || question.id.empty()) << bytes;
            EXPECT_TRUE(is_valid_utf8(question.text) && is_valid_utf8(question.id)) << bytes;
        }
    }
    EXPECT_GT(n_loaded, 500);
}

TEST(Fuzz, StoredPlans) {
    const Folder folder;
    folder.write("exp.yaml", example_experiment());
    const std::string json = plan_to_json(load_plan(folder.path("exp.yaml"), {}).value());
    Rng rng(13);
    for (int i = 0; i < 3000; ++i) {
        const std::string text = mutated(json, rng);
        const auto plan = plan_from_json(text);
        if (!plan) {
            EXPECT_TRUE(is_valid_utf8(to_sentence(plan.error()))) << text;
        } else {
            EXPECT_TRUE(plan_from_json(plan_to_json(*plan))) << text;
        }
    }
}

}  // namespace
}  // namespace assay::config
