# The services of the recorded machine, sourced after people.sh: how each is
# configured beyond Debian's defaults, and where it writes.
# shellcheck shell=bash disable=SC2016,SC2034

DATABASE_PASSWORD=ledger-9-Blue

# start UNIT PORT
start() {
    machine systemctl start "$1" || {
        machine journalctl -u "$1" -n 20 --no-pager >&2
        die "$1 did not start"
    }
    await_port "$2"
}

configure() {
    local file=$1
    cat >>"$RUN/root$file"
}

serve_nginx() {
    machine sh -c 'mkdir -p /var/www/html/docs /var/www/html/private
        for page in index about docs/guide docs/faq; do
            head -c 900 /etc/services >"/var/www/html/$page.html"
        done
        head -c 4000 /etc/services >/var/www/html/style.css
        echo "alice:$(openssl passwd -apr1 "$1")" >/etc/nginx/people' - "$ALICE_PASSWORD"
    configure /etc/nginx/conf.d/limits.conf <<'CONF'
limit_req_zone $binary_remote_addr zone=form:1m rate=1r/s;
CONF
    configure /etc/nginx/sites-available/default <<'CONF'
server {
    listen 81;
    root /var/www/html;
    location /private/ { auth_basic "staff"; auth_basic_user_file /etc/nginx/people; autoindex on; }
    location /form { limit_req zone=form burst=2 nodelay; try_files $uri /index.html; }
    location /closed/ { deny all; }
}
CONF
    start nginx 80
}

# Beside nginx, so on its own port.
serve_apache() {
    machine sed -i 's/^Listen 80$/Listen 8080/' /etc/apache2/ports.conf
    machine sed -i 's/:80>/:8080>/' /etc/apache2/sites-available/000-default.conf
    machine sh -c 'mkdir -p /var/www/html/private /var/www/html/closed
        echo "alice:$(openssl passwd -apr1 "$1")" >/etc/apache2/people' - "$ALICE_PASSWORD"
    configure /etc/apache2/conf-enabled/private.conf <<'CONF'
<Location /private>
    AuthType Basic
    AuthName staff
    AuthUserFile /etc/apache2/people
    Require valid-user
</Location>
<Location /closed>
    Require all denied
</Location>
CONF
    start apache2 8080
}

serve_mail() {
    machine postconf -e "myhostname = $MACHINE_NAME.example.net" "inet_protocols = ipv4" \
        "mydestination = \$myhostname, example.net, localhost" \
        'smtpd_sasl_type = dovecot' 'smtpd_sasl_path = private/auth' 'smtpd_sasl_auth_enable = yes'
    machine newaliases
    configure /etc/dovecot/local.conf <<'CONF'
service auth {
  unix_listener /var/spool/postfix/private/auth {
    mode = 0660
    user = postfix
    group = postfix
  }
}
auth_mechanisms = plain login
CONF
    machine systemctl start postfix
    await_port 25
    start dovecot 993
}

serve_ftp() { start "$1" 21; }

# The address of a client is not in the log unless connections are logged.
serve_postgresql() {
    configure /etc/postgresql/15/main/postgresql.conf <<'CONF'
listen_addresses = '*'
log_connections = on
log_disconnections = on
CONF
    configure /etc/postgresql/15/main/pg_hba.conf <<'CONF'
host ledger ledger 0.0.0.0/0 scram-sha-256
host ledger postgres 10.20.0.0/16 scram-sha-256
CONF
    start postgresql 5432
    machine runuser -u postgres -- psql -q -c "create role ledger login password '$DATABASE_PASSWORD'" \
        -c 'create database ledger owner ledger'
}

serve_mariadb() {
    machine sed -i 's/^bind-address.*/bind-address = 0.0.0.0/' /etc/mysql/mariadb.conf.d/50-server.cnf
    start mariadb 3306
    machine mariadb -e "create database ledger; create user ledger@'%' identified by '$DATABASE_PASSWORD';
        grant all on ledger.* to ledger@'%'"
}

serve_named() {
    configure /etc/bind/named.conf.local <<'CONF'
zone "example.net" { type primary; file "/etc/bind/db.example.net"; allow-transfer { 127.0.0.1; }; };
CONF
    configure /etc/bind/db.example.net <<'CONF'
$TTL 3600
@    IN SOA web01 hostmaster 2026112101 3600 900 604800 300
     IN NS  web01
     IN MX  10 web01
web01 IN A  192.0.2.10
www  IN CNAME web01
CONF
    machine sed -i 's/dnssec-validation auto;/recursion yes; allow-recursion { 10.20.0.0\/16; localhost; }; allow-query-cache { 10.20.0.0\/16; localhost; }; querylog yes; dnssec-validation no;/' \
        /etc/bind/named.conf.options
    start named 53
}

serve_squid() {
    configure /etc/squid/conf.d/office.conf <<'CONF'
acl office src 10.20.0.0/16
http_access allow office
CONF
    start squid 3128
}

serve_haproxy() {
    configure /etc/haproxy/haproxy.cfg <<'CONF'
frontend www
    bind :8000
    acl closed path_beg /admin
    http-request deny if closed
    default_backend pages
backend pages
    option httpchk GET /
    server nginx 127.0.0.1:80 check inter 60s
    server spare 127.0.0.1:9 check inter 60s
CONF
    start haproxy 8000
}

serve_dropbear() {
    machine mkdir -p /etc/dropbear
    machine systemd-run --quiet --unit=dropbear dropbear -F -R -p 2222
    await_port 2222
}

# What the service named has written so far, as its own file.
view() {
    local log=$RUN/root/var/log
    case $1 in
    auth) grep -v ' dropbear\[' "$log/auth.log" ;;
    sshd) grep ' sshd\[' "$log/auth.log" ;;
    pam) grep -E ' (auth|vsftpd): pam_' "$log/auth.log" ;;
    dropbear) grep ' dropbear\[' "$log/auth.log" ;;
    cron) cat "$log/cron.log" ;;
    systemd) grep -E ' (systemd|systemd-[a-z]+|kernel|rsyslogd|dbus-daemon)(\[[0-9]+\])?: ' "$log/syslog" ;;
    postfix) grep ' postfix/' "$log/mail.log" ;;
    dovecot) grep ' dovecot: ' "$log/mail.log" ;;
    exim4) cat "$log/exim4/mainlog" ;;
    nginx.access) cat "$log/nginx/access.log" ;;
    nginx.error) cat "$log/nginx/error.log" ;;
    apache.access) cat "$log/apache2/access.log" ;;
    apache.error) cat "$log/apache2/error.log" ;;
    vsftpd) cat "$log/vsftpd.log" ;;
    proftpd) cat "$log/proftpd/proftpd.log" ;;
    pure-ftpd) grep ' pure-ftpd' "$log/syslog" ;;
    postgresql) cat "$log/postgresql/postgresql-15-main.log" ;;
    mariadb) grep ' mariadbd\[' "$log/syslog" ;;
    named) grep ' named\[' "$log/syslog" ;;
    squid) cat "$log/squid/access.log" ;;
    haproxy) cat "$log/haproxy.log" ;;
    *) die "no service named $1" ;;
    esac 2>/dev/null || true
}

# keep_views FOLDER SERVICE...
keep_views() {
    local folder=$TESTDATA/$1 service
    shift
    mkdir -p "$folder"
    sleep 2
    for service in "$@"; do
        view "$service" >"$folder/$service.log"
        [[ -s $folder/$service.log ]] || say "$service wrote nothing"
    done
}
