//! ProFTPD: `server (host[address]) - message` in syslog, with a tag of its own in its own file.

use tocsin_event::Writer;

use crate::address;
use crate::find;
use crate::format::{Format, Framing};
use crate::header::Record;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("proftpd", &[], WORDINGS).with_frame(frame);

const INVALID_USER: Meaning = Meaning::LOGIN_FAILED.because("invalid user");
const NOT_ALLOWED: Meaning = Meaning::LOGIN_FAILED.because("not allowed");
const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const TOO_MANY: Meaning = Meaning::REFUSED.because("too many attempts");
const LIMITED: Meaning = Meaning::REFUSED.because("rate limited");

const WORDINGS: &[Wording] = &[
    says("USER {user}: no such user found from", INVALID_USER),
    says("USER {user} (Login failed): No such user found", INVALID_USER),
    says("USER {user} (Login failed): Limit access denies login", NOT_ALLOWED),
    says("USER {user} (Login failed): Invalid shell", NOT_ALLOWED),
    says("USER {user} (Login failed): User in", NOT_ALLOWED),
    says("USER {user} (Login failed): {_}", WRONG),
    says("SECURITY VIOLATION: {user} login attempted", NOT_ALLOWED),
    says("SECURITY VIOLATION: {user}", NOT_ALLOWED),
    says("Maximum login attempts ({_}) exceeded", TOO_MANY),
    says("MaxHostsPerUser {_}", LIMITED),
    says("Connection refused (MaxConnectionRate", LIMITED),
    says("Connection refused (MaxHosts", LIMITED),
    says("mod_ban", LIMITED),
    says("USER {user}: Login successful", Meaning::LOGIN),
    says("ANON {user}: Login successful", Meaning::LOGIN),
    says("FTP session opened", Meaning::CONNECTED),
    says("FTP session closed", Meaning::CLOSED),
];

/// Takes the server and the client off: `ftp.example.com (h.example.net[192.0.2.31]) - `.
fn frame(record: &mut Record<'_>, out: &mut Writer<'_>) -> Framing {
    if record.program != "proftpd" && !own_file(record.body) {
        return Framing::Foreign;
    }
    let Some((_, rest)) = find::split(record.body, " (") else { return Framing::Foreign };
    let Some((client, message)) = find::split(rest, "]) - ").or_else(|| find::split(rest, "]): "))
    else {
        return Framing::Foreign;
    };
    let address = client.rsplit('[').next().unwrap_or_default();
    out.event.src = address::peer(address, out).unwrap_or_default();
    record.body = message;
    Framing::Message
}

/// `proftpd[24] ` or `HOST proftpd[24] `: a line of the server's own log.
fn own_file(body: &str) -> bool {
    body.split(' ').take(2).any(|word| word.starts_with("proftpd["))
}
