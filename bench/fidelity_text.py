#!/usr/bin/env python3
"""Speed of assay fidelity beside llama-perplexity: a base pass and a pass for each of three variants of the same text.

    python3 bench/fidelity_text.py [--text FILE] [--chunks 60] [--model F16.gguf] [--types Q8_0,Q4_K_M,Q2_K] [--threads N] [--rounds 1] [--json OUT]

Both take the same files, chunks of 512 tokens in batches of 512, and the same number of threads. assay's time is that of the whole command,
once with exact figures and once with --compatible; its variants are made beforehand. llama-perplexity's is that of its four commands, with
loading, as a user waits for them; its file of log-probabilities is in a temporary folder and is removed. The figures that both print are
compared: every line has to be the same. Nothing else should run on the machine meanwhile. Standard library only.
"""
import argparse, json, os, pathlib, re, resource, subprocess, sys, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCIENCE = ROOT / "examples/science-qa/corpus.jsonl"


def machine():
    info = pathlib.Path("/proc/cpuinfo").read_text()
    name = re.search(r"model name\s*: (.*)", info)
    memory = int(re.search(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text())[1]) * 1024
    return f"{name[1] if name else 'unknown'}, {os.cpu_count()} cores, {memory / 2**30:.0f} GiB; load {os.getloadavg()[0]:.1f} at the start"


def timed(command, environment):
    """Seconds of the clock, seconds of the processor, stdout."""
    began, before = time.monotonic(), processor()
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    out, err = process.communicate()
    seconds = time.monotonic() - began
    if process.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\nended with {process.returncode}:\n{err[-2000:]}")
    return seconds, processor() - before, out


def processor():
    """Seconds that all children took so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def peak_of_children():
    """Bytes: the largest of all children that ended so far. It never falls, so the smaller program is measured first."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def text_file(path, folder):
    if path:
        return pathlib.Path(path)
    texts = [json.loads(line)["text"] for line in SCIENCE.read_text().splitlines()]
    out = folder / "science.txt"
    # A corpus that is too short is read again: for time it makes no difference.
    out.write_text("\n\n".join(texts * 3) + "\n")
    return out


def statistics(out):
    """The lines of a comparison, from the table's head on."""
    lines = out[out.index("chunk             PPL"):].splitlines()
    last = next(i for i, line in enumerate(lines) if line.startswith("Same top p:"))
    return lines[: last + 1]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--text")
    arguments.add_argument("--chunks", type=int, default=60)
    arguments.add_argument("--model", type=pathlib.Path, default=ROOT / "build/models/SmolLM2-135M-Instruct-F16.gguf")
    arguments.add_argument("--types", default="Q8_0,Q4_K_M,Q2_K")
    arguments.add_argument("--threads", type=int, default=os.cpu_count())
    arguments.add_argument("--rounds", type=int, default=1)
    arguments.add_argument("--assay", type=pathlib.Path, default=ROOT / "build/release/bin/assay")
    arguments.add_argument("--json", type=pathlib.Path)
    args = arguments.parse_args()
    environment = dict(os.environ)
    llama = pathlib.Path(subprocess.run([ROOT / "scripts/llama.sh", "peers"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip())
    perplexity = llama / "bin/llama-perplexity"
    for needed in (args.assay, args.model, perplexity):
        if not needed.exists():
            sys.exit(f"{needed} is not there: make build, make model, scripts/llama.sh peers")
    print(f"machine: {machine()}; {args.threads} threads; llama.cpp's own build")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        text = text_file(args.text, folder)
        files = {}
        for kind in args.types.split(","):
            files[kind] = folder / f"{kind}.gguf"
            timed([args.assay, "quantize", args.model, kind, "-o", files[kind], "-q"], environment)
        common = [args.assay, "fidelity", "-m", args.model, "--variants", ",".join(map(str, files.values())), "-f", text, "-c", 512, "-b", 512,
                  "-t", args.threads, "--chunks", args.chunks, "-q"]
        rows = []
        for _ in range(args.rounds):
            base = folder / "base.kld"
            tool = [perplexity, "-f", text, "-c", 512, "-b", 512, "-t", args.threads, "--kl-divergence-base", base]
            theirs = [timed([*tool, "-m", args.model, "--chunks", args.chunks], environment)]
            peak_theirs, disk = peak_of_children(), base.stat().st_size
            theirs += [timed([*tool, "-m", file, "--kl-divergence"], environment) for file in files.values()]
            base.unlink()
            exact = timed([*common, "--json"], environment)
            compatible = timed([*common, "--compatible"], environment)
            for kind, each in zip(files, theirs[1:]):
                own = statistics(compatible[2][compatible[2].index(f"== {kind}\n"):])
                if own != statistics(each[2]):
                    sys.exit(f"{kind}: the figures differ")
            rows.append({"exact": exact[:2], "compatible": compatible[:2], "llama-perplexity": [each[:2] for each in theirs]})
        measured = json.loads(exact[2])
    print(f"{measured['n_chunks']} chunks of 512 tokens of {text.name}; {args.model.stem} and {args.types}; best of {args.rounds}")
    theirs = min(rows, key=lambda row: sum(each[0] for each in row["llama-perplexity"]))["llama-perplexity"]
    whole, used = (sum(each[i] for each in theirs) for i in (0, 1))
    print(f"  llama-perplexity, base and {len(theirs) - 1} passes {whole:7.1f} s ({', '.join(f'{each[0]:.1f}' for each in theirs)}), {used:.1f} s of the processor; "
          f"{disk / 1e9:.2f} GB on disk, peak memory of its base pass {peak_theirs / 1e6:.0f} MB")
    for kind in ("exact", "compatible"):
        seconds, own = min(row[kind] for row in rows)
        print(f"  assay fidelity, {kind:<10}          {seconds:7.1f} s, {own:.1f} s of the processor; {seconds / whole:.2f} x its time, {own / used:.2f} x of the processor; nothing on disk")
    print(f"  assay's peak memory {measured['peak_memory_bytes'] / 1e6:.0f} MB ({measured['predicted_memory_bytes'] / 1e6:.0f} MB predicted)")
    print("every line of the statistics is the same")
    if args.json:
        args.json.write_text(json.dumps({"machine": machine(), "rounds": rows, "disk_bytes": disk, "measured": measured}, indent=2) + "\n")


main()
