#!/bin/sh
# The first minute: scan this machine's logs; where they hold nothing to tell, the bundled sample.
# usage: first-run.sh TOCSIN_BINARY
set -eu
cd "$(dirname "$0")/.."

tocsin=$1
own_logs=/var/log
sample=testdata/sample

tells_something() {
  [ -r "$1" ] && [ -n "$("$tocsin" scan "$1" -o jsonl -q 2>/dev/null | head -n 1)" ]
}

if tells_something "$own_logs"; then
  scanned=$own_logs
else
  echo "Nothing to tell in $own_logs (empty, quiet, or not readable by you); the bundled sample instead."
  scanned=$sample
fi
echo "\$ tocsin scan $scanned"
"$tocsin" scan "$scanned" -o table

try() { printf '  %s\n      %s\n' "$1" "$2"; }
printf '\nTry next (tocsin is %s):\n' "$tocsin"
try "tocsin scan $scanned --explain ID" "why: attributions, evidence, what to do"
try "tocsin scan $scanned -o jsonl" "the same for a program"
try "tocsin scan YOUR.log.gz" "any log, compressed or not, or a directory"
try "journalctl -o json | tocsin scan -" "what systemd remembers"
