#!/usr/bin/env python3
"""Checks what can be checked of examples/science-qa: counts, lengths, contexts that are the corpus' own words, answers whose figures the
contexts hold. That the facts are right was a matter of reading (examples/science-qa/README.md)."""
import collections, json, pathlib, re, sys

FOLDER = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2] / "examples/science-qa")
passed = failed = 0


def check(name, bad):
    """`bad`: what breaks the rule; nothing: it holds."""
    global passed, failed
    bad = list(bad)
    passed, failed = passed + (not bad), failed + bool(bad)
    if bad: print(f"FAILED {name}: {bad[:5]}")


def numbers(text):
    words = "one two three four five six seven eight nine ten".split()
    found = set(re.findall(r"\d+(?:\.\d+)?", text.replace(",", "")))
    return found | {str(i) for i, w in enumerate(words, 1) if re.search(rf"\b{w}\b", text.lower())}


def words(text): return set(re.findall(r"[a-z]{4,}", text.lower()))


corpus = [json.loads(x) for x in (FOLDER / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]
questions = [json.loads(x) for x in (FOLDER / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
by_id = {p["id"]: p for p in corpus}
check("200 passages with ids of their own", [] if len(corpus) == len(by_id) == 200 else [len(corpus)])
check("40 topics of at least eight sciences", [] if len({p["topic"] for p in corpus}) == 40 and len({p["science"] for p in corpus}) >= 8 else ["topics or sciences"])
check("passages of 60 to 150 words", [p["id"] for p in corpus if not 60 <= len(p["text"].split()) <= 150])
check("154 questions with ids of their own", [] if len(questions) == len({q["id"] for q in questions}) == 154 else [len(questions)])
check("contexts are passages of the corpus, word for word", [q["id"] for q in questions if q["contexts"] != [by_id[i]["text"] for i in q["context_ids"]]])
check("2 to 4 different contexts", [q["id"] for q in questions if not 2 <= len(set(q["context_ids"])) == len(q["context_ids"]) <= 4])
check("clusters are topics, each with several questions", [c for c, n in collections.Counter(q["cluster"] for q in questions).items() if n < 2 or c not in {p["topic"] for p in corpus}])
check("every passage is used", set(by_id) - {i for q in questions for i in q["context_ids"]})
check("expected answers of 1 to 3 sentences", [q["id"] for q in questions if not 1 <= len(re.findall(r"[.!?](?=\s+[A-Z]|$)", q["expected_answer"].strip())) <= 3])
check("about ten questions that the contexts do not answer", [] if sum(not q["answerable"] for q in questions) == 10 else ["count"])
check("figures of an expected answer stand in its contexts or question (small whole numbers may be counted)",
      [(q["id"], off) for q in questions for off in [numbers(q["expected_answer"]) - numbers(" ".join(q["contexts"]) + " " + q["question"])] if any(float(x) > 10 or "." in x for x in off)])
check("no two questions alike", [(a["id"], b["id"]) for i, a in enumerate(questions) for b in questions[:i] if len(words(a["question"]) & words(b["question"])) > .6 * len(words(a["question"]) | words(b["question"]))])
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
