//! The formats, one folder each: `mod.rs` with its `FORMAT`, `fixture.log` with real wordings,
//! `fixture.expect` with what they must be read as. A new one is a folder and a line below.

// Remote access and accounts.
mod accounts;
mod cowrie;
mod dante;
mod doas;
mod dropbear;
mod inetd;
mod ipsec;
mod login;
mod openvpn;
mod pam;
mod polkit;
mod portsentry;
mod softethervpn;
mod sshd;
mod stunnel;
mod su;
mod sudo;
// The machine itself.
mod cron;
mod kernel;
mod netfilter;
mod systemd;

// Mail.
mod assp;
mod courier;
mod cyrus;
mod domino;
mod dovecot;
mod exim;
mod horde;
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
// Files, databases, names.

// Everything else.

use crate::format::Format;

/// Every format, in the order in which a record of unknown origin is offered to them.
pub static FORMATS: &[Format] = &[
    // Remote access and accounts.
    pam::FORMAT,
    sshd::FORMAT,
    accounts::FORMAT,
    cowrie::FORMAT,
    dante::FORMAT,
    doas::FORMAT,
    dropbear::FORMAT,
    inetd::FORMAT,
    ipsec::FORMAT,
    login::FORMAT,
    openvpn::FORMAT,
    polkit::FORMAT,
    portsentry::FORMAT,
    softethervpn::FORMAT,
    stunnel::FORMAT,
    su::FORMAT,
    sudo::FORMAT,
    // The machine itself.
    cron::FORMAT,
    netfilter::FORMAT,
    kernel::FORMAT,
    systemd::FORMAT,
    // Mail.
    assp::FORMAT,
    courier::FORMAT,
    cyrus::FORMAT,
    domino::FORMAT,
    dovecot::FORMAT,
    exim::FORMAT,
    horde::FORMAT,
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
    // Files, databases, names.

    // Everything else.
];
