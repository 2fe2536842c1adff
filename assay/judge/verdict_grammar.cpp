#include "assay/judge/verdict_grammar.hpp"

namespace assay::judge {
namespace {

constexpr const char* kObject =
    R"gbnf(object ::= "{\"reasoning\": \"" char{1,800} "\", \"verdict\": \"" ("A" | "B" | "TIE") "\", \"confidence\": \"" ("high" | "medium" | "low") "\"}"
char ::= [^"\\\x7F\x00-\x1F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4})
)gbnf";

constexpr const char* kThought = R"gbnf(thought ::= ([^<] | "<" [^/])* "</think>" [ \n]{0,4}
)gbnf";

}  // namespace

std::string verdict_grammar(Thinking thinking) {
    switch (thinking) {
        case Thinking::kNone: return std::string("root ::= object\n") + kObject;
        case Thinking::kMayBegin: return std::string("root ::= (\"<think>\" thought)? object\n") + kThought + kObject;
        case Thinking::kHasBegun: return std::string("root ::= thought object\n") + kThought + kObject;
    }
    return {};
}

}  // namespace assay::judge
