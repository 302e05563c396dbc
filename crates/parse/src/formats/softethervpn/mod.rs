//! SoftEther VPN's server log, in its own files or behind syslog.

use tocsin_event::Writer;

use crate::find;
use crate::format::Format;
use crate::header::Record;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format =
    Format::service("softethervpn", &["vpnserver", ""], WORDINGS).with_reader(read);

const WORDINGS: &[Wording] = &[
    says(
        "Connection \"{session}\": User authentication failed. The user name that has been provided was \"{user}\", from {src}.",
        Meaning::LOGIN_FAILED.because("wrong credentials"),
    ),
    says(
        "Connection \"{session}\": Successfully authenticated as user \"{user}\".",
        Meaning::LOGIN,
    ),
    says(
        "On the TCP Listener (Port {dport}), a Client (IP address {src}, Host name \"{_}\", Port number {sport}) has connected.",
        Meaning::CONNECTED,
    ),
];

/// Takes off `[server/VPN/hub] (time) <SECURITY_LOG>: `, which syslog puts before.
fn read(record: &mut Record<'_>, _out: &mut Writer<'_>) -> bool {
    if record.body.starts_with('[')
        && let Some((_, rest)) = find::split(record.body, "_LOG>: ")
    {
        record.body = rest;
    }
    false
}
