//! Murmur, the Mumble server: `<W>TIME 1 => <7:name(-1)> message`.

use tocsin_event::Writer;

use crate::find;
use crate::format::{Format, Framing};
use crate::header::Record;
use crate::timestamp;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("murmur", &[], WORDINGS).with_frame(frame);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const INVALID_USER: Meaning = Meaning::LOGIN_FAILED.because("invalid user");
const DENIED: Meaning = Meaning::REFUSED.because("denied");

const WORDINGS: &[Wording] = &[
    says("Rejected connection from {src}:{sport}: Wrong certificate or password", WRONG),
    says("Rejected connection from {src}:{sport}: Invalid server password", WRONG),
    says("Rejected connection from {src}:{sport}: Invalid username", INVALID_USER),
    says("Rejected connection from {src}:{sport}", DENIED),
    says("Ignoring connection: {src}:{sport}", DENIED),
    says("New connection: {src}:{sport}", Meaning::CONNECTED),
    says("Authenticated", Meaning::LOGIN),
    says("Connection closed", Meaning::CLOSED),
];

/// Takes level, time, server and session off. Names come in the session and may hold anything but
/// its end `(-1)> ` a second time, so the last one counts.
fn frame(record: &mut Record<'_>, _out: &mut Writer<'_>) -> Framing {
    let text = if record.program.is_empty() { record.text } else { record.body };
    let Some((level, rest)) = text.strip_prefix('<').and_then(|rest| rest.split_once('>')) else {
        return Framing::Foreign;
    };
    let (stamp, rest) = match timestamp::bare(rest) {
        Some((stamp, rest)) => (Some(stamp), rest),
        None => (record.stamp, rest),
    };
    let Some((_, session)) = find::split(rest, " => <").filter(|_| level.len() == 1) else {
        return Framing::Foreign;
    };
    let Some((_, message)) = find::split_last(session, ")> ") else { return Framing::Foreign };
    record.stamp = stamp;
    record.body = message;
    Framing::Message
}
