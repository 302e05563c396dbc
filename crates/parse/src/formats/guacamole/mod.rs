//! Apache Guacamole, whose container writes the level or the thread before the message.

use tocsin_event::Writer;

use crate::find;
use crate::format::{Format, Framing};
use crate::header::Record;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("guacamole", &[], WORDINGS).with_frame(frame);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");

const WORDINGS: &[Wording] = &[
    says("Authentication attempt from [{src}, {_}] for user \"{user}\" failed", WRONG),
    says("Authentication attempt from {src} for user \"{user}\" failed", WRONG),
    says("User \"{user}\" successfully authenticated from {src}", Meaning::LOGIN),
    says("User \"{user}\" successfully authenticated from [{src}", Meaning::LOGIN),
];

/// Narrows the record to what follows the level or the name of the class.
fn frame(record: &mut Record<'_>, _out: &mut Writer<'_>) -> Framing {
    let text = record.text;
    let message = match text.strip_prefix("WARNING: ").or_else(|| text.strip_prefix("INFO: ")) {
        Some(message) => Some(message),
        None if text.starts_with('[') => {
            find::split(text, "AuthenticationService - ").map(|(_, m)| m)
        }
        None => None,
    };
    let Some(message) =
        message.filter(|m| m.starts_with("Authentication ") || m.starts_with("User \""))
    else {
        return Framing::Foreign;
    };
    record.without_tag();
    record.body = message;
    Framing::Message
}
