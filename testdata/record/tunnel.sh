#!/usr/bin/env bash
# Records a file carried through name queries by a real tunnel. Needs iodine, tcpdump,
# netcat-openbsd and /dev/net/tun; two network namespaces are made for it, and removed.
set -euo pipefail

OUT=$(cd "$(dirname "$0")/../network" && pwd)
WORK=$(mktemp -d)
CLIENT=tocsin-client SERVER=tocsin-server
PIDS=()

end() {
    for pid in "${PIDS[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    ip netns delete $CLIENT 2>/dev/null || true
    ip netns delete $SERVER 2>/dev/null || true
    rm -rf "$WORK"
}
trap end EXIT

run_in() {
    ip netns exec "$@" >/dev/null 2>&1 &
    PIDS+=($!)
}

ip netns add $CLIENT
ip netns add $SERVER
ip link add tocsin0 netns $CLIENT type veth peer name tocsin1 netns $SERVER
ip netns exec $CLIENT ip address add 10.20.0.5/24 dev tocsin0
ip netns exec $SERVER ip address add 10.20.0.53/24 dev tocsin1
for namespace in $CLIENT $SERVER; do ip netns exec $namespace ip link set lo up; done
ip netns exec $CLIENT ip link set tocsin0 up
ip netns exec $SERVER ip link set tocsin1 up

run_in $SERVER tcpdump -q -U -s 512 -i tocsin1 -w "$WORK/tunnel.pcap" udp port 53
TCPDUMP=$!
run_in $SERVER iodined -f -c -P secret 10.99.0.1 t.example.com
sleep 1
# Through a name server, as is usual: no packets beside the queries (-r).
run_in $CLIENT iodine -f -r -I 4 -P secret 10.20.0.53 t.example.com
for _ in $(seq 30); do
    ip netns exec $CLIENT ping -q -c 1 -W 1 10.99.0.1 >/dev/null 2>&1 && break
done
run_in $SERVER nc -l 10.99.0.1 4444
sleep 1
head -c 6000 /dev/urandom | ip netns exec $CLIENT timeout 60 nc -N 10.99.0.1 4444 || true
sleep 1
kill $TCPDUMP
wait $TCPDUMP 2>/dev/null || true
cp "$WORK/tunnel.pcap" "$OUT/tunnel.pcap"
