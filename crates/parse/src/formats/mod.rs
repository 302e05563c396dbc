//! The formats, one folder each: `mod.rs` with its `FORMAT`, `fixture.log` with real wordings,
//! `fixture.expect` with what they must be read as. A new one is a folder and a line below.

// Remote access and accounts.
mod accounts;
mod cowrie;
mod dante;
mod doas;
mod dropbear;
mod endlessh;
mod freeradius;
mod inetd;
mod ipsec;
mod krb5;
mod login;
mod openvpn;
mod pam;
mod polkit;
mod portsentry;
mod scanlogd;
mod snort;
mod softethervpn;
mod sshd;
mod stunnel;
mod su;
mod sudo;
// The machine itself.
mod apt;
pub(crate) mod auditd;
mod cron;
mod dpkg;
mod fail2ban;
mod kernel;
mod netfilter;
mod sysmon;
mod systemd;
mod utmp;
mod windows;

// Networks.
mod argus;
mod capture;
mod cef;
mod flow;
mod leef;
mod netflow;
mod suricata;
mod zeek;

// Clouds.
mod azure;
mod cloudtrail;
mod gcp;
mod github;
mod kubernetes;
mod okta;
mod route53;
mod vpcflow;

// Mail.
mod assp;
mod courier;
mod cyrus;
mod domino;
mod dovecot;
mod exim;
mod horde;
mod kerio;
mod opensmtpd;
mod openwebmail;
mod oracleims;
mod perdition;
mod postfix;
mod qmail;
mod roundcube;
mod sendmail;
mod sogo;
mod solid_pop3d;
mod squirrelmail;
mod uwimap;
// Web and proxies.
mod access;
mod apache_error;
mod haproxy;
mod iis;
mod lighttpd;
mod nginx_error;
mod squid;
mod suhosin;
mod three_proxy;
// Files, databases, names.
mod filezilla;
mod ftpd;
mod mongodb;
mod mssql;
mod mysql;
mod named;
mod nsd;
mod postgresql;
mod proftpd;
mod pure_ftpd;
mod redis;
mod samba;
mod slapd;
mod vsftpd;
// Everything else.
mod asterisk;
mod bitwarden;
mod centreon;
mod counter_strike;
mod directadmin;
mod drupal;
mod ejabberd;
mod freeswitch;
mod froxlor;
mod gitlab;
mod grafana;
mod groupoffice;
mod guacamole;
mod home_assistant;
mod json;
mod monit;
mod monitorix;
mod murmur;
mod nagios;
mod ocsf;
mod phpmyadmin;
mod proxmox;
mod routeros;
mod screensharing;
mod tcpdump;
mod tine20;
mod vaultwarden;
mod webmin;
mod wordpress;
mod znc;
mod zoneminder;

use crate::format::Format;

/// Every format, in the order in which a record of unknown origin is offered to them.
pub static FORMATS: &[Format] = &[
    // Known by its frame alone, with names in it that anyone can choose: before all that look
    // for a text within.
    utmp::FORMAT,
    // Remote access and accounts.
    pam::FORMAT,
    sshd::FORMAT,
    filezilla::FORMAT,
    accounts::FORMAT,
    cowrie::FORMAT,
    dante::FORMAT,
    doas::FORMAT,
    dropbear::FORMAT,
    endlessh::FORMAT,
    freeradius::FORMAT,
    inetd::FORMAT,
    ipsec::FORMAT,
    krb5::FORMAT,
    login::FORMAT,
    openvpn::FORMAT,
    polkit::FORMAT,
    portsentry::FORMAT,
    scanlogd::FORMAT,
    snort::FORMAT,
    softethervpn::FORMAT,
    stunnel::FORMAT,
    su::FORMAT,
    sudo::FORMAT,
    // The machine itself.
    apt::FORMAT,
    cron::FORMAT,
    dpkg::FORMAT,
    netfilter::FORMAT,
    kernel::FORMAT,
    systemd::FORMAT,
    auditd::FORMAT,
    fail2ban::FORMAT,
    sysmon::FORMAT,
    // Mail.
    assp::FORMAT,
    courier::FORMAT,
    cyrus::FORMAT,
    domino::FORMAT,
    dovecot::FORMAT,
    exim::FORMAT,
    horde::FORMAT,
    kerio::FORMAT,
    opensmtpd::FORMAT,
    openwebmail::FORMAT,
    oracleims::FORMAT,
    perdition::FORMAT,
    postfix::FORMAT,
    qmail::FORMAT,
    roundcube::FORMAT,
    sendmail::FORMAT,
    sogo::FORMAT,
    solid_pop3d::FORMAT,
    squirrelmail::FORMAT,
    uwimap::FORMAT,
    // Web and proxies.
    access::FORMAT,
    apache_error::FORMAT,
    haproxy::FORMAT,
    iis::FORMAT,
    lighttpd::FORMAT,
    nginx_error::FORMAT,
    squid::FORMAT,
    suhosin::FORMAT,
    three_proxy::FORMAT,
    // Files, databases, names.
    ftpd::FORMAT,
    mongodb::FORMAT,
    mssql::FORMAT,
    mysql::FORMAT,
    named::FORMAT,
    nsd::FORMAT,
    postgresql::FORMAT,
    proftpd::FORMAT,
    pure_ftpd::FORMAT,
    redis::FORMAT,
    samba::FORMAT,
    slapd::FORMAT,
    vsftpd::FORMAT,
    // Everything else.
    asterisk::FORMAT,
    bitwarden::FORMAT,
    centreon::FORMAT,
    counter_strike::FORMAT,
    directadmin::FORMAT,
    drupal::FORMAT,
    ejabberd::FORMAT,
    freeswitch::FORMAT,
    froxlor::FORMAT,
    gitlab::FORMAT,
    grafana::FORMAT,
    groupoffice::FORMAT,
    guacamole::FORMAT,
    home_assistant::FORMAT,
    monit::FORMAT,
    monitorix::FORMAT,
    murmur::FORMAT,
    nagios::FORMAT,
    phpmyadmin::FORMAT,
    proxmox::FORMAT,
    routeros::FORMAT,
    screensharing::FORMAT,
    tcpdump::FORMAT,
    tine20::FORMAT,
    vaultwarden::FORMAT,
    webmin::FORMAT,
    wordpress::FORMAT,
    znc::FORMAT,
    zoneminder::FORMAT,
    // What lines of our own making begin with is told at once.
    capture::FORMAT,
    netflow::FORMAT,
    ocsf::FORMAT,
    cloudtrail::FORMAT,
    windows::FORMAT,
    zeek::FORMAT,
    suricata::FORMAT,
    cef::FORMAT,
    leef::FORMAT,
    argus::FORMAT,
    flow::FORMAT,
    azure::FORMAT,
    gcp::FORMAT,
    github::FORMAT,
    kubernetes::FORMAT,
    okta::FORMAT,
    vpcflow::FORMAT,
    route53::FORMAT,
    json::FORMAT,
];
