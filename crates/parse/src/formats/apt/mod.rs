//! apt's own logs: `history.log`, a paragraph for each run from `Start-Date: 2025-06-24  14:36:25`
//! on, and `term.log`, what was shown during it.

use tocsin_event::Writer;

use crate::format::Format;
use crate::header::Record;
use crate::timestamp;
use crate::wording::{Meaning, Wording, says};

/// See the module.
pub(crate) const FORMAT: Format = Format::service("apt", &[""], WORDINGS).with_reader(read);

const DATES: &[&str] = &["Start-Date", "End-Date", "Log started", "Log ended"];
/// The other lines of a paragraph.
const MEMBERS: &[&str] = &[
    "Commandline",
    "Downgrade",
    "Error",
    "Install",
    "Purge",
    "Reinstall",
    "Remove",
    "Requested-By",
    "Upgrade",
];

const WORDINGS: &[Wording] = &[
    says("Setting up {_} ({_}) ...", Meaning::NOTED),
    says("Unpacking {_} ({_}) ...", Meaning::NOTED),
    says("Unpacking {_} ({_}) over ({_}) ...", Meaning::NOTED),
    says("Preparing to unpack {_} ...", Meaning::NOTED),
    says("Selecting previously unselected package {_}.", Meaning::NOTED),
    says("Processing triggers for {_} ({_}) ...", Meaning::NOTED),
    says("Removing {_} ({_}) ...", Meaning::NOTED),
    says("Purging configuration files for {_} ({_}) ...", Meaning::NOTED),
    says("(Reading database ... {_}", Meaning::NOTED),
];

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let Some((name, value)) = record.line.split_once(": ") else { return false };
    if DATES.contains(&name) {
        // Two blanks stand between date and time.
        let Some((date, time)) = value.split_once("  ") else { return false };
        let Some((stamp, "")) = timestamp::leading(&format!("{date} {time}")) else { return false };
        record.stamp = Some(stamp);
    } else if MEMBERS.contains(&name) {
        out.native(name, value);
    } else {
        return false;
    }
    Meaning::NOTED.apply(out);
    if let Some((user, _uid)) = value.split_once(" (").filter(|_| name == "Requested-By") {
        out.event.actor = out.span(user);
    }
    record.without_tag();
    true
}
