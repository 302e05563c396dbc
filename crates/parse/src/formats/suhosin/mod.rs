//! Suhosin, the PHP hardening patch: `ALERT - what (attacker 'address', file '...')`. Web servers
//! write its alerts into their own error logs, and the formats of those hand them over.

use tocsin_event::{Activity, Class, Field, Status, Writer};

use crate::address;
use crate::find;
use crate::format::Format;
use crate::header::Record;
use crate::wording::Meaning;

/// See the module.
pub(crate) const FORMAT: Format = Format::service("suhosin", &["suhosin"], &[]).with_reader(read);

const ALERT: Meaning =
    Meaning::new(Class::Http, Activity::UNKNOWN, Status::Failure).because("exploit attempt");

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    alert(record.body, out)
}

/// Reads an alert. Names of variables, which it quotes, are the client's to choose, so the last
/// address counts.
pub(super) fn alert(message: &str, out: &mut Writer<'_>) -> bool {
    if !message.contains("ALERT - ") && !message.contains("ALERT-SIMULATION - ") {
        return false;
    }
    let Some((_, attacker)) = find::split_last(message, "(attacker '") else { return false };
    let mut quoted = attacker.split('\'');
    let Some(source) = quoted.next().and_then(|text| address::peer(text, out)) else {
        return false;
    };
    ALERT.apply(out);
    out.event.src = source;
    out.set(Field::FilePath, quoted.nth(1).unwrap_or_default());
    true
}
