// `assay trace`: one question's chain of records, as text and as JSON.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "golden.hpp"
#include "lab.hpp"

namespace assay::test {
namespace {

using nlohmann::json;

/// What differs from run to run by its nature: when a verdict was made, and where the test's folder
/// is.
std::string without_place_and_time(std::string text, const Lab& lab) {
    const std::string folder = lab.folder().path().string();
    for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder, at)) {
        text.replace(at, folder.size(), "FOLDER");
    }
    const std::string mark = "created_at\": \"", time = "2025-01-31T12:00:00Z";
    for (std::size_t at = text.find(mark); at != std::string::npos;
         at = text.find(mark, at + mark.size())) {
        text.replace(at + mark.size(), time.size(), "TIME");
    }
    return text;
}

class Trace : public testing::Test {
 protected:
    static void SetUpTestSuite() {
        lab = new Lab(6);
        const Ended ended = lab->run("Q8_0,Q2_K");
        ASSERT_NE(ended.exit_code, 1) << describe(ended);
    }
    static void TearDownTestSuite() { delete lab; }
    static std::string of(const std::string& question, const Strings& more = {}) {
        Strings arguments{"trace", lab->run_dir(), question};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const Ended ended = lab->assay(arguments);
        EXPECT_EQ(ended.exit_code, 0) << describe(ended);
        EXPECT_EQ(ended.err, "");
        return ended.out;
    }
    static Lab* lab;
};

Lab* Trace::lab = nullptr;

TEST_F(Trace, TextIsTheGoldenFile) {
    expect_golden("trace.txt", without_place_and_time(of("q02"), *lab));
}

TEST_F(Trace, JsonIsTheGoldenFile) {
    expect_golden("trace.json", without_place_and_time(of("q02", {"--json"}), *lab));
}

TEST_F(Trace, AgreesWithTheStudysFiles) {
    for (const std::string id : {"q01", "q02", "q05"}) {
        const json trace = json::parse(of(id, {"--json"}));
        ASSERT_EQ(trace["answers"].size(), 3U);
        for (const json& answer : trace["answers"]) {
            EXPECT_EQ(answer["text"], lab->answers(answer["variant"]).at(id));
        }
        ASSERT_EQ(trace["comparisons"].size(), 2U);
        for (const json& comparison : trace["comparisons"]) {
            const Side side = lab->sides(comparison["variant"], "reference").at(id);
            EXPECT_EQ(comparison["comparison_id"], side.comparison_id);
            EXPECT_EQ(comparison["presented_as_A"], side.presented_as_a);
        }
    }
}

TEST_F(Trace, AQuestionThatIsNotThereIsASentence) {
    const Ended ended = lab->assay({"trace", lab->run_dir(), "q99"});
    EXPECT_EQ(ended.exit_code, 2);
    EXPECT_NE(ended.err.find("q99"), std::string::npos);
    EXPECT_EQ(ended.out, "");
}

TEST_F(Trace, AFolderThatIsNoRunIsASentenceAndStaysAsItIs) {
    const std::string folder = lab->folder().write("empty/keep.txt", "x");
    const Ended ended = lab->assay({"trace", (lab->folder() / "empty").string(), "q01"});
    EXPECT_EQ(ended.exit_code, 2) << describe(ended);
    EXPECT_NE(ended.err.find("empty"), std::string::npos);
    EXPECT_EQ(files_below(lab->folder() / "empty").size(), 1U);
}

}  // namespace
}  // namespace assay::test
