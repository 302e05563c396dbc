//! HCL (Lotus) Domino's console log: its SMTP server and the other tasks that ask for passwords.
//! Lines may begin with the id of a task before the time.

use tocsin_event::Writer;

use crate::find;
use crate::format::{Format, Framing};
use crate::header::Record;
use crate::timestamp;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("domino", &[], WORDINGS).with_frame(frame);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const REVERSE: Meaning = Meaning::REFUSED.because("reverse mapping failed");
const DENIED: Meaning = Meaning::REFUSED.because("denied");

const WORDINGS: &[Wording] = &[
    says("{w} Server: Authentication failed for user {user} ; connecting host [{src}]", WRONG),
    says("{w} Server: Authentication failed for user {user} ; connecting host {src}", WRONG),
    says("{w} Server [{_}] Authentication failed for user {user} ; connecting host {src}", WRONG),
    says(
        "{w} Server [{_}] Connection from [{src}] rejected for policy reasons{_}reverse DNS",
        REVERSE,
    ),
    says("{w} Server [{_}] Connection from [{src}] rejected", DENIED),
    says("{w} Server: Connection from [{src}] rejected", DENIED),
    says("{w} Server [{_}] {w} connected", Meaning::CONNECTED),
    says("{w} {user} [{src}] authentication failure using internet password", WRONG),
    says("{w} {user} {src} authentication failure using internet password", WRONG),
];

/// The tasks that speak so.
const TASKS: &[&str] = &[
    "SMTP Server",
    "POP3 Server",
    "IMAP Server",
    "LDAP Server",
    "smtp: ",
    "pop3: ",
    "imap: ",
    "ldap: ",
    "http: ",
];

/// Finds the time behind the id of a task, and narrows the record to what follows it.
fn frame(record: &mut Record<'_>, _out: &mut Writer<'_>) -> Framing {
    let mut text = record.text;
    if record.stamp.is_none()
        && let Some((_, rest)) = text.strip_prefix('[').and_then(|rest| find::split(rest, "] "))
        && let Some((stamp, rest)) = timestamp::bare(rest)
    {
        record.stamp = Some(stamp);
        text = rest.trim_start();
    }
    if record.stamp.is_none() || !TASKS.iter().any(|task| text.starts_with(task)) {
        return Framing::Foreign;
    }
    record.without_tag();
    record.body = text;
    Framing::Message
}
