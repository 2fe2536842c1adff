#!/usr/bin/env python3
"""Whether a run's time grows with its questions and variants, and its memory does not.

Two tables. The first has the scripted engine of the tests in the model's place: its answers cost nearly nothing, so what is seen is assay's own time and memory: the store, drafts, fidelity, drawing,
a metric's verdicts, the report. The second has the real model with short answers, where --real names numbers of questions: seconds, and the peak memory of assay and of an engine process.

  make tests model && python3 bench/growth.py [--questions 50,500,2000] [--variants 1,3,6] [--real 20,80]
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import answering as bench

TYPES = ["Q8_0", "Q4_K_M", "Q2_K", "Q6_K", "Q5_K_M", "Q3_K_M"]
DECIDED = (0, 3, 4, 5)  # exit codes of a run that came to its end


def write_questions(path, n):
    with open(path, "w", encoding="utf-8") as out:
        for k in range(n):
            fact = f"thing {k} is number {k * k}"
            row = {"id": f"q{k:05}", "question": f"What is thing {k}?", "expected_answer": fact, "contexts": [f"Fact: {fact}.", "Nothing else is known."]}
            out.write(json.dumps(row) + "\n")


def children_of(pid):
    try:
        return [int(each) for each in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def peaks_of(command, environment):
    """Seconds, and MB at most of assay's own process and of the largest one that it started. They are looked at every 5 ms: the system's own figure joins a process and its children, and the scripted
    engine of a build with AddressSanitizer is larger than assay."""
    start, own, largest = time.monotonic(), 0, 0
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen([str(each) for each in command], env=environment, stdout=subprocess.DEVNULL, stderr=said)
        while process.poll() is None:
            for pid in [process.pid, *children_of(process.pid)]:
                try:
                    peak = bench.vm_hwm(pid) or 0
                except OSError:
                    continue
                if pid == process.pid:
                    own = max(own, peak)
                else:
                    largest = max(largest, peak)
            time.sleep(.005)
        seconds = time.monotonic() - start
        if process.returncode not in DECIDED:
            said.seek(0)
            sys.exit(f"exit code {process.returncode}: {' '.join(map(str, command))}\n{said.read()[-2000:]}")
    return seconds, own / 1e6, largest / 1e6


def run(a, model, engine, work, n_questions, n_variants, predict):
    questions = work / f"questions-{n_questions}.jsonl"
    if not questions.exists():
        write_questions(questions, n_questions)
    folder = work / f"run-{n_questions}-{n_variants}-{predict}"
    command = [a.assay, "run", "-m", model, "--variants", ",".join(TYPES[:n_variants]), "--questions", questions, "--run", folder, "--engine", engine,
               "--predict", predict, "-t", a.threads, "--accept-metric"]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(work), "ASSAY_CACHE": str(work / "cache")}
    return *peaks_of(command, environment), (folder / "assay.sqlite").stat().st_size / 1e6


def numbers(text):
    return [int(each) for each in text.split(",") if each]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", default=bench.ROOT / "build/release/bin/assay")
    parser.add_argument("--scripted-engine", default=bench.ROOT / "build/dev/bin/scripted_engine")
    parser.add_argument("--model", default=bench.ROOT / "build/models/SmolLM2-135M-Instruct-F16.gguf")
    parser.add_argument("--questions", type=numbers, default=[50, 500, 2000])
    parser.add_argument("--variants", type=numbers, default=[1, 3, 6])
    parser.add_argument("--real", type=numbers, default=[])
    parser.add_argument("--threads", type=int, default=2)
    a = parser.parse_args()
    print(f"{bench.cpu_name()}")
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        scripted = work / "model.gguf"
        scripted.write_text("type F16\n")
        print("assay alone (scripted engine)\n questions  variants  seconds  ms a question and variant  assay's peak  store")
        for n_questions in a.questions:
            for n_variants in a.variants:
                seconds, own_mb, _, store_mb = run(a, scripted, a.scripted_engine, work, n_questions, n_variants, 128)
                each = 1000 * seconds / n_questions / (n_variants + 1)
                print(f"{n_questions:10}{n_variants:10}{seconds:9.1f}{each:27.2f}{own_mb:11.0f} MB{store_mb:7.1f} MB", flush=True)
        if a.real:
            print("with the model, 16 tokens at most\n questions  variants  seconds  s a question and variant  assay's peak  the engine's")
        for n_questions in a.real:
            seconds, own_mb, engine_mb, _ = run(a, a.model, bench.ROOT / "build/release/bin/assay-engine", work, n_questions, 1, 16)
            print(f"{n_questions:10}{1:10}{seconds:9.1f}{seconds / n_questions / 2:26.3f}{own_mb:11.0f} MB{engine_mb:11.0f} MB", flush=True)


if __name__ == "__main__":
    main()
