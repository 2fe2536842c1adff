#!/usr/bin/env python3
"""Wall time of judging by an API that takes its time, beside the limit that its latency sets.

    python3 bench/judging.py [--pairs 1000] [--latency-ms 200] [--concurrency 4,16,64] [--model FILE] [--assay FILE ...] [--rounds 1]

A server in a process of its own speaks POST /v1/chat/completions and answers each request after the latency, with a verdict that is
drawn from the request's text. Answers are made first, by the real engine and with few tokens, once for all concurrencies; then `assay judge`
asks that many pairs (and 105 controls, which are calls like others) with stopping none, so every call is made. Measured is the step "verdicts of ..."
as assay prints its beginning and end: prompts rendered, requests, every verdict committed to disk.
  limit     ceil(calls / concurrency) x latency
  overhead  (wall - limit) x concurrency / calls: what a call takes of its lane beyond the latency
  CPU       user and system time of assay in the whole command, less that of the same command when nothing is left to judge
Nothing else should run on the machine meanwhile. Standard library only.
"""
import argparse, asyncio, hashlib, json, math, multiprocessing, pathlib, re, resource, subprocess, sys, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parent.parent


async def serve(latency_s, port_out, n_calls, most_at_once):
    now = 0

    async def connection(reader, writer):
        nonlocal now
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                body = await reader.readexactly(int(re.search(r"content-length: (\d+)", head)[1]))
                now += 1
                n_calls.value += 1
                most_at_once.value = max(most_at_once.value, now)
                await asyncio.sleep(latency_s)
                now -= 1
                verdict = ("A", "B", "TIE")[hashlib.sha256(body).digest()[0] % 3]
                content = json.dumps({"reasoning": "It follows the passages and answers what was asked.", "verdict": verdict, "confidence": "medium"})
                reply = json.dumps({"id": "x", "object": "chat.completion", "created": 1, "model": "sim-1", "usage": {"prompt_tokens": 400, "completion_tokens": 30, "total_tokens": 430},
                                    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}]}).encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(reply) + reply)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionResetError):
            writer.close()

    server = await asyncio.start_server(connection, "127.0.0.1", 0, backlog=1024)
    port_out.value = server.sockets[0].getsockname()[1]
    await server.serve_forever()


def run_server(*arguments):
    asyncio.run(serve(*arguments))


def assay(command):
    """Seconds of the judging step (None: nothing was judged), CPU seconds of the command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen([str(x) for x in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    began, seconds, log = None, None, []
    for line in process.stderr:
        log.append(line)
        if re.match(r"  verdicts of \S+ on \S+: \d+ pairs\n", line):
            began = time.monotonic()
        elif began is not None and re.match(r"  verdicts of .* in ", line):
            seconds = time.monotonic() - began
    if process.wait() not in (0, 3, 4, 5):
        sys.exit("assay failed:\n" + "".join(log[-8:]))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(command, judge, latency_s):
    """Seconds of judging everything, CPU seconds of that, calls, most calls at once."""
    port, n_calls, most = (multiprocessing.Value("i", 0) for _ in range(3))
    server = multiprocessing.Process(target=run_server, args=(latency_s, port, n_calls, most), daemon=True)
    server.start()
    while port.value == 0:
        time.sleep(0.01)
    command = [*command, "--judge", f"openai:{judge}@http://127.0.0.1:{port.value}/v1"]
    wall, cpu = assay(command)
    calls = n_calls.value
    nothing_left, idle_cpu = assay(command)
    server.terminate()
    if wall is None or nothing_left is not None:
        sys.exit("not every pair was judged at once")
    return wall, cpu - idle_cpu, calls, most.value


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--pairs", type=int, default=1000)
    arguments.add_argument("--latency-ms", type=float, default=200)
    arguments.add_argument("--concurrency", default="4,16,64")
    arguments.add_argument("--model", default=ROOT / "build/models/SmolLM2-135M-Instruct-F16.gguf")
    arguments.add_argument("--assay", nargs="+", default=[ROOT / "build/release/bin/assay"], help="several: each in turn, on the same answers")
    arguments.add_argument("--rounds", type=int, default=1, help="the fastest counts")
    options = arguments.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="judging-"))
    passage = "The value was read three times and did not change between the readings, as the table shows. " * 15
    rows = [{"id": f"q{k}", "question": f"In trial {k}, what was the value?", "expected_answer": f"It was {k * 7 % 89}.", "contexts": [f"Trial {k}. {passage}"]} for k in range(options.pairs)]
    (work / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    # The models see the question alone, so that answers take seconds; the judge sees the passage, too. Sampled, so that few are identical.
    (work / "prompt.jinja").write_text("{{ question }}")
    base = ["-m", options.model, "--variants", "Q8_0", "--questions", work / "questions.jsonl", "--prompt-template", work / "prompt.jinja", "--system", "", "--temp", "1.5", "--predict", "6",
            "--stopping", "none", "--run", work / "run"]
    print(f"answers to {options.pairs} questions ...", file=sys.stderr)
    assay([options.assay[0], "run", *base, "--judge", "reference"])

    latency_s = options.latency_ms / 1000
    print(f"{options.pairs} questions, latency {options.latency_ms:g} ms")
    for which, program in enumerate(options.assay):
        print(f"\n{program}\n{'concurrency':>11} {'calls':>6} {'at once':>8} {'wall s':>8} {'limit s':>8} {'ratio':>6} {'overhead ms a call':>19} {'CPU ms a call':>14}")
        for concurrency in (int(x) for x in options.concurrency.split(",")):
            rounds = [measure([program, "run", *base, "-j", concurrency], f"sim-{which}-{concurrency}-{number}", latency_s) for number in range(options.rounds)]
            wall, cpu, calls, at_once = min(rounds)
            limit = math.ceil(calls / concurrency) * latency_s
            print(f"{concurrency:>11} {calls:>6} {at_once:>8} {wall:>8.2f} {limit:>8.2f} {wall / limit:>6.2f} {(wall - limit) * concurrency / calls * 1000:>19.2f} {cpu / calls * 1000:>14.2f}", flush=True)


if __name__ == "__main__":
    main()
