# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the scripts share; to be sourced, with set -euo pipefail, from anywhere.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
export LC_ALL=C.UTF-8

# Ninja if it is there and nobody chose.  (A build folder that exists keeps the
# generator it was made with.)
if [ -z "${CMAKE_GENERATOR:-}" ] && command -v ninja >/dev/null; then
    export CMAKE_GENERATOR=Ninja
fi

die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# step NAME COMMAND...: announce it, run it, say how long it took.
step() {
    local name=$1 start=$SECONDS status=0
    shift
    printf '==> %s\n' "$name"
    # A subshell with set -e of its own: inside "||" it would not be heeded.
    set +e
    (set -e; "$@")
    status=$?
    set -e
    if [ "$status" -ne 0 ]; then
        printf '==> %s: FAILED after %d s\n' "$name" $((SECONDS - start)) >&2
        return "$status"
    fi
    printf '==> %s: %d s\n' "$name" $((SECONDS - start))
}

# Run a command, and show the end of what it printed only if it fails.
quietly() {
    local log status=0
    log=$(mktemp)
    "$@" >"$log" 2>&1 || status=$?
    [ "$status" -eq 0 ] || tail -n 300 "$log" >&2
    rm -f "$log"
    return "$status"
}

# configure PRESET [OPTION...] and build PRESET [OPTION...]
configure() {
    quietly cmake --preset "$@"
}

build() {
    quietly cmake --build --preset "$@" --parallel "$(nproc)"
}
