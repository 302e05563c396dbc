# Sourced by recordings between a client and a server: two network namespaces, joined by a
# veth pair (tocsin0 of the client, tocsin1 of the server), which end with the recording.
OUT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../network" && pwd)
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

in_client() { ip netns exec $CLIENT "$@"; }
in_server() { ip netns exec $SERVER "$@"; }
# Runs until the recording ends, or is stopped by $!.
serve() {
    ip netns exec $SERVER "$@" >/dev/null 2>&1 &
    PIDS+=($!)
}

ip netns add $CLIENT
ip netns add $SERVER
ip link add tocsin0 netns $CLIENT type veth peer name tocsin1 netns $SERVER
in_client ip link set lo up
in_server ip link set lo up
in_client ip link set tocsin0 up
in_server ip link set tocsin1 up
