#!/usr/bin/env python3
"""Writes token_f1_cases.json: what Python's SQuAD script gives for texts that are easy to get wrong. Run by hand; CPython 3.11 (Unicode 14).

    python3 tests/unit/judge/make_token_f1_cases.py > tests/unit/judge/token_f1_cases.json
"""
import collections, hashlib, json, random, re, string, sys, unicodedata


def tokens(t):
    return re.sub(r"\b(a|an|the)\b", " ", "".join(c for c in t.lower() if c not in string.punctuation)).split()


def token_f1(answer, expected):
    """As exact numerator and denominator."""
    a, e = tokens(answer), tokens(expected)
    same = sum((collections.Counter(a) & collections.Counter(e)).values())
    return (int(a == e), 1) if not a or not e else (2 * same, len(a) + len(e))


PAIRS = [
    ("", ""), ("", "x"), ("x", ""), ("the", ""), ("The a an", "..."), ("the", "cat"), ("!!!", "cat"),
    ("The cat sat.", "a cat sat"), ("cat cat dog", "cat dog dog"), ("Paris", "paris, France"),
    ("İstanbul", "i̇stanbul"), ("İstanbul", "istanbul"), ("ISTANBUL", "ıstanbul"), ("STRASSE", "straße"), ("Straße", "straẞe"),
    ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"), ("ΣΑΣ Σ", "σας σ"), ("Α'Σ", "α'ς"), ("ǅ", "ǆ"), ("Ǆ Ǉ ǋ", "ǆ ǉ ǌ"), ("ﬁ", "FI"),
    ("“The” cat", "the cat"), ("don’t", "don't"), ("‘a’", "a"), ("it's", "its"), ("a-an-the", "aanthe"), ("a - an - the", ""), ("a_b", "ab"), ("_the_", "the"),
    ("snake_case the_end", "snakecase theend"), ("1,000", "1000"), ("3.14", "314"), ("a1", "a 1"), ("1a", "a"), ("the2nd", "2nd"),
    ("x\u00a0y", "x y"), ("the\u00a0cat", "cat"), ("x\u200by", "xy"), ("a\u200bcat", "\u200bcat"), ("x\u3000y", "x y"), ("x\u2028y", "x y"), ("x\x1cy", "x y"), ("x\x85y", "x y"),
    ("x\u180ey", "x y"), ("x\ufeffy", "x y"), ("a\u0301", "\u0301"), ("\u0301a", "\u0301"), ("cafe\u0301", "café"), ("the\u0308 end", "end"), ("na\u0308\u0131ve", "naïve"),
    ("😀a😀", "😀 😀"), ("👩‍🔬 the 👩‍🔬", "👩‍🔬"), ("é a é", "é é"), ("éa", "é"), ("aé", "é"), ("тhe the", "тhe"), ("a中", "中"), ("the 中文", "中文"), ("٣a", "a"), ("a²", "²"), ("½a a½", "½"), ("aⅣ", "Ⅳ"),
    ("a·b", "b"), ("a‿b", "b"), ("the—end", "—end"), ("a…b", "…b"), ("«the»", "«»"), ("x。a。y", "x。 。y"), ("𝐀 a", "𝐚"), ("𐐀", "𐐨"), ("A\u030aN", "ån"), ("\u212b", "å"), ("K", "k"), ("Ω", "ω"),
    ("a\tb\nthe\rc\vd\fe", "b c d e"), ("a\0b", "b"), ("$5 + $5", "5 5"), ("<the>", ""), ("an\u00adapple", "\u00adapple"), ("ª a º", "ª º"), ("ʰa", "ʰ"), ("aः", "ः"), ("ा a", "ा"),
]
ALPHABET = ["a", "an", "the", "A", "An", "THE", "cat", "Σ", "σ", "İ", "ß", "ẞ", "ǅ", "_", "-", ".", "'", "’", " ", " ", " ", "\u00a0", "\u200b", "\u0301", "\u0345", "é", "²", "½", "1", "😀", "中", "\n", "\x1f", "\u3000", "·"]


def digest():
    """Tokens of a text around every assigned character of Unicode 14, hashed: the C++ test goes over the same ones."""
    h, n = hashlib.sha256(), 0
    for c in range(0x110000):
        if 0xD800 <= c < 0xE000 or unicodedata.category(chr(c)) == "Cn":
            continue
        ch = chr(c)
        h.update("|".join(tokens(f"{ch}a {ch} a{ch}A{ch} the{ch}the Σ{ch} {ch}Σ AΣ{ch}Σ b{ch}b")).encode() + b"\n")
        n += 1
    return h.hexdigest(), n


rng = random.Random(7)
for _ in range(400):
    PAIRS.append(tuple("".join(rng.choice(ALPHABET) for _ in range(rng.randrange(12))) for _ in range(2)))
sha256, n = digest()
json.dump({"all_characters": {"n": n, "sha256": sha256, "unicode": unicodedata.unidata_version},
           "cases": [{"answer": a, "expected": e, "tokens": tokens(a), "numerator": token_f1(a, e)[0], "denominator": token_f1(a, e)[1]} for a, e in PAIRS]},
          sys.stdout, indent=0)
print()
