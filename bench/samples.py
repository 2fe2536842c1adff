#!/usr/bin/env python3
"""k samples of each question beside one, in one run: a prompt is computed once, whatever k is.

  make build model && python3 bench/samples.py [--samples 4] [--questions-limit 154] [--variant Q4_K_M] [--predict 128] [--temp 0.7] [--rounds 1] [--json OUT]

The time is that of the step "answers of ...", with loading and two answers computed again. What k samples may cost: 1 + (k - 1) x the share of decoding in the run with one, and 5 %.
The first samples of both runs must be the same bytes. Nothing else should run on the machine meanwhile. Standard library only.
"""
import argparse
import json
import os
import pathlib
import tempfile

import answering as bench


def first_answers(run, name):
    rows = [json.loads(line) for line in (run / "evaluation" / "responses" / f"{name}.jsonl").read_text().split("\n") if line]
    return {row["task_id"]: row["model_answer"] for row in rows if row.get("sample", 0) == 0}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=str(bench.ROOT / "build/models/SmolLM2-135M-Instruct-F16.gguf"))
    parser.add_argument("--questions", type=pathlib.Path, default=bench.ROOT / "examples/science-qa/questions.jsonl")
    parser.add_argument("--variant", default="Q4_K_M")
    parser.add_argument("--samples", type=int, default=4)
    parser.add_argument("--questions-limit", type=int, default=154)
    parser.add_argument("--predict", type=int, default=128)
    parser.add_argument("--temp", default="0.7")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--assay", type=pathlib.Path, default=bench.ROOT / "build/release/bin/assay")
    parser.add_argument("--json", type=pathlib.Path)
    a = parser.parse_args()
    rows = a.questions.read_text().splitlines()[: a.questions_limit]
    result = dict(machine=bench.cpu_name(), cores=os.cpu_count(), n_questions=len(rows), samples=a.samples, predict=a.predict, models={})
    print(f"{bench.cpu_name()}, {os.cpu_count()} cores; {len(rows)} questions, at most {a.predict} tokens, temperature {a.temp}; {a.samples} samples beside 1, the faster of {a.rounds} rounds each")
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        questions = work / "questions.jsonl"
        questions.write_text("\n".join(rows) + "\n")
        best = {}
        for number in range(a.rounds):
            for k in (1, a.samples):
                more = ["--temp", a.temp, "--samples", str(k), "--no-fidelity"]
                seconds, run, report = bench.run_assay(a.assay, a.model, a.variant, questions, a.predict, a.threads, work, f"{number}-{k}", more)
                for entry in report["variants"]:
                    name = entry["name"]
                    t = bench.totals(run, name)
                    if (name, k) not in best or seconds[name] < best[name, k][0]:
                        best[name, k] = (seconds[name], t, first_answers(run, name))
        for name in dict.fromkeys(name for name, _ in best):
            one, t1, answers1 = best[name, 1]
            several, tk, answersk = best[name, a.samples]
            share = t1["decode_s"] / one
            limit = 1 + (a.samples - 1) * share + 0.05
            print(f"\n{name}: 1 sample {one:.1f} s (prefill {t1['prefill_s']:.1f} s, decode {t1['decode_s']:.1f} s, {t1['computed']} prompt tokens computed)")
            print(f"  {a.samples} samples {several:.1f} s (prefill {tk['prefill_s']:.1f} s, decode {tk['decode_s']:.1f} s, {tk['computed']} prompt tokens computed): "
                  f"{several / one:.2f} x, at most {limit:.2f} wanted")
            print("  the first samples are the same bytes" if answers1 == answersk else "  THE FIRST SAMPLES DIFFER")
            result["models"][name] = dict(one_s=one, several_s=several, ratio=several / one, wanted=limit, decode_share=share, computed=tk["computed"], computed_of_one=t1["computed"])
    if a.json:
        a.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
