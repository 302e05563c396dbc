//! MySQL and MariaDB: the error log and the general log, in their own files or in syslog, where the
//! server's own time comes a second time. Its JSON log is not read here.

use tocsin_event::Writer;

use crate::find;
use crate::format::{Format, Framing};
use crate::header::Record;
use crate::timestamp;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("mysql", &[], WORDINGS).with_frame(frame);

const NOT_ALLOWED: Meaning = Meaning::LOGIN_FAILED.because("not allowed");
const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const TOO_MANY: Meaning = Meaning::REFUSED.because("too many attempts");
const REVERSE: Meaning = Meaning::REFUSED.because("reverse mapping failed");

const WORDINGS: &[Wording] = &[
    says("Access denied for user '{user}'@'{src}' to database", NOT_ALLOWED),
    says("Access denied for user '{user}'@'{src}'", WRONG),
    says("Aborted connection {_} to db: '{_}' user: '{user}' host: '{src}'", Meaning::CLOSED),
    says("Host '{src}' is blocked because of many connection errors", TOO_MANY),
    says("Host '{src}' is not allowed to connect", NOT_ALLOWED),
    says("IP address '{src}' could not be resolved", REVERSE),
    says("IP address '{src}' has been resolved to the host name", REVERSE),
];

/// What the server says of clients begins so.
const OPENINGS: &[&str] =
    &["Access denied for user '", "Aborted connection ", "Host '", "IP address '"];

/// Takes a second time, the connection's number and `[Warning]` off.
fn frame(record: &mut Record<'_>, _out: &mut Writer<'_>) -> Framing {
    let named = matches!(record.program, "mysqld" | "mysql" | "mariadbd" | "mariadb");
    if !named && record.stamp.is_none() {
        return Framing::Foreign;
    }
    let mut text = if named { record.body } else { record.text };
    if named && let Some((stamp, rest)) = timestamp::leading(text) {
        record.stamp = Some(stamp);
        text = rest.trim_start();
    }
    let number = text.bytes().take_while(u8::is_ascii_digit).count();
    text = text.get(number..).unwrap_or_default().trim_start();
    if let Some(rest) = text.strip_prefix("Connect") {
        text = rest.trim_start();
    }
    while let Some((_, rest)) = text.strip_prefix('[').and_then(|rest| find::split(rest, "] ")) {
        text = rest;
    }
    if !OPENINGS.iter().any(|opening| text.starts_with(opening)) {
        return Framing::Foreign;
    }
    if !named {
        record.without_tag();
    }
    record.body = text;
    Framing::Message
}
