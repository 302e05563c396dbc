#!/usr/bin/env bash
# Makes the bundle that is scanned when a machine has no logs of its own, from the
# recordings: quiet work first, then the attacks, in the order of their times.
set -euo pipefail
TESTDATA=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$TESTDATA/sample/nginx"
sort --stable --key=1,1 "$TESTDATA"/{quiet/auth,takeover/auth}.log >"$TESTDATA/sample/auth.log"
sort --stable --key=4,4 "$TESTDATA"/{quiet,hostile}/nginx.access.log \
    >"$TESTDATA/sample/nginx/access.log"
