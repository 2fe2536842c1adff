#include "assay/base/part_name.hpp"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(PartNames, AreTakenApartAndPutTogether) {
    const PartName part{"/models/big", 2, 3};
    EXPECT_EQ(name_of_part(part), "/models/big-00002-of-00003.gguf");
    EXPECT_EQ(part_name("/models/big-00002-of-00003.gguf"), part);
    EXPECT_EQ(part_name("a-00001-of-00001.GGUF"), (PartName{"a", 1, 1}));
    EXPECT_EQ(part_name("a-00001-of-00002-00003-of-00003.gguf"),
              (PartName{"a-00001-of-00002", 3, 3}));
}

TEST(PartNames, AreOnlyThoseOfThatForm) {
    for (const char* name : {"",
                             "model.gguf",
                             "-00001-of-00003.gguf",
                             "/models/-00001-of-00003.gguf",
                             "big-00001-of-00003.bin",
                             "big-00001-of-00003",
                             "big-0001-of-0003.gguf",
                             "big-000001-of-000003.gguf",
                             "big-00000-of-00003.gguf",
                             "big-00004-of-00003.gguf",
                             "big-+0001-of-00003.gguf",
                             "big-    1-of-    3.gguf",
                             "big-00001_of-00003.gguf",
                             "big00001-of-00003.gguf"}) {
        EXPECT_FALSE(part_name(name)) << name;
    }
}

}  // namespace
}  // namespace assay
