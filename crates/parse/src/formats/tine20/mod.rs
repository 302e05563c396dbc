//! Tine 2.0 groupware: `id id -- user -- - TIME WARN (4): place::login::106 message`.

use tocsin_event::Writer;

use crate::timestamp;

use crate::format::Format;
use crate::header::Record;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("tine20", &[], WORDINGS).with_reader(read);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");

const WORDINGS: &[Wording] = &[
    says("Login with username {user} from {src} failed (", WRONG),
    says("Login with username {user} from {src} succeeded", Meaning::LOGIN),
];

/// Finds the time behind the ids, and narrows the record to what follows the place in the source.
fn read(record: &mut Record<'_>, _out: &mut Writer<'_>) -> bool {
    let is_id = record.text.bytes().take(5).all(|b| b.is_ascii_alphanumeric());
    let Some((_, rest)) = record.text.split_once(" -- - ").filter(|_| is_id) else { return false };
    let Some((stamp, rest)) = timestamp::bare(rest) else { return false };
    let Some((_, message)) = rest.split_once("::login::").and_then(|(_, r)| r.split_once(' '))
    else {
        return false;
    };
    record.without_tag();
    record.stamp = Some(stamp);
    record.body = message;
    false
}
