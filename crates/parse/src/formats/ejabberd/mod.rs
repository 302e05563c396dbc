//! ejabberd, the XMPP server; the message follows level, process and connection.

use tocsin_event::Writer;

use crate::format::{Format, Framing};
use crate::header::Record;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("ejabberd", &[], WORDINGS).with_frame(frame);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const DENIED: Meaning = Meaning::REFUSED.because("denied");

const WORDINGS: &[Wording] = &[
    says("Failed authentication for {user} from IP {src}", WRONG),
    says("Failed authentication for {user} from {src}", WRONG),
    says("Failed c2s {method} authentication for {user} from {src}", WRONG),
    says(
        "Accepted c2s {method} authentication for {user} by {_} backend from {src}",
        Meaning::LOGIN,
    ),
    says("Accepted authentication for {user} by {_} from {src}", Meaning::LOGIN),
    says("Accepted authentication for {user} from IP {src}", Meaning::LOGIN),
    says("Connection attempt from blacklisted IP {src}", DENIED),
];

const OPENINGS: &[&str] = &[
    "Failed authentication for ",
    "Failed c2s ",
    "Accepted authentication for ",
    "Accepted c2s ",
    "Connection attempt from ",
];

/// Finds the message behind `[level] `; it begins with words of its own.
fn frame(record: &mut Record<'_>, _out: &mut Writer<'_>) -> Framing {
    let levels = ["[info] ", "[warning] ", "[notice] "];
    let Some(rest) = levels.iter().find_map(|level| record.text.strip_prefix(level)) else {
        return Framing::Foreign;
    };
    let found = OPENINGS.iter().find_map(|opening| rest.get(rest.find(opening)?..));
    let Some(message) = found.filter(|_| rest.starts_with(['<', '('])) else {
        return Framing::Foreign;
    };
    record.without_tag();
    record.body = message;
    Framing::Message
}
