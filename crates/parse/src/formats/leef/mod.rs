//! QRadar's Log Event Extended Format:
//! `LEEF:2.0|Vendor|Product|1.0|login-failed|^|src=192.0.2.1^usrName=bob`, in version 1 with tabs.

use std::borrow::Cow;

use tocsin_event::{Field, LogSource, Writer};

use crate::find;
use crate::format::Format;
use crate::header::Record;
use crate::named::Found;

/// See the module.
pub(crate) const FORMAT: Format = Format {
    logsource: LogSource { product: "leef", category: "", service: "" },
    ..Format::service("leef", &["*"], &[]).with_reader(read).that_begins_with(b"L12")
};

/// Names of the format, and those that say the same elsewhere.
const NAMES: &[(&str, &str)] = &[
    ("devTime", "time"),
    ("identHostName", "host"),
    ("usrName", "user"),
    ("accountName", "user"),
    ("resource", "file.path"),
    ("url", "url.path"),
    ("srcPreNAT", ""),
    ("dstPreNAT", ""),
];

const PLACES: &[(&str, Field)] = &[
    ("srcBytes", Field::BytesOut),
    ("dstBytes", Field::BytesIn),
    ("srcPackets", Field::PacketsOut),
    ("dstPackets", Field::PacketsIn),
];

/// More pairs than any record has.
const PAIRS_MAX: usize = 2048;

const HEAD: [&str; 4] = ["vendor", "product", "version", "eventId"];

fn read(record: &mut Record<'_>, out: &mut Writer<'_>) -> bool {
    let Some((_, rest)) = find::split(record.line, "LEEF:") else { return false };
    let version_2 = rest.starts_with("2.0|");
    let Some(rest) = rest.strip_prefix("1.0|").or_else(|| rest.strip_prefix("2.0|")) else {
        return false;
    };
    let mut parts = rest.splitn(HEAD.len() + 1, '|');
    let mut head = [""; HEAD.len()];
    for value in &mut head {
        let Some(part) = parts.next() else { return false };
        *value = part;
    }
    let Some(rest) = parts.next() else { return false };
    let (delimiter, rest) = if version_2 { delimiter(rest) } else { ('\t', rest) };
    for (name, value) in HEAD.iter().zip(head) {
        out.native(name, value);
    }
    let mut found = Found::default();
    for (name, value) in
        rest.split(delimiter).take(PAIRS_MAX).filter_map(|pair| pair.split_once('='))
    {
        let name = name.trim_ascii();
        out.native(name, value);
        if let Some((_, field)) = PLACES.iter().find(|(known, _)| *known == name) {
            out.set(*field, value);
        }
        let known = NAMES.iter().find(|(theirs, _)| *theirs == name);
        found.take(known.map_or(name, |(_, usual)| usual), Cow::Borrowed(value));
    }
    let [.., event] = head;
    out.set(Field::EventCode, event);
    found.take("action", Cow::Borrowed(event));
    record.stamp = found.stamp().or(record.stamp);
    found.tell(out);
    true
}

/// What separates the pairs of version 2, written as itself or by its code (`x09`), and what follows it.
fn delimiter(rest: &str) -> (char, &str) {
    let Some((written, after)) = rest.split_once('|').filter(|(written, _)| written.len() <= 4)
    else {
        return ('\t', rest);
    };
    let code = written.trim_start_matches("0x").trim_start_matches('x');
    let by_code = (written.len() > 1).then(|| u32::from_str_radix(code, 16).ok()).flatten();
    let char = by_code.and_then(char::from_u32).or_else(|| written.chars().next());
    (char.unwrap_or('\t'), after)
}
