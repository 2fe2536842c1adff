#!/usr/bin/env bash
# Builds a real Ollama once for this machine, for the CPU, as a peer for tests and benchmarks; prints the program's path on stdout.
# Exit code 3: there is no Go to build it with, or its module cannot be had.
set -euo pipefail
version=v0.17.4
here=$(cd "$(dirname "$0")" && pwd)
cache=${ASSAY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/assay}
cpu=$(${CXX:-c++} -march=native -Q --help=target 2>/dev/null | sha256sum | cut -c1-8)
folder=$cache/ollama-$version-$cpu
say() { printf '%s\n' "$*" >&2; }
if [ ! -x "$folder/ollama" ]; then
    command -v go >/dev/null || { say "ollama.sh: there is no Go on this machine (https://go.dev), so Ollama cannot be built"; exit 3; }
    "$here/llama.sh" libraries >/dev/null
    vendor=${ASSAY_LLAMA_SOURCE:-$cache/llama.cpp-v0.5.0}/vendor  # headers that the module's archive lacks
    say "Ollama $version: building it (once for this machine; 2 to 5 minutes on 2 cores)"
    mkdir -p "$folder"
    # Its module has no sources for AMX, which ggml takes for there where the compiler may use it.
    case $(uname -m) in x86_64) no_amx="-mno-amx-tile -mno-amx-int8 -mno-amx-bf16" ;; *) no_amx= ;; esac
    flags="-O3 -march=native $no_amx -DNDEBUG -I$vendor"
    GOBIN=$folder CGO_CFLAGS=$flags CGO_CXXFLAGS=$flags go install "github.com/ollama/ollama@$version" >"$folder/build.log" 2>&1 ||
        { tail -n 5 "$folder/build.log" >&2; say "ollama.sh: the build failed; the whole log is $folder/build.log"; exit 3; }
fi
printf '%s\n' "$folder/ollama"
