#!/usr/bin/env python3
"""Runs the fuzz targets: every reader of what assay does not write itself, for a bounded time.

    scripts/fuzz.py [--seconds 60] [--jobs 2] [READER ...]

A reader that crashes, takes more than 10 s for an input of at most 64 KiB, or needs more than
1 GiB, ends the run with exit code 1, and the input is kept. Seeds are the files of the tests and
examples; inputs that broke a reader once are in tests/fuzz/found/READER and are tried first.
"""
import argparse
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "build/fuzz/bin/fuzz_readers"
LARGEST_SEED = 1 << 16
ABSENT = 77  # ctest counts it as skipped

# What looks like the input of a reader, in the tests and examples.
SEEDS = {
    "dataset_json": ["tests/data/answers/*.json*", "examples/*/questions.jsonl", "tests/fuzz/seeds/rows_json/*"],
    "dataset_jsonl": ["tests/data/answers/*.jsonl", "examples/*/questions.jsonl"],
    "dataset_csv": ["tests/data/answers/*.csv", "tests/fuzz/seeds/rows_csv/*"],
    "answers": ["tests/data/answers/*", "tests/fuzz/seeds/rows_*/*"],
    "outcomes": ["tests/data/old_runs/**/evaluation_results.json", "tests/data/study_batches/*.json", "tests/fuzz/seeds/outcomes/*"],
    "experiment": ["examples/*/*.yaml", "tests/fuzz/seeds/experiment/*"],
    "stored_plan": ["tests/fuzz/seeds/stored_plan/*"],
    "batch_mapping": ["tests/data/study_batches/batch_mapping.json", "tests/data/old_runs/**/batch_mapping.json"],
    "thoughts": ["tests/fuzz/seeds/judge_reply/*"],
    "judge_reply": ["tests/fuzz/seeds/judge_reply/*"],
    "batch_replies": ["tests/data/study_batches/*.json", "tests/fuzz/seeds/judge_reply/*"],
    "batch_api": ["tests/fuzz/seeds/batch_api/*", "tests/fuzz/seeds/served_reply/*"],
    "served_reply": ["tests/fuzz/seeds/served_reply/*"],
    "lora_adapters": ["tests/fuzz/seeds/lora_adapters/*"],
    "safetensors": ["tests/fuzz/seeds/safetensors/*"],
    "base_file": ["tests/fuzz/seeds/base_file/*"],
    "frame": ["tests/fuzz/seeds/frame/*"],
    "imatrix_text": ["docs/*.md", "examples/*/questions.jsonl", "tests/fuzz/seeds/corpus/*"],
    "corpus_html": ["tests/fuzz/seeds/corpus/*.html"],
    "corpus_markdown": ["tests/fuzz/seeds/corpus/*.md", "docs/*.md"],
    "passages": ["examples/*/corpus.jsonl", "tests/fuzz/seeds/corpus/*.jsonl"],
    "query": ["tests/fuzz/seeds/corpus/*.txt"],
}


def readers():
    """The names that the program knows."""
    environment = {name: value for name, value in os.environ.items() if name != "ASSAY_READER"}
    out = subprocess.run([PROGRAM], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return out.stdout.split()


def collect_seeds(reader, folder):
    """Copies the seeds into the folder; long JSONL and CSV files are cut at a line."""
    folder.mkdir(parents=True)
    n_seeds = 0
    for pattern in SEEDS[reader] + [f"tests/fuzz/found/{reader}/*"]:
        for path in sorted(ROOT.glob(pattern)):
            data = path.read_bytes()
            if len(data) > LARGEST_SEED:
                data = data[: data.rfind(b"\n", 0, LARGEST_SEED) + 1]
            (folder / f"{n_seeds:04}").write_bytes(data)
            n_seeds += 1
    return n_seeds


def fuzz(reader, seconds, folder):
    """Runs one reader; a sentence, and whether it held."""
    seeds = folder / "seeds" / reader
    n_seeds = collect_seeds(reader, seeds)
    if n_seeds == 0:
        return f"{reader}: no seed is there ({', '.join(SEEDS[reader])})", False
    corpus = ROOT / "build/fuzz/corpus" / reader
    corpus.mkdir(parents=True, exist_ok=True)
    found = ROOT / "build/fuzz/found" / reader
    shutil.rmtree(found, ignore_errors=True)
    found.mkdir(parents=True)
    scratch = folder / "scratch" / reader
    scratch.mkdir(parents=True)
    environment = dict(os.environ, ASSAY_READER=reader, TMPDIR=str(scratch))
    # yaml-cpp is not instrumented, and shares std::vector with us: that check would be wrong there.
    environment["ASAN_OPTIONS"] = "detect_container_overflow=0"
    command = [PROGRAM, f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=1024", "-malloc_limit_mb=512", f"-max_len={LARGEST_SEED}",
               "-print_final_stats=1", "-verbosity=1", f"-artifact_prefix={found}/", corpus, seeds]
    try:
        out = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace",
                             timeout=seconds + 300)
    except subprocess.TimeoutExpired:
        return f"{reader}: did not end {seconds + 300} s after its start", False
    runs = re.search(r"number_of_executed_units: *(\d+)", out.stdout)
    if out.returncode == 0 and runs:
        return f"{reader}: {runs[1]} inputs, nothing found ({n_seeds} seeds)", True
    inputs = ", ".join(str(path.relative_to(ROOT)) for path in sorted(found.iterdir())) or "none was kept"
    tail = "\n".join(line for line in out.stdout.splitlines() if not line.startswith("#"))[-3500:]
    return (f"{tail}\n{reader}: broken (exit code {out.returncode}); the input: {inputs}. "
            f"Mend the reader, and keep the input in tests/fuzz/found/{reader}/"), False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reader", nargs="*", help="all, if none is named")
    parser.add_argument("--seconds", type=int, default=60, help="for each reader (60)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="readers at a time (the number of cores)")
    arguments = parser.parse_args()
    if not PROGRAM.exists():
        print(f"fuzz.py: there is no {PROGRAM}; build it with scripts/build.sh fuzz")
        sys.exit(ABSENT)
    known = readers()
    if sorted(known) != sorted(SEEDS):
        sys.exit(f"fuzz.py: the program knows the readers {sorted(known)}, and SEEDS has {sorted(SEEDS)}: one is forgotten")
    unknown = sorted(set(arguments.reader) - set(known))
    if unknown:
        sys.exit(f"fuzz.py: {', '.join(unknown)}: no such reader. There are: {', '.join(known)}")
    all_held = True
    with tempfile.TemporaryDirectory(prefix="assay-fuzz-") as folder, concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for said, held in pool.map(lambda reader: fuzz(reader, arguments.seconds, Path(folder)), arguments.reader or known):
            print(said, flush=True)
            all_held = all_held and held
    sys.exit(0 if all_held else 1)


if __name__ == "__main__":
    main()
