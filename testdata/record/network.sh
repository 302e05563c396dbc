#!/usr/bin/env bash
# Records a capture of real clients and servers, the same in pcapng, and the flow exports
# that a probe makes of it. Needs tcpdump, wireshark-common (editcap), softflowd,
# dnsmasq-base, dnsutils, curl, openssl, netcat-openbsd, iputils-ping and python3; two
# network namespaces are made for it, and removed.
set -euo pipefail

# shellcheck source=testdata/record/pair.sh
. "$(dirname "$0")/pair.sh"

in_client ip address add 10.20.0.5/24 dev tocsin0
in_client ip -6 address add 2001:db8::5/64 dev tocsin0 nodad
in_server ip address add 10.20.0.80/24 dev tocsin1
in_server ip -6 address add 2001:db8::80/64 dev tocsin1 nodad
# One host that never answers.
in_client ip neighbour add 10.20.0.99 lladdr 02:00:00:00:00:99 dev tocsin0

mkdir "$WORK/www"
echo '<p>Hello</p>' >"$WORK/www/index.html"
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=secure.example.com -days 1 \
    -keyout "$WORK/key.pem" -out "$WORK/cert.pem" 2>/dev/null
serve dnsmasq --no-daemon --no-resolv --no-hosts --user=root \
    --address=/example.com/10.20.0.80 --txt-record=example.com,v=spf1 --local=/example.com/
serve python3 -m http.server --bind :: --directory "$WORK/www" 80
serve openssl s_server -accept 443 -cert "$WORK/cert.pem" -key "$WORK/key.pem" -www
sleep 1
ip netns exec $SERVER tcpdump -q -U -i tocsin1 -w "$WORK/network.pcap" ip or ip6 2>/dev/null &
PIDS+=($!)
TCPDUMP=$!
sleep 1

in_client dig +short +tries=1 @10.20.0.80 www.example.com A >/dev/null
in_client dig +short +tries=1 @10.20.0.80 example.com TXT >/dev/null
in_client dig +short +tries=1 @10.20.0.80 nothing.example.org A >/dev/null
in_client curl -s -o /dev/null http://10.20.0.80/ http://10.20.0.80/nothing.html
in_client curl -s -o /dev/null -A probe/1.0 'http://[2001:db8::80]/index.html?a=1' || true
in_client curl -s -k -o /dev/null --resolve secure.example.com:443:10.20.0.80 \
    https://secure.example.com/
in_client ping -q -c 2 10.20.0.80 >/dev/null
in_client nc -z -w 1 10.20.0.80 20-31 || true
in_client nc -z -w 1 10.20.0.99 23 || true
echo knock | in_client nc -u -w 1 10.20.0.99 9999 || true
sleep 1
kill $TCPDUMP
wait $TCPDUMP 2>/dev/null || true

cp "$WORK/network.pcap" "$OUT/network.pcap"
editcap -F pcapng "$WORK/network.pcap" "$OUT/network.pcapng"
for version in 5 9 10; do
    tcpdump -q -U -i lo -w "$WORK/export.pcap" udp dst port 2055 2>/dev/null &
    PIDS+=($!)
    TCPDUMP=$!
    sleep 1
    softflowd -r "$WORK/network.pcap" -n 127.0.0.1:2055 -v $version -d >/dev/null 2>&1
    sleep 1
    kill $TCPDUMP
    wait $TCPDUMP 2>/dev/null || true
    cp "$WORK/export.pcap" "$OUT/netflow$version.pcap"
done
