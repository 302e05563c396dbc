//! The formats, one folder each: `mod.rs` with its `FORMAT`, `fixture.log` with real wordings,
//! `fixture.expect` with what they must be read as. A new one is a folder and a line below.

// Remote access and accounts.
mod pam;
mod sshd;
// The machine itself.
pub(crate) mod auditd;
mod fail2ban;
mod sysmon;
mod utmp;

// Mail.

// Web and proxies.

// Files, databases, names.

// Everything else.
mod json;
mod ocsf;

use crate::format::Format;

/// Every format, in the order in which a record of unknown origin is offered to them.
pub static FORMATS: &[Format] = &[
    // Remote access and accounts.
    pam::FORMAT,
    sshd::FORMAT,
    // The machine itself.
    auditd::FORMAT,
    fail2ban::FORMAT,
    sysmon::FORMAT,
    utmp::FORMAT,
    // Mail.

    // Web and proxies.

    // Files, databases, names.

    // Everything else.
    ocsf::FORMAT,
    json::FORMAT,
];
