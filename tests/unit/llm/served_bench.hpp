#pragma once
// A served generator against servers in the test program.

#include <atomic>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/llm/served_generator.hpp"

namespace assay::llm {

struct ServedBench {
    struct Notes final : Progress {
        std::vector<std::string> lines;
        void begin(std::string_view, std::uint64_t, std::string_view) override {}
        void advance(std::uint64_t) override {}
        void finish(std::string_view) override {}
        void note(std::string_view line) override { lines.emplace_back(line); }
    };

    ServedBench(const std::string& provider, std::vector<std::string> urls) {
        options.name = "q4";
        options.spec.provider = provider;
        options.spec.model = "m:1";
        options.spec.urls = std::move(urls);
        options.spec.retries = 1;
        options.spec.timeout_s = 5;
        options.generation.system = "Be brief.";
    }

    /// Answers "u0" ... "u<n-1>", by question id q0 ...
    std::map<std::string, Generated> run(int n) {
        ServedGenerator generator(options, cancel, notes);
        generator.connect();
        return run(generator, n);
    }
    std::map<std::string, Generated> run(ServedGenerator& generator, int n) {
        std::map<std::string, Generated> out;
        run(generator, n, out);
        return out;
    }
    void run(ServedGenerator& generator, int n, std::map<std::string, Generated>& out) {
        int next = 0;
        generator.generate(
            [&]() -> std::optional<Prompt> {
                if (next == n) {
                    return std::nullopt;
                }
                Prompt prompt;
                prompt.id = "q" + std::to_string(next);
                prompt.task = ChatTask{"u" + std::to_string(next++), 5};
                return prompt;
            },
            [&](const Generated& generated) { out.emplace(generated.id, generated); },
            cancel);
    }
    /// The sentence of the Error that `what` throws; empty if it does not.
    template <class What>
    std::string error_of(What&& what) {
        try {
            what();
        } catch (const Error& error) {
            return error.what();
        }
        return "";
    }
    std::string error_of_run(int n) {
        return error_of([&] { static_cast<void>(run(n)); });
    }

    ServedGenerator::Options options;
    std::atomic<bool> cancel{false};
    Notes notes;
};

}  // namespace assay::llm
