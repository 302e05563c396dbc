//! Centreon's log of sign-ins: `TIME|id|page|option|[WEB] [address] message`.

use tocsin_event::Writer;

use crate::format::{Format, Framing};
use crate::header::Record;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("centreon", &[], WORDINGS).with_frame(frame);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const INVALID_USER: Meaning = Meaning::LOGIN_FAILED.because("invalid user");
const NOT_ALLOWED: Meaning = Meaning::LOGIN_FAILED.because("not allowed");

const WORDINGS: &[Wording] = &[
    says("[WEB] [{src}] Authentication failed for '{user}'", WRONG),
    says("[WEB] [{src}] Contact '{user}' doesn't exist", INVALID_USER),
    says("[WEB] [{src}] Contact '{user}' is not authorized", NOT_ALLOWED),
    says("[WEB] [{src}] Authentication succeeded for '{user}'", Meaning::LOGIN),
];

/// Takes the ids off that follow the time.
fn frame(record: &mut Record<'_>, _out: &mut Writer<'_>) -> Framing {
    if record.stamp.is_none() {
        return Framing::Foreign;
    }
    let Some(message) = record.text.splitn(5, '|').nth(4).filter(|m| m.starts_with("[WEB] ["))
    else {
        return Framing::Foreign;
    };
    record.without_tag();
    record.body = message;
    Framing::Message
}
