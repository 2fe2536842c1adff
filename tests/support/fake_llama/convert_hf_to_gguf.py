"""Stands in for llama.cpp's script: writes a model of the scripted engine.

FAKE in the environment:
  - fails: it cannot convert the model
  - exits: it ends with an exit code
  - hangs: it never ends
  - prints: it prints ten megabytes
  - twin: the file that it writes has another tokenizer
"""
import os
import sys
import time

script, folder, outtype, f16, outfile, name = sys.argv
assert outtype == "--outtype" and f16 == "f16" and outfile == "--outfile"
fake = os.environ.get("FAKE", "")
if fake == "fails":
    raise KeyError("Can not map tensor 'model.layers.0.strange.weight'")
if fake == "exits":
    print("ERROR:hf-to-gguf:Model StrangeForCausalLM is not supported", file=sys.stderr)
    sys.exit(1)
with open(name, "w") as file:
    file.write("type F16\nskill 90\n" + ("twin yes\n" if fake == "twin" else ""))
if "CONVERSIONS" in os.environ:
    with open(os.environ["CONVERSIONS"], "a") as file:
        file.write(folder + "\n")
if fake == "hangs":
    print("Loading model", flush=True)
    time.sleep(600)
if fake == "prints":
    for i in range(100):
        print("x" * 100000)
