#!/usr/bin/env bash
# Records what the kernel says of packets a firewall refuses: nftables in the
# machine's namespace, a port scan from outside, read from the kernel's log.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=room.sh
. "$(dirname "$0")/room.sh"

ALL_NAMESPACES=/proc/sys/net/netfilter/nf_log_all_netns

restore() {
    local status=$?
    echo "$BEFORE" >$ALL_NAMESPACES
    close_room "$status"
}

build_base
open_room "$ROOM/base"
BEFORE=$(<$ALL_NAMESPACES)
trap restore EXIT
echo 1 >$ALL_NAMESPACES
boot
add_client scanner 198.51.100.7
add_client admin 10.20.0.5
machine nft -f - <<'RULES'
table inet guard {
    chain input {
        type filter hook input priority filter; policy drop;
        iif lo accept
        ct state established,related accept
        ip saddr 10.20.0.0/16 tcp dport 22 log prefix "guard-accept: " accept
        limit rate 50/second log prefix "guard-drop: " level info
    }
}
RULES
MARK=guard-recording-$$
echo "$MARK" >/dev/kmsg
from admin nc -z -w 2 "$MACHINE_IP" 22 || true
from scanner nc -z -w 1 "$MACHINE_IP" 20-30 || true
from scanner nc -z -w 1 "$MACHINE_IP" 80 443 3306 5432 6379 8080 || true
from scanner nc -z -u -w 1 "$MACHINE_IP" 53 161 || true
sleep 1
mkdir -p "$TESTDATA/hostile"
# Time and host put before the kernel's words as rsyslog does.
dmesg --time-format iso | sed "1,/$MARK/d" | grep 'guard-' |
    sed -E 's/^([^,]+),([0-9]+)([+-][0-9:]+) /\1.\2\3 '"$MACHINE_NAME"' kernel: /' \
        >"$TESTDATA/hostile/firewall.log"
