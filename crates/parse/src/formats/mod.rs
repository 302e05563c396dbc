//! The formats, one folder each: `mod.rs` with its `FORMAT`, `fixture.log` with real wordings,
//! `fixture.expect` with what they must be read as. A new one is a folder and a line below.

// Remote access and accounts.
mod pam;
mod sshd;
// The machine itself.

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
mod apache_error;
mod haproxy;
mod lighttpd;
mod nginx_error;
mod squid;
mod suhosin;
// Files, databases, names.

// Everything else.

use crate::format::Format;

/// Every format, in the order in which a record of unknown origin is offered to them.
pub static FORMATS: &[Format] = &[
    // Remote access and accounts.
    pam::FORMAT,
    sshd::FORMAT,
    // The machine itself.

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
    apache_error::FORMAT,
    haproxy::FORMAT,
    lighttpd::FORMAT,
    nginx_error::FORMAT,
    squid::FORMAT,
    suhosin::FORMAT,
    // Files, databases, names.

    // Everything else.
];
