#!/usr/bin/env python3
"""What fidelity on the task costs, and what it spares: `assay run` with it beside the same run without it, in turns on one machine, as ratios.

Every run answers the example's questions with a baseline and its variants, from nothing but the model's file and the quantized files of one cache. Times are those of the
steps "answers of NAME", loading and rechecks included. With --peers the same is done by llama.cpp's own tools: llama-server answers with each file, and llama-perplexity computes the
baseline's logits of the prompts with its answers and the variants' KL divergence from them.

  make build model && scripts/llama.sh peers && python3 bench/task_fidelity.py [--limit 154] [--rounds 2] [--peers]
"""
import argparse
import json
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import time

import answering as bench

VARIANTS = ["Q8_0", "Q4_K_M", "Q2_K"]


def facts_of(run):
    """Variant -> tokens read, tokens verified, tokens of its answers, mean KLD."""
    store = sqlite3.connect(f"file:{run}/assay.sqlite?mode=ro", uri=True)
    answers = dict(store.execute("SELECT variant_name, sum(n_verified_tokens) FROM answers GROUP BY 1"))
    written = dict(store.execute("SELECT variant_name, sum(length(tokens) / 4) FROM answers GROUP BY 1"))
    read = {name: (n, kld) for name, n, kld in store.execute(
        "SELECT a.variant_name, count(*), avg(t.kld) FROM answer_fidelity f JOIN token_fidelity t ON t.answer_fidelity_id = f.id "
        "JOIN answers a ON a.key = f.variant_key GROUP BY 1")}
    return {name: (*read.get(name, (0, None)), answers[name], written[name]) for name in answers}


def seconds_of(command):
    start = time.monotonic()
    if subprocess.run([str(x) for x in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0:
        sys.exit(f"failed: {command}")
    return time.monotonic() - start


def peers(tools, files, rows, answers, a, work, context):
    """Seconds of llama-server for each file, and of llama-perplexity for baseline and variants."""
    text = work / "texts.txt"
    text.write_text("\n\n".join(bench.prompt_of(row) + "\n" + answers[row["id"]] for row in rows))
    out = {}
    for name, path in files.items():
        out[name] = bench.run_server(tools / "llama-server", path, rows, a.server_slots, a.predict, a.threads, context)[0]
        print(f"llama-server, {name}: {out[name]:.1f} s", file=sys.stderr, flush=True)
    base = work / "base.kld"
    common = ["-f", text, "-c", 512, "-t", a.threads]
    scored = seconds_of([tools / "llama-perplexity", "-m", files["baseline"], *common, "--kl-divergence-base", base])
    size = base.stat().st_size
    for name, path in files.items():
        if name != "baseline":
            scored += seconds_of([tools / "llama-perplexity", "-m", path, *common, "--kl-divergence-base", base, "--kl-divergence"])
    return out, scored, size


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=str(bench.ROOT / "build/models/SmolLM2-135M-Instruct-F16.gguf"))
    parser.add_argument("--questions", default=str(bench.ROOT / "examples/science-qa/questions.jsonl"))
    parser.add_argument("--limit", type=int, default=154)
    parser.add_argument("--predict", type=int, default=128)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--server-slots", type=int, default=16)
    parser.add_argument("--peers", action="store_true")
    a = parser.parse_args()
    assay = bench.ROOT / "build/release/bin/assay"
    rows = [json.loads(line) for line in pathlib.Path(a.questions).read_text().splitlines() if line][: a.limit]
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        questions = work / "questions.jsonl"
        questions.write_text("".join(json.dumps(row) + "\n" for row in rows))
        best, runs = {}, {}
        for number in range(a.rounds):
            for kind, more in (("without", ["--no-fidelity"]), ("with", [])):
                seconds, run, report = bench.run_assay(assay, a.model, ",".join(VARIANTS), questions, a.predict, a.threads, work, f"{kind}-{number}", more)
                runs[kind] = (run, report)
                print(f"round {number + 1}, {kind} fidelity: {sum(seconds.values()):.1f} s", file=sys.stderr, flush=True)
                for name, value in seconds.items():
                    best[kind, name] = min(value, best.get((kind, name), value))
        run, report = runs["with"]
        facts = facts_of(run)
        names = [v["name"] for v in report["variants"]]
        print(f"{bench.cpu_name()}; {len(rows)} questions, {a.predict} tokens at most, {a.threads} threads, the faster of {a.rounds} rounds each")
        print(f"{'':10}{'without':>9}{'with':>9}{'ratio':>7}  tokens read  verified of its own  mean KLD")
        for name in names:
            without, with_it = best["without", name], best["with", name]
            n_read, kld, verified, written = facts[name]
            shown = "" if kld is None else f"  {n_read:11}  {verified:8} of {written:<8}  {kld:.4g}"
            print(f"{name[:10]:10}{without:8.1f}s{with_it:8.1f}s{with_it / without:7.2f}{shown}")
        all_without, all_with = (sum(best[kind, n] for n in names) for kind in ("without", "with"))
        print(f"{'all':10}{all_without:8.1f}s{all_with:8.1f}s{all_with / all_without:7.2f}", flush=True)
        if a.peers:
            files = {v["name"]: bench.made_file(a.model, v["name"]) for v in report["variants"] if v["role"] != "baseline"}
            files = {"baseline": a.model, **files}
            baseline = next(v["name"] for v in report["variants"] if v["role"] == "baseline")
            t = bench.totals(run, baseline)
            context = (max(t["prompt_tokens"].values()) + a.predict + 255) // 256 * 256
            served, scored, size = peers(bench.llama_tools(), files, rows, t["text"], a, work, context)
            print("llama-server, " + ", ".join(f"{n} {s:.1f} s" for n, s in served.items()) + f"; llama-perplexity {scored:.1f} s with a file of {size / 1e6:.0f} MB")
            print(f"answers and fidelity: {all_with:.1f} s beside {sum(served.values()) + scored:.1f} s, {all_with / (sum(served.values()) + scored):.2f} x")


if __name__ == "__main__":
    main()
