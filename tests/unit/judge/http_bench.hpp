#pragma once
// A judge of any provider against a server in the test program.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "assay/judge/make_judge.hpp"
#include "assay/judge/prompt.hpp"
#include "sim_providers.hpp"

namespace assay::judge {

inline constexpr const char* kBenchKey = "sk-secret-93b1f00d";

/// Runs judges; every request must be as `checker` has it, and the key may be in no text that comes
/// out.
class HttpBench {
 public:
    struct Notes final : Progress {
        std::vector<std::string> lines;
        void begin(std::string_view, std::uint64_t, std::string_view) override {}
        void advance(std::uint64_t) override {}
        void finish(std::string_view) override {}
        void note(std::string_view line) override { lines.emplace_back(line); }
    };

    HttpBench(const std::string& provider, test::Checker checker)
        : path_(provider == "openai" ? "/v1" : ""), checker_(checker) {
        spec_ = judge_of(provider);
        spec_.name = "sim";
        spec_.api().model = "sim-1";
        spec_.api().concurrency = 1;
        spec_.api().timeout_s = 5;
        spec_.api().retries = 1;
    }

    void make(const std::string& url) {
        spec_.api().url = url;
        judge_ = make_judge(
                     spec_,
                     {[](const std::string&, const std::string& json) -> Result<std::string> {
                          return "rendered " +
                                 nlohmann::json::parse(json)["question"].get<std::string>();
                      },
                      {[this](const std::string& name) -> std::optional<std::string> {
                           const auto found = journal_.find(name);
                           return found == journal_.end() ? std::nullopt
                                                          : std::optional(found->second);
                       },
                       [this](const std::string& name, const std::string& text) {
                           hides_key(text);
                           before_put_();
                           journal_[name] = text;
                           after_put_();
                       }},
                      [this] { return known_version_; }},
                     notes_)
                     .value();
    }

    RunResult run(int n) {
        std::vector<BlindedPair> pairs(static_cast<std::size_t>(n));
        for (int i = 0; i < n; ++i) {
            BlindedPair& pair = pairs[static_cast<std::size_t>(i)];
            pair.item_id = "i" + std::to_string(i);
            pair.question = "question " + std::to_string(i) + "?";
            if (long_questions_) {
                for (int word = 0; word < 800 + 400 * i; ++word) {
                    pair.question += " word" + std::to_string(word % 10);
                }
            }
            pair.answer_a = "a";
            pair.answer_b = "b";
        }
        verdicts_.clear();
        const auto begin = std::chrono::steady_clock::now();
        result_ = judge_->run(
            source_of(pairs),
            [this](const Verdict& v) { verdicts_.emplace(v.item_id, v); },
            cancel_);
        took_ = std::chrono::steady_clock::now() - begin;
        for (const auto& [id, v] : verdicts_) {
            for (const std::string& text : {v.raw, v.reasoning, v.failure, v.model_version}) {
                hides_key(text);
            }
        }
        hides_key(to_sentence(result_.why));
        hides_key(judge_->identity());
        for (const std::string& line : notes_.lines) {
            hides_key(line);
        }
        return result_;
    }

    /// Judges `n` pairs by a server with this script.
    void judge(int n, test::Script script) {
        const test::SimServer server(std::move(script));
        make(server.base() + path_);
        run(n);
        seen_ = server.seen();
        for (const test::SeenRequest& request : seen_) {
            EXPECT_THAT(checker_(request), testing::IsEmpty()) << request.body;
        }
    }
    Verdict one(test::Script script) {
        judge(1, std::move(script));
        EXPECT_EQ(verdicts_.size(), 1u);
        return verdicts_.empty() ? Verdict{} : verdicts_.begin()->second;
    }
    Verdict one(const std::string& body) {
        return one([body](const auto&, int) { return test::ScriptedReply{200, body}; });
    }

    [[nodiscard]] nlohmann::json request(std::size_t i) const {
        return nlohmann::json::parse(seen_.at(i).body);
    }
    [[nodiscard]] int count(VerdictState state) const {
        int n = 0;
        for (const auto& [id, v] : verdicts_) {
            n += v.state == state;
        }
        return n;
    }

    std::string path_;             ///< of the judge's address
    bool long_questions_ = false;  ///< of thousands of characters, each longer than the one before
    JudgeSpec spec_;
    Notes notes_;
    std::unique_ptr<Judge> judge_;
    std::map<std::string, std::string> journal_;  ///< what outlives a judge
    std::function<void()> before_put_ = [] {}, after_put_ = [] {};
    std::string known_version_;
    std::atomic<bool> cancel_{false};
    std::map<std::string, Verdict> verdicts_;
    std::vector<test::SeenRequest> seen_;
    RunResult result_;
    std::chrono::steady_clock::duration took_{};

 private:
    static void hides_key(const std::string& text) {
        EXPECT_THAT(text, testing::Not(testing::HasSubstr("sk-")));
    }  // nor a part of it
    test::Checker checker_;
};

/// A variable of the environment for as long as a test runs.
class Variable {
 public:
    Variable(std::string name, const std::string& value) : name_(std::move(name)) {
        if (!name_.empty()) {
            setenv(name_.c_str(), value.c_str(), 1);
        }
    }
    ~Variable() {
        if (!name_.empty()) {
            unsetenv(name_.c_str());
        }
    }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;

 private:
    std::string name_;
};

}  // namespace assay::judge
