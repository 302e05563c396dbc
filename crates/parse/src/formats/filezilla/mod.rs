//! FileZilla Server from 1.0 on: `!! [FTP Session 12 192.0.2.1 user] message`, where the signs say
//! whether it is an error, a command, an answer or a remark.

use tocsin_event::Writer;

use crate::address;
use crate::find;
use crate::format::Format;
use crate::header::Record;
use crate::wording::Meaning;

/// See the module. Before all that know a record by its looks: Exim's begin with the same signs.
pub(crate) const FORMAT: Format =
    Format::service("filezilla", &["*"], &[]).with_reader(read).that_begins_with(b"!=<>");

const WRONG: Meaning = Meaning::LOGIN_FAILED.because("wrong credentials");

/// What the server says, by how it begins.
const SAYINGS: &[(&str, Meaning)] = &[
    ("530 ", WRONG),
    ("Authentication failed", WRONG),
    ("Error: Login failed", WRONG),
    ("230 ", Meaning::LOGIN),
];

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let Some((sign, rest)) = find::split(record.text, " [FTP Session ") else { return false };
    let Some((session, message)) = find::split(rest, "] ") else { return false };
    let mut parts = session.splitn(3, ' ').skip(1);
    let Some(client) = parts.next().and_then(address::ip) else { return false };
    record.without_tag();
    // What the client sends is no word of the server's.
    let said = SAYINGS.iter().find(|(words, _)| sign != "<<" && message.starts_with(words));
    said.map_or(Meaning::NOTED, |(_, meaning)| *meaning).apply(out);
    out.event.src.ip = Some(client);
    out.event.user = out.span(parts.next().unwrap_or_default());
    out.event.message = out.span(message);
    true
}
