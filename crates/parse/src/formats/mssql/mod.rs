//! Microsoft SQL Server's error log: `Logon       Login failed for user 'x'. Reason: ... [CLIENT: address]`.

use tocsin_event::Writer;

use crate::address;
use crate::find;
use crate::format::{Format, Framing};
use crate::header::Record;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("mssql", &[], WORDINGS).with_frame(frame);

const INVALID_USER: Meaning = Meaning::LOGIN_FAILED.because("invalid user");
const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");

const WORDINGS: &[Wording] = &[
    says("Login failed for user '{user}'. Reason: Could not find a login", INVALID_USER),
    says("Login failed for user '{user}'. Reason: ", WRONG),
    says("Login failed for user '{user}'.", WRONG),
    says("Login succeeded for user '{user}'.", Meaning::LOGIN),
];

/// Folds the blanks behind the column that says who speaks.
fn frame(record: &mut Record<'_>, out: &mut Writer<'_>) -> Framing {
    let Some(message) = record.text.strip_prefix("Logon ").map(str::trim_start) else {
        return Framing::Foreign;
    };
    let Some((_, client)) = find::split_last(message, "[CLIENT: ") else { return Framing::Foreign };
    let client = client.split(']').next().unwrap_or_default();
    out.event.src = address::peer(client, out).unwrap_or_default();
    record.without_tag();
    record.body = message;
    Framing::Message
}
