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

// Web and proxies.

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

    // Web and proxies.

    // Files, databases, names.

    // Everything else.
];
