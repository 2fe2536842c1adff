#!/usr/bin/env bash
# Prints the path of a Python with numpy and gguf: a virtual environment in the cache, made from PyPI at the first call.
#   "$(scripts/gguf_python.sh)" bench/lora_merge.py
set -euo pipefail
die() { printf 'gguf_python.sh: %s\n' "$*" >&2; exit 1; }
venv=${ASSAY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/assay}/venv-gguf-0.19.0
if ! [ -f "$venv/complete" ]; then
    echo "getting numpy and gguf from PyPI (a virtual environment of 110 MB in the cache)" >&2
    rm -rf "$venv"
    python3 -m venv "$venv" >&2 || die "python3 cannot make a virtual environment. Debian: apt-get install python3-venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check numpy==2.2.6 gguf==0.19.0 >&2 ||
        die "numpy and gguf could not be had from PyPI"
    touch "$venv/complete"
fi
printf '%s\n' "$venv/bin/python"
