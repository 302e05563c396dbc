# Who works on the recorded machine, sourced after room.sh: accounts made before
# the recording starts, and the ways they come in.
# shellcheck shell=bash disable=SC2016,SC2034

SSH=(ssh -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR
    -o ConnectTimeout=10)
ALICE_PASSWORD='Tr4vel-by-Barge!'
DEPLOY_PASSWORD=sunshine

# An account with a key (kept in /root/keys of the recorded machine) and a password.
add_person() {
    local name=$1 password=$2
    shift 2
    machine useradd --create-home --shell /bin/bash "$@" "$name"
    machine chpasswd <<<"$name:$password"
    machine install -d -m 700 /root/keys
    machine ssh-keygen -q -t ed25519 -N '' -C "$name" -f "/root/keys/$name"
    machine install -d -m 700 -o "$name" -g "$name" "/home/$name/.ssh"
    machine install -m 600 -o "$name" -g "$name" \
        "/root/keys/$name.pub" "/home/$name/.ssh/authorized_keys"
}

# by_key CLIENT PERSON COMMAND...
by_key() {
    local client=$1 person=$2
    shift 2
    from "$client" "${SSH[@]}" -i "/root/keys/$person" "$person@$MACHINE_IP" "$@"
}

# by_password CLIENT PERSON PASSWORD COMMAND...; a refused login is not an error.
by_password() {
    local client=$1 person=$2 password=$3
    shift 3
    from "$client" sshpass -p "$password" "${SSH[@]}" -o PubkeyAuthentication=no \
        -o NumberOfPasswordPrompts=1 "$person@$MACHINE_IP" "$@" || true
}

# Forgets what preparing the machine wrote, so that a log starts with the recording.
forget_preparation() {
    machine journalctl --rotate --quiet
    machine journalctl --vacuum-time=1s --quiet
    machine find /var/log -type f ! -path '*/journal/*' -exec truncate -s 0 '{}' +
}
