#!/usr/bin/env bash
# Gets and builds llama.cpp once for this machine, and prints the build folder's path on stdout.
#   scripts/llama.sh [libraries|peers]      peers: llama-server, llama-bench, llama-perplexity, llama-quantize, llama-imatrix
# Source, in this order: the folder ASSAY_LLAMA_SOURCE; the pinned npm package, which carries the full repository as a
# git bundle; a git clone of the tag. The build lives in ASSAY_CACHE (default ~/.cache/assay), in a folder named by
# version, flags, compiler and processor, so that it outlives a checkout and is never used on another machine.
set -euo pipefail
what=${1:-libraries}
here=$(cd "$(dirname "$0")/.." && pwd)
version=v0.5.0
package=node-llama-cpp@3.22.1
package_sha256=a0d9dd80eacd2ab1cfe71aee57ac8a806487fd70b3d2a38fbec637752d9e5c5f
bundle_commit=de3ff81
cache=${ASSAY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/assay}
say() { printf '%s\n' "$*" >&2; }
die() { say "llama.sh: $*"; exit 1; }
mkdir -p "$cache" || die "cannot write to $cache; set ASSAY_CACHE to a folder that you can write to"

exec 9>"$cache/llama.lock"
flock 9

source_dir=${ASSAY_LLAMA_SOURCE:-}
if [ -n "$source_dir" ]; then
    [ -f "$source_dir/include/llama.h" ] || die "ASSAY_LLAMA_SOURCE=$source_dir holds no include/llama.h"
    source_id=own-$(printf %s "$(cd "$source_dir" && pwd)" | sha256sum | cut -c1-8)
else
    source_dir=$cache/llama.cpp-$version
    source_id=$version
    if [ ! -f "$source_dir/.complete" ]; then
        rm -rf "$source_dir" "$source_dir.part"
        mkdir -p "$source_dir.part"
        say "llama.cpp $version: fetching the pinned package $package"
        if command -v npm >/dev/null && (cd "$source_dir.part" && npm pack --silent "$package" >/dev/null); then
            tarball=$(ls "$source_dir.part"/*.tgz)
            echo "$package_sha256  $tarball" | sha256sum --check --quiet >&2 || die "$package: the checksum of $tarball is not the pinned one"
            tar xzf "$tarball" -C "$source_dir.part" package/llama/gitRelease.bundle
            git clone -q "$source_dir.part/package/llama/gitRelease.bundle" "$source_dir.part/src" 2>/dev/null || die "the package's git bundle cannot be cloned"
            case $(git -C "$source_dir.part/src" rev-parse HEAD) in $bundle_commit*) ;; *) die "the package's git bundle is not at commit $bundle_commit" ;; esac
        else
            say "llama.cpp $version: no npm package to be had; cloning the tag from GitHub"
            git clone -q --depth 1 --branch "$version" https://github.com/ggml-org/llama.cpp "$source_dir.part/src" ||
                die "llama.cpp $version could be had neither from npm nor from GitHub. Put its source in a folder and set ASSAY_LLAMA_SOURCE to it"
        fi
        mv "$source_dir.part/src" "$source_dir"
        rm -rf "$source_dir.part"
        touch "$source_dir/.complete"
    fi
fi

native=${ASSAY_NATIVE:-ON}
flags=(-DGGML_NATIVE="$native")
for option in GGML_CUDA GGML_VULKAN GGML_METAL; do
    if [ -n "${!option:-}" ]; then flags+=("-D$option=${!option}"); fi
done
if [ -n "${CMAKE_CUDA_ARCHITECTURES:-}" ]; then flags+=("-DCMAKE_CUDA_ARCHITECTURES=$CMAKE_CUDA_ARCHITECTURES"); fi
cpu=portable
if [ "$native" = ON ]; then cpu=$(${CXX:-c++} -march=native -Q --help=target 2>/dev/null | sha256sum | cut -c1-8); fi
key=$(printf '%s\n' "$source_id" "${flags[@]}" "$cpu" "$(${CXX:-c++} --version | head -n 1)" "$(cat "$here/cmake/llama/CMakeLists.txt")" | sha256sum | cut -c1-12)
build=$cache/llama-$source_id-$key

if [ ! -f "$build/.configured" ]; then
    say "llama.cpp $version: configuring in $build"
    mkdir -p "$build"
    cmake -S "$here/cmake/llama" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DASSAY_LLAMA_SOURCE="$source_dir" "${flags[@]}" >"$build/configure.log" 2>&1 ||
        { tail -n 20 "$build/configure.log" >&2; die "configuring failed; the whole log is $build/configure.log"; }
    touch "$build/.configured"
fi
if [ ! -f "$build/.built-$what" ]; then
    say "llama.cpp $version: building its $what (once for this machine; 3 to 5 minutes on 2 cores)"
    every=20
    if [ -t 2 ]; then every=1; fi
    NINJA_STATUS="[%f/%t, %e s] " cmake --build "$build" --target "$what" 2>&1 | tee "$build/build-$what.log" |
        awk -v every=$every '/^\[[0-9]+\/[0-9]+,/ { if (++n % every == 0) { printf every == 1 ? "\r\033[K%.100s" : "%.100s\n", $0; fflush() } } END { if (every == 1) print "" }' >&2 ||
        { grep -E -A5 "error:|FAILED" "$build/build-$what.log" | tail -n 20 >&2; die "the build failed; the whole log is $build/build-$what.log"; }
    touch "$build/.built-$what"
fi
printf '%s\n' "$build"
