//! JSON Lines of any program: every member is kept under its dotted name, and what all logs have
//! (time, host, who, from where, how it went) is found by the names that are usual for it.

use tocsin_event::{LogSource, Writer};

use crate::format::Format;
use crate::header::Record;
use crate::named::Found;

/// See the module.
pub(crate) const FORMAT: Format = Format {
    logsource: LogSource { product: "", category: "application", service: "" },
    ..Format::service("json", &["*"], &[]).with_reader(read).that_begins_with(b"{@")
};

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let Some(object) = record.object else { return false };
    let mut found = Found::default();
    object.keep(out);
    for (name, value) in object.members() {
        found.take(name, value.into());
    }
    record.stamp = found.stamp().or(record.stamp);
    found.tell(out);
    true
}
