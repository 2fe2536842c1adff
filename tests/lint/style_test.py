#!/usr/bin/env python3
"""The style that clang-format cannot see: no nested ?: and no comma as control flow.

    style_test.py [ROOT]     ROOT: the checkout; default: the one that holds this file

Two rules, looked for in the tokens of every .cpp and .hpp file of assay/, tests/ and bench/:

  - nested conditional: a ?: stands in an operand of another ?:, in parentheses or not. The statements in a lambda's body
    are statements of their own.
  - comma operator: a comma that puts two expressions in a row (`return f(), x;`, `a = 1, b = 2;`, `while (f(), x)`).
    Declarations (`int a = 0, b = 1;`) and the header of a for loop may.

First a self-check: sound samples must pass, and each broken one must be caught at its line. Then the rules on ROOT.
Violations are printed as file:line; exit code 1 if there are any.
"""

import pathlib
import re
import sys
from collections import namedtuple

Token = namedtuple("Token", "text line kind")  # kind: name, number, text (a string or a character), sign
Violation = namedtuple("Violation", "line message")

FOLDERS = ("assay", "tests", "bench")

TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/)
      | (?P<directive>\#(?:\\\n|[^\n])*)
      | (?P<text>(?:u8|[uUL])?R"(?P<delimiter>[^()\\\s]*)\(.*?\)(?P=delimiter)"
               |(?:u8|[uUL])?"(?:\\.|[^"\\\n])*"
               |(?:u8|[uUL])?'(?:\\.|[^'\\\n])+')
      | (?P<name>[A-Za-z_]\w*)
      | (?P<number>\.?\d(?:'?[\w.]|(?<=[eEpP])[+-])*)
      | (?P<sign>->|::|\.\.\.|<<=|\+\+|--|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|<<|.)""",
    re.DOTALL | re.VERBOSE)

CLOSING = {"(": ")", "[": "]", "{": "}"}
ASSIGNMENTS = {"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<="}
CONDITIONS = {"if", "while", "switch"}
STATEMENTS = CONDITIONS | {"for", "do", "try", "return", "break", "continue", "throw"}
BEFORE_AN_EXPRESSION = {"return", "throw", "co_return", "co_yield", "case", "and", "or", "not"}
BEFORE_A_BLOCK = {")", "]", "else", "do", "try", "mutable", "const", "noexcept", "override", "final"}
NO_EXPRESSION = {"using", "friend", "extern", "typedef", "template"}


def tokens_of(text):
    """The tokens of C++ source, without comments and preprocessor lines."""
    tokens, line = [], 1
    for match in TOKEN.finditer(text):
        kind = match.lastgroup if match.lastgroup != "delimiter" else "text"
        if kind not in ("skip", "directive"):
            tokens.append(Token(match[0], line, kind))
        line += match[0].count("\n")
    return tokens


def without_template_arguments(tokens):
    """The tokens without `<...>` behind a name: what stands in it is types and numbers, and its commas separate those."""
    kept, i = [], 0
    while i < len(tokens):
        end = template_end(tokens, i) if i > 0 and tokens[i].text == "<" and tokens[i - 1].kind == "name" else None
        if end is None:
            kept.append(tokens[i])
            i += 1
        else:
            i = end + 1
    return kept


def template_end(tokens, start):
    """The place of the > that closes the < at `start`; None if it is less-than. Only `std::name<` may hold sums."""
    allowed = {",", "::", "*", "&", "&&", "[", "]", ".", "=", "...", ":"}
    if start > 1 and tokens[start - 2].text == "::":
        allowed = allowed | {"+", "-", "/"}
    depth = n_round = 0
    for i in range(start, len(tokens)):
        text, kind = tokens[i].text, tokens[i].kind
        if text == "<" and n_round == 0:
            depth += 1
        elif text == ">" and n_round == 0:
            depth -= 1
            if depth == 0:
                return i
        elif text == "(":
            n_round += 1
        elif text == ")" and n_round > 0:
            n_round -= 1
        elif kind == "sign" and text not in allowed:
            return None
    return None


class Frame:
    """What stands between two brackets: statements in a block, expressions that commas separate elsewhere."""

    def __init__(self, kind):
        self.kind = kind  # block, condition, header (of a for loop), group (parentheses only for order) or list
        self.statement = []  # the tokens of the statement so far, of this frame only
        self.commas = []  # the lines of its commas
        self.start_expression()

    def start_expression(self):
        self.n_open = 0  # conditionals whose : has not come yet
        self.has_conditional = False  # a ? stands in this expression, in this frame
        self.holds_conditional = False  # a ? stands in brackets within this expression

    def start_statement(self):
        self.statement, self.commas = [], []
        self.start_expression()


def violations_of(text):
    tokens = without_template_arguments(tokens_of(text))
    blocks = block_starts(tokens)
    frames = [Frame("block")]
    found = []
    for i, token in enumerate(tokens):
        frame = frames[-1]
        if token.text in CLOSING:
            if not (token.text == "{" and i in blocks):
                frame.statement.append(token)
            frames.append(Frame(frame_kind(tokens, i, blocks)))
        elif token.text in CLOSING.values():
            if len(frames) > 1:
                close(frames)
        elif token.text == ";":
            found += comma_statement(frame)
            frame.start_statement()
        elif token.text == ",":
            folds = i + 1 < len(tokens) and tokens[i + 1].text == "..."
            found += [] if folds else comma(frame, token)
        elif token.text == "?":
            if is_nested(frames):
                found.append(Violation(token.line, "a ?: stands in an operand of another one"))
            frame.has_conditional = True
            frame.n_open += 1
        elif token.text == ":" and frame.n_open > 0:
            frame.n_open -= 1
        elif token.text == ":" and frame.kind == "block" and is_label(frame.statement):
            frame.start_statement()
        elif token.text in ("else", "do"):
            frame.start_statement()
        else:
            frame.statement.append(token)
            if token.text in ASSIGNMENTS or token.text in BEFORE_AN_EXPRESSION:
                frame.start_expression()
    return sorted(set(found))


def block_starts(tokens):
    """The places of each { that opens statements or declarations, not a list of values."""
    blocks, opened = set(), []
    for i, token in enumerate(tokens):
        if token.text in CLOSING:
            opened.append(i)
            following = tokens[i + 1].text if i + 1 < len(tokens) else ""
            previous = tokens[i - 1].text if i > 0 else ""
            if token.text == "{" and (previous in BEFORE_A_BLOCK or following in STATEMENTS):
                blocks.add(i)
        elif token.text in CLOSING.values() and opened:
            opened.pop()
        elif token.text == ";" and opened and tokens[opened[-1]].text == "{":
            blocks.add(opened[-1])
    return blocks


def frame_kind(tokens, i, blocks):
    if tokens[i].text == "{":
        return "block" if i in blocks else "list"
    if tokens[i].text == "[" or i == 0:
        return "list"
    before = tokens[i - 1]
    if before.text == "constexpr" and i > 1:
        before = tokens[i - 2]
    if before.text in CONDITIONS:
        return "condition"
    if before.text == "for":
        return "header"
    calls = before.kind == "name" and before.text not in BEFORE_AN_EXPRESSION
    calls = calls or (i > 1 and tokens[i - 2].text == "operator")
    return "list" if calls or before.text in (")", "]", "}", ">") else "group"


def close(frames):
    closed = frames.pop()
    frame = frames[-1]
    if closed.kind == "block" or closed.kind in ("condition", "header"):
        frame.start_statement()
    elif closed.has_conditional or closed.holds_conditional:
        frame.holds_conditional = True


def is_nested(frames):
    if frames[-1].has_conditional or frames[-1].holds_conditional:
        return True
    for inner, outer in zip(reversed(frames), reversed(frames[:-1])):
        if inner.kind == "block":
            return False
        if outer.has_conditional:
            return True
    return False


def comma(frame, token):
    """The comma's violation if it is one wherever it stands; else it is kept until the statement's end."""
    if frame.kind in ("condition", "group") or frame.n_open > 0:
        yield Violation(token.line, "a comma puts two expressions in a row; write two statements")
    elif frame.kind == "block":
        frame.commas.append(token.line)
    if frame.n_open == 0:
        frame.start_expression()


def comma_statement(frame):
    if frame.kind == "block" and frame.commas and not is_declaration(frame.statement):
        yield Violation(frame.commas[0], "a comma puts two expressions in a row; write two statements")


def is_declaration(statement):
    """Does it begin with a type and a name? `int a`, `const std::string& a`, `auto [a, b]`."""
    if not statement or statement[0].text in NO_EXPRESSION:
        return True
    if statement[0].text in BEFORE_AN_EXPRESSION or statement[0].text == "delete":
        return False
    names_in_a_row = 0
    for token in statement:
        if token.kind == "name":
            names_in_a_row += 1
        elif token.text == "::":
            names_in_a_row -= 1
        elif token.text not in ("*", "&", "&&"):
            break
    return names_in_a_row > 1 or statement[0].text == "auto"


def is_label(statement):
    return bool(statement) and (statement[0].text in ("case", "default") or len(statement) == 1)


# --- self-check -------------------------------------------------------------------------------------------------------

SOUND = {
    "a conditional after another": "int x = a ? b : c;\nint y = d ? e : f;",
    "conditionals side by side": "f(a ? b : c, d ? e : f);\nint x = (a ? b : c) + (d ? e : f);\nT t{a ? b : c, d ? e : f};",
    "one in a lambda's body": "auto x = a ? map(b, [](int i) { return i ? 1 : 2; }) : c;",
    "one in a place that is assigned to": "values[a ? 0 : 1] = b ? c : d;",
    "one in a condition and one behind it": "if (a ? b : c) return d ? e : f;",
    "strings and comments": 'f("a ? b : c ? d : e", \'?\', \'"\'); // a ? b : c ? d : e\n/* f(), x; ? ? */',
    "a raw string": 'auto t = R"x(a ? b : c ? d : e; )" f(), g();)x";',
    "digits with marks": "int n = 1'000'000; int m = a ? 1'0 : 2'0;",
    "a macro": "#define F(a) (f(), \\\n    a)\nint x;",
    "declarations": "int a = 0, b = 1;\nconst std::size_t c = 0, d = 1;\nstd::map<int, int> e, f;\nT *g, *h;\ndouble i{1}, j{2};",
    "a structured binding": "auto [a, b] = f();\nfor (const auto& [c, d] : g) h(c, d);",
    "a for loop": "for (int i = 0, j = 9; i < j; ++i, --j) f(i, j);",
    "arguments, lists, parameters": "f(a, b);\nT t{a, b};\nint g(int a, int b);\nauto h = [a, b](int c, int d) { return f(a, b, c, d); };",
    "initializers of members": "T::T(int a, int b) : a_(a), b_(b) {\n    f();\n}\nstruct U : V, W {\n    int a, b;\n};",
    "an enumeration": "enum class E { a, b, c };\nint x = 0;",
    "a condition with templates": "if (is_same<A, B>() && f(a, b)) g();\nif constexpr (std::is_same_v<A, B>) g();",
    "template arguments in an operand": "auto x = a ? std::pair<int, int>{b, c} : std::pair<int, int>{d, e};",
    "less than": "bool x = a < b, y = c > d;",
    "labels": "switch (x) {\n    case a: return b ? c : d;\n    default: f(a, b);\n}",
    "an initializer in an if": "if (const auto x = f(a, b); x) g(a, b);",
    "an operator's parameters": "friend bool operator==(const A&, const A&) = default;",
    "a fold": "(f(++i, values), ...);",
    "a sum in template arguments": "auto x = [] {\n    std::array<A, f.size() + g.size() + 2> y{a, b};\n    return y;\n}();",
    "a template": "template <typename A, typename B = int>\nvoid f(A a, B b);",
}

# name: (source, line that must be blamed)
BROKEN = {
    "a chain": ("int x = 0;\nint y = a ? b\n        : c ? d : e;", 3),
    "one in the middle": ("int y = a ? b ? c : d : e;", 1),
    "one in parentheses": ("int y = a ? (b ? c : d) : e;", 1),
    "one in an argument": ("int y = a ? b : f(c,\n   d ? e : g);", 2),
    "one in a braced list": ("T y = a ? T{b ? c : d} : e;", 1),
    "one in the condition of another": ("int y = (a ? b : c) ? d : e;", 1),
    "one in a call in the condition": ("return f(a ? b : c).size() ? d : e;", 1),
    "one behind template arguments": ("T y = a ? b : std::pair<int, int>{c ? d : e, f};", 1),
    "one in a lambda": ("f([] {\n    return a ? b : c ? d : e;\n});", 2),
    "one in an argument beside a lambda": ("int y = a ? f([] { return 1; }, b ? c : d) : e;", 1),
    "a call and a value returned": ("int f() {\n    return g(), 1;\n}", 2),
    "two assignments": ("void f() {\n    a = 1, b = 2;\n}", 2),
    "two calls": ("void f() {\n    x.g(), ns::h();\n}", 2),
    "two steps": ("void f() {\n    ++i, --j;\n}", 2),
    "a body of an if": ("void f() {\n    if (a)\n        b = 1, c = 2;\n}", 3),
    "a body of an else": ("void f() {\n    if (a)\n        g();\n    else\n        b = 1, c = 2;\n}", 5),
    "a body of a for loop": ("void f() {\n    for (int i = 0, j = 1; i < j; ++i) a = i, b = j;\n}", 2),
    "a condition": ("while (f(), x) {\n    g();\n}", 1),
    "parentheses": ("int x = (f(), 1);", 1),
    "an operand": ("a ? (f(), g()) : h();", 1),
    "the middle of a conditional": ("f(a ? g(), b : c);", 1),
    "a case": ("switch (x) {\n    case a: f(), g(); break;\n}", 2),
    "a lambda's body": ("const auto f = [&](int a) {\n    return x = a, y;\n};", 2),
    "behind a block": ("void f() {\n    if (a) {\n        g();\n    }\n    b = 1, c = 2;\n}", 5),
}


def self_check():
    """Sentences on what went wrong, one a case; empty: the case is as it should be."""
    for name, source in SOUND.items():
        found = violations_of(source)
        yield f"self-check: {name} is blamed: {found}" if found else ""
    for name, (source, line) in BROKEN.items():
        found = violations_of(source)
        caught = len(found) == 1 and found[0].line == line
        yield "" if caught else f"self-check: {name} was not caught at line {line} alone; found {found}"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2])
    n_passed = n_failed = 0
    for problem in self_check():
        n_passed, n_failed = (n_passed, n_failed + 1) if problem else (n_passed + 1, n_failed)
        if problem:
            print(problem)
    paths = sorted(p for folder in FOLDERS for p in (root / folder).rglob("*") if p.suffix in (".cpp", ".hpp"))
    if not paths:
        print(f"{root}: this is not assay's checkout: {', '.join(FOLDERS)} hold no source file")
        return 1
    for path in paths:
        found = violations_of(path.read_text(encoding="utf-8"))
        for violation in found:
            print(f"{path.relative_to(root)}:{violation.line}: {violation.message}")
        n_passed, n_failed = (n_passed, n_failed + 1) if found else (n_passed + 1, n_failed)
    print(f"{n_passed} passed, {n_failed} failed")
    return 1 if n_failed else 0


if __name__ == "__main__":
    sys.exit(main())
