#pragma once
// The text of a report, before anybody knows how it will be shown. A Text is spans, and what a span
// holds is a type: assay's own words, or text from elsewhere (models, judges, users, files). Text
// from elsewhere can only enter as Foreign or Code, so each renderer has to say how it makes these
// safe, and none can take them for words.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace assay::report {

/// assay's own words and figures: literals of the source, and numbers.
struct Words {
    std::string text;
    bool operator==(const Words&) const = default;
};
/// Text from elsewhere: any bytes. Renderers show it as literal text and nothing else.
struct Foreign {
    std::string bytes;
    std::size_t max_chars = 0;  ///< characters that are shown at most; 0: all
    bool operator==(const Foreign&) const = default;
};
/// A name, a hash, a path, an address: any bytes from elsewhere, set apart from prose. Empty: it is
/// not known.
struct Code {
    std::string bytes;
    bool operator==(const Code&) const = default;
};
/// The text goes on in the next line.
struct LineBreak {
    bool operator==(const LineBreak&) const = default;
};

enum class Weight { kNormal, kEmphasis, kStrong };

struct Span {
    std::variant<Words, Foreign, Code, LineBreak> content;
    Weight weight = Weight::kNormal;
    bool operator==(const Span&) const = default;
};

class Text {
 public:
    Text() = default;
    /// A literal is assay's own words. Anything else has to say what it is.
    template <std::size_t N>
    Text(const char (&literal)[N]) : Text(Span{Words{std::string(literal, N - 1)}}) {}
    explicit Text(Span span);

    Text& operator+=(const Text& more);
    friend Text operator+(Text text, const Text& more) { return text += more; }

    bool operator==(const Text&) const = default;

    [[nodiscard]] bool empty() const { return spans_.empty(); }
    [[nodiscard]] const std::vector<Span>& spans() const { return spans_; }

 private:
    std::vector<Span> spans_;  ///< words of one weight that stand together are one span
};

/// Words that are no literal: figures that were made of numbers, and the words of our enumerations.
/// Never for what was read from anywhere.
[[nodiscard]] Text own_words(std::string_view words);
/// Text from elsewhere, of which `max_chars` characters are shown at most (0: all).
[[nodiscard]] Text foreign(std::string_view bytes, std::size_t max_chars = 0);
[[nodiscard]] Text code(std::string_view bytes);
[[nodiscard]] Text line_break();
[[nodiscard]] Text strong(const Text& text);
[[nodiscard]] Text emphasis(const Text& text);
/// "a, b, c", each as code.
[[nodiscard]] Text code_list(std::span<const std::string> names);

/// What of a foreign text is shown: valid UTF-8 without white space at its ends; where it was cut,
/// "… (cut)" stands.
[[nodiscard]] std::string shown_part(const Foreign& text);
/// All bytes one after the other, a line break as a line feed. For a place where nothing is markup,
/// and for tests; it makes nothing safe.
[[nodiscard]] std::string raw_bytes(const Text& text);

namespace detail {

constexpr std::size_t count_places(std::string_view phrase) {
    std::size_t n = 0;
    for (std::size_t i = 0; i + 1 < phrase.size(); ++i) {
        n += phrase[i] == '{' && phrase[i + 1] == '}';
    }
    return n;
}

/// A literal with a place "{}" for each argument; another number of them does not compile.
template <typename... Args>
class Phrase {
 public:
    template <std::size_t N>
    consteval Phrase(const char (&literal)[N]) : words_(literal, N - 1) {
        if (count_places(words_) != sizeof...(Args)) {
            throw "as many {} as arguments";
        }
    }
    [[nodiscard]] std::string_view words() const { return words_; }

 private:
    std::string_view words_;
};

[[nodiscard]] inline const Text& text_of(const Text& text) {
    return text;
}
template <std::size_t N>
[[nodiscard]] Text text_of(const char (&literal)[N]) {
    return literal;
}
template <typename T>
concept WholeNumber = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>;
template <WholeNumber Number>
[[nodiscard]] Text text_of(Number number) {
    return own_words(std::to_string(number));
}

[[nodiscard]] Text fill(std::string_view phrase, std::span<const Text> values);

}  // namespace detail

/// say("{} by {}", code(variant), n): a phrase with a Text, a literal or a whole number in each
/// place.
template <typename... Args>
[[nodiscard]] Text say(detail::Phrase<std::type_identity_t<Args>...> phrase, const Args&... args) {
    const std::vector<Text> values{Text(detail::text_of(args))...};
    return detail::fill(phrase.words(), values);
}

}  // namespace assay::report
