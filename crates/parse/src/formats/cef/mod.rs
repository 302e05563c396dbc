//! ArcSight's Common Event Format, as firewalls and gateways of many makers write it:
//! `CEF:0|Vendor|Product|1.0|100|Login failed|7|src=192.0.2.1 suser=bob outcome=failure`.

use std::borrow::Cow;

use tocsin_event::{Field, LogSource, Writer};

use crate::find;
use crate::format::Format;
use crate::header::Record;
use crate::named::Found;

/// See the module.
pub(crate) const FORMAT: Format = Format {
    logsource: LogSource { product: "cef", category: "", service: "" },
    ..Format::service("cef", &["*"], &[]).with_reader(read).that_begins_with(b"C01")
};

/// Names of the format, and those that say the same elsewhere.
const NAMES: &[(&str, &str)] = &[
    ("act", "outcome"),
    ("dhost", "dsthost"),
    ("dpt", "dstport"),
    ("duser", "user"),
    ("dvchost", "host"),
    ("end", "time"),
    ("filePath", "file.path"),
    ("fname", "file.path"),
    ("request", "url.path"),
    ("requestClientApplication", "useragent"),
    ("requestMethod", "method"),
    ("rt", "time"),
    ("sproc", "program"),
    ("spt", "srcport"),
    ("start", "time"),
    ("suser", "user"),
];

const PLACES: &[(&str, Field)] = &[
    ("app", Field::AppProtocol),
    ("in", Field::BytesIn),
    ("out", Field::BytesOut),
    ("deviceInboundInterface", Field::DeviceInterface),
    ("externalId", Field::MetadataUid),
];

/// How often a sign is looked at that may come behind a name.
const LOOKS_MAX: usize = 2048;

/// No name is longer, in bytes.
const NAME_MAX: usize = 64;

/// What stands between the bars, in this order.
const HEAD: [&str; 6] =
    ["deviceVendor", "deviceProduct", "deviceVersion", "deviceEventClassId", "name", "severity"];

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let Some((_, rest)) = find::split(record.line, "CEF:") else { return false };
    let Some(rest) = rest.strip_prefix(['0', '1']).and_then(|rest| rest.strip_prefix('|')) else {
        return false;
    };
    let mut rest = rest;
    let mut head = [const { Cow::Borrowed("") }; HEAD.len()];
    for value in &mut head {
        let Some(end) = bar(rest) else { return false };
        let (raw, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        *value = meant(raw);
        rest = after.get(1..).unwrap_or_default();
    }
    let mut found = Found::default();
    for (name, value) in HEAD.iter().zip(&head) {
        out.native(name, value);
    }
    for (name, value) in pairs(rest) {
        let value = meant(value);
        out.native(name, &value);
        if let Some((_, field)) = PLACES.iter().find(|(known, _)| *known == name) {
            out.set(*field, &value);
        }
        let known = NAMES.iter().find(|(theirs, _)| *theirs == name);
        found.take(known.map_or(name, |(_, usual)| usual), value);
    }
    let [.., code, name, severity] = head;
    out.set(Field::EventCode, &code);
    if is_grave(&severity) {
        found.take("level", Cow::Borrowed("high"));
    }
    found.take("action", name.clone());
    found.take("message", name);
    record.stamp = found.stamp().or(record.stamp);
    found.tell(out);
    true
}

/// 7 to 10, or in words. What is less grave may be anything that the device writes down.
fn is_grave(severity: &str) -> bool {
    match severity.parse::<u8>() {
        Ok(severity) => severity >= 7,
        Err(_) => matches!(severity, "High" | "Very-High"),
    }
}

/// Where the next bar stands that is not escaped.
fn bar(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'|', bytes).find(|at| escapes_before(bytes, *at).is_multiple_of(2))
}

fn escapes_before(bytes: &[u8], at: usize) -> usize {
    bytes.get(..at).unwrap_or_default().iter().rev().take_while(|byte| **byte == b'\\').count()
}

/// `name=value name=value`, where values may have blanks: each ends where the last blank before the next
/// name stands.
fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let (mut rest, mut looks) = (text.trim_ascii_start(), LOOKS_MAX);
    std::iter::from_fn(move || {
        let (name, after) = rest.split_once('=')?;
        let bytes = after.as_bytes();
        let ends = memchr::memchr_iter(b'=', bytes)
            .filter(|at| escapes_before(bytes, *at).is_multiple_of(2));
        let end = ends.into_iter().take(looks).find_map(|at| {
            looks -= 1;
            let near = bytes.get(at.saturating_sub(NAME_MAX)..at)?;
            let blank = at - near.len() + memchr::memrchr(b' ', near)?;
            after.get(blank + 1..at).is_some_and(is_name).then_some(blank)
        });
        let (value, next) = match end {
            Some(end) => after.split_at_checked(end)?,
            None => (after, ""),
        };
        rest = next.trim_ascii_start();
        Some((name, value.trim_ascii_end()))
    })
}

fn is_name(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-[]".contains(&byte);
    !text.is_empty() && text.bytes().all(is_part)
}

/// A value without its escapes.
fn meant(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(char) = chars.next() {
        match (char, char == '\\') {
            (_, true) => match chars.next() {
                Some('n') => text.push('\n'),
                Some('r') => text.push('\r'),
                Some(other) => text.push(other),
                None => {}
            },
            (char, false) => text.push(char),
        }
    }
    Cow::Owned(text)
}
