//! The Anti-Spam SMTP Proxy: `[id] [Worker_1] [TLS-out] 192.0.2.1 <from> to: ... what happened`. The
//! message begins behind the first address.

use tocsin_event::Writer;

use crate::address;
use crate::find;
use crate::format::{Format, Framing};
use crate::header::Record;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("assp", &[], WORDINGS).with_frame(frame);

const PROTOCOL: Meaning = Meaning::REFUSED.because("protocol error");
const TOO_MANY: Meaning = Meaning::REFUSED.because("too many attempts");
const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const DENIED: Meaning = Meaning::REFUSED.because("denied");
const RELAY: Meaning = Meaning::REFUSED.because("relay denied");
const LISTED: Meaning = Meaning::REFUSED.because("blocklisted");

const WORDINGS: &[Wording] = &[
    says("SSL negotiation with client failed", PROTOCOL),
    says("max sender authentication errors", TOO_MANY),
    says("[SMTP Error] 535", WRONG),
    says("[SMTP Error]", DENIED),
    says("<{from}> to: {to} relay attempt blocked", RELAY),
    says("<{from}> relay attempt blocked", RELAY),
    says("- too much AUTH errors", TOO_MANY),
    says("<{from}> to: {to} [DNSBL]", LISTED),
    says("<{from}> to: {to} [spam found]", DENIED),
];

/// Narrows the record to what follows the client's address.
fn frame(record: &mut Record<'_>, out: &mut Writer<'_>) -> Framing {
    let text = record.text;
    if !is_dated(record.line) {
        return Framing::Foreign;
    }
    let first_word = text.split(' ').next().unwrap_or_default();
    let mut rest = match first_word {
        word if word == "Blocking" || word.starts_with("m1-") => {
            text.get(word.len()..).unwrap_or_default().trim_start()
        }
        _ => text,
    };
    while rest.starts_with('[')
        && let Some((_, after)) = find::split(rest, "] ")
    {
        rest = after;
    }
    let Some((client, message)) = rest.split_once(' ') else { return Framing::Foreign };
    if address::ip(client).is_none() {
        return Framing::Foreign;
    }
    out.event.src = address::peer(client, out).unwrap_or_default();
    record.without_tag();
    record.body = message;
    Framing::Message
}

/// Whether the line begins with a date such as `Apr-07-24`, which is ASSP's own.
fn is_dated(line: &str) -> bool {
    matches!(line.as_bytes(), [_, _, _, b'-', _, _, b'-', _, _, b' ', ..])
}
