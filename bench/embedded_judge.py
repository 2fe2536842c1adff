#!/usr/bin/env python3
"""Pairs a minute of the embedded judge (label probabilities, both orders) beside two llama-server calls a pair on the same model.

    python3 bench/embedded_judge.py [--questions FILE] [--limit N] [--judge FILE] [--slots 1,4,8,16] [--json OUT]

assay's time is that of its steps "verdicts of ... on ...": loading the judge, rendering and tokenizing every prompt, and committing every
verdict to disk are in it. llama-server's begins when it has loaded. It is asked for one token with its probabilities, by as many clients as
it has slots, with the same messages (their token counts are compared); its prompt cache is on. A pair is two prompts, one an order.
Nothing else should run on the machine meanwhile. Standard library only.
"""
import argparse, json, os, pathlib, re, subprocess, sqlite3, sys, tempfile, time
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from answering import ROOT, llama_server, post, vm_hwm

TIE_WORD = "C"  # of SmolLM2's vocabulary; the token counts would show another one
SOURCE = (ROOT / "assay/judge/prompt.cpp").read_text()


def piece(name):
    return re.search(name + r' =\s*R"jinja\((.*?)\)jinja"', SOURCE, re.S)[1]


def system_text():
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', re.search(r"kSystem =(.*?);\n", SOURCE, re.S)[1]))


def prompt_of(row, a, b, boundary="918273645012"):
    """What the built-in label template gives for a pair with an expected answer and contexts."""
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
    """Seconds of judging, readings (verdicts that needed one), their prompt tokens."""
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
    store = sqlite3.connect(f"file:{run}/assay.sqlite?mode=ro", uri=True)
    n, tokens = store.execute("SELECT count(*), sum(n_prompt_tokens) FROM verdict_attempts").fetchone()
    return seconds, n, tokens


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

    seconds, n, tokens = run_assay(ROOT / "build/release/bin/assay", a.model, a.judge, a.variant, questions, a.predict, a.threads, work / "run")
    answers = []
    for name in (a.model.stem, a.variant):
        lines = (work / "run/evaluation/responses" / f"{name}.jsonl").read_text().split("\n")
        answers.append({r["task_id"]: r["model_answer"] for r in map(json.loads, filter(None, lines))})
    prompts = []
    for r in rows:
        one, other = answers[0][r["id"]], answers[1][r["id"]]
        prompts += [prompt_of(r, one, other), prompt_of(r, other, one)]

    result = dict(assay=dict(seconds=seconds, readings=n, prompt_tokens=tokens, pairs_per_minute=30 * n / seconds), servers=[])
    print(f"judge {a.judge.name}, {a.threads} threads; {len(rows)} questions of {a.questions.name}\n")
    print("                          seconds  prompts  tokens each  pairs/min")
    print(f"  assay, label judge      {seconds:7.1f}  {n:7}  {tokens / n:11.0f}  {30 * n / seconds:9.1f}")
    for slots in map(int, a.slots.split(",")):
        took, served, memory = run_server(llama / "llama-server", a.judge, prompts, slots, a.threads, 2048)
        rate = 30 * len(prompts) / took
        result["servers"].append(dict(slots=slots, seconds=took, prompts=len(prompts), prompt_tokens=served, pairs_per_minute=rate, peak_memory_bytes=memory))
        print(f"  llama-server, {slots:2} slots  {took:7.1f}  {len(prompts):7}  {served / len(prompts):11.0f}  {rate:9.1f}", flush=True)
    best = max(s["pairs_per_minute"] for s in result["servers"])
    result["ratio"] = result["assay"]["pairs_per_minute"] / best
    print(f"\n  assay is {result['ratio']:.2f} x as fast as llama-server at its best")
    if a.json: a.json.write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
