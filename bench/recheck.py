#!/usr/bin/env python3
"""What the recheck after answering costs: two answers of each variant are computed again, alone (docs/engine.md, "The trace and the recheck").

Two builds of assay run the same experiment in turns on one machine. The recheck's seconds are those between a variant's last answer and the row that says how many were equal: the store is looked at
every 20 ms while the run writes it. Answers of both builds are compared, too.

  scripts/build.sh release assay assay-engine && python3 bench/recheck.py [--against OTHER/bin/assay] [--limit 16] [--predict 64] [--rounds 2]
"""
import argparse
import json
import pathlib
import sqlite3
import statistics
import sys
import tempfile
import threading
import time

import answering as bench


class Watch(threading.Thread):
    """Looks at a run's store until it is told to stop. Variant -> when its last answer came, and when its recheck was there."""

    def __init__(self, store):
        super().__init__()
        self.store, self.stop, self.n, self.answered, self.checked = store, threading.Event(), {}, {}, {}

    def look(self):
        database = sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)
        try:
            answers = database.execute("SELECT variant_name, count(*) FROM answers GROUP BY 1").fetchall()
            checked = database.execute("SELECT a.variant_name FROM answers a JOIN engine_sessions s ON s.model_sha256 = a.model_sha256 WHERE s.n_checked > 0 GROUP BY 1").fetchall()
        finally:
            database.close()
        now = time.monotonic()
        for name, n in answers:
            if self.n.get(name) != n:
                self.n[name], self.answered[name] = n, now
        for name, in checked:
            self.checked.setdefault(name, now)

    def run(self):
        while not self.stop.wait(.02):
            try:
                self.look()
            except sqlite3.OperationalError:
                pass  # not there yet, or not for readers at this moment

    def seconds(self):
        return {name: self.checked[name] - self.answered[name] for name in self.checked}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", default=str(bench.ROOT / "build/release/bin/assay"))
    parser.add_argument("--against")
    parser.add_argument("--model", default=str(bench.ROOT / "build/models/SmolLM2-135M-Instruct-F16.gguf"))
    parser.add_argument("--questions", default=str(bench.ROOT / "examples/science-qa/questions.jsonl"))
    parser.add_argument("--variants", default="Q4_K_M")
    parser.add_argument("--limit", type=int, default=16)
    parser.add_argument("--predict", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=2)
    a = parser.parse_args()
    rows = [json.loads(line) for line in pathlib.Path(a.questions).read_text().splitlines() if line][: a.limit]
    builds = {"this": a.assay, **({"other": a.against} if a.against else {})}
    seconds, steps, texts = {}, {}, {}
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        questions = work / "questions.jsonl"
        questions.write_text("".join(json.dumps(row) + "\n" for row in rows))
        for number in range(a.rounds):
            for build, program in builds.items():
                watch = Watch(work / f"run-{build}-{number}" / "assay.sqlite")
                watch.start()
                try:
                    took, run, report = bench.run_assay(program, a.model, a.variants, questions, a.predict, a.threads, work, f"{build}-{number}")
                finally:
                    watch.stop.set()
                    watch.join()
                for variant in report["variants"]:
                    name, checked = variant["name"], variant["independence"]
                    if checked["n_equal"] != checked["n_checked"]:
                        sys.exit(f"{build}, {name}: {checked['n_equal']} of {checked['n_checked']} were equal")
                    if name not in watch.seconds():
                        continue  # the same file as another variant, whose answers it has
                    seconds.setdefault((name, build), []).append(watch.seconds()[name])
                    steps.setdefault((name, build), []).append(took[name])
                    texts.setdefault(name, []).append(bench.totals(run, name)["text"])
    print(f"{bench.cpu_name()}; {len(rows)} questions, at most {a.predict} tokens, {a.threads} threads, {a.rounds} rounds in turns; seconds, median and all")
    for (name, build), values in seconds.items():
        step = statistics.median(steps[name, build])
        print(f"{name[:26]:28}{build:7}recheck {statistics.median(values):6.2f}  ({', '.join(f'{each:.2f}' for each in values)})  of the whole step's {step:6.1f}")
    for name, all_texts in texts.items():
        equal = sum(all(each[row["id"]] == all_texts[0][row["id"]] for each in all_texts) for row in rows)
        print(f"{name[:26]:28}{equal} of {len(rows)} answers are the same bytes in all runs")


if __name__ == "__main__":
    main()
