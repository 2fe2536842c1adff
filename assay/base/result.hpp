#pragma once
// Errors, three kinds (docs/architecture.md, "Errors"):
//   Result<T>      an expected failure of one item: returned, stored, counted
//   throw Error    the run cannot go on: caught once, in main
//   ASSAY_CHECK    a bug of ours

#include <stdexcept>
#include <string>
#include <tl/expected.hpp>

namespace assay {

/// Why one item failed: a sentence, where it happened (file:line, URL, item) and the way out.
/// `place` and `remedy` may be empty.
struct Failure {
    std::string message;
    std::string place;
    std::string remedy;
};

/// `place: message. remedy`, leaving out what is empty.
[[nodiscard]] std::string to_sentence(const Failure& failure);

template <class T>
using Result = tl::expected<T, Failure>;

/// `return fail("no such file", path, "check the path");` from a function that returns Result<T>.
[[nodiscard]] inline tl::unexpected<Failure> fail(std::string message,
                                                  std::string place = {},
                                                  std::string remedy = {}) {
    return tl::unexpected<Failure>(
        Failure{std::move(message), std::move(place), std::move(remedy)});
}

/// What an Error means for the program's exit code.
enum class ErrorKind {
    kOperational,  ///< exit code 1: disk, engine, lock
    kUsage,        ///< exit code 2: flags, experiment file, data
    kInterrupted,  ///< exit code 130: stopped by the user
};

/// The run cannot go on. Thrown anywhere above base, caught once in main.
class Error : public std::runtime_error {
 public:
    Error(ErrorKind kind, Failure failure)
        : std::runtime_error(to_sentence(failure)), kind_(kind), failure_(std::move(failure)) {}
    [[nodiscard]] ErrorKind kind() const { return kind_; }
    [[nodiscard]] const Failure& failure() const { return failure_; }

 private:
    ErrorKind kind_;
    Failure failure_;
};

[[noreturn]] inline void throw_usage(std::string message,
                                     std::string place = {},
                                     std::string remedy = {}) {
    throw Error(ErrorKind::kUsage,
                Failure{std::move(message), std::move(place), std::move(remedy)});
}
[[noreturn]] inline void throw_operational(std::string message,
                                           std::string place = {},
                                           std::string remedy = {}) {
    throw Error(ErrorKind::kOperational,
                Failure{std::move(message), std::move(place), std::move(remedy)});
}

/// Throws std::logic_error that names the condition and the line.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

#define ASSAY_CHECK(condition) \
    ((condition) ? static_cast<void>(0) : ::assay::check_failed(#condition, __FILE__, __LINE__))

}  // namespace assay
