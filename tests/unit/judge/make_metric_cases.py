#!/usr/bin/env python3
"""Writes metric_cases.json: what rouge-score and sacrebleu give for texts that are easy to get wrong. Run by hand, in a venv:

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install rouge-score==0.1.2 sacrebleu==2.6.0
    /tmp/peers/bin/python tests/unit/judge/make_metric_cases.py > tests/unit/judge/metric_cases.json
"""
import json, random, sys

from rouge_score import rouge_scorer, tokenize
from sacrebleu.metrics import CHRF

PAIRS = [
    ("", ""), ("", "x"), ("x", ""), (" ", " \n"), ("!!!", "cat"), ("!!!", "!!!"), ("a", "a"), ("ab", "ab"), ("ab", "ba"), ("abcdef", "abcdef"), ("abcdefg", "abcdefh"),
    ("The cat sat.", "a cat sat"), ("cat cat dog", "cat dog dog"), ("Paris", "paris, France"), ("the cat the cat", "cat the"), ("don't", "don t"), ("it's 3.14", "its 314"),
    ("İstanbul", "istanbul"), ("\u212aelvin", "kelvin"), ("STRASSE", "straße"), ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"), ("naïve café", "naive cafe"), ("cafe\u0301", "café"),
    ("中文字符", "中文"), ("水は青い", "水は赤い"), ("😀😀", "😀"), ("👩‍🔬 x", "👩‍🔬"), ("𝐀b", "𝐀c"), ("x\u00a0y", "x y"), ("x\u200by", "xy"), ("x\u3000y\u2028z", "xyz"), ("x\x1cy\x85z", "xyz"),
    ("a_b", "a b"), ("snake_case", "snake case"), ("1,000", "1000"), ("٣ 3", "3"), ("a²", "a2"), ("½", "1 2"), ("a\0b", "ab"), ("<p>text</p>", "text"), ("\u202etxet", "text"),
    ("White dwarfs shrink as they gain mass.", "A white dwarf becomes smaller when its mass increases."),
    ("The answer is yes.", "Yes, it is the answer."), ("one two three four five", "five four three two one"), ("x " * 50, "x"), ("x", "x " * 50),
]
WORDS = ["the", "cat", "Sat", "on", "mat", "é", "水", "😀", "-", ".", "3", "İ", "\u0301", "\n", "\u00a0", "  ", "a", "b", "ab"]
rng = random.Random(5)
for _ in range(200):
    PAIRS.append(tuple(" ".join(rng.choice(WORDS) for _ in range(rng.randrange(14))) for _ in range(2)))
for _ in range(100):
    PAIRS.append(tuple("".join(rng.choice("abcAé水 ") for _ in range(rng.randrange(20))) for _ in range(2)))

rouge, chrf = rouge_scorer.RougeScorer(["rougeL"], use_stemmer=False), CHRF()
json.dump([{"answer": a, "expected": e, "rouge_tokens": tokenize.tokenize(a, None), "rouge_l": rouge.score(e, a)["rougeL"].fmeasure, "chrf": chrf.sentence_score(a, [e]).score / 100}
           for a, e in PAIRS], sys.stdout, indent=0)
print()
