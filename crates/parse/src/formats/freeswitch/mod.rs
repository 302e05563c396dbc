//! FreeSWITCH's SIP stack (sofia), in its own file or in syslog with a second time.

use tocsin_event::Writer;

use crate::format::{Format, Framing};
use crate::header::Record;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("freeswitch", &[], WORDINGS).with_frame(frame);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");
const DENIED: Meaning = Meaning::REFUSED.because("denied");
const INVALID_USER: Meaning = Meaning::LOGIN_FAILED.because("invalid user");

const WORDINGS: &[Wording] = &[
    says("SIP auth failure ({_}) on sofia profile '{_}' for [{user}] from ip {src}", WRONG),
    says("SIP auth challenge ({_}) on sofia profile '{_}' for [{user}] from ip {src}", DENIED),
    says("Can't find user [{user}] from {src}", INVALID_USER),
    says("IP {src} Rejected by acl", DENIED),
    says("IP {src} Rejected by register acl", DENIED),
];

/// How far into a line the place in the source is looked for.
const PLACE_MAX: usize = 80;

/// Narrows the record to what follows the place in the source, `sofia_reg.c:1478`.
fn frame(record: &mut Record<'_>, _out: &mut Writer<'_>) -> Framing {
    let body = record.body;
    let mut starts = memchr::memchr_iter(b's', body.as_bytes()).take_while(|at| *at < PLACE_MAX);
    let mut places = starts.by_ref().filter_map(|at| body.get(at..));
    let Some(place) = places.find(|rest| rest.starts_with("sofia")) else {
        return Framing::Foreign;
    };
    let Some((place, message)) = place.split_once(' ') else { return Framing::Foreign };
    if !place.contains(".c:") {
        return Framing::Foreign;
    }
    record.body = message;
    Framing::Message
}
