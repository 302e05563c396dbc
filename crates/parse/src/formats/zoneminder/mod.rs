//! ZoneMinder's web application: `web_php[7].ERR [address] [message] at file line`. Under Apache its
//! messages are in the error log, and read with it.

use tocsin_event::Writer;

use crate::address;

use crate::format::Format;
use crate::header::Record;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("zoneminder", &[], WORDINGS).with_reader(read);

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
fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let Some(at) = record.text.find("web_php[").filter(|at| *at < TAG_MAX) else { return false };
    let tag = record.text.get(at..).unwrap_or_default();
    let Some((client, message)) = tag.split_once(" [").and_then(|(_, r)| r.split_once("] ["))
    else {
        return false;
    };
    out.event.src = address::peer(client, out).unwrap_or_default();
    record.without_tag();
    record.body = message;
    false
}
