//! MongoDB's log as text, up to version 4.2: `I ACCESS   [conn6] message`. Later ones write JSON.

use tocsin_event::Writer;

use crate::find;
use crate::format::{Format, Framing};
use crate::header::Record;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("mongodb", &[], WORDINGS).with_frame(frame);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const PROTOCOL: Meaning = Meaning::REFUSED.because("protocol error");

const WORDINGS: &[Wording] = &[
    says("{method} authentication failed for {user} on {_} from client {src}:{sport}", WRONG),
    says("{method} authentication failed for {user} on {_} from client {src}", WRONG),
    says(
        "Successfully authenticated as principal {user} on {_} from client {src}:{sport}",
        Meaning::LOGIN,
    ),
    says("Successfully authenticated as principal {user} on", Meaning::LOGIN),
    says("Failed to authenticate {user} with mechanism", WRONG),
    says("auth: couldn't find user {user},", WRONG),
    says("connection accepted from {src}:{sport}", Meaning::CONNECTED),
    says("end connection {src}:{sport}", Meaning::CLOSED),
    says("Error receiving request from client{_}: {src}", PROTOCOL),
    says("received client metadata from {src}:{sport}", Meaning::CONNECTED),
];

const PARTS: &[&str] =
    &["ACCESS", "NETWORK", "COMMAND", "CONTROL", "STORAGE", "QUERY", "INDEX", "REPL", "-"];

/// Narrows the record to what follows the connection's name.
fn frame(record: &mut Record<'_>, _out: &mut Writer<'_>) -> Framing {
    let text = record.text;
    if !matches!(text.as_bytes(), [b'I' | b'W' | b'E' | b'F' | b'D', b' ', ..]) {
        return Framing::Foreign;
    }
    let mut words = text.splitn(3, ' ').skip(1);
    let part = words.next().unwrap_or_default();
    if !PARTS.contains(&part) {
        return Framing::Foreign;
    }
    let rest = words.next().unwrap_or_default();
    let Some((_, message)) = rest.trim_start().strip_prefix('[').and_then(|r| find::split(r, "] "))
    else {
        return Framing::Foreign;
    };
    record.without_tag();
    record.body = message;
    Framing::Message
}
