#include "assay/records/rules.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace assay {
namespace {

TEST(Rules, ARangeNamesItsEndsAndTheValue) {
    EXPECT_EQ(complaint(0, Range{0, 10}), "");
    EXPECT_EQ(complaint(10, Range{0, 10}), "");
    EXPECT_EQ(complaint(-1, Range{0, 10}), "must be from 0 to 10, not -1");
    EXPECT_EQ(complaint(0, Range{0, 0.5, true, true}), "must be above 0 and below 0.5, not 0");
    EXPECT_EQ(complaint(0.5, Range{0, 0.5, true, true}), "must be above 0 and below 0.5, not 0.5");
    EXPECT_EQ(complaint(1.5, Range{0, 1, true}), "must be above 0 and at most 1, not 1.5");
    EXPECT_EQ(complaint(2, Range{1, 2, false, true}), "must be at least 1 and below 2, not 2");
    EXPECT_EQ(complaint(std::nan(""), Range{0, 10}), "must be from 0 to 10, not nan");
}

TEST(Rules, AWordIsOneOfTheList) {
    static constexpr std::array<std::string_view, 2> kWords{"on", "off"};
    EXPECT_EQ(complaint("on", Words{kWords}), "");
    EXPECT_EQ(complaint("auto", Words{kWords}), "must be one of on, off, not \"auto\"");
}

TEST(Rules, ADayIsOneOfTheCalendar) {
    EXPECT_EQ(complaint("2024-02-29", Day{}), "");
    for (const char* day : {"2025-02-29",
                            "2025-13-01",
                            "2025-00-10",
                            "2025-1-1",
                            "25-01-01",
                            "2025/01/01",
                            "2025-01-0x",
                            "2025-01--1",
                            ""}) {
        EXPECT_NE(complaint(day, Day{}), "") << day;
    }
    EXPECT_EQ(complaint("today", Day{}), "must be a day such as 2025-01-31, not \"today\"");
}

}  // namespace
}  // namespace assay
