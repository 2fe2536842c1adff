#include "assay/report/text.hpp"

#include <utility>

#include "assay/base/text.hpp"

namespace assay::report {
namespace {

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

Text with_weight(const Text& text, Weight weight) {
    Text out;
    for (const Span& span : text.spans()) {
        out += Text(Span{span.content, weight});
    }
    return out;
}

struct RawBytes {
    std::string operator()(const Words& words) const { return words.text; }
    std::string operator()(const Foreign& text) const { return text.bytes; }
    std::string operator()(const Code& code) const { return code.bytes; }
    std::string operator()(const LineBreak&) const { return "\n"; }
};

}  // namespace

Text::Text(Span span) {
    const auto* words = std::get_if<Words>(&span.content);
    if (words == nullptr || !words->text.empty()) {
        spans_.push_back(std::move(span));
    }
}

Text& Text::operator+=(const Text& more) {
    for (const Span& span : more.spans_) {
        const auto* added = std::get_if<Words>(&span.content);
        Words* last = spans_.empty() ? nullptr : std::get_if<Words>(&spans_.back().content);
        if (added != nullptr && last != nullptr && spans_.back().weight == span.weight) {
            last->text += added->text;
        } else {
            spans_.push_back(span);
        }
    }
    return *this;
}

Text own_words(std::string_view words) {
    return Text(Span{Words{std::string(words)}});
}

Text foreign(std::string_view bytes, std::size_t max_chars) {
    return Text(Span{Foreign{std::string(bytes), max_chars}});
}

Text code(std::string_view bytes) {
    return Text(Span{Code{std::string(bytes)}});
}

Text line_break() {
    return Text(Span{LineBreak{}});
}

Text strong(const Text& text) {
    return with_weight(text, Weight::kStrong);
}

Text emphasis(const Text& text) {
    return with_weight(text, Weight::kEmphasis);
}

Text code_list(std::span<const std::string> names) {
    Text out;
    for (const std::string& name : names) {
        if (!out.empty()) {
            out += ", ";
        }
        out += code(name);
    }
    return out;
}

std::string shown_part(const Foreign& foreign) {
    std::string text = to_valid_utf8(trim(foreign.bytes));
    std::size_t n = 0;
    for (std::size_t i = 0; foreign.max_chars > 0 && i < text.size(); ++i) {
        if (!is_continuation(text[i]) && n++ == foreign.max_chars) {
            return text.substr(0, i) + "… (cut)";
        }
    }
    return text;
}

std::string raw_bytes(const Text& text) {
    std::string out;
    for (const Span& span : text.spans()) {
        out += std::visit(RawBytes{}, span.content);
    }
    return out;
}

namespace detail {

Text fill(std::string_view phrase, std::span<const Text> values) {
    Text out;
    for (const Text& value : values) {
        const std::size_t place = phrase.find("{}");
        out += own_words(phrase.substr(0, place));
        out += value;
        phrase.remove_prefix(place + 2);
    }
    return out += own_words(phrase);
}

}  // namespace detail
}  // namespace assay::report
