#!/usr/bin/env bash
# Fuzzes every target in turn (or those named), from its seeds and its corpus, and leaves what was
# found in target/corpus. Coverage needs the compiler's unstable switches, so this builds in a target
# folder of its own and leaves the shared one alone. There is no `unsafe` to sanitize, so it runs
# without sanitizers and twice as fast.
# usage: fuzz/run.sh [SECONDS_PER_TARGET [TARGET...]]
#        fuzz/run.sh keep [TARGET...]     put what is worth keeping into corpus/, for the tests
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

found=$PWD/target/corpus
export TMPDIR=/dev/shm

main() {
  local seconds=${1:-60}
  command -v cargo-fuzz >/dev/null || cargo install cargo-fuzz --locked --version '^0.13'
  cargo run --quiet --package tocsin-fuzz -- "$found"
  export RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$PWD/target"
  local targets=("${@:2}")
  ((${#targets[@]})) || mapfile -t targets < <(cargo fuzz list --fuzz-dir libfuzzer)
  for target in "${targets[@]}"; do
    if [[ $seconds == keep ]]; then keep "$target"; else fuzz "$target" "$seconds"; fi
  done
}

fuzz() {
  echo "== $1, $2 s"
  unpack "$1"
  of_target run "$1" "$found/$1" -- -max_total_time="$2" -dict="$found/$1.dict" \
    -max_len=65536 -timeout=5 -rss_limit_mb=2048 -print_final_stats=1
}

# An input for every branch that any input reached; counting how often as well keeps four times as
# much, and the tests would replay it all.
keep() {
  local kept=$found/$1.kept
  unpack "$1"
  rm -rf "$kept" && mkdir "$kept"
  of_target run "$1" "$kept" "$found/$1" -- -merge=1 -use_counters=0
  tar --create --directory "$kept" --sort=name --owner=0 --group=0 --mode=644 --mtime=@0 \
    --format=ustar . | zstd --ultra -22 --quiet --force -o "corpus/$1.tar.zst"
}

unpack() {
  [[ -f corpus/$1.tar.zst ]] || return 0
  tar --extract --zstd --file "corpus/$1.tar.zst" --directory "$found/$1"
}

of_target() { cargo fuzz "$1" --fuzz-dir libfuzzer --sanitizer none "${@:2}"; }

main "$@"
