#!/bin/sh
# The first minute: scan this machine's logs; where they hold nothing to tell, the bundled sample too.
# usage: first-run.sh TOCSIN_BINARY
set -eu
cd "$(dirname "$0")/.."

tocsin=$1
scanned=/var/log
sample=testdata/sample
color=never
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then color=always; fi

report() { "$tocsin" scan "$1" -o table --color "$color"; }

echo "\$ tocsin scan $scanned"
if ! told=$(report "$scanned"); then
  printf '\nNo log in %s can be read by you; as root it could. The bundled sample instead.\n' "$scanned"
  scanned=$sample
elif printf '%s\n' "$told" | head -n 1 | grep -q 'Nothing above low'; then
  printf '%s\n' "$told" | head -n 3
  printf '\nAll quiet there. This is what the bundled sample looks like.\n'
  scanned=$sample
else
  printf '%s\n' "$told"
fi
if [ "$scanned" = "$sample" ]; then
  echo "\$ tocsin scan $scanned"
  report "$scanned"
fi

try() { printf '  %s\n      %s\n' "$1" "$2"; }
printf '\nTry next (tocsin is %s):\n' "$tocsin"
try "tocsin scan $scanned --explain ID" "why: attributions, evidence, what to do"
try "tocsin scan $scanned -o jsonl" "the same for a program"
try "tocsin scan YOUR.log.gz" "any log, compressed or not, or a directory"
try "journalctl -o json | tocsin scan -" "what systemd remembers"
