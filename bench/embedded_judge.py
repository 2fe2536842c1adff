#!/usr/bin/env python3
"""Speed of the embedded judge (label probabilities, both orders) beside two llama-server calls a pair on the same model.

    python3 bench/embedded_judge.py [--questions FILE] [--limit N] [--judge FILE] [--slots 1,4,8,16] [--json OUT]

assay's time is that of its steps "verdicts of ... on ...": loading the judge, rendering and tokenizing every prompt, and committing every
verdict to disk are in it. llama-server's begins when it has loaded. It is asked for one token with its probabilities, by as many clients as
it has slots, with the same messages in the same order, controls included (their token counts are compared); its prompt cache is on. A
control is one prompt, a pair two, one an order: `second order` is what the second one of a pair took assay.
Nothing else should run on the machine meanwhile. Standard library only.
"""
import argparse, hashlib, json, os, pathlib, re, subprocess, sqlite3, sys, tempfile, time
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from answering import ROOT, llama_server, post, vm_hwm

TIE_WORD = "C"  # of SmolLM2's vocabulary; the token counts would show another one
SOURCE = (ROOT / "assay/judge/prompt.cpp").read_text()


def piece(name):
    return re.search(name + r' =\s*R"jinja\((.*?)\)jinja"', SOURCE, re.S)[1]


def system_text():
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', re.search(r"kSystem =(.*?);\n", SOURCE, re.S)[1]))


def prompt_of(row, a, b):
    """What the built-in label template gives for a pair with an expected answer and contexts. Its boundary is another one than assay's, but as
    many digits, the same in both orders, and not that of other pairs."""
    texts = json.dumps([row["question"], min(a, b), max(a, b)]).encode()
    boundary = str(10**11 + int(hashlib.sha256(texts).hexdigest(), 16) % (9 * 10**11))
    points = piece("kPoints")
    points = re.sub(r"{% if expected %}(.*?){% endif %}", r"\1", points)
    points = re.sub(r"{% if contexts %}(.*?){% else %}.*?{% endif %}", r"\1", points)
    blocks = [("QUESTION", row["question"]), ("EXPECTED ANSWER", row["expected_answer"])]
    blocks += [(f"CONTEXT {i}", c) for i, c in enumerate(row["contexts"], 1)] + [("RESPONSE A", a), ("RESPONSE B", b)]
    texts = piece("kTexts").split("BEGIN {{ boundary }} QUESTION")[0]
    texts += "".join(f"BEGIN {boundary} {title}\n{text}\nEND {boundary}\n\n" for title, text in blocks)
    out = piece("kIntroduction") + points + piece("kReplyWithLabel") + texts + piece("kAskForLabel")
    return out.replace("{{ boundary }}", boundary).replace("{{ tie_word }}", TIE_WORD)


def run_assay(assay, model, judge, variant, questions, predict, threads, run):
    """Seconds of judging."""
    command = [str(assay), "run", "-m", str(model), "--variants", variant, "--questions", str(questions), "--predict", str(predict), "--threads", str(threads),
               "--judge", f"gguf:{judge}", "--stopping", "none", "--run", str(run)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    began, seconds, log = None, 0.0, []
    for line in process.stderr:
        log.append(line)
        match = re.match(r"  verdicts of (\S+) on (\S+): (.*)", line)
        if match and re.fullmatch(r"\d+ pairs\n?", match[3]):
            began = time.monotonic()
        elif match and " in " in match[3]:
            seconds += time.monotonic() - began
    if process.wait() not in (0, 3, 4, 5):
        sys.exit("assay failed:\n" + "".join(log[-8:]))
    return seconds


SHOWN = """
SELECT v.n_prompt_tokens, v.elapsed_ms, coalesce(c.presentation, 0), coalesce(c.question_id, k.question_id), a.text, b.text,
       CASE WHEN c.id IS NOT NULL THEN 1 - c.variant_is_a ELSE k.honest_is_a END, coalesce(k.other_text, x'')
FROM verdict_attempts v
LEFT JOIN comparisons c ON c.id = v.item_id LEFT JOIN controls k ON k.id = v.item_id
JOIN answers a ON a.key = coalesce(c.baseline_answer_key, k.honest_answer_key)
JOIN answers b ON b.key = coalesce(c.variant_answer_key, k.other_answer_key)
ORDER BY v.id"""


def shown(run):
    """Of every verdict, in the order in which they came: prompt tokens, milliseconds, which order (0, 1), question, response A, response B."""
    store = sqlite3.connect(f"file:{run}/assay.sqlite?mode=ro", uri=True)
    text = lambda value: value.decode() if isinstance(value, bytes) else value
    for tokens, ms, order, question, one, other, one_is_a, altered in store.execute(SHOWN):
        other = altered or other
        a, b = (one, other) if one_is_a else (other, one)
        yield tokens, ms, order, text(question), text(a), text(b)


def run_server(server, model, prompts, slots, threads, context):
    with llama_server(server, model, slots, threads, context) as (url, pid):
        def ask(user):
            body = dict(messages=[dict(role="system", content=system_text()), dict(role="user", content=user)], temperature=0, max_tokens=1, logprobs=True, top_logprobs=20)
            return json.loads(post(url + "/v1/chat/completions", body))["usage"]["prompt_tokens"]

        start = time.monotonic()
        with ThreadPoolExecutor(slots) as pool: tokens = sum(pool.map(ask, prompts))
        return time.monotonic() - start, tokens, vm_hwm(pid)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--questions", type=pathlib.Path, default=ROOT / "examples/science-qa/questions.jsonl")
    p.add_argument("--model", type=pathlib.Path, default=ROOT / "build/models/SmolLM2-135M-Instruct-F16.gguf")
    p.add_argument("--judge", type=pathlib.Path, default=ROOT / "build/models/SmolLM2-135M-Instruct-F16.gguf")
    p.add_argument("--variant", default="Q2_K")
    p.add_argument("--limit", type=int, default=0)
    p.add_argument("--predict", type=int, default=48)
    p.add_argument("--threads", type=int, default=os.cpu_count())
    p.add_argument("--slots", default="1,4,8,16")
    p.add_argument("--json", type=pathlib.Path)
    a = p.parse_args()
    llama = pathlib.Path(subprocess.run([ROOT / "scripts/llama.sh", "peers"], capture_output=True, text=True, check=True).stdout.strip()) / "bin"
    work = pathlib.Path(tempfile.mkdtemp(prefix="assay-judge-bench-"))
    rows = [json.loads(x) for x in a.questions.read_text().split("\n") if x.strip()]
    rows = rows[:a.limit or None]
    questions = work / "questions.jsonl"
    questions.write_text("".join(json.dumps(r) + "\n" for r in rows))

    seconds = run_assay(ROOT / "build/release/bin/assay", a.model, a.judge, a.variant, questions, a.predict, a.threads, work / "run")
    verdicts, by_id = list(shown(work / "run")), {r["id"]: r for r in rows}
    n, tokens = len(verdicts), sum(v[0] for v in verdicts)
    prompts = [prompt_of(by_id[question], one, other) for _, _, _, question, one, other in verdicts]
    n_pairs = sum(order == 1 for _, _, order, *_ in verdicts)
    second, first = (sum(v[1] for v in verdicts if v[2] == order) for order in (1, 0))

    result = dict(assay=dict(seconds=seconds, prompts=n, prompt_tokens=tokens, seconds_of_second_orders=second / 1e3), servers=[])
    print(f"judge {a.judge.name}, {a.threads} threads; {len(rows)} questions of {a.questions.name}: {n_pairs} pairs in both orders, {n - 2 * n_pairs} controls\n")
    print("                          seconds  prompts  tokens each  prompts/min")
    print(f"  assay, label judge      {seconds:7.1f}  {n:7}  {tokens / n:11.0f}  {60 * n / seconds:11.1f}")
    for slots in map(int, a.slots.split(",")):
        took, served, memory = run_server(llama / "llama-server", a.judge, prompts, slots, a.threads, 2048)
        result["servers"].append(dict(slots=slots, seconds=took, prompt_tokens=served, peak_memory_bytes=memory))
        print(f"  llama-server, {slots:2} slots  {took:7.1f}  {n:7}  {served / n:11.0f}  {60 * n / took:11.1f}", flush=True)
    result["ratio"] = min(s["seconds"] for s in result["servers"]) / seconds
    print(f"\n  assay is {result['ratio']:.2f} x as fast as llama-server at its best; a pair's second order took it {second / max(n_pairs, 1):.0f} ms, any other prompt {first / (n - n_pairs):.0f} ms")
    if a.json: a.json.write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
