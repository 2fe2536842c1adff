#include "assay/judge/verdict_grammar.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "assay/judge/api_format.hpp"
#include "assay/records/answer_tag.hpp"

namespace assay::judge {
namespace {

constexpr const char* kObject =
    R"gbnf(object ::= "{\"reasoning\": \"" char{1,800} "\", \"verdict\": \"" ("A" | "B" | "TIE") "\", \"confidence\": \"" ("high" | "medium" | "low") "\"" tags "}"
char ::= [^"\\\x7F\x00-\x1F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4})
)gbnf";

constexpr const char* kThought = R"gbnf(thought ::= ([^<] | "<" [^/])* "</think>" [ \n]{0,4}
)gbnf";

/// What stands behind the confidence.
std::string tags_rule(bool with_tags) {
    if (!with_tags) {
        return "tags ::= \"\"\n";
    }
    return fmt::format(R"gbnf(tags ::= ", \"tags_a\": [" words "], \"tags_b\": [" words "]"
words ::= (word (", " word){{0,{}}})?
word ::= "\"" ("{}") "\""
)gbnf",
                       kAnswerTags.size() - 1,
                       fmt::join(tag_words(), "\" | \""));
}

}  // namespace

std::string verdict_grammar(Thinking thinking, bool with_tags) {
    const std::string object = kObject + tags_rule(with_tags);
    switch (thinking) {
        case Thinking::kNone: return std::string("root ::= object\n") + object;
        case Thinking::kMayBegin:
            return std::string("root ::= (\"<think>\" thought)? object\n") + kThought + object;
        case Thinking::kHasBegun:
            return std::string("root ::= thought object\n") + kThought + object;
    }
    return {};
}

}  // namespace assay::judge
