#!/usr/bin/env python3
"""Wall time and memory of answering a question set: assay beside llama-server, in one run, as ratios.

    python3 bench/answering.py [--questions FILE] [--limit N] [--predict 128] [--slots 1,4,8,16] [--variant Q4_K_M] [--rounds 1] [--ollama] [--json OUT]
    python3 bench/answering.py --against OTHER_BUILD/bin/assay [--limit N] [--rounds 2]

Same model file, same prompts (their token counts are compared), same settings: greedy, top_p 0.9, repeat_penalty 1.05, window 64.
assay's time is that of its step "answers of ...": it includes loading the model, committing every answer to disk and computing two
answers a second time as a check. llama-server's time begins when it has loaded. With --rounds N assay and llama-server at its best number
of slots are run N times in turn, and the fastest of each counts. --ollama adds a real Ollama for the original (scripts/ollama.sh builds it). llama-bench gives the limits:
--against runs this build and another one in turn, and nothing else: the ratio of their fastest times, and how many answers are the same bytes.
  prefill limit   (prompt tokens + answer tokens) / pp512
  4b's limit      (computed prompt tokens + answer tokens + answer tokens x share of the output matrix) / pp512
where computed prompt tokens leave out the shared prefix that is kept, and pp512 leaves out the output matrix (docs/engine.md).
Nothing else should run on the machine meanwhile. Standard library only.
"""
import argparse, hashlib, json, os, pathlib, re, shutil, signal, socket, sqlite3, subprocess, sys, tempfile, threading, time, urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

ROOT = pathlib.Path(__file__).resolve().parent.parent
SYSTEM = "You are a careful assistant. Answer correctly and briefly, and say so when you do not know."
INTRO = "Answer the question using only the numbered passages.\n\n"


def prompt_of(row):
    return INTRO + "".join(f"[{i}] {c}\n\n" for i, c in enumerate(row["contexts"], 1)) + f"Question: {row['question']}"


TEMPLATE = INTRO + "{% for passage in contexts %}[{{ loop.index }}] {{ passage }}\n\n{% endfor %}Question: {{ question }}"


def cpu_name():
    return next((l.split(":", 1)[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), "?")


def llama_tools():
    """The folder of llama.cpp's own programs."""
    return pathlib.Path(subprocess.run([ROOT / "scripts/llama.sh", "peers"], capture_output=True, text=True, check=True).stdout.strip()) / "bin"


def made_file(model, name):
    """The file that assay has quantized of `model`."""
    cache = pathlib.Path(os.environ.get("ASSAY_CACHE", pathlib.Path.home() / ".cache/assay"))
    return next(cache.glob(f"models/{pathlib.Path(model).stem}-{name}-*.gguf"))


def vm_hwm(pid):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    return None


def plain_answers(assay):
    """The flag with which a variant only answers; a build of before has none."""
    return ["--no-fidelity"] if "--no-fidelity" in subprocess.run([str(assay), "run", "--help"], capture_output=True, text=True).stdout else []


def run_assay(assay, model, variant, questions, predict, threads, work, number, more=None):
    """Seconds of each answer step, the run directory, and its report. `more`: further flags, by default that variants only answer."""
    template = work / "prompt.jinja"
    template.write_text(TEMPLATE)
    run = work / f"run-{number}"
    command = [str(assay), "run", "-m", str(model), "--variants", variant or str(model), "--questions", str(questions), "--predict", str(predict), "--threads", str(threads),
               "--system", SYSTEM, "--prompt-template", str(template), "--run", str(run), *(plain_answers(assay) if more is None else more)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    began, seconds, log = {}, {}, []
    for line in process.stderr:
        log.append(line)
        match = re.match(r"  answers of (\S+): (.*)", line)
        if match and re.fullmatch(r"\d+ (questions|answers)\n?", match[2]):
            began[match[1]] = time.monotonic()
        elif match and " in " in match[2]:
            seconds[match[1]] = time.monotonic() - began[match[1]]
    if process.wait() not in (0, 3, 4, 5):
        sys.exit("assay failed:\n" + "".join(log[-8:]))
    return seconds, run, json.loads((run / "report.json").read_text())


def totals(run, variant):
    rows = [json.loads(x) for x in (run / "evaluation" / "responses" / f"{variant}.jsonl").read_text().split("\n") if x]
    store = sqlite3.connect(f"file:{run}/assay.sqlite?mode=ro", uri=True)
    computed, prefill_ms, decode_ms = store.execute("SELECT sum(n_computed_tokens), sum(prefill_ms), sum(decode_ms) FROM answers WHERE variant_name = ?", (variant,)).fetchone()
    return dict(prompt=sum(r["n_prompt_tokens"] for r in rows), answer=sum(r["n_answer_tokens"] for r in rows), computed=computed, prefill_s=prefill_ms / 1e3, decode_s=decode_ms / 1e3,
                prompt_tokens={r["task_id"]: r["n_prompt_tokens"] for r in rows}, text={r["task_id"]: r["model_answer"] for r in rows})


@contextmanager
def llama_server(server, model, slots, threads, context):
    """Its address and process id, when it has loaded."""
    port = free_port()
    process = subprocess.Popen([str(server), "-m", str(model), "--port", str(port), "-np", str(slots), "-c", str(slots * context), "-t", str(threads), "--jinja"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                if urllib.request.urlopen(url + "/health", timeout=1).status == 200: break
            except OSError: time.sleep(.1)
        else: sys.exit("llama-server did not come up")
        yield url, process.pid
    finally:
        process.terminate()
        process.wait()


def ask_server(url, row, predict):
    """llama-server's reply to a question, greedy with the study's settings."""
    body = dict(messages=[dict(role="system", content=SYSTEM), dict(role="user", content=prompt_of(row))], temperature=0, top_p=.9, repeat_penalty=1.05, repeat_last_n=64, max_tokens=predict)
    return json.loads(post(url + "/v1/chat/completions", body))


def run_server(server, model, rows, slots, predict, threads, context):
    with llama_server(server, model, slots, threads, context) as (url, pid):
        def ask(row):
            reply = ask_server(url, row, predict)
            return row["id"], reply["usage"]["prompt_tokens"], reply["usage"]["completion_tokens"], reply["choices"][0]["message"]["content"]

        start = time.monotonic()
        with ThreadPoolExecutor(slots) as pool: replies = list(pool.map(ask, rows))
        return time.monotonic() - start, replies, vm_hwm(pid)


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def post(url, body, timeout=3600):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return urllib.request.urlopen(urllib.request.Request(url, data, {"Content-Type": "application/json"}), timeout=timeout).read()


def run_ollama(program, model, rows, predict, threads, context, work):
    """Seconds and answer tokens of a real Ollama: the same file by blob upload, the same messages and options, its own default of one request at a time."""
    url = f"http://127.0.0.1:{free_port()}"
    process = subprocess.Popen([program, "serve"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
                               env={**os.environ, "OLLAMA_HOST": url, "OLLAMA_MODELS": str(work / "ollama"), "HOME": str(work), "OLLAMA_NUM_PARALLEL": "1"})
    try:
        for _ in range(300):
            try: urllib.request.urlopen(url + "/api/version", timeout=1); break
            except OSError: time.sleep(.1)
        else: sys.exit("ollama did not come up")
        blob = pathlib.Path(model).read_bytes()
        digest = "sha256:" + hashlib.sha256(blob).hexdigest()
        post(f"{url}/api/blobs/{digest}", blob)
        post(url + "/api/create", dict(model="bench", files={"model.gguf": digest}, stream=False))
        options = dict(temperature=0, top_p=.9, repeat_penalty=1.05, repeat_last_n=64, num_predict=predict, num_ctx=context, num_thread=threads)
        ask = lambda row, n: json.loads(post(url + "/api/chat", dict(model="bench", stream=False, keep_alive="10m", options={**options, "num_predict": n},
                                        messages=[dict(role="system", content=SYSTEM), dict(role="user", content=prompt_of(row))])))
        ask(rows[0], 1)  # loads the model
        start = time.monotonic()
        n_answer = sum(ask(row, predict)["eval_count"] for row in rows)
        return time.monotonic() - start, n_answer
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def compare_builds(ours, other, a, questions, n_questions, work):
    """The fastest answer step of each build, run in turn, as a ratio; and their answers side by side."""
    programs, best, texts = {"this build": ours, "the other": other}, {}, {}
    for number in range(a.rounds):
        for name, program in programs.items():
            seconds, run, report = run_assay(program, a.model, a.variant, questions, a.predict, a.threads, work, f"{name.split()[-1]}-{number}")
            for variant, took in seconds.items(): best[name, variant] = min(took, best.get((name, variant), took))
            texts[name] = {entry["name"]: totals(run, entry["name"])["text"] for entry in report["variants"]}
    for variant in texts["this build"]:
        here, there = best["this build", variant], best["the other", variant]
        same = sum(text == texts["the other"][variant].get(i) for i, text in texts["this build"][variant].items())
        print(f"{variant}: this build {here:.1f} s, the other {there:.1f} s: {there / here:.2f} x as fast; {same} of {n_questions} answers are the same bytes")


def bench(tool, model, threads):
    out = subprocess.run([str(tool), "-m", str(model), "-p", "512", "-n", "64", "-t", str(threads), "-r", "3", "-o", "json"], capture_output=True, text=True, check=True).stdout
    return {("pp512" if t["n_prompt"] else "tg64"): t["avg_ts"] for t in json.loads(out)}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--questions", type=pathlib.Path, default=ROOT / "examples/science-qa/questions.jsonl")
    p.add_argument("--model", type=pathlib.Path, default=ROOT / "build/models/SmolLM2-135M-Instruct-F16.gguf")
    p.add_argument("--output-share", type=float, default=28 / 134, help="the output matrix's share of the model's weights (SmolLM2-135M: 28 of 134 million)")
    p.add_argument("--limit", type=int, default=0)
    p.add_argument("--predict", type=int, default=128)
    p.add_argument("--threads", type=int, default=os.cpu_count())
    p.add_argument("--slots", default="1,4,8,16")
    p.add_argument("--variant", default="Q4_K_M")
    p.add_argument("--rounds", type=int, default=1)
    p.add_argument("--ollama", action="store_true")
    p.add_argument("--json", type=pathlib.Path)
    p.add_argument("--against", type=pathlib.Path, help="the program assay of another build")
    a = p.parse_args()
    llama = None if a.against else llama_tools()
    assay = ROOT / "build/release/bin/assay"
    work = pathlib.Path(tempfile.mkdtemp(prefix="assay-bench-"))
    rows = [json.loads(x) for x in a.questions.read_text().split("\n") if x.strip()]
    rows = rows[:a.limit] if a.limit else rows
    questions = work / "questions.jsonl"
    questions.write_text("".join(json.dumps(r) + "\n" for r in rows))
    cpu = cpu_name()
    print(f"machine: {cpu}, {os.cpu_count()} cores; {a.threads} threads; {len(rows)} questions of {a.questions.name}, at most {a.predict} tokens an answer")
    if a.against:
        compare_builds(assay, a.against, a, questions, len(rows), work)
        return shutil.rmtree(work)
    ollama = subprocess.run([ROOT / "scripts/ollama.sh"], capture_output=True, text=True, check=True).stdout.strip() if a.ollama else None
    rounds = [run_assay(assay, a.model, a.variant, questions, a.predict, a.threads, work, 0)]
    _, run, report = rounds[0]
    result = dict(machine=cpu, cores=os.cpu_count(), threads=a.threads, n_questions=len(rows), predict=a.predict, models={})
    for entry in report["variants"]:
        name = entry["name"]
        path = a.model if entry["role"] == "baseline" else made_file(a.model, name)
        t = totals(run, name)
        rates = bench(llama / "llama-bench", path, a.threads)
        limit = (t["prompt"] + t["answer"]) / rates["pp512"]
        limit_4b = (t["computed"] + t["answer"] * (1 + a.output_share)) / rates["pp512"]
        predicted = json.loads(subprocess.run([assay, "doctor", path, "--json"], capture_output=True, text=True).stdout)["models"][0]["predicted_memory_bytes"]["total"]
        print(f"\n{name}: {t['prompt']} prompt tokens ({t['computed']} computed), {t['answer']} answer tokens; llama-bench pp512 {rates['pp512']:.0f} t/s, tg64 {rates['tg64']:.0f} t/s")
        print(f"  {'':26}{'seconds':>8}  {'tokens/s':>8}  assay is   peak memory")
        peers = {}
        context = (max(t["prompt_tokens"].values()) + a.predict + 255) // 256 * 256
        slots = [int(n) for n in a.slots.split(",")]
        if entry["role"] != "baseline": slots = sorted({best} | ({1} & set(slots)))
        for n in slots: peers[n] = run_server(llama / "llama-server", path, rows, n, a.predict, a.threads, context)
        best_here = min(peers, key=lambda n: peers[n][0])
        if entry["role"] == "baseline": best = best_here
        for number in range(1, a.rounds):
            if entry["role"] == "baseline": rounds.append(run_assay(assay, a.model, a.variant, questions, a.predict, a.threads, work, number))
            again = run_server(llama / "llama-server", path, rows, best_here, a.predict, a.threads, context)
            if again[0] < peers[best_here][0]: peers[best_here] = again
        fastest = min(rounds, key=lambda r: r[0][name])
        t, ours = totals(fastest[1], name), fastest[0][name]
        rest = ours - t["prefill_s"] - t["decode_s"]
        all_tokens = t["prompt"] + t["answer"]
        print(f"  {'assay, 16 slots':26}{ours:8.1f}  {all_tokens / ours:8.0f}  {'':9}  {entry['speed']['peak_memory_bytes'] / 1e6:.0f} MB (doctor, without loading: {predicted / 1e6:.0f} MB at 1024 tokens a slot)")
        print(f"    of it prefill {t['prefill_s']:.1f} s ({t['computed'] / t['prefill_s']:.0f} t/s), decode {t['decode_s']:.1f} s ({t['answer'] / t['decode_s']:.0f} t/s), the rest {rest:.1f} s (load, check, commits, pipe)")
        print(f"  {'prefill limit':26}{limit:8.1f}  {'':8}  {ours / limit:.2f} x its time")
        print(f"  {'limit of 4b':26}{limit_4b:8.1f}  {'':8}  {ours / limit_4b:.2f} x its time")
        servers = {}
        for n, (wall, replies, hwm) in peers.items():
            off = [i for i, n_prompt, _, _ in replies if n_prompt != t["prompt_tokens"][i]]
            if off: print(f"  warning: {len(off)} prompts have other token counts than assay's, e.g. {off[0]}")
            same = sum(t["text"][i].strip() == text.strip() for i, _, _, text in replies)
            n_answer = sum(k for _, _, k, _ in replies)
            servers[n] = dict(seconds=wall, n_answer_tokens=n_answer, same_text=same, peak_memory_bytes=hwm)
            print(f"  {f'llama-server, {n} slots':26}{wall:8.1f}  {(t['prompt'] + n_answer) / wall:8.0f}  {wall / ours:.2f} x as fast  {hwm / 1e6:.0f} MB; {same} of {len(rows)} answers as assay's")
        if ollama and entry["role"] == "baseline":
            wall, n_answer = run_ollama(ollama, path, rows, a.predict, a.threads, context, work)
            servers["ollama"] = dict(seconds=wall, n_answer_tokens=n_answer)
            print(f"  {'Ollama 0.17.4':26}{wall:8.1f}  {(t['prompt'] + n_answer) / wall:8.0f}  {wall / ours:.2f} x as fast")
        sys.stdout.flush()
        result["models"][name] = dict(assay_seconds=ours, prefill_s=t["prefill_s"], decode_s=t["decode_s"], prompt_tokens=t["prompt"], computed_tokens=t["computed"], answer_tokens=t["answer"], rates=rates,
                                      prefill_limit_s=limit, limit_4b_s=limit_4b, peak_memory_bytes=entry["speed"]["peak_memory_bytes"], predicted_memory_bytes=predicted, peers=servers)
    if a.json: a.json.write_text(json.dumps(result, indent=1) + "\n")
    shutil.rmtree(work)


if __name__ == "__main__": main()
