#!/usr/bin/env bash
# Configures and builds one preset: scripts/build.sh release|dev|fuzz|coverage|tidy|cuda [target ...]
# release (and cuda) have the engine; the tests of dev use release's engine, as llama.cpp is built once and without sanitizers.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:?preset}
shift
arguments=(--preset "$preset")
case $preset in
    cuda) arguments+=("-DASSAY_LLAMA_BUILD=$(GGML_CUDA=ON scripts/llama.sh)") ;;
    release) arguments+=("-DASSAY_LLAMA_BUILD=$(scripts/llama.sh)") ;;
esac
log=build/configure-$preset.log
mkdir -p build
cmake "${arguments[@]}" >"$log" 2>&1 || { tail -n 30 "$log" >&2; echo "build.sh: configuring $preset failed; the whole log is $log" >&2; exit 1; }
targets=()
if [ $# -gt 0 ]; then targets=(--target "$@"); fi
if [ -t 1 ]; then
    cmake --build --preset "$preset" "${targets[@]}"
else
    log=build/build-$preset.log
    echo "building assay ($preset)"
    cmake --build --preset "$preset" "${targets[@]}" >"$log" 2>&1 || { grep -E -A 8 'error|FAILED' "$log" | head -n 60 >&2; echo "build.sh: building $preset failed; the whole log is $log" >&2; exit 1; }
    if grep -q 'warning:' "$log"; then grep 'warning:' "$log" >&2; fi
fi
