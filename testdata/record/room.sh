# The recording room, sourced by the recording scripts and not run by itself.
# A Debian 12 tree is built once under $ROOM; each recording boots a copy of it
# (overlay, own namespaces, real systemd) and reaches it from client namespaces
# joined by veth pairs. The machine that runs this keeps its files and networks.
# shellcheck shell=bash disable=SC2016,SC2034

ROOM=${ROOM:-/var/tmp/tocsin-room}
TESTDATA=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
MIRROR=${MIRROR:-http://deb.debian.org/debian}
SECURITY=${SECURITY:-http://deb.debian.org/debian-security}
MACHINE_IP=192.0.2.10
MACHINE_NAME=web01
BOOT_LIMIT_S=60
RUN_LIMIT_S=900

PACKAGES=(
    openssh-server openssh-client rsyslog sudo cron logrotate libpam-systemd
    dropbear-bin hydra sshpass netcat-openbsd curl lftp iproute2 procps nftables
    postfix swaks libauthen-sasl-perl libnet-ssleay-perl
    dovecot-imapd dovecot-pop3d nginx-light apache2 vsftpd postgresql
    mariadb-server bind9 bind9-dnsutils squid haproxy
)
# What is left running at boot; a recording starts the rest by name.
BOOT_UNITS=(ssh rsyslog cron)

set -o errtrace
trap 'say "failed in ${FUNCNAME[*]:-main} (${BASH_LINENO[*]}): $BASH_COMMAND"' ERR

exec 3>&2 # so that a failure is told even where a command's own words are not
say() { printf '%s: %s\n' "${0##*/}" "$*" >&3; }

die() {
    say "$@"
    exit 1
}

# The tree shared by all recordings; built when absent.
build_base() {
    [[ -e $ROOM/base.done ]] && return
    command -v debootstrap systemd-nspawn >/dev/null ||
        die 'needs: apt-get install debootstrap systemd-container'
    say "building $ROOM/base"
    rm -rf "$ROOM/base"
    mkdir -p "$ROOM"
    debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus \
        bookworm "$ROOM/base" "$MIRROR" >"$ROOM/build.log" 2>&1
    forbid_starting "$ROOM/base"
    printf 'deb %s %s main\n' "$MIRROR" bookworm "$MIRROR" bookworm-updates \
        "$SECURITY" bookworm-security >"$ROOM/base/etc/apt/sources.list"
    install_into "$ROOM/base" "${PACKAGES[@]}"
    settle "$ROOM/base"
    touch "$ROOM/base.done"
}

# A layer over the base, with what excludes some of it: build_layer NAME PACKAGE...
build_layer() {
    local name=$1
    shift
    build_base
    [[ -e $ROOM/$name.done ]] && return
    say "building $ROOM/$name"
    rm -rf "${ROOM:?}/$name" "$ROOM/$name.work"
    mkdir -p "$ROOM/$name" "$ROOM/$name.work" "$ROOM/$name.root"
    mount -t overlay overlay "$ROOM/$name.root" \
        -o "lowerdir=$ROOM/base,upperdir=$ROOM/$name,workdir=$ROOM/$name.work"
    (
        trap 'umount "$ROOM/$name.root"' EXIT
        install_into "$ROOM/$name.root" "$@"
        settle "$ROOM/$name.root"
    )
    touch "$ROOM/$name.done"
}

forbid_starting() {
    printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
    chmod 755 "$1/usr/sbin/policy-rc.d"
}

install_into() {
    local tree=$1
    shift
    cp /etc/resolv.conf "$tree/etc/resolv.conf"
    within "$tree" apt-get update >>"$ROOM/build.log" 2>&1
    within "$tree" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends "$@" >>"$ROOM/build.log" 2>&1
}

# Runs a command in a tree, under the name the machine will have.
within() {
    local tree=$1
    shift
    unshare --uts sh -c 'hostname "$0" && exec chroot "$@"' "$MACHINE_NAME" \
        "$tree" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@"
}

# Nothing of the building machine stays in the tree; no service starts unasked.
settle() {
    local tree=$1 unit
    printf '%s\n' "$MACHINE_NAME" >"$tree/etc/hostname"
    printf '127.0.0.1 localhost\n%s %s.example.net %s\n' \
        "$MACHINE_IP" "$MACHINE_NAME" "$MACHINE_NAME" >"$tree/etc/hosts"
    : >"$tree/etc/resolv.conf"
    # Without CAP_SYS_RESOURCE in the room, sudo would complain at every call.
    echo 'Set disable_coredump false' >"$tree/etc/sudo.conf"
    find "$tree/etc/systemd/system/multi-user.target.wants" \
        "$tree/etc/systemd/system/timers.target.wants" -mindepth 1 -delete
    rm -f "$tree"/etc/rc[2345].d/S*
    for unit in "${BOOT_UNITS[@]}"; do
        ln -sf "/lib/systemd/system/$unit.service" \
            "$tree/etc/systemd/system/multi-user.target.wants/$unit.service"
    done
    : >"$tree/var/log/wtmp"
    find "$tree/var/log" -type f ! -name wtmp ! -name btmp ! -name lastlog -delete
    : >"$tree/var/log/btmp"
    : >"$tree/var/log/lastlog"
}

# Boots a fresh machine over the layers named (topmost first); `close_room` undoes it.
open_room() {
    local layers=$1
    exec 9>"$ROOM/lock"
    flock --nonblock 9 || die 'another recording is under way'
    RUN=$(mktemp -d "$ROOM/run.XXXXXX")
    CLIENTS=()
    LEADER=
    trap close_room EXIT
    mkdir "$RUN"/{upper,work,root}
    mount -t overlay overlay "$RUN/root" \
        -o "lowerdir=$layers,upperdir=$RUN/upper,workdir=$RUN/work"
    ip netns add tocsin-machine
    ip -n tocsin-machine link set lo up
}

# A client machine of its own address, reachable from the machine and back.
add_client() {
    local name=$1 address=$2
    CLIENTS+=("$name")
    ip netns add "tocsin-$name"
    ip -n "tocsin-$name" link set lo up
    ip link add "v$name" netns tocsin-machine type veth peer name eth0 netns "tocsin-$name"
    ip -n tocsin-machine addr add "$MACHINE_IP" peer "$address" dev "v$name"
    ip -n tocsin-machine link set "v$name" up
    ip -n "tocsin-$name" addr add "$address" peer "$MACHINE_IP" dev eth0
    ip -n "tocsin-$name" link set eth0 up
}

boot() {
    timeout "$RUN_LIMIT_S" systemd-nspawn --quiet --register=no --keep-unit --boot \
        --directory="$RUN/root" --hostname="$MACHINE_NAME" --timezone=off --resolv-conf=off \
        --network-namespace-path=/run/netns/tocsin-machine \
        >"$RUN/console" 2>&1 </dev/null &
    NSPAWN=$!
    local waited
    for ((waited = 0; waited < BOOT_LIMIT_S; waited++)); do
        LEADER=$(leader_of "$NSPAWN")
        if [[ -n $LEADER ]] && machine systemctl is-active --quiet multi-user.target 2>/dev/null; then
            return
        fi
        sleep 1
    done
    cat "$RUN/console" >&2
    die 'the machine did not boot'
}

# timeout -> systemd-nspawn -> the machine's first process.
leader_of() {
    local nspawn
    nspawn=$(pgrep -P "$1") || return 0
    pgrep -P "$nspawn" || true
}

# Runs a command inside the booted machine.
machine() {
    from machine "$@"
}

# Runs a command on a client: its network, the machine's tree and terminals.
from() {
    local name=$1
    shift
    nsenter --target "$LEADER" --mount --uts --ipc --pid --net="/run/netns/tocsin-$name" \
        env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM=dumb "$@"
}

# Waits for a port of the machine to listen.
await_port() {
    local port=$1 waited
    for ((waited = 0; waited < 30; waited++)); do
        [[ -n $(machine ss -Hltn "sport = :$port") ]] && return
        sleep 1
    done
    die "nothing listens on port $port"
}

# Copies a log of the machine, oldest first, into testdata.
keep() {
    local source=$1 target=$TESTDATA/$2
    mkdir -p "$(dirname "$target")"
    cat "$RUN/root$source" >"$target"
    chmod 644 "$target"
}

close_room() {
    local status=${1:-$?} client
    trap - EXIT
    if [[ -n ${LEADER:-} ]]; then
        kill -s RTMIN+4 "$LEADER" 2>/dev/null || true # poweroff
        timeout 20 tail --pid="$NSPAWN" -f /dev/null || kill "$NSPAWN" || true
        wait "$NSPAWN" 2>/dev/null || true
    fi
    for client in machine "${CLIENTS[@]}"; do
        ip netns del "tocsin-$client" 2>/dev/null || true
    done
    umount "$RUN/root" && rm -rf "$RUN"
    exit "$status"
}
