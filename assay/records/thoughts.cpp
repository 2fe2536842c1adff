// Where thoughts end.
//
// Problem: a model that thinks writes its thoughts before its answer, in one text. A draft among
// them is no verdict, and a judge must not see them on one side only. The marks have many
// spellings, a template may have written the first of them already, the text may be cut off before
// the last, and an answer about language models may speak of them.
// Model: thoughts are a row of blocks at the beginning of a text, each from a mark to its own end
// mark. If no block opens the text, the first end mark that has no beginning ends them, if it
// stands where a model puts it and not where somebody writes about it.
// Invariant: what is said is the text's end, byte for byte, and a text without thoughts is said as
// a whole. Where a block has no end, nothing is said.
//
// It ends because each block of the row is longer than nothing, and one end mark is looked for.

#include "assay/records/thoughts.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "assay/base/text.hpp"

namespace assay {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

struct Mark {
    std::string_view begin, end;      ///< in lower case
    bool template_may_begin = false;  ///< the end alone is enough
    bool needs_end = false;           ///< without it the text only begins alike
};

/// After common/chat*.cpp and models/templates of llama.cpp v0.5.0, and the reasoning parsers of
/// vLLM and SGLang. The texts without brackets are Granite 3.2's and what is left of gpt-oss's
/// channels where special tokens are not printed.
constexpr auto kMarks = std::to_array<Mark>({
    {"<think>", "</think>", true},
    {"<thinking>", "</thinking>", true},
    {"<thought>", "</thought>", true},
    {"<thoughts>", "</thoughts>", true},
    {"<reasoning>", "</reasoning>", true},
    {"<seed:think>", "</seed:think>", true},
    {"<mm:think>", "</mm:think>", true},
    {"[think]", "[/think]", true},
    {"\u25c1think\u25b7", "\u25c1/think\u25b7", true},
    {"<|start_thinking|>", "<|end_thinking|>", true},
    {"<|begin_of_thought|>", "<|end_of_thought|>", true},
    {"<|inner_prefix|>", "<|inner_suffix|>", true},
    {"<|channel>thought", "<channel|>"},
    {"<|channel|>analysis", "<|channel|>final"},
    {"<|channel|>commentary", "<|channel|>final"},
    {"<|start|>assistant<|channel|>analysis", "<|channel|>final"},
    {"analysis", "assistantfinal", false, true},
    {"here is my thought process:", "here is my response:", false, true},
    {"here's my thought process:", "here's my response:", false, true},
});
/// What stands between the name of gpt-oss's last channel and its text.
constexpr std::string_view kFinalChannel = "<|channel|>final", kMessage = "<|message|>";

std::size_t skip_space(std::string_view text, std::size_t at) {
    return std::min(text.find_first_not_of(kSpace, at), text.size());
}

/// Just behind the end mark that stands at `at`, and behind its repetitions.
std::size_t behind(std::string_view lower, std::size_t at, const Mark& mark) {
    std::size_t next = skip_space(lower, at + mark.end.size());
    if (mark.end == kFinalChannel) {
        const std::size_t message = lower.find(kMessage, at);
        next = message == std::string_view::npos ? lower.size()
                                                 : skip_space(lower, message + kMessage.size());
    }
    while (lower.substr(next).starts_with(mark.end)) {
        next = skip_space(lower, next + mark.end.size());
    }
    return next;
}

/// The block that opens what is left of the text.
const Mark* opening(std::string_view lower, std::size_t at) {
    const std::string_view rest = lower.substr(at);
    for (const Mark& mark : kMarks) {
        if (rest.starts_with(mark.begin) &&
            (!mark.needs_end || rest.find(mark.end) != std::string_view::npos)) {
            return &mark;
        }
    }
    return nullptr;
}

/// Whether a mark stands alone at the beginning of its line.
bool begins_line(std::string_view text, std::size_t at) {
    const std::size_t before = text.find_last_not_of(" \t\r", at == 0 ? 0 : at - 1);
    return at == 0 || before == std::string_view::npos || text[before] == '\n';
}

/// As a model ends its thoughts: on a line of its own, at a line's end, right behind a word, or
/// behind a full stop. In the middle of a sentence or between quotes it is talked about.
bool ends_thoughts(std::string_view text, std::size_t at, std::size_t size) {
    if (begins_line(text, at)) {
        return true;
    }
    constexpr std::string_view kQuotes = "`\"'(", kStops = ".!?:;)";
    const char before = text[at - 1];
    const char after = at + size < text.size() ? text[at + size] : '\n';
    if (kQuotes.find(before) != std::string_view::npos ||
        std::string_view("`\"'),.").find(after) != std::string_view::npos) {
        return false;
    }
    if (before != ' ' && before != '\t') {
        return true;
    }
    const std::size_t word = text.find_last_not_of(" \t", at - 1);
    return after == '\n' || after == '\r' ||
           (word != std::string_view::npos && kStops.find(text[word]) != std::string_view::npos);
}

/// Which places of a text are inside a block of code that is closed further on. Places are asked
/// for in their order, so that the text is gone through once.
class CodeBlocks {
 public:
    explicit CodeBlocks(std::string_view text)
        : text_(text), next_(text.find(kFence)), last_(text.rfind(kFence)) {}

    bool hold(std::size_t at) {
        for (; next_ < at; next_ = text_.find(kFence, next_ + kFence.size())) {
            open_ = !open_;
        }
        return open_ && last_ >= at;
    }

 private:
    static constexpr std::string_view kFence = "```";
    std::string_view text_;
    std::size_t next_, last_;
    bool open_ = false;
};

/// An end mark whose beginning is not in the text. Empty: there is none.
std::optional<std::size_t> lone_end(std::string_view text,
                                    std::string_view lower,
                                    const Mark& mark,
                                    const IsQuoted& is_quoted) {
    std::size_t begun = lower.find(mark.begin);
    CodeBlocks code(text);
    for (std::size_t at = lower.find(mark.end); at != std::string_view::npos;
         at = lower.find(mark.end, at + mark.end.size())) {
        while (begun < at && !begins_line(text, begun)) {
            begun = lower.find(mark.begin, begun + mark.begin.size());
        }
        if (begun < at) {
            // A block further on: somebody shows one.
            begun = lower.find(mark.begin, at);
            continue;
        }
        if (ends_thoughts(text, at, mark.end.size()) && !code.hold(at) &&
            !(is_quoted && is_quoted(text, at))) {
            return at;
        }
    }
    return std::nullopt;
}

/// The thoughts that the template has opened.
Thoughts begun_by_template(std::string_view text,
                           std::string_view lower,
                           const IsQuoted& is_quoted) {
    Thoughts out;
    std::size_t first = std::string_view::npos;
    for (const Mark& mark : kMarks) {
        const auto at = mark.template_may_begin ? lone_end(text, lower, mark, is_quoted)
                                                : std::nullopt;
        if (at && *at < first) {
            first = *at;
            out = {behind(lower, *at, mark), true, false};
        }
    }
    return out;
}

}  // namespace

Thoughts find_thoughts(std::string_view text, const IsQuoted& is_quoted) {
    const std::string lower = to_lower_ascii(text);
    Thoughts out;
    std::size_t at = skip_space(lower, 0);
    if (opening(lower, at) == nullptr) {
        out = begun_by_template(text, lower, is_quoted);
        if (!out.any) {
            return out;
        }
        at = out.end;
    }
    while (const Mark* mark = opening(lower, at)) {
        const std::size_t end = lower.find(mark->end, at + mark->begin.size());
        if (end == std::string::npos) {
            return {text.size(), true, true};
        }
        at = behind(lower, end, *mark);
        out = {at, true, false};
    }
    return out;
}

std::string_view said_of(std::string_view text) {
    return text.substr(find_thoughts(text).end);
}

}  // namespace assay
