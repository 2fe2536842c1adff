#include "run_fixture.hpp"

#include "assay/base/hash.hpp"
#include "assay/config/plan_json.hpp"
#include "assay/pairing/draw.hpp"
#include "assay/run/artifacts.hpp"
#include "assay/run/build_report.hpp"

namespace assay::run {
namespace {

constexpr const char* kTime = "2025-01-31T12:00:00Z";

Variant variant_of(const std::string& name, Role role, std::uint64_t size) {
    Variant out{name, role, role == Role::kBaseline ? "file" : "Q4_K_M from it", {}};
    out.file.path = "/models/" + name + ".gguf";
    out.file.sha256 = sha256_hex(name);
    out.file.size_bytes = size;
    out.file.tensor_bytes = size;
    out.file.n_weights = 1000;
    out.file.tensor_types = {{"F16", 3}};
    out.file.architecture = "llama";
    return out;
}

}  // namespace

RunFixture::RunFixture() : store(store::Store::open(folder / "run")) {
    plan.name = "science";
    plan.source = "command line";
    plan.baseline = {"base", FileSource{"/models/base.gguf"}};
    plan.variants = {{"small", TypeSource{"Q4_K_M"}}};
    plan.dataset.file = "/data/questions.jsonl";
    plan.generation.prompt_template = "{{ question }}";
    JudgeSpec panel = judge_of("openai");
    panel.name = "panel";
    panel.api().url = "http://127.0.0.1:1/v1";
    panel.api().model = "m";
    plan.judges = {panel};
    plan_sha256 = config::plan_sha256(plan);
    store->save_plan({plan_sha256,
                      config::plan_to_json(plan),
                      plan.analysis.margin,
                      plan.analysis.alpha,
                      kTime,
                      3});
    questions = {{"a", "Question a?", "Expected a", {"Context of a"}, {}, "questions.jsonl:1"},
                 {"b", "Question b?", {}, {}, "book", "questions.jsonl:2"},
                 {"c", "Question c?", {}, {}, {}, "questions.jsonl:3"}};
    store->save_questions(plan_sha256, questions);
    store->save_variant(plan_sha256, variant_of("base", Role::kBaseline, 2000), 0);
    store->save_variant(plan_sha256, variant_of("small", Role::kVariant, 600), 1);
    facts.dataset_sha256 = sha256_hex("dataset");
    facts.command = "assay run science.yaml";
    facts.host = {"a CPU", 2, "Linux"};
    facts.n_prompts_compared = 3;
    facts.n_prompts_equal = 3;
    facts.notes = {"a note"};
    for (const std::string name : {"base", "small"}) {
        facts.variants.push_back({name,
                                  {"assay-engine", "1", "fingerprint", "parts"},
                                  16,
                                  {key_of(name, "a"), key_of(name, "b"), key_of(name, "c")}});
    }
    JudgeFacts judge;
    judge.name = "panel";
    judge.provider = "openai";
    judge.model = "m";
    judge.key = "judge key";
    facts.judges = {judge};
    save_facts(*store, plan_sha256, facts);
    store->save_judge("judge key", "panel", "{}");
    for (const std::string name : {"base", "small"}) {
        save_answer(name, "a", "the same");
        save_answer(name, "b", name + " says b");
        save_answer(name, "c", name + " says c");
    }
    pair();
}

void RunFixture::save_answer(const std::string& variant,
                             const std::string& question,
                             const std::string& text,
                             StopReason stop_reason) {
    Answer answer;
    answer.question_id = question;
    answer.text = text;
    answer.tokens.assign(10, 1);
    answer.stop_reason = stop_reason;
    if (stop_reason == StopReason::kFailed) {
        answer.failure = "the engine died on it";
    }
    answer.n_prompt_tokens = 50;
    answer.n_computed_tokens = 20;
    answer.prompt_sha256 = sha256_hex(question);
    answer.messages_sha256 = sha256_hex("messages of " + question);
    answer.prefill_ms = 10;
    answer.decode_ms = 100;
    store->save_answer({key_of(variant, question), variant, sha256_hex(variant), answer, kTime});
}

void RunFixture::pair() {
    std::vector<pairing::PairInput> inputs;
    for (const Question& question : questions) {
        const auto baseline = store->answer(key_of("base", question.id)),
                   variant = store->answer(key_of("small", question.id));
        const std::string baseline_key = key_of("base", question.id),
                          variant_key = key_of("small", question.id);
        if (auto input = pairing::make_pair_input(
                question,
                {baseline_key, baseline ? &baseline->answer : nullptr},
                {variant_key, variant ? &variant->answer : nullptr})) {
            inputs.push_back(*input);
        }
    }
    store->save_comparisons(pairing::draw_comparisons(inputs, {}, "small", plan.blinding_seed));
}

void RunFixture::write_files(const std::filesystem::path& out) const {
    const StoredRun run = stored();
    write_artifacts(run, build_report(run), out);
}

Comparison RunFixture::comparison_of(const std::string& question) const {
    return *store->comparison(
        pairing::comparison_id(question, key_of("base", question), key_of("small", question)));
}

/// What the judge says if the variant's `outcome` is to be this: win, loss, tie, invalid or error.
static VerdictState state_of(std::string_view outcome, bool variant_is_a) {
    if (outcome == "tie") {
        return VerdictState::kTie;
    }
    if (outcome == "invalid") {
        return VerdictState::kInvalid;
    }
    if (outcome == "error") {
        return VerdictState::kError;
    }
    return (outcome == "win") == variant_is_a ? VerdictState::kA : VerdictState::kB;
}

void RunFixture::judge(const std::string& question, const std::string& outcome) {
    const Comparison comparison = comparison_of(question);
    store::VerdictRow row{comparison.id, "judge key", "panel", {}, kTime};
    row.verdict.item_id = comparison.id;
    row.verdict.confidence = Confidence::kHigh;
    row.verdict.reasoning = "because of " + question;
    row.verdict.raw = "raw reply on " + question;
    row.verdict.model_version = "m-2025";
    row.verdict.n_attempts = 1;
    row.verdict.state = state_of(outcome, comparison.variant_is_a);
    if (row.verdict.state == VerdictState::kInvalid || row.verdict.state == VerdictState::kError) {
        row.verdict.confidence = Confidence::kNone;
        row.verdict.failure = "it is " + outcome;
    }
    store->freeze_analysis(plan.analysis.margin, plan.analysis.alpha);
    store->save_verdict(row);
}

void RunFixture::save_fidelity(const std::string& question, double kld, int position) {
    AnswerFidelity fidelity{question, {}, {}};
    for (int i = 0; i < 10; ++i) {
        TokenFidelity token;
        token.token = token.top_baseline = 1;
        token.top_variant = i == position ? 2 : 1;
        token.kld = kld;
        token.log_prob_baseline = -0.25;
        token.log_prob_variant = -0.5;
        token.rank = i == position ? 2 : 1;
        fidelity.tokens.push_back(token);
    }
    if (position >= 0) {
        fidelity.divergence = {position, 1, 2, " yes\n", " <b>", 0.6, 0.3, 0.2, 0.5};
    }
    store->save_fidelity({key_of("base", question), key_of("small", question), fidelity, kTime});
}

void RunFixture::save_session(const std::string& variant,
                              std::int64_t n_checked,
                              std::int64_t n_equal,
                              std::uint64_t peak_memory_bytes,
                              double load_ms) {
    store->save_session({sha256_hex(variant),
                         {"assay-engine", "1", "fingerprint", "parts"},
                         16,
                         peak_memory_bytes,
                         kTime,
                         n_checked,
                         n_equal,
                         load_ms});
}

}  // namespace assay::run
