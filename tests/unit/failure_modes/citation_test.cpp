#include "assay/failure_modes/citation.hpp"

#include <gmock/gmock.h>

namespace assay::failure_modes {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(CitedNumbers, AreThoseInSquareBrackets) {
    EXPECT_THAT(cited_numbers("It cools [3], as [1, 2] and [4-6] say.[7][8] Slowly[9]."),
                ElementsAre(3, 1, 2, 4, 6, 7, 8, 9));
    EXPECT_THAT(cited_numbers("[4] In 1957 it was found."), ElementsAre(4));
    EXPECT_THAT(cited_numbers("[12]"), ElementsAre(12));
}

TEST(CitedNumbers, AreNoIndicesFormulasYearsOrIntervals) {
    for (const char* text : {"a[7]",
                             "x_1[3] = y2[4]",
                             "f(x)[2]",
                             "[18]crown-6",
                             "[2]-catenane",
                             "[14]C",
                             "in [2019]",
                             "[2019-07-18]",
                             "on [0, 1]",
                             "[007]",
                             "`b [5]`",
                             "```\nb = [5]\n```",
                             "see [3](http://x.org)",
                             "[1",
                             "[]",
                             "[a]",
                             "[ 5 ]",
                             "[1,]",
                             "[[",
                             "(7)"}) {
        EXPECT_THAT(cited_numbers(text), IsEmpty()) << text;
    }
}

TEST(InventsSource, MeansANumberAboveThePassagesShown) {
    EXPECT_TRUE(invents_source("It cools [5].", 4));
    EXPECT_FALSE(invents_source("It cools [4].", 4));
    EXPECT_TRUE(invents_source("It cools [1-5].", 4));
    EXPECT_FALSE(invents_source("It cools [5].", 0));
}

}  // namespace
}  // namespace assay::failure_modes
