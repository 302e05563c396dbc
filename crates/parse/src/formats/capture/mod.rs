//! What [`capture`](crate::capture) reads in packets: lines as Zeek would write them.

use tocsin_event::Writer;

use super::zeek;
use crate::format::Format;
use crate::header::Record;

/// See the module. Rules for Zeek's logs look at these, too.
pub(crate) const FORMAT: Format = Format {
    logsource: zeek::FORMAT.logsource,
    ..Format::service("capture", &["*"], &[]).with_reader(read).that_begins_with(b"{")
};

/// What each line begins with.
const MARK: &str = "{\"_by\":\"capture\",";

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let is_ours = record.body.starts_with(MARK) && zeek::read(record, out);
    if is_ours {
        out.event.provider = FORMAT.name;
    }
    is_ours
}
