#!/usr/bin/env bash
# clang-format over our sources; --check only says what differs.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v clang-format >/dev/null || { echo "format.sh: clang-format is not installed (apt-get install clang-format)" >&2; exit 1; }
mapfile -t files < <(git ls-files --cached --others --exclude-standard '*.cpp' '*.hpp')
if [ "${1:-}" = --check ]; then clang-format --dry-run --Werror "${files[@]}"; else clang-format -i "${files[@]}"; fi
