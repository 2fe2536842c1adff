#!/usr/bin/env python3
"""How exact a merged LoRA adapter is: assay's merged file beside the same formula in double precision (numpy), value by value.

    "$(scripts/gguf_python.sh)" bench/lora_merge.py [--base MODEL.gguf] [--adapter ADAPTER.gguf] [--scale 1] [--assay PROGRAM] [--json]
    "$(scripts/gguf_python.sh)" bench/lora_merge.py --merged MERGED.gguf ...

Without --merged, assay merges first: a run of one question in a temporary folder, with a cache of its own. A changed tensor is
W + scale * alpha / rank * B A, rounded to the nearest F16. Steps are those between neighbouring F16 values. Tensors that the adapter does not
change must be the base's bytes; else, and where a value is more than one step away, the exit code is 1. Needs numpy and gguf.
"""
import argparse, json, os, pathlib, platform, subprocess, sys, tempfile

try:
    import numpy as np
    from gguf import GGMLQuantizationType, GGUFReader
except ImportError as missing:
    sys.exit(f'lora_merge.py: {missing}. Run it as: "$(scripts/gguf_python.sh)" bench/lora_merge.py')

ROOT = pathlib.Path(__file__).resolve().parent.parent
QUESTION = {"id": "q1", "question": "What is water?", "expected_answer": "Water is a compound of hydrogen and oxygen."}


def processor():
    for line in open("/proc/cpuinfo", encoding="utf-8"):
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def merge(assay, base, adapter, scale, work):
    """The file that assay merges in a run of one question and one token, with a cache of its own below `work`."""
    (work / "questions.jsonl").write_text(json.dumps(QUESTION) + "\n", encoding="utf-8")
    command = [assay, "run", "-m", base, "--lora-scaled", f"{adapter}:{scale}", "--variants", "Q8_0", "--questions", work / "questions.jsonl", "--predict", "1", "--run", work / "run"]
    ended = subprocess.run([str(word) for word in command], env={**os.environ, "ASSAY_CACHE": str(work / "cache")}, capture_output=True, text=True)
    merged = list((work / "cache").rglob("*-lora-*.gguf"))
    merged = [path for path in merged if "Q8_0" not in path.name]
    if len(merged) != 1:
        sys.exit(f"lora_merge.py: assay made no merged file (exit code {ended.returncode}):\n{ended.stderr[-2000:]}")
    return merged[0]


def tensors_of(path):
    return {tensor.name: tensor for tensor in GGUFReader(path, "r").tensors}


def halves_of(adapter, scale):
    """Name of a tensor -> (A, B, factor) in double."""
    reader = GGUFReader(adapter, "r")
    tensors = {tensor.name: np.asarray(tensor.data, dtype=np.float64) for tensor in reader.tensors}
    alpha = reader.get_field("adapter.lora.alpha")
    out = {}
    for name, a in tensors.items():
        if not name.endswith(".lora_a"):
            continue
        base = name.removesuffix(".lora_a")
        b = tensors[base + ".lora_b"]
        rank = b.shape[-1]
        out[base] = (a, b, scale * (float(alpha.parts[-1][0]) / rank if alpha and alpha.parts[-1][0] else 1))
    return out


def change_of(name, a, b, factor):
    return factor * (a @ b.T if name.startswith("token_embd") else b @ a)  # an embedding's halves are stored the other way round


def places(values):
    """F16 values -> whole numbers in their order, one apart for neighbours; -0 and 0 are the same."""
    bits = values.view(np.uint16).astype(np.int64)
    return np.where(bits & 0x8000, -(bits & 0x7FFF), bits)


def compare(base, merged, halves):
    if list(base) != list(merged):
        sys.exit("lora_merge.py: the merged file has other tensors than the base, or in another order")
    out = {"tensors_changed": 0, "tensors_that_differ": 0, "values_changed_tensors": 0, "values_that_differ": 0, "most_steps": 0, "tensors_left_alone": 0, "tensors_left_alone_that_differ": 0}
    for name, tensor in base.items():
        if name not in halves:
            out["tensors_left_alone"] += 1
            out["tensors_left_alone_that_differ"] += not np.array_equal(np.asarray(tensor.data), np.asarray(merged[name].data))
            continue
        if tensor.tensor_type != GGMLQuantizationType.F16 or merged[name].tensor_type != GGMLQuantizationType.F16:
            sys.exit(f"lora_merge.py: {name} is {tensor.tensor_type.name}; only F16 is compared in steps")
        exact = (np.asarray(tensor.data, dtype=np.float64) + change_of(name, *halves[name])).astype(np.float16)
        steps = np.abs(places(np.ascontiguousarray(merged[name].data)) - places(exact))
        out["tensors_changed"] += 1
        out["values_changed_tensors"] += steps.size
        out["tensors_that_differ"] += bool(steps.any())
        out["values_that_differ"] += int(np.count_nonzero(steps))
        out["most_steps"] = max(out["most_steps"], int(steps.max()))
    missing = set(halves) - set(base)
    if missing:
        sys.exit(f"lora_merge.py: the base has no tensor {sorted(missing)[0]}")
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", type=pathlib.Path, default=ROOT / "build/models/SmolLM2-135M-Instruct-F16.gguf")
    parser.add_argument("--adapter", type=pathlib.Path, default=ROOT / "examples/science-qa/adapter/smollm2-pubmedqa-r8-f16.gguf")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--assay", type=pathlib.Path, default=ROOT / "build/release/bin/assay")
    parser.add_argument("--merged", type=pathlib.Path, help="a merged file that is there already")
    parser.add_argument("--json", action="store_true")
    flags = parser.parse_args()
    for path in [flags.base, flags.adapter, flags.merged or flags.assay]:
        if not path.is_file():
            sys.exit(f"lora_merge.py: {path} is not there")
    with tempfile.TemporaryDirectory(prefix="assay-lora-merge-") as work:
        merged = flags.merged or merge(flags.assay, flags.base, flags.adapter, flags.scale, pathlib.Path(work))
        result = {"machine": f"{processor()}, {platform.system()} {platform.release()}", "numpy": np.__version__, "base": flags.base.name, "adapter": flags.adapter.name, "scale": flags.scale}
        result |= compare(tensors_of(flags.base), tensors_of(merged), halves_of(flags.adapter, flags.scale))
    if flags.json:
        print(json.dumps(result, indent=2))
    else:
        print(f"{result['base']} with {result['adapter']}, scale {result['scale']:g}; {result['machine']}; numpy {result['numpy']}")
        print(f"changed: {result['tensors_changed']} tensors with {result['values_changed_tensors']:,} values; {result['values_that_differ']:,} values in {result['tensors_that_differ']} of the tensors differ, "
              f"by at most {result['most_steps']} F16 step{'' if result['most_steps'] == 1 else 's'}")
        print(f"left alone: {result['tensors_left_alone']} tensors, {result['tensors_left_alone_that_differ']} of which are not the base's bytes")
    return int(result["tensors_left_alone_that_differ"] > 0 or result["most_steps"] > 1)


if __name__ == "__main__":
    sys.exit(main())
