#include "assay/perplexity/base_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>

#include "assay/base/text.hpp"
#include "assay/perplexity/chunks.hpp"
#include "assay/perplexity/row_scores.hpp"
#include "temp_folder.hpp"

namespace assay::perplexity {
namespace {

using testing::HasSubstr;

/// Chunks of 4 tokens have one scored token each; a vocabulary of 5 takes rows of 10 values.
BaseFileHead small_head() {
    return {4, 5, 2, {0, 1, 2, 3, 4, 3, 2, 1}};
}

class BaseFile : public testing::Test {
 protected:
    std::string written() {
        BaseFileWriter writer(path, small_head());
        writer.append(std::string(20, 'a'));
        writer.append(std::string(20, 'b'));
        writer.close();
        return *read_file(path);
    }
    std::string refusal(const std::string& bytes) {
        folder.write("base.kld", bytes);
        const auto reader = BaseFileReader::open(path);
        EXPECT_FALSE(reader);
        const std::string sentence = reader ? "" : to_sentence(reader.error());
        EXPECT_THAT(sentence, HasSubstr(path.string()));
        return sentence;
    }
    /// The file with one of the three numbers of its head replaced.
    std::string with_number(int which, std::int32_t number) {
        std::string bytes = written();
        std::memcpy(bytes.data() + 8 + 4 * which, &number, sizeof number);
        return bytes;
    }
    test::TempFolder folder;
    const std::filesystem::path path = folder / "base.kld";
};

TEST(Chunks, AreScoredInTheirLaterHalf) {
    EXPECT_EQ(first_scored(512), 256);
    EXPECT_EQ(n_scored(512), 255);
    EXPECT_EQ(n_scored(4), 1);
    EXPECT_EQ(n_scored(5), 2);
}

TEST_F(BaseFile, HasHeadTokensAndRows) {
    const std::string bytes = written();
    EXPECT_EQ(bytes.size(), 8 + 12 + 8 * 4 + 2 * 20U);
    EXPECT_EQ(small_head().file_bytes(), bytes.size());
    EXPECT_TRUE(bytes.starts_with(std::string("_logits_\x04\0\0\0\x05\0\0\0\x02\0\0\0", 20)));
    auto reader = BaseFileReader::open(path);
    ASSERT_TRUE(reader) << to_sentence(reader.error());
    EXPECT_EQ(reader->head().tokens, small_head().tokens);
    EXPECT_EQ(*reader->rows(1, 1), std::string(20, 'b'));
    EXPECT_EQ(*reader->rows(0, 2), std::string(20, 'a') + std::string(20, 'b'));
    EXPECT_FALSE(reader->rows(1, 2));
    EXPECT_TRUE(reader->rows(0, 1)) << "a failure is of one call";
}

TEST_F(BaseFile, ThatIsNoneOrDamagedIsRefusedWithTheReason) {
    const std::string bytes = written();
    EXPECT_THAT(refusal(""), HasSubstr("is no file of log-probabilities"));
    EXPECT_THAT(refusal("_logit"), HasSubstr("is no file of log-probabilities"));
    EXPECT_THAT(refusal("GGUF" + bytes), HasSubstr("is no file of log-probabilities"));
    EXPECT_THAT(refusal(bytes.substr(0, 15)), HasSubstr("cut off in its first bytes"));
    for (std::size_t n = 20; n < bytes.size(); n += 7) {
        EXPECT_THAT(refusal(bytes.substr(0, n)), HasSubstr("it is cut off"));
    }
    EXPECT_THAT(refusal(bytes + "x"), HasSubstr("it is damaged"));
    EXPECT_THAT(refusal(with_number(0, 0)), HasSubstr("a chunk has 0 tokens"));
    EXPECT_THAT(refusal(with_number(0, -5)), HasSubstr("a chunk has -5 tokens"));
    EXPECT_THAT(refusal(with_number(1, 0)), HasSubstr("the vocabulary has 0 tokens"));
    EXPECT_THAT(refusal(with_number(2, 0)), HasSubstr("it has 0 chunks"));
    EXPECT_THAT(refusal(with_number(2, 2'000'000'000)), HasSubstr("it is cut off"));
    EXPECT_THAT(refusal(with_number(0, 99'999'999)), HasSubstr("it is cut off"));
    // The vocabulary of 6 takes as many bytes as that of 5; of 3 it does not hold token 4.
    std::string other = bytes;
    other[20] = 5;
    EXPECT_THAT(refusal(other), HasSubstr("not in its vocabulary"));
}

TEST_F(BaseFile, ThatIsNotThereOrAFolderIsSaidToBeThat) {
    const auto none = BaseFileReader::open(folder / "none");
    ASSERT_FALSE(none);
    EXPECT_THAT(none.error().message, HasSubstr("No such file"));
    const auto is_folder = BaseFileReader::open(folder.path());
    ASSERT_FALSE(is_folder);
    EXPECT_THAT(is_folder.error().message, HasSubstr("is a folder"));
    EXPECT_THROW(BaseFileWriter(folder / "no/such/base.kld", small_head()), Error);
}

}  // namespace
}  // namespace assay::perplexity
