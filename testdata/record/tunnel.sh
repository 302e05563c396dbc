#!/usr/bin/env bash
# Records a file carried through name queries by a real tunnel. Needs iodine, tcpdump,
# netcat-openbsd and /dev/net/tun; two network namespaces are made for it, and removed.
set -euo pipefail

# shellcheck source=testdata/record/pair.sh
. "$(dirname "$0")/pair.sh"

in_client ip address add 10.20.0.5/24 dev tocsin0
in_server ip address add 10.20.0.53/24 dev tocsin1

serve tcpdump -q -U -s 512 -i tocsin1 -w "$WORK/tunnel.pcap" udp port 53
TCPDUMP=$!
serve iodined -f -c -P secret 10.99.0.1 t.example.com
sleep 1
# Through a name server, as is usual: no packets beside the queries (-r).
ip netns exec $CLIENT iodine -f -r -I 4 -P secret 10.20.0.53 t.example.com >/dev/null 2>&1 &
PIDS+=($!)
for _ in $(seq 30); do
    in_client ping -q -c 1 -W 1 10.99.0.1 >/dev/null 2>&1 && break
done
serve nc -l 10.99.0.1 4444
sleep 1
head -c 6000 /dev/urandom | in_client timeout 60 nc -N 10.99.0.1 4444 || true
sleep 1
kill $TCPDUMP
wait $TCPDUMP 2>/dev/null || true
cp "$WORK/tunnel.pcap" "$OUT/tunnel.pcap"
