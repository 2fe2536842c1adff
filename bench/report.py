#!/usr/bin/env python3
"""Wall time of `assay report` on a large stored run, beside another build, as a ratio.

    python3 bench/report.py [--assay build/release/bin/assay] [--against OTHER/bin/assay] [--questions 5000] [--variants 6]
                            [--rounds 3] [--run DIR] [--json OUT]

The run is made here: answers of a baseline and of N variants from files, judged by the reference metric, so that no model and no server
is needed; its answers differ from the baseline's in three of four questions. With --run DIR it is made there and kept, and taken as it is
if it is there already. Then each build makes the report anew, in turn, --rounds times, and the fastest of each counts. Every build must
leave the same bytes of report.md, report.json and the study's files. The first report after the run writes nothing new, so what is timed is
reading the store, computing, and comparing with the files that are there. Standard library only.
"""
import argparse
import hashlib
import json
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PASSED = (0, 3, 4, 5)  # exit codes of a report that was made
WORDS = "the answer is a number of things that were counted in an old book by two people who did not agree on it".split()


def write_answers(path, n, seed, share_different):
    """A file of answers: of each question the expected sentence, or one that differs in some words."""
    rng = random.Random(seed)
    with open(path, "w", encoding="utf-8") as out:
        for k in range(n):
            expected = random.Random(k).choices(WORDS, k=24)
            answer = list(expected)
            if rng.random() < share_different:
                for _ in range(rng.randrange(1, 8)):
                    answer[rng.randrange(len(answer))] = rng.choice(WORDS)
            row = {"task_id": f"q{k:05}", "instruction": f"What does page {k} of the book say?", "expected_response": " ".join(expected),
                   "model_answer": " ".join(answer)}
            out.write(json.dumps(row) + "\n")


def make_run(assay, folder, n_questions, n_variants):
    run = folder / "run"
    if (run / "report.json").exists():
        return run
    print(f"making a run of {n_questions} questions and {n_variants} variants ...", file=sys.stderr)
    folder.mkdir(parents=True, exist_ok=True)
    write_answers(folder / "base.jsonl", n_questions, 1, 0.3)
    names = [f"v{i}" for i in range(1, n_variants + 1)]
    for i, name in enumerate(names):
        write_answers(folder / f"{name}.jsonl", n_questions, 2 + i, 0.75)
    command = [assay, "run", "-m", f"base=answers:{folder}/base.jsonl", "--variants", ",".join(f"{n}=answers:{folder}/{n}.jsonl" for n in names),
               "--run", str(run)]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode not in PASSED:
        sys.exit("the run could not be made:\n" + done.stderr[-2000:])
    return run


def bytes_of(run):
    """A hash of report and study's files."""
    whole = hashlib.sha256()
    for path in sorted([run / "report.md", run / "report.json", *(p for p in (run / "evaluation").rglob("*") if p.is_file())]):
        whole.update(str(path.relative_to(run)).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def timed(assay, run):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    done = subprocess.run([assay, "report", str(run)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in PASSED:
        sys.exit(f"{assay} report failed:\n{done.stderr}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall_s": wall, "cpu_s": cpu, "bytes": bytes_of(run)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", default=str(ROOT / "build/release/bin/assay"))
    parser.add_argument("--against", help="the assay of another build")
    parser.add_argument("--questions", type=int, default=5000)
    parser.add_argument("--variants", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--run", type=pathlib.Path, help="folder for the run; it is kept")
    parser.add_argument("--json", type=pathlib.Path, help="write the figures there")
    flags = parser.parse_args()

    with tempfile.TemporaryDirectory() as temporary:
        folder = flags.run or pathlib.Path(temporary)
        run = make_run(flags.assay, folder, flags.questions, flags.variants)
        builds = {"this": flags.assay, **({"other": flags.against} if flags.against else {})}
        runs = {name: [] for name in builds}
        for _ in range(flags.rounds):
            for name, program in builds.items():
                runs[name].append(timed(program, run))
    best = {name: min(rows, key=lambda row: row["wall_s"]) for name, rows in runs.items()}
    same = len({row["bytes"] for rows in runs.values() for row in rows}) == 1
    for name, row in best.items():
        print(f"{name:6} {row['wall_s']:7.2f} s wall, {row['cpu_s']:7.2f} s of the processor   {builds[name]}")
    ratio = best["other"]["wall_s"] / best["this"]["wall_s"] if flags.against else None
    if ratio:
        print(f"ratio  {ratio:7.2f} (other / this, wall), {best['other']['cpu_s'] / best['this']['cpu_s']:.2f} of the processor")
    print("the files are the same bytes" if same else "THE FILES DIFFER")
    if flags.json:
        flags.json.write_text(json.dumps({"questions": flags.questions, "variants": flags.variants, "rounds": flags.rounds, "best": best,
                                          "ratio": ratio, "same_bytes": same}, indent=2) + "\n")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
