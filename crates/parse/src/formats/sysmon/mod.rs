//! Sysmon for Linux: one event of XML in a syslog message,
//! `<Event><System>...</System><EventData><Data Name="Image">/bin/sh</Data>...`.
//! Those of Windows are read elsewhere.

use tocsin_event::{Activity, Class, Field, LogSource, Status, Writer};

use super::windows;
use crate::format::Format;
use crate::header::Record;
use crate::timestamp;
use crate::wording::Meaning;
use crate::{find, xml};

/// See the module.
pub(crate) const FORMAT: Format =
    Format::service("sysmon", &["*"], &[]).with_reader(read).that_begins_with(b"<");

/// Events by their number: where Sigma looks for them, and what they mean.
static EVENTS: &[(&str, LogSource, Meaning)] = &[
    ("1", logged("process_creation"), did(Class::Process, 1)),
    ("3", logged("network_connection"), did(Class::Network, 1)),
    ("5", logged("process_termination"), did(Class::Process, 2)),
    ("9", logged("raw_access_thread"), did(Class::File, 2)),
    ("11", logged("file_event"), did(Class::File, 1)),
    ("23", logged("file_delete"), did(Class::File, 4)),
    ("26", logged("file_delete_detected"), did(Class::File, 4)),
];

const fn logged(category: &'static str) -> LogSource {
    LogSource { category, ..FORMAT.logsource }
}

const fn did(class: Class, activity: u8) -> Meaning {
    Meaning::new(class, Activity(activity), Status::Success)
}

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let body = record.body;
    if !body.starts_with("<Event") || !body.contains("Linux-Sysmon") {
        return false;
    }
    let Some((system, data)) = find::split(body, "<EventData>") else { return false };
    let number = xml::element(system, "EventID").unwrap_or_default();
    let known = EVENTS.iter().find(|(code, ..)| *code == number);
    let (logsource, meaning) = known
        .map_or((&FORMAT.logsource, &Meaning::NOTED), |(_, logsource, meaning)| {
            (logsource, meaning)
        });
    meaning.apply(out);
    out.event.provider = FORMAT.name;
    out.event.logsource = logsource;
    out.native("EventID", number);
    out.set(Field::EventCode, number);
    record.host = xml::element(system, "Computer").unwrap_or_default();
    let time = xml::tag(system, "TimeCreated").and_then(|tag| xml::attribute(tag, "SystemTime"));
    let time = time.and_then(timestamp::bare);
    record.stamp = time.map(|(stamp, _)| stamp).or(record.stamp);
    for (name, value) in xml::data(data) {
        let value = xml::unescaped(value);
        out.native(name, &value);
        windows::attribute(name, &value, out);
    }
    true
}
