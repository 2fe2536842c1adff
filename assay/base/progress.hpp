#pragma once
// Where long steps say how far they are. The library never prints: app/ implements this on the
// terminal, tests with a list.

#include <cstdint>
#include <string>
#include <string_view>

namespace assay {

class Progress {
 public:
    virtual ~Progress() = default;
    /// A step begins: "answers of Q8_0", 154, "questions". total 0: not known.
    virtual void begin(std::string_view label, std::uint64_t total, std::string_view unit) = 0;
    /// `n` more units are done.
    virtual void advance(std::uint64_t n) = 0;
    /// How it goes, beside the count: "41 A, 39 B, 2 INVALID". Stays until it is replaced or the
    /// step ends.
    virtual void status(std::string_view) {}
    /// The step has ended; a closing remark, may be empty.
    virtual void finish(std::string_view remark) = 0;
    /// A line worth reading: a retry, a fallback, a restart.
    virtual void note(std::string_view line) = 0;
};

/// Says nothing.
class SilentProgress final : public Progress {
 public:
    void begin(std::string_view, std::uint64_t, std::string_view) override {}
    void advance(std::uint64_t) override {}
    void finish(std::string_view) override {}
    void note(std::string_view) override {}
};

}  // namespace assay
