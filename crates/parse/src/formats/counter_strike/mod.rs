//! Game servers of the Half-Life family (Counter-Strike): bad attempts at remote control.

use tocsin_event::Writer;

use crate::format::{Format, Framing};
use crate::header::Record;
use crate::timestamp;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format =
    Format::service("counter-strike", &[], WORDINGS).with_frame(frame);

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");

const WORDINGS: &[Wording] = &[
    says("Bad Rcon: {cmd} from \"{src}:{sport}\"", WRONG),
    says("rcon from \"{src}:{sport}\": Bad Password", WRONG),
];

/// Takes `L 01/01/2024 - 01:25:17: ` off.
fn frame(record: &mut Record<'_>, _out: &mut Writer<'_>) -> Framing {
    let Some(rest) = record.text.strip_prefix("L ") else { return Framing::Foreign };
    let Some((stamp, rest)) = timestamp::bare(rest) else { return Framing::Foreign };
    let Some(message) = rest.strip_prefix(": ") else { return Framing::Foreign };
    record.without_tag();
    record.stamp = Some(stamp);
    record.body = message;
    Framing::Message
}
