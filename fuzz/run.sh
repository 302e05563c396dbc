#!/usr/bin/env bash
# Fuzzes every target in turn, from its corpus. Sanitizers need the compiler's unstable switches, so
# this builds in a target folder of its own and leaves the shared one alone.
# usage: fuzz/run.sh [SECONDS_PER_TARGET]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

seconds=${1:-60}
export RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$PWD/target"

[[ -f Cargo.toml ]] || { echo "there are no fuzz targets: cargo fuzz init" >&2 && exit 1; }
command -v cargo-fuzz >/dev/null || RUSTC_BOOTSTRAP=0 cargo install cargo-fuzz --locked --version '^0.13'
for target in $(cargo fuzz list --fuzz-dir .); do
  echo "== $target, $seconds s"
  cargo fuzz run --fuzz-dir . "$target" -- -max_total_time="$seconds"
done
