"""Stands in for llama.cpp's script: writes an adapter of the scripted engine.

FAKE=misfit in the environment: it writes something that is no adapter.
"""
import os
import sys

script, folder, base, base_folder, outtype, f32, outfile, name = sys.argv
assert base == "--base" and outtype == "--outtype" and f32 == "f32" and outfile == "--outfile"
assert os.path.isfile(os.path.join(base_folder, "config.json"))
with open(name, "w") as file:
    file.write("type F16\n" if os.environ.get("FAKE") == "misfit" else "lora yes\nskill 100\nsalt tuned\n")
if "CONVERSIONS" in os.environ:
    with open(os.environ["CONVERSIONS"], "a") as file:
        file.write(folder + "\n")
