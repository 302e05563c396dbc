//! Records that something has wrapped before they were stored: the journal's JSON export, docker
//! and Kubernetes container logs, log collectors. What is inside is read as the line it was.

use tocsin_event::{Time, Writer};

use crate::header::{self, Record};
use crate::json::{self, Value};
use crate::object::Object;
use crate::timestamp::{self, Stamp};

/// How one kind of wrapping names the parts of a record.
struct Wrapping {
    /// Members that only such an object has.
    marks: &'static [&'static str],
    message: &'static str,
    time: &'static str,
    host: &'static str,
    /// The first that is there counts.
    program: &'static [&'static str],
    pid: &'static [&'static str],
    inside: Inside,
}

/// What the message is.
#[derive(PartialEq, Eq)]
enum Inside {
    /// The message of a program, without any header.
    Message,
    /// A line as a service writes it to a file.
    Line,
}

const WRAPPINGS: &[Wrapping] = &[
    // `journalctl -o json`; systemd.journal-fields(7).
    Wrapping {
        marks: &["__REALTIME_TIMESTAMP", "MESSAGE"],
        message: "MESSAGE",
        time: "__REALTIME_TIMESTAMP",
        host: "_HOSTNAME",
        program: &["SYSLOG_IDENTIFIER", "_COMM"],
        pid: &["SYSLOG_PID", "_PID"],
        inside: Inside::Message,
    },
    // docker's json-file driver.
    Wrapping {
        marks: &["stream", "log", "time"],
        message: "log",
        time: "time",
        host: "",
        program: &[],
        pid: &[],
        inside: Inside::Line,
    },
    // Syslog as Azure Monitor and Sentinel export it.
    Wrapping {
        marks: &["SyslogMessage", "ProcessName"],
        message: "SyslogMessage",
        time: "EventTime",
        host: "HostName",
        program: &["ProcessName"],
        pid: &["ProcessID"],
        inside: Inside::Message,
    },
    // Vector's syslog source.
    Wrapping {
        marks: &["appname", "message", "hostname"],
        message: "message",
        time: "timestamp",
        host: "hostname",
        program: &["appname"],
        pid: &["procid"],
        inside: Inside::Message,
    },
    // Fluentd and Fluent Bit, which name the program as RFC 3164's parsers there do.
    Wrapping {
        marks: &["ident", "message", "host"],
        message: "message",
        time: "time",
        host: "host",
        program: &["ident"],
        pid: &["pid"],
        inside: Inside::Message,
    },
    // rsyslog's JSON templates.
    Wrapping {
        marks: &["programname", "msg"],
        message: "msg",
        time: "timereported",
        host: "hostname",
        program: &["programname"],
        pid: &["procid"],
        inside: Inside::Message,
    },
];

/// Whether the record begins like an object or a wrapped one; most do not.
pub(crate) fn is_likely(record: &Record<'_>) -> bool {
    matches!(record.body.as_bytes().first(), Some(b'{' | b'@' | b' ' | b'\t'))
        || record.text.starts_with("std")
}

/// The message without what says that an object follows: `@cee:`, of Mitre's Common Event Expression.
pub(crate) fn without_cookie(body: &str) -> &str {
    body.strip_prefix("@cee:").unwrap_or(body)
}

/// The record inside `record`, if it is a wrapped one; `inner` holds its text where that had to
/// be put together. The other members of the wrapping become fields of the event.
pub(crate) fn open<'t>(
    record: &Record<'t>,
    inner: &'t mut String,
    out: &mut Writer<'_>,
) -> Option<Record<'t>> {
    if let Some(line) = container_line(record) {
        return Some(line);
    }
    let (body, object) = (record.body, record.object?);
    let has = |key: &&str| object.has(key) && is_member(body, key);
    let is_around = |wrapping: &&Wrapping| wrapping.marks.iter().all(has);
    let wrapping = WRAPPINGS.iter().find(is_around)?;
    let message = wrapping.find(&[wrapping.message], body)?;
    let text = message_text(message, inner);
    wrapping.keep_members(object, out);
    let plain = |names: &[&str]| wrapping.find(names, body).and_then(in_place).unwrap_or_default();
    let outer = Record {
        line: record.line,
        stamp: stamp(plain(&[wrapping.time])).or(record.stamp),
        host: plain(&[wrapping.host]),
        program: plain(wrapping.program),
        pid: plain(wrapping.pid).parse().unwrap_or_default(),
        text,
        body: text,
        object: None,
    };
    Some(if wrapping.inside == Inside::Line { inside(&outer, text) } else { outer })
}

/// Whether the object has this key itself, not only what lies in it.
fn is_member(body: &str, key: &str) -> bool {
    json::members(body).is_some_and(|mut all| all.any(|(name, _)| name.is(key)))
}

impl Wrapping {
    /// The member with the first of these names that is there.
    fn find<'t>(&self, names: &[&str], body: &'t str) -> Option<Value<'t>> {
        let find = |name: &&str| json::members(body)?.find(|(n, _)| n.is(name));
        names.iter().find_map(find).map(|(_, value)| value)
    }

    fn keep_members(&self, object: Object<'_>, out: &mut Writer<'_>) {
        for (name, value) in object.members() {
            if name != self.message && name != self.time {
                out.native(name, value);
            }
        }
    }
}

/// Text and numbers without escapes: names of hosts and programs have none.
fn in_place(value: Value<'_>) -> Option<&str> {
    match value.scalar()? {
        std::borrow::Cow::Borrowed(text) => Some(text),
        std::borrow::Cow::Owned(_) => None,
    }
}

/// The message. The journal gives bytes that are no UTF-8 as an array of numbers.
fn message_text<'t>(message: Value<'t>, inner: &'t mut String) -> &'t str {
    if let Some(text) = in_place(message) {
        return text;
    }
    inner.clear();
    match message {
        Value::Array(array) => {
            let elements = json::elements(array).into_iter().flatten();
            let bytes = elements.filter_map(|(_, byte)| byte.scalar()?.parse().ok());
            inner.push_str(&String::from_utf8_lossy(&bytes.collect::<Vec<u8>>()));
        }
        _ => inner.push_str(&message.scalar().unwrap_or_default()),
    }
    inner.trim_end()
}

/// Microseconds since the epoch, or a time as text.
fn stamp(text: &str) -> Option<Stamp> {
    if text.len() == 16
        && let Ok(micros) = text.parse::<i64>()
    {
        return Some(Stamp::Instant(Time(micros.checked_mul(1_000)?)));
    }
    timestamp::bare(text).map(|(stamp, _)| stamp)
}

/// `TIME stdout F MESSAGE`: the Kubernetes container runtime interface. Lines in parts (`P`) are
/// events of their own.
fn container_line<'t>(record: &Record<'t>) -> Option<Record<'t>> {
    let rest = ["stdout ", "stderr "].iter().find_map(|name| record.text.strip_prefix(name))?;
    let text = rest.strip_prefix("F ").or_else(|| rest.strip_prefix("P "))?;
    Some(inside(record, text))
}

/// The line inside, with the better time of the two.
fn inside<'t>(outer: &Record<'t>, text: &'t str) -> Record<'t> {
    let inner = header::read(text);
    Record { line: outer.line, stamp: outer.stamp.or(inner.stamp), ..inner }
}
