#pragma once
// How a message's fields become a frame and come out of it again. A message names each of its
// fields once, in a function `fields` that both directions are given to:
//
//   struct Tokenize {
//       static constexpr std::string_view kName = "tokenize";
//       std::string text;
//       bool add_special = true;
//       static void fields(auto& self, auto& field) {
//           field("text", self.text);
//           field("add_special", self.add_special);
//       }
//   };
//
// A frame's header is {"id": ..., "name": kName, "body": {field: value, ...}}. Token ids (int32,
// little-endian) and bytes that need not be UTF-8 are too large or too odd for JSON: they stand in
// the payload, one field after the other, and the body has their lengths in bytes.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "assay/wire/frame.hpp"

namespace assay::wire {

/// A type that a field in the header may have.
template <class T>
concept HeaderValue = std::is_same_v<T, bool> || std::is_same_v<T, int> ||
    std::is_same_v<T, std::uint32_t> || std::is_same_v<T, std::int64_t> ||
    std::is_same_v<T, std::uint64_t> || std::is_same_v<T, double> ||
    std::is_same_v<T, std::string> || std::is_same_v<T, std::vector<std::string>> ||
    std::is_same_v<T, std::vector<double>> || std::is_same_v<T, std::map<std::string, int>>;

/// Takes a message's fields. Text that is not UTF-8 is replaced in the header, never a reason to
/// throw.
class FieldWriter {
 public:
    FieldWriter();
    ~FieldWriter();

    template <HeaderValue T>
    void operator()(const char* name, const T& value);
    /// Token ids, in the payload.
    void operator()(const char* name, const std::vector<std::int32_t>& tokens);
    /// Any bytes, in the payload.
    void bytes(const char* name, const std::string& value);

    /// The frame of what was taken.
    [[nodiscard]] Frame frame(std::uint64_t id, std::string_view message);

 private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Fills a message's fields, in the order in which they were written.
class FieldReader {
 public:
    /// `frame` must outlive it.
    explicit FieldReader(const Frame& frame);
    ~FieldReader();

    template <HeaderValue T>
    void operator()(const char* name, T& value);
    void operator()(const char* name, std::vector<std::int32_t>& tokens);
    void bytes(const char* name, std::string& value);

    /// The first thing that was wrong: a field that is missing or of another type, a payload that
    /// is too short or too long. Empty: nothing. Asked for when every field has been read.
    [[nodiscard]] std::optional<std::string> complaint() const;

 private:
    [[nodiscard]] std::string_view take_payload(const char* name);
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace assay::wire
