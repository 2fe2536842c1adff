#pragma once
// A temporary folder with the files that an experiment needs, and errors as sentences.

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/config/plan.hpp"

namespace assay::config {

class Folder {
 public:
    Folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "assay_config_XXXXXX")
                                  .string();
        path_ = ::mkdtemp(pattern.data());
        write("model-F16.gguf", "GGUF");
        write("other.gguf", "GGUF");
        write("questions.jsonl", "{\"question\": \"Why?\"}\n");
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    [[nodiscard]] std::string path(std::string_view name) const { return (path_ / name).string(); }

    std::string write(std::string_view name, std::string_view bytes) const {
        std::filesystem::create_directories((path_ / name).parent_path());
        std::ofstream(path_ / name, std::ios::binary) << bytes;
        return path(name);
    }

 private:
    std::filesystem::path path_;
};

/// The errors as main prints them, with the folder's path and its slash left out.
inline std::vector<std::string> sentences(const std::vector<Failure>& failures,
                                          const Folder& folder) {
    std::vector<std::string> out;
    const std::string prefix = folder.path("");
    for (const Failure& failure : failures) {
        std::string sentence = to_sentence(failure);
        for (std::size_t at; (at = sentence.find(prefix)) != std::string::npos;) {
            sentence.erase(at, prefix.size());
        }
        out.push_back(std::move(sentence));
    }
    return out;
}

/// What is needed besides the lines under test.
inline constexpr std::string_view kNeeded =
    "baseline: {file: model-F16.gguf}\nvariants: [Q8_0]\ndataset: {file: questions.jsonl}\n";

class PlanTest : public testing::Test {
 protected:
    tl::expected<Plan, std::vector<Failure>> load(const std::string& yaml,
                                                  const Overrides& flags = {}) {
        return load_plan(folder_.write("exp.yaml", yaml), flags);
    }
    /// The plan of an experiment file that is right: kNeeded and these lines.
    Plan plan_with(const std::string& lines, const Overrides& flags = {}) {
        auto plan = load(std::string(kNeeded) + lines, flags);
        if (!plan) {
            ADD_FAILURE() << testing::PrintToString(sentences(plan.error(), folder_));
        }
        return plan ? *plan : Plan{};
    }
    std::vector<std::string> errors_of(const std::string& yaml, const Overrides& flags = {}) {
        const auto plan = load(yaml, flags);
        return plan ? std::vector<std::string>{} : sentences(plan.error(), folder_);
    }
    /// Errors of kNeeded (lines 1 to 3) and these lines (from line 4).
    std::vector<std::string> errors_with(const std::string& lines, const Overrides& flags = {}) {
        return errors_of(std::string(kNeeded) + lines, flags);
    }

    Folder folder_;
};

}  // namespace assay::config
