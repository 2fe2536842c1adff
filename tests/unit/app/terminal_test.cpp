#include "assay/app/terminal.hpp"

#include <gtest/gtest.h>

namespace assay::app {
namespace {

/// What is written to stderr, which is no terminal here.
template <class Do>
std::string shown(bool quiet, Do&& work) {
    testing::internal::CaptureStderr();
    {
        TerminalProgress progress(quiet);
        work(progress);
    }
    return testing::internal::GetCapturedStderr();
}

TEST(TerminalProgress, WithoutATerminalIsALineAtTheBeginningAndOneAtTheEnd) {
    const std::string text = shown(false, [](Progress& progress) {
        progress.begin("answers of Q8_0", 200, "questions");
        for (int i = 0; i < 200; ++i) {
            progress.advance(1);
        }
        progress.finish("2 checked");
    });
    EXPECT_EQ(
        text,
        "  answers of Q8_0: 200 questions\n  answers of Q8_0: 200 questions, 2 checked, in 0 s\n");
}

TEST(TerminalProgress, AStepWhoseTotalBecomesKnownIsOneStep) {
    const std::string text = shown(false, [](Progress& progress) {
        progress.begin("making Q8_0", 0, "tensors");
        progress.begin("making Q8_0", 3, "tensors");
        progress.advance(3);
        progress.finish("");
    });
    EXPECT_EQ(text, "  making Q8_0 ...\n  making Q8_0: 3 tensors in 0 s\n");
}

TEST(TerminalProgress, WhenQuietShowsNotesOnly) {
    const std::string text = shown(true, [](Progress& progress) {
        progress.begin("answers", 2, "questions");
        progress.note("the engine died");
        progress.advance(2);
        progress.finish("");
    });
    EXPECT_EQ(text, "  the engine died\n");
}

TEST(TerminalProgress, AFinishWithoutABeginSaysNothing) {
    EXPECT_EQ(shown(false, [](Progress& progress) { progress.finish("x"); }), "");
}

}  // namespace
}  // namespace assay::app
