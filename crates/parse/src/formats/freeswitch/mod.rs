//! FreeSWITCH's SIP stack (sofia), in its own file or in syslog with a second time.

use tocsin_event::Writer;

use crate::format::Format;
use crate::header::Record;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("freeswitch", &[], WORDINGS).with_reader(read);

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
fn read(record: &mut Record<'_>, _out: &mut Writer<'_>) -> bool {
    let named = record.program == "freeswitch";
    let looks = record.text.bytes().take(PLACE_MAX).any(|b| b == b'[');
    if !named && !looks {
        return false;
    }
    let found = record.body.find("sofia").filter(|at| *at < PLACE_MAX);
    let Some(place) = found.and_then(|at| record.body.get(at..)) else { return false };
    let Some((place, message)) = place.split_once(' ') else { return false };
    if !place.contains(".c:") {
        return false;
    }
    record.body = message;
    false
}
