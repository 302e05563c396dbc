//! ZoneMinder's web application: `web_php[7].ERR [address] [message] at file line`. Under Apache its
//! messages are in the error log, and read with it.

use tocsin_event::Writer;

use crate::address;
use crate::find;
use crate::format::{Format, Framing};
use crate::header::Record;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("zoneminder", &[], WORDINGS).with_frame(frame);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const INVALID_USER: Meaning = Meaning::LOGIN_FAILED.because("invalid user");

const WORDINGS: &[Wording] = &[
    says("Login denied for user \"{user}\"]", WRONG),
    says("Could not retrieve user {user} details]", INVALID_USER),
    says("Unable to authenticate user", WRONG),
    says("Login successful for user \"{user}\"]", Meaning::LOGIN),
];

/// How far into a line the program is looked for.
const TAG_MAX: usize = 48;

/// Narrows the record to the message, keeping the address before it.
fn frame(record: &mut Record<'_>, out: &mut Writer<'_>) -> Framing {
    let head = record.text.as_bytes().iter().take(TAG_MAX);
    let Some(at) = head.copied().position(|b| b == b'w') else { return Framing::Foreign };
    let Some(tag) = record.text.get(at..).filter(|tag| tag.starts_with("web_php[")) else {
        return Framing::Foreign;
    };
    let Some((client, message)) = find::split(tag, " [").and_then(|(_, r)| find::split(r, "] ["))
    else {
        return Framing::Foreign;
    };
    out.event.src = address::peer(client, out).unwrap_or_default();
    record.without_tag();
    record.body = message;
    Framing::Message
}
