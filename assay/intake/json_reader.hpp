#pragma once
// A strict JSON reader (RFC 8259) that gives one value after another and builds no tree: foreign
// files of a million lines are read at the speed of memory, and every value's place in the text is
// known.
//
//   - Objects: `enter_object();`, then `while (const auto key = next_key())` read or skip a value.
//   - Lists: `enter_list();`, then `while (next_item())` read or skip a value.
//
// Whoever calls a read_* function has looked at kind() before. A syntax error throws JsonProblem,
// which the parsers of this folder catch; nothing of the reader may be used after it but reset().

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace assay::intake {

/// Broken JSON: what is wrong, and at which byte of the text.
struct JsonProblem {
    std::size_t offset = 0;
    std::string message;
};

/// kNone: the text has ended.
enum class JsonKind { kNone, kNull, kBool, kNumber, kText, kList, kObject };

/// "a number", "an object": for messages.
[[nodiscard]] std::string_view words_of(JsonKind kind);

class JsonReader {
 public:
    /// `text` must outlive the reader and what it gives.
    explicit JsonReader(std::string_view text) : text_(text) {}
    /// Begins anew with another text; what was given before becomes invalid.
    void reset(std::string_view text);

    /// Of the value that comes next; white space before it is skipped. NaN and the infinities, as
    /// Python writes them, count as null.
    [[nodiscard]] JsonKind kind();
    /// Byte at which the next value, or what is left of the text, begins.
    [[nodiscard]] std::size_t offset() const { return at_; }

    void enter_object();
    /// The next key, or nothing (and the object is left).
    [[nodiscard]] std::optional<std::string_view> next_key();
    void enter_list();
    /// Whether there is a next item; if not, the list is left.
    [[nodiscard]] bool next_item();

    /// Valid UTF-8. The view is good until reset(), or until forget() where the text had escapes.
    [[nodiscard]] std::string_view read_text();
    /// As it is written.
    [[nodiscard]] std::string_view read_number();
    [[nodiscard]] bool read_bool();
    /// Passes over the next value, whatever it is; at most 64 levels deep.
    void skip();
    /// Lets go of decoded texts, so that memory does not grow with the file.
    void forget() { decoded_.clear(); }

    /// Throws unless only white space is left.
    void expect_end();

 private:
    [[noreturn]] void broken(std::string message) const;
    void skip_space();
    void expect(char c, std::string_view what);
    void take_word(std::string_view word);
    void take_null();
    std::string_view take_text();
    std::string_view decode(std::size_t start);
    void take_escape(std::string& out);
    unsigned take_hex();

    std::string_view text_;
    std::size_t at_ = 0;
    bool after_open_ = false;  ///< the last thing taken was { or [
    std::deque<std::string> decoded_;
};

}  // namespace assay::intake
