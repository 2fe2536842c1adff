// From a reply to a verdict. A judge may be a small model that writes prose around its JSON, breaks
// escapes, thinks aloud, or repeats an answer which itself holds a verdict. None of that may become
// a verdict that the judge did not give.
//
// The reply is a row of prose and objects. Only an object at the top level counts: `cut` finds its
// closing bracket by walking strings and brackets, and repairs escapes inside strings on the way
// without moving their ends. What it says is added up; two verdicts that differ make it INVALID.
//
// Invariant: nothing is guessed. An object that is begun and is not JSON makes the whole reply
// INVALID, since what stands inside it could be cited; so does a "verdict" that is left over in the
// prose. An object that is a piece of what the judge was shown is cited and does not count.
//
// It ends because every step of the loop goes past a brace or an object; the depth is bounded.

#include "assay/judge/parse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <vector>

#include "assay/base/text.hpp"
#include "assay/records/answer_tag.hpp"
#include "assay/records/thoughts.hpp"

namespace assay::judge {
namespace {

constexpr int kMaxDepth = 64;
constexpr std::string_view kSpace = " \t\r\n";

std::optional<unsigned> hexadecimal_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return {};
}

/// The four hexadecimal digits of `\uXXXX` at `at`, the backslash's place.
std::optional<unsigned> escaped_unit(std::string_view text, std::size_t at) {
    if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') {
        return {};
    }
    unsigned value = 0;
    for (std::size_t i = at + 2; i < at + 6; ++i) {
        const auto digit = hexadecimal_digit(text[i]);
        if (!digit) {
            return {};
        }
        value = value * 16 + *digit;
    }
    return value;
}

/// Appends the escape that begins at text[at] (a backslash inside a string) in a form that JSON
/// accepts; returns how many bytes it was. Where a string ends is never changed by this: a
/// backslash always takes the next byte with it.
std::size_t append_escape(std::string& out, std::string_view text, std::size_t at) {
    if (const auto unit = escaped_unit(text, at)) {
        const bool high = *unit >= 0xD800 && *unit < 0xDC00,
                   low = *unit >= 0xDC00 && *unit < 0xE000;
        const auto next = high ? escaped_unit(text, at + 6) : std::nullopt;
        if (next && *next >= 0xDC00 && *next < 0xE000) {
            out += text.substr(at, 12);
            return 12;
        }
        out += high || low ? std::string_view("\\ufffd") : text.substr(at, 6);
        return 6;
    }
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    if (std::string_view("\"\\/bfnrt").find(next) != std::string_view::npos) {
        out += text.substr(at, 2);
        return 2;
    }
    out += "\\\\";  // an unknown escape, or `\u` without digits: the backslash is meant literally
    return 1;
}

std::optional<JsonText> cut(std::string_view text, std::size_t begin) {
    JsonText object;
    std::string open;
    bool in_string = false;
    for (std::size_t i = begin; i < text.size();) {
        const char c = text[i];
        if (in_string && c == '\\') {
            i += append_escape(object.json, text, i);
            continue;
        }
        if (in_string && static_cast<unsigned char>(c) < 0x20) {
            object.json += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
            object.json.push_back(c);
        }
        ++i;
        if (c == '"') {
            in_string = !in_string;
        }
        if (in_string) {
            continue;
        }
        if (c == '{' || c == '[') {
            open.push_back(c);
        }
        if (open.size() > kMaxDepth) {
            return {};
        }
        if (c == '}' || c == ']') {
            if (open.back() != (c == '}' ? '{' : '[')) {
                return {};
            }
            open.pop_back();
        }
        if (open.empty()) {
            object.end = i;
            return object;
        }
    }
    return {};
}

/// The fields of one object that matter. A field can stand in it twice, which the JSON library
/// would hide: all verdicts are kept.
struct Fields {
    std::vector<std::optional<std::string>> verdicts;  ///< empty: not a string
    std::string confidence;
    std::string reasoning;
    std::optional<std::set<AnswerTag>> tags_a, tags_b;
};

/// A list that cannot be read as a whole says nothing: it is not that of an answer without faults.
std::optional<std::set<AnswerTag>> tags_of(const nlohmann::json& list) {
    if (!list.is_array()) {
        return {};
    }
    std::vector<std::string> words;
    for (const auto& word : list) {
        if (!word.is_string()) {
            return {};
        }
        words.push_back(to_lower_ascii(trim(word.get_ref<const std::string&>())));
    }
    return tags_of_words(words);
}

std::optional<Fields> read_fields(const std::string& json_text) {
    using nlohmann::json;
    Fields fields;
    std::string key;
    const auto take = [&](int depth, json::parse_event_t event, json& parsed) {
        if (depth != 1) {
            return true;
        }
        if (event == json::parse_event_t::key) {
            key = to_lower_ascii(parsed.get_ref<const std::string&>());
        }
        // For a nested value that has just ended, depth is 1 too.
        const bool is_value = event == json::parse_event_t::value ||
                              event == json::parse_event_t::object_end ||
                              event == json::parse_event_t::array_end;
        if (!is_value) {
            return true;
        }
        const auto* text = parsed.get_ptr<const std::string*>();
        if (key == "verdict") {
            fields.verdicts.push_back(text ? std::optional(*text) : std::nullopt);
        }
        if (key == "confidence" && text) {
            fields.confidence = *text;
        }
        if (key == "reasoning" && text) {
            fields.reasoning = *text;
        }
        if (key == "tags_a") {
            fields.tags_a = tags_of(parsed);
        }
        if (key == "tags_b") {
            fields.tags_b = tags_of(parsed);
        }
        return true;
    };
    if (json::parse(json_text, take, false).is_discarded()) {
        return {};
    }
    return fields;
}

std::optional<VerdictState> state_of(const std::optional<std::string>& word) {
    if (!word) {
        return {};
    }
    const std::string lower = to_lower_ascii(trim(*word));
    if (lower == "a") {
        return VerdictState::kA;
    }
    if (lower == "b") {
        return VerdictState::kB;
    }
    if (lower == "tie") {
        return VerdictState::kTie;
    }
    return {};
}

Confidence confidence_of_word(const std::string& word) {
    const std::string lower = to_lower_ascii(trim(word));
    if (lower == "high") {
        return Confidence::kHigh;
    }
    if (lower == "medium") {
        return Confidence::kMedium;
    }
    if (lower == "low") {
        return Confidence::kLow;
    }
    return Confidence::kNone;
}

ParsedReply invalid(std::string failure) {
    ParsedReply reply;
    reply.failure = std::move(failure);
    return reply;
}

/// Where the whole JSON objects of a text stand. A reply with more braces that are never closed
/// than this is looked at no further.
constexpr int kMaxUnclosed = 64;

struct Span {
    std::size_t begin = 0, end = 0;
};

std::vector<Span> whole_objects(std::string_view text) {
    std::vector<Span> out;
    int n_unclosed = 0;
    std::size_t brace = text.find('{');
    while (brace != std::string_view::npos && n_unclosed < kMaxUnclosed) {
        const auto object = cut(text, brace);
        const bool whole = object && read_fields(object->json);
        if (whole) {
            out.push_back({brace, object->end});
        } else {
            ++n_unclosed;
        }
        brace = text.find('{', whole ? object->end : brace + 1);
    }
    return out;
}

/// Thoughts of a reply. An end mark that stands inside a JSON object is cited.
Thoughts thoughts_of_reply(std::string_view text) {
    std::optional<std::vector<Span>> objects;  // few replies have an end mark to ask for
    return find_thoughts(text, [&](std::string_view, std::size_t at) {
        if (!objects) {
            objects = whole_objects(text);
        }
        return std::any_of(objects->begin(), objects->end(), [at](const Span& object) {
            return object.begin < at && at < object.end;
        });
    });
}

/// What of a text is compared when a citation is looked for: invisible characters, line breaks and
/// escapes may differ.
std::string printed(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    std::copy_if(text.begin(), text.end(), std::back_inserter(out), [](char c) {
        return c > ' ' && c < 0x7F && c != '\\';
    });
    return to_lower_ascii(out);
}

/// Adds what one object says to what the objects before it said. False: the reply is INVALID, with
/// the sentence in `reply.failure`.
bool add_object(const Fields& fields, ParsedReply& reply) {
    for (const auto& word : fields.verdicts) {
        const auto state = state_of(word);
        if (!state) {
            reply = invalid(
                word ? fmt::format("The reply's verdict is \"{}\", which is none of A, B, TIE.",
                                   shorten(*word, 60))
                     : "The reply's verdict is not a text.");
            return false;
        }
        if (reply.state != VerdictState::kInvalid && reply.state != *state) {
            reply = invalid("The reply holds verdicts that contradict each other.");
            return false;
        }
        reply.state = *state;
    }
    if (!fields.verdicts.empty()) {
        reply.confidence = confidence_of_word(fields.confidence);
        reply.reasoning = fields.reasoning;
        reply.tags = pair_tags_of(fields.tags_a, fields.tags_b);
    }
    return true;
}

}  // namespace

ShownText::ShownText(std::string_view text) : printed_(printed(text)) {}

/// The object, or its end, is a piece of what was shown. Where more of the reply follows, the judge
/// may have cited an answer without escaping its quotes, and been cut off: then the end alone is
/// enough.
bool ShownText::holds(std::string_view object, std::string_view after) const {
    if (printed_.empty()) {
        return false;
    }
    const std::string all = printed(object);
    const std::size_t verdict = all.rfind("\"verdict\"");
    if (verdict == std::string::npos) {
        return true;  // written with escapes, which no judge does
    }
    const bool is_last = after.find_first_not_of(" \t\r\n`]") == std::string_view::npos;
    const std::size_t begin = verdict - std::min(verdict, is_last ? kCitedBytes : 0);
    return printed_.find(std::string_view(all).substr(begin)) != std::string::npos;
}

std::optional<JsonText> cut_json(std::string_view text, std::size_t begin) {
    return cut(text, begin);
}

ParsedReply parse_reply(std::string_view content, std::string_view prompt) {
    const std::string valid = to_valid_utf8(content);
    const Thoughts thoughts = thoughts_of_reply(valid);
    if (thoughts.unfinished) {
        return invalid("The reply ends before the judge has finished thinking.");
    }
    const std::string_view text = trim(std::string_view(valid).substr(thoughts.end));

    const ShownText shown(prompt);
    bool any_cited = false;
    ParsedReply reply;
    std::string prose;            // what is outside of the objects
    std::size_t prose_depth = 0;  // braces of prose, LaTeX or something that only looks like JSON;
                                  // nothing inside them counts
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t brace = std::min(text.find_first_of("{}", i), text.size());
        prose += text.substr(i, brace - i);
        if (brace == text.size()) {
            break;
        }
        const std::size_t next = text.find_first_not_of(kSpace, brace + 1);
        const bool begins_object = text[brace] == '{' && prose_depth == 0 &&
                                   next != std::string_view::npos && text[next] == '"';
        if (begins_object) {
            // If it is not an object, what stands inside could be cited text, so nothing of the
            // reply can be trusted.
            const auto object = cut(text, brace);
            const auto fields = object ? read_fields(object->json) : std::nullopt;
            if (!fields) {
                return invalid("The reply's JSON is cut off or malformed.");
            }
            if (!fields->verdicts.empty() &&
                shown.holds(text.substr(brace, object->end - brace), text.substr(object->end))) {
                any_cited = true;
            } else if (!add_object(*fields, reply)) {
                return reply;
            }
            reply.is_one_object = brace == 0 && object->end == text.size();
            i = object->end;
            continue;
        }
        if (text[brace] == '{') {
            ++prose_depth;
        }
        if (text[brace] == '}' && prose_depth > 0) {
            --prose_depth;
        }
        i = brace + 1;
    }
    // The rest of an object that cited quotes without escaping them, and so ended too early.
    if (to_lower_ascii(prose).find("\"verdict\"") != std::string::npos) {
        return invalid("The reply's JSON is malformed.");
    }
    if (reply.state == VerdictState::kInvalid) {
        reply.failure = any_cited ? "The reply's only verdict is a piece of what the judge was "
                                    "shown, cited and not its own."
                                  : "The reply holds no JSON object with a verdict.";
    }
    return reply;
}

}  // namespace assay::judge
