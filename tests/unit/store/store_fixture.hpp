#pragma once
// A run directory of its own for each test, records to put there, and child processes.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

#include "assay/base/result.hpp"
#include "assay/store/store.hpp"

namespace assay::store {

class StoreTest : public testing::Test {
 protected:
    void SetUp() override {
        std::string pattern = (std::filesystem::temp_directory_path() / "assay-store-XXXXXX")
                                  .string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
        run_dir_ = folder_ / "run";
    }
    void TearDown() override {
        std::error_code error;
        std::filesystem::remove_all(folder_, error);
    }

    std::filesystem::path file() const { return run_dir_ / "assay.sqlite"; }

    std::filesystem::path folder_;
    std::filesystem::path run_dir_;
};

/// The Error that `action` throws; a test failure where it throws none.
inline Error error_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error;
    }
    ADD_FAILURE() << "no Error was thrown";
    return Error(ErrorKind::kInterrupted, {});
}

/// Runs `action` in a child process and gives its wait status. An exception in the child is exit
/// status 99.
inline int in_child(const std::function<void()>& action) {
    const pid_t pid = ::fork();
    if (pid == 0) {
        try {
            action();
        } catch (...) {
            ::_exit(99);
        }
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    return status;
}

inline PlanRecord plan_record(const std::string& sha256) {
    return {.sha256 = sha256,
            .json = "{\"name\": \"" + sha256 + "\"}",
            .margin = 0.1,
            .alpha = 0.05,
            .created_at = "2025-01-01T00:00:00Z",
            .n_questions = 154};
}

inline AnswerRow answer_row(const std::string& key, const std::string& text = "an answer") {
    AnswerRow row;
    row.key = key;
    row.variant_name = "Q4_K_M";
    row.model_sha256 = "model";
    row.answer.question_id = "q1";
    row.answer.text = text;
    row.answer.tokens = {1, 2, 3};
    row.answer.stop_reason = StopReason::kStop;
    row.created_at = "2025-01-01T00:00:01Z";
    return row;
}

/// Two tokens; the variant diverges at the second.
inline FidelityRecord fidelity_record(const std::string& baseline_key,
                                      const std::string& variant_key) {
    TokenFidelity first;
    first.token = first.top_baseline = first.top_variant = 7;
    first.kld = 0.25;
    first.log_prob_baseline = -0.5;
    first.log_prob_variant = -0.75;
    first.entropy_baseline = 1.5;
    first.entropy_variant = 1.75;
    TokenFidelity second = first;
    second.token = second.top_baseline = 8;
    second.top_variant = 9;
    second.rank = 2;
    FidelityRecord out{baseline_key, variant_key, {"q1", {first, second}, {}}, "now"};
    out.fidelity.divergence = {1, 8, 9, " yes", " no", 0.6, 0.3, 0.2, 0.5};
    return out;
}

inline AnswerRow failed_answer_row(const std::string& key) {
    AnswerRow row = answer_row(key, "");
    row.answer.stop_reason = StopReason::kFailed;
    row.answer.failure = "the engine died on it twice, alone";
    return row;
}

inline Comparison comparison_of(const std::string& id,
                                const std::string& baseline_key,
                                const std::string& variant_key) {
    Comparison c;
    c.id = id;
    c.question_id = "q1";
    c.variant = "Q4_K_M";
    c.baseline_answer_key = baseline_key;
    c.variant_answer_key = variant_key;
    c.answers_sha256 = "both";
    c.variant_is_a = true;
    c.order_index = 7;
    return c;
}

inline VerdictRow verdict_row(const std::string& comparison_id,
                              VerdictState state,
                              const std::string& judge = "j1") {
    VerdictRow row;
    row.item_id = comparison_id;
    row.judge_key = judge;
    row.judge_name = "panel-1";
    row.verdict.item_id = comparison_id;
    row.verdict.state = state;
    row.verdict.confidence = Confidence::kHigh;
    row.verdict.reasoning = "because";
    row.verdict.raw = "{}";
    row.created_at = "2025-01-01T00:00:02Z";
    return row;
}

}  // namespace assay::store
