#pragma once
// A server's JSON, read leniently: what is missing or of another type reads as empty, so no
// document can be a surprise.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace assay::http {

/// Whether brackets and braces outside of strings nest deeper than `depth`: then it is not given to
/// the JSON library, which would allocate for each level. Servers' replies need about 5.
[[nodiscard]] bool nests_deeper_than(std::string_view json, int depth);

/// A value in a document; cheap to copy, and keeps the document alive.
class JsonView {
 public:
    /// The document, if it is a JSON object that nests at most 64 deep; else a view of nothing.
    /// Bytes that are not UTF-8 count as U+FFFD. Never throws.
    explicit JsonView(std::string_view document);

    /// The member of an object; a view of nothing if there is none.
    [[nodiscard]] JsonView operator[](const char* name) const;
    [[nodiscard]] std::vector<JsonView> items() const;  ///< of an array; else empty
    [[nodiscard]] bool is_object() const;
    [[nodiscard]] bool is_array() const;
    [[nodiscard]] bool is_number() const;
    [[nodiscard]] bool is_true() const;
    [[nodiscard]] std::string text() const;    ///< of a string; else empty
    [[nodiscard]] std::int64_t count() const;  ///< of a whole number that is not negative; else 0
    [[nodiscard]] double number() const;       ///< of any number; else 0
    [[nodiscard]] std::string dump() const;    ///< as JSON, members in their order; "" for nothing

 private:
    explicit JsonView(std::shared_ptr<const void> value) : value_(std::move(value)) {}
    std::shared_ptr<const void> value_;  ///< an ordered_json, shared with the document that it is a
                                         ///< part of; null: nothing
};

/// Of a message's content: a string, or a list of {"type": "text", "text": ...}, whose texts are
/// joined.
[[nodiscard]] std::string content_text(const JsonView& content);
/// Whether a message of OpenAI's format holds thoughts beside its content.
[[nodiscard]] bool holds_thoughts(const JsonView& message);

}  // namespace assay::http
