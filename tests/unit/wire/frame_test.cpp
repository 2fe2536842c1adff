#include "assay/wire/frame.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <thread>

namespace assay::wire {
namespace {

/// A pipe whose ends are closed with it.
class Pipe {
 public:
    Pipe() { EXPECT_EQ(::pipe(ends_.data()), 0); }
    ~Pipe() {
        close_out();
        close_in();
    }
    [[nodiscard]] int in() const { return ends_[0]; }
    [[nodiscard]] int out() const { return ends_[1]; }
    void close_out() { close(ends_[1]); }
    void close_in() { close(ends_[0]); }
    void write(const std::string& bytes) const {
        EXPECT_EQ(::write(out(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    }

 private:
    static void close(int& fd) {
        if (fd >= 0) {
            ::close(fd);
        }
        fd = -1;
    }
    std::array<int, 2> ends_{-1, -1};
};

TEST(Frame, ComesOutAsItWentIn) {
    Pipe pipe;
    const std::string payload("a\0b\xff\n", 5);
    ASSERT_TRUE(write_frame(pipe.out(), {"{\"id\":1}", payload}));
    ASSERT_TRUE(write_frame(pipe.out(), {"second", ""}));
    const auto first = read_frame(pipe.in());
    ASSERT_TRUE(first && *first);
    EXPECT_EQ((*first)->header, "{\"id\":1}");
    EXPECT_EQ((*first)->payload, payload);
    const auto second = read_frame(pipe.in());
    ASSERT_TRUE(second && *second);
    EXPECT_EQ((*second)->header, "second");
    EXPECT_EQ((*second)->payload, "");
}

TEST(Frame, HasLittleEndianLengthsInFront) {
    Pipe pipe;
    ASSERT_TRUE(write_frame(pipe.out(), {std::string(300, 'h'), std::string(5, 'p')}));
    std::array<unsigned char, 12> prefix{};
    ASSERT_EQ(::read(pipe.in(), prefix.data(), prefix.size()), 12);
    EXPECT_EQ(prefix, (std::array<unsigned char, 12>{44, 1, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(Frame, LargerThanAPipeIsTakenInPieces) {
    Pipe pipe;
    const std::string payload(3'000'000, 'x');
    std::thread writer([&] { EXPECT_TRUE(write_frame(pipe.out(), {"h", payload})); });
    const auto frame = read_frame(pipe.in());
    writer.join();
    ASSERT_TRUE(frame && *frame);
    EXPECT_EQ((*frame)->payload, payload);
}

TEST(Frame, TheEndOfTheStreamBetweenTwoIsClean) {
    Pipe pipe;
    ASSERT_TRUE(write_frame(pipe.out(), {"h", "p"}));
    pipe.close_out();
    EXPECT_TRUE(read_frame(pipe.in())->has_value());
    const auto end = read_frame(pipe.in());
    ASSERT_TRUE(end);
    EXPECT_FALSE(end->has_value());
}

TEST(Frame, ThatIsCutOffAnywhereIsAFailure) {
    std::string whole;
    {
        Pipe pipe;
        ASSERT_TRUE(write_frame(pipe.out(), {"header", "payload"}));
        whole.resize(12 + 6 + 7);
        ASSERT_EQ(::read(pipe.in(), whole.data(), whole.size()),
                  static_cast<ssize_t>(whole.size()));
    }
    for (std::size_t n = 1; n < whole.size(); ++n) {
        Pipe pipe;
        pipe.write(whole.substr(0, n));
        pipe.close_out();
        EXPECT_FALSE(read_frame(pipe.in())) << n << " bytes";
    }
}

TEST(Frame, ThatSaysItIsHugeIsRefusedBeforeMemoryIsTaken) {
    for (const std::string& prefix :
         {std::string("\xff\xff\xff\xff\0\0\0\0\0\0\0\0", 12),
          std::string("\x02\0\0\0\xff\xff\xff\xff\xff\xff\xff\x7f", 12)}) {
        Pipe pipe;
        pipe.write(prefix);
        const auto frame = read_frame(pipe.in());
        ASSERT_FALSE(frame);
        EXPECT_NE(frame.error().message.find("larger"), std::string::npos);
    }
}

TEST(Frame, ToNobodyIsAFailure) {
    const auto before = std::signal(SIGPIPE, SIG_IGN);
    Pipe pipe;
    pipe.close_in();
    EXPECT_FALSE(write_frame(pipe.out(), {"h", "p"}));
    EXPECT_FALSE(write_frame(-1, {"h", "p"}));
    EXPECT_FALSE(read_frame(-1));
    std::signal(SIGPIPE, before);
}

}  // namespace
}  // namespace assay::wire
