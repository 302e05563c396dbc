#!/usr/bin/env bash
# Records ordinary life: people and services doing their work, a mistyped password
# here and there, and nobody attacking.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=room.sh
. "$(dirname "$0")/room.sh"
# shellcheck source-path=SCRIPTDIR source=people.sh
. "$(dirname "$0")/people.sh"
# shellcheck source-path=SCRIPTDIR source=services.sh
. "$(dirname "$0")/services.sh"

CAROL_PASSWORD='Kettle&Drum-41'

people_arrive() {
    boot
    add_client admin 10.20.0.5
    add_client laptop 10.20.0.31
    add_client visitor 203.0.113.20
    add_client peer 203.0.113.25
    add_person alice "$ALICE_PASSWORD" --groups sudo
    add_person carol "$CAROL_PASSWORD"
}

most_services() {
    open_room "$ROOM/base"
    people_arrive
    local service
    for service in nginx apache mail 'ftp vsftpd' postgresql mariadb named squid haproxy dropbear; do
        # shellcheck disable=SC2086
        serve_$service
    done
    configure /etc/cron.d/office <<'CONF'
* * * * * root    test -d /var/backups && find /var/backups -mtime +30 -delete
* * * * * alice   date >>/home/alice/heartbeat
CONF
    forget_preparation
    shell_work
    administration &
    local admin=$!
    browse
    send_and_read_mail
    move_files
    query_databases
    ask_names
    wait "$admin"
    shell_work
    machine systemctl start systemd-tmpfiles-clean logrotate
    machine systemctl reload nginx apache2
    machine systemctl restart squid cron
    sleep 60 # the next minute's jobs
    keep_views quiet auth cron systemd postfix dovecot nginx.access apache.access \
        apache.error vsftpd postgresql mariadb named squid haproxy dropbear
}

shell_work() {
    by_key admin alice 'uptime; df -h' >/dev/null
    by_password laptop carol "${CAROL_PASSWORD%1}" true 2>/dev/null
    by_password laptop carol "$CAROL_PASSWORD" -tt 'ls; exit' >/dev/null 2>&1
    from admin scp -q -o StrictHostKeyChecking=no -i /root/keys/alice \
        /etc/services "alice@$MACHINE_IP:"
    printf 'put /etc/hosts\nls\n' | from laptop sftp -q -b - -o StrictHostKeyChecking=no \
        -i /root/keys/carol "carol@$MACHINE_IP" >/dev/null
    from laptop "${SSH[@]}" -p 2222 -i /root/keys/carol "carol@$MACHINE_IP" true
    from laptop sshpass -p "$CAROL_PASSWORD" "${SSH[@]}" -p 2222 -o PubkeyAuthentication=no \
        "carol@$MACHINE_IP" true
}

# What an administrator and a package's installation do; nobody is intruding.
administration() {
    by_key admin alice -tt "
        p() { echo '$ALICE_PASSWORD'; }
        echo 'wrong one' | sudo -S id
        p | sudo -S id; sleep 1
        p | sudo -S systemctl restart haproxy; sleep 2
        p | sudo -S groupadd --system ledgerd; sleep 1
        p | sudo -S useradd --system --gid ledgerd --home-dir /var/lib/ledgerd --shell /usr/sbin/nologin ledgerd; sleep 1
        p | sudo -S useradd --create-home --shell /bin/bash dave; sleep 1
        p | sudo -S sh -c 'echo dave:Lantern-on-Quay-7 | chpasswd'; sleep 1
        p | sudo -S usermod --append --groups www-data dave; sleep 1
        p | sudo -S chage --maxdays 90 dave; sleep 1
        p | sudo -S chfn --full-name 'Dave Quay' dave; sleep 1
        p | sudo -S passwd --lock dave; sleep 1
        p | sudo -S gpasswd --delete dave www-data; sleep 1
        p | sudo -S tail -n 3 /var/log/syslog; sleep 1
        p | sudo -S apt-cache policy openssl; sleep 1
        p | sudo -S -u www-data ls /var/www; sleep 1
        p | sudo -S userdel --remove dave; sleep 1
        p | sudo -S groupdel ledgerd; sleep 1
        p | sudo -S userdel ledgerd; sleep 1
        exit" >/dev/null 2>&1 || true
    by_key laptop carol "echo wrong | su alice -c id; echo '$ALICE_PASSWORD' | su alice -c id
        echo '$ALICE_PASSWORD' | su - alice -c 'id; pwd'" >/dev/null 2>&1
    by_key laptop carol "echo '$CAROL_PASSWORD' | sudo -S id" >/dev/null 2>&1 || true
}

browse() {
    local round port page agent='Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'
    for round in 1 2 3; do
        for port in 80 8080 8000; do
            for page in / about.html style.css docs/guide.html "docs/faq.html?from=guide&round=$round"; do
                get visitor -A "$agent" -e "http://www.example.net/" "http://$MACHINE_IP:$port/${page#/}"
                sleep 0.2
            done
            get laptop -I "http://$MACHINE_IP:$port/about.html"
        done
    done
    get visitor -A "$agent" "http://$MACHINE_IP/favicon.ico" "http://$MACHINE_IP:8080/favicon.ico"
    get laptop -u "alice:$ALICE_PASSWORD" "http://$MACHINE_IP:81/private/" "http://$MACHINE_IP:8080/private/"
    get laptop -d 'name=Ann O%27Dell&note=caf%C3%A9' "http://$MACHINE_IP:81/form"
    get laptop -x "http://$MACHINE_IP:3128" "http://$MACHINE_IP/docs/guide.html" "http://$MACHINE_IP/style.css"
    get admin -x "http://$MACHINE_IP:3128" "http://$MACHINE_IP/about.html"
}

get() {
    local client=$1
    shift
    from "$client" curl -s -o /dev/null -o /dev/null --max-time 10 "$@" || true
}

send_and_read_mail() {
    local number
    for number in 1 2 3; do
        from peer swaks --server "$MACHINE_IP" --from ann@example.org --to alice@example.net \
            --helo mail.example.org --header "Subject: offer $number" --tls >/dev/null 2>&1
        from peer swaks --server "$MACHINE_IP" --from ann@example.org --to carol@example.net \
            --helo mail.example.org >/dev/null 2>&1
    done
    from laptop swaks --server "$MACHINE_IP" --from carol@example.net --to alice@example.net --tls \
        --auth-user carol --auth-password "$CAROL_PASSWORD" >/dev/null 2>&1 || true
    machine sh -c 'echo done | sendmail -f root alice'
    read_mail laptop carol "${CAROL_PASSWORD%1}"
    for number in 1 2 3; do
        read_mail laptop carol "$CAROL_PASSWORD"
        read_mail admin alice "$ALICE_PASSWORD"
        sleep 2
    done
    get laptop -k -u "carol:$CAROL_PASSWORD" "pop3s://$MACHINE_IP/1"
}

read_mail() { get "$1" -k -u "$2:$3" "imaps://$MACHINE_IP/INBOX;MAILINDEX=1"; }

move_files() {
    get laptop -u "carol:$CAROL_PASSWORD" "ftp://$MACHINE_IP/"
    get laptop -u "carol:${CAROL_PASSWORD%1}" "ftp://$MACHINE_IP/"
    get laptop -u "carol:$CAROL_PASSWORD" -T /etc/hosts "ftp://$MACHINE_IP/hosts.txt"
    get laptop -u "carol:$CAROL_PASSWORD" "ftp://$MACHINE_IP/hosts"
}

query_databases() {
    local number
    for number in 1 2 3; do
        from laptop env PGPASSWORD="$DATABASE_PASSWORD" psql -q -h "$MACHINE_IP" -U ledger ledger \
            -c "create table if not exists entry(n int); insert into entry values ($number)" >/dev/null 2>&1
        from laptop mariadb -h "$MACHINE_IP" -u ledger -p"$DATABASE_PASSWORD" ledger \
            -e "create table if not exists entry(n int); insert into entry values ($number)"
        sleep 1
    done
    from laptop env PGPASSWORD="$DATABASE_PASSWORD" psql -h "$MACHINE_IP" -U ledger ledger \
        -c 'select * from entries' >/dev/null 2>&1 || true
}

ask_names() {
    local name
    for name in www.example.net web01.example.net 'example.net MX' 'example.net NS' nothere.example.net \
        'web01.example.net AAAA'; do
        # shellcheck disable=SC2086
        from laptop dig +short +tries=1 +time=2 "@$MACHINE_IP" $name >/dev/null || true
        sleep 0.3
    done
}

other_mail_and_ftp() {
    build_layer mail exim4-daemon-light proftpd-core
    open_room "$ROOM/mail:$ROOM/base"
    people_arrive
    machine sed -i "s/^dc_eximconfig_configtype=.*/dc_eximconfig_configtype='internet'/
        s/^dc_other_hostnames=.*/dc_other_hostnames='example.net'/
        s/^dc_local_interfaces=.*/dc_local_interfaces=''/" /etc/exim4/update-exim4.conf.conf
    start exim4 25
    serve_ftp proftpd
    forget_preparation
    send_and_read_mail
    move_files
    keep_views quiet exim4 proftpd
}

another_ftp() {
    build_layer pure pure-ftpd
    open_room "$ROOM/pure:$ROOM/base"
    people_arrive
    serve_ftp pure-ftpd
    forget_preparation
    move_files
    keep_views quiet pure-ftpd
}

build_base
(most_services)
(other_mail_and_ftp)
(another_ftp)
