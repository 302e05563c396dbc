//! Tine 2.0 groupware: `id id -- user -- - TIME WARN (4): place::login::106 message`.

use tocsin_event::Writer;

use crate::find;
use crate::format::{Format, Framing};
use crate::header::Record;
use crate::timestamp;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("tine20", &[], WORDINGS).with_frame(frame);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");

const WORDINGS: &[Wording] = &[
    says("Login with username {user} from {src} failed (", WRONG),
    says("Login with username {user} from {src} succeeded", Meaning::LOGIN),
];

/// Finds the time behind the ids, and narrows the record to what follows the place in the source.
fn frame(record: &mut Record<'_>, _out: &mut Writer<'_>) -> Framing {
    let is_id = record.text.bytes().take(5).all(|b| b.is_ascii_alphanumeric());
    if !is_id {
        return Framing::Foreign;
    }
    let Some((_, rest)) = find::split(record.text, " -- - ") else { return Framing::Foreign };
    let Some((stamp, rest)) = timestamp::bare(rest) else { return Framing::Foreign };
    let Some((_, message)) = find::split(rest, "::login::").and_then(|(_, r)| r.split_once(' '))
    else {
        return Framing::Foreign;
    };
    record.without_tag();
    record.stamp = Some(stamp);
    record.body = message;
    Framing::Message
}
