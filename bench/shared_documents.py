#!/usr/bin/env python3
"""Several questions on each document: assay beside llama-server with its prompt cache, in one run, as ratios of time and of prompt tokens computed.

  make build model && scripts/llama.sh peers && python3 bench/shared_documents.py [--documents 40] [--questions-each 4] [--limit N] [--rounds 2] [--json OUT]

A document is the contexts of one question of the example, and it is asked that question and those of other rows. Every prompt is the template, the document, the question. The dataset
holds the questions scattered: the first one on each document, then the second one on each. assay's time is that of its step "answers of ...", with loading, commits and two answers computed again.
llama-server's begins when it has loaded, with 16 slots and cache_prompt on (its default), and its clients ask in three orders, the fastest of which counts:
  scattered    as the dataset has them, 16 at a time
  grouped      the questions on one document one behind the other, 16 at a time
  by document  16 clients, each of which asks the questions on one document after each other: its slot then holds the document
Nothing else should run on the machine meanwhile. Standard library only.
"""
import argparse
import json
import os
import pathlib
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import answering as bench


def documents_of(rows, n_documents, n_each):
    """Lists of questions, one list for each document."""
    step = max(1, len(rows) // n_each)
    return [[dict(id=f"d{d:03}-q{k}", question=rows[(d + k * step) % len(rows)]["question"], expected_answer=rows[(d + k * step) % len(rows)]["expected_answer"],
                  contexts=rows[d % len(rows)]["contexts"]) for k in range(n_each)] for d in range(n_documents)]


def served(server, model, batches, a, context):
    """Seconds, prompt tokens computed, replies by id. `batches`: lists of questions that one client asks after each other."""
    with bench.llama_server(server, model, a.slots, a.threads, context) as (url, _):
        def ask(batch):
            return [(row["id"], bench.ask_server(url, row, a.predict)) for row in batch]

        start = time.monotonic()
        with ThreadPoolExecutor(a.slots) as pool:
            replies = dict(reply for batch in pool.map(ask, batches) for reply in batch)
        seconds = time.monotonic() - start
    return seconds, sum(reply["timings"]["prompt_n"] for reply in replies.values()), replies


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=str(bench.ROOT / "build/models/SmolLM2-135M-Instruct-F16.gguf"))
    parser.add_argument("--questions", type=pathlib.Path, default=bench.ROOT / "examples/science-qa/questions.jsonl")
    parser.add_argument("--variant", default="Q4_K_M")
    parser.add_argument("--documents", type=int, default=40)
    parser.add_argument("--questions-each", type=int, default=4)
    parser.add_argument("--limit", type=int, default=0, help="documents, for a short run")
    parser.add_argument("--predict", type=int, default=128)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--slots", type=int, default=16, help="of llama-server")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--assay", type=pathlib.Path, default=bench.ROOT / "build/release/bin/assay")
    parser.add_argument("--json", type=pathlib.Path)
    a = parser.parse_args()
    tools = bench.llama_tools()
    rows = [json.loads(line) for line in a.questions.read_text().splitlines() if line.strip()]
    documents = documents_of(rows, a.limit or a.documents, a.questions_each)
    scattered = [question for k in range(a.questions_each) for question in (document[k] for document in documents)]
    orders = {"scattered": [[question] for question in scattered], "grouped": [[question] for document in documents for question in document], "by document": documents}
    result = dict(machine=bench.cpu_name(), cores=os.cpu_count(), threads=a.threads, n_documents=len(documents), n_questions=len(scattered), predict=a.predict, models={})
    print(f"{bench.cpu_name()}, {os.cpu_count()} cores; {a.threads} threads; {len(documents)} documents with {a.questions_each} questions each, at most {a.predict} tokens an answer, "
          f"the fastest of {a.rounds} rounds each")
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        questions = work / "questions.jsonl"
        questions.write_text("".join(json.dumps(question) + "\n" for question in scattered))
        ours, theirs, files = {}, {}, {}
        for number in range(a.rounds):
            seconds, run, report = bench.run_assay(a.assay, a.model, a.variant, questions, a.predict, a.threads, work, number)
            for entry in report["variants"]:
                name = entry["name"]
                t = bench.totals(run, name)
                if name not in ours or seconds[name] < ours[name][0]: ours[name] = (seconds[name], t)
                files[name] = a.model if entry["role"] == "baseline" else bench.made_file(a.model, name)
                context = (max(t["prompt_tokens"].values()) + a.predict + 255) // 256 * 256
                for order, batches in orders.items():
                    took = served(tools / "llama-server", files[name], batches, a, context)
                    if (name, order) not in theirs or took[0] < theirs[name, order][0]: theirs[name, order] = took
        for name, (seconds, t) in ours.items():
            print(f"\n{name}: {t['prompt']} prompt tokens, {t['answer']} answer tokens")
            print(f"  {'':28}{'seconds':>8}  prompt tokens computed")
            print(f"  {'assay':28}{seconds:8.1f}  {t['computed']:8} ({t['computed'] / t['prompt']:.2f} of them)   prefill {t['prefill_s']:.1f} s, decode {t['decode_s']:.1f} s, "
                  f"the rest {seconds - t['prefill_s'] - t['decode_s']:.1f} s")
            entry = dict(seconds=seconds, prompt=t["prompt"], answer=t["answer"], computed=t["computed"], prefill_s=t["prefill_s"], decode_s=t["decode_s"], llama_server={})
            for order in orders:
                took, computed, replies = theirs[name, order]
                n_prompt = sum(reply["usage"]["prompt_tokens"] for reply in replies.values())
                if n_prompt != t["prompt"]: print(f"  NOT THE SAME PROMPTS: llama-server counts {n_prompt} tokens")
                print(f"  {'llama-server, ' + order:28}{took:8.1f}  {computed:8} ({computed / n_prompt:.2f} of them)   assay takes {seconds / took:.2f} x its time")
                entry["llama_server"][order] = dict(seconds=took, computed=computed)
            best = min(orders, key=lambda order: theirs[name, order][0])
            print(f"  beside llama-server at its best ({best}): {seconds / theirs[name, best][0]:.2f} x its time")
            result["models"][name] = entry
    if a.json: a.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
