#!/bin/sh
# Installs the peers that `make bench` compares with, from Debian. Starts no service.
# usage: install-peers.sh   (root)
set -eu

policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  # Debian asks this file before starting a service; 101 means no.
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
  trap 'rm -f "$policy"' EXIT
fi

# The documented way to keep CrowdSec from registering with its central service.
no_thanks=/etc/crowdsec/online_api_credentials.yaml
if [ ! -s "$no_thanks" ]; then
  mkdir -p "${no_thanks%/*}"
  echo "# no thanks" >"$no_thanks"
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends fail2ban crowdsec
echo "installed: fail2ban-regex, crowdsec"
