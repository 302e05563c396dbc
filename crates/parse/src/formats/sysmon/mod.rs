//! Sysmon for Linux: one event of XML in a syslog message,
//! `<Event><System>...</System><EventData><Data Name="Image">/bin/sh</Data>...`.
//! Windows event logs are not read here.

use std::borrow::Cow;

use tocsin_event::{Activity, Class, Field, LogSource, Peer, Status, Writer};

use crate::find;
use crate::format::Format;
use crate::header::Record;
use crate::timestamp;
use crate::wording::Meaning;

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
    let number = element(system, "EventID");
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
    record.host = element(system, "Computer");
    let time = between(system, "SystemTime=\"", "\"").and_then(timestamp::bare);
    record.stamp = time.map(|(stamp, _)| stamp).or(record.stamp);
    let mut rest = data;
    while let Some((name, value, after)) = datum(rest) {
        let value = unescaped(value);
        out.native(name, &value);
        attribute(name, &value, out);
        rest = after;
    }
    true
}

fn between<'t>(text: &'t str, from: &str, to: &str) -> Option<&'t str> {
    Some(find::split(text, from)?.1.split_once(to)?.0)
}

/// The text of the first `<name>` element.
fn element<'t>(text: &'t str, name: &str) -> &'t str {
    let found = text.split('<').find_map(|tag| tag.strip_prefix(name)?.strip_prefix('>'));
    found.unwrap_or_default()
}

/// The first `<Data Name="...">` element: its name, its text, and what follows.
fn datum(text: &str) -> Option<(&str, &str, &str)> {
    let (_, rest) = find::split(text, "<Data Name=\"")?;
    let (name, rest) = rest.split_once('"')?;
    let (_, rest) = rest.split_once('>')?;
    let (value, rest) = find::split(rest, "</Data>")?;
    Some((name, value, rest))
}

fn attribute(name: &str, value: &str, out: &mut Writer<'_>) {
    if value == "-" {
        return;
    }
    match name {
        "User" => out.event.user = out.span(value),
        "ProcessId" => out.event.pid = value.parse().unwrap_or_default(),
        "Image" => {
            out.set(Field::ProcessPath, value);
            out.set(Field::ProcessName, value.rsplit('/').next().unwrap_or(value));
        }
        "CommandLine" => out.set(Field::ProcessCmdLine, value),
        "CurrentDirectory" => out.set(Field::ProcessCwd, value),
        "ParentProcessId" => out.set(Field::ParentPid, value),
        "LogonId" => out.set(Field::SessionUid, value),
        "TargetFilename" | "Device" => out.set(Field::FilePath, value),
        "Protocol" => out.set(Field::Protocol, value),
        "SourceIp" | "SourcePort" | "SourceHostname" => peer(&mut out.event.src, name, value),
        "DestinationIp" | "DestinationPort" | "DestinationHostname" => {
            peer(&mut out.event.dst, name, value);
        }
        _ => {}
    }
}

fn peer(peer: &mut Peer, name: &str, value: &str) {
    if name.ends_with("Ip") {
        peer.ip = crate::address::ip(value);
    } else if name.ends_with("Port") {
        peer.port = value.parse().unwrap_or_default();
    }
}

/// Text with XML's entities replaced.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(first) = rest.chars().next() {
        let plain = match entity(rest) {
            Some((char, after)) => {
                out.push(char);
                rest = after;
                continue;
            }
            None if first == '&' => 1,
            None => rest.find('&').unwrap_or(rest.len()),
        };
        let (plain, after) = rest.split_at(plain);
        out.push_str(plain);
        rest = after;
    }
    Cow::Owned(out)
}

/// The character that the entity at the beginning stands for, and what follows it.
fn entity(text: &str) -> Option<(char, &str)> {
    let text = text.strip_prefix('&')?;
    let end = text.bytes().position(|byte| !(byte.is_ascii_alphanumeric() || byte == b'#'))?;
    let (name, after) = text.split_at_checked(end)?;
    Some((named(name)?, after.strip_prefix(';')?))
}

fn named(entity: &str) -> Option<char> {
    Some(match entity {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = entity.strip_prefix('#')?;
            let point = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(point.ok()?)?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::unescaped;

    #[test]
    fn entities_are_replaced_and_bare_ampersands_kept() {
        assert_eq!(
            unescaped("a &lt;b&gt; &amp;&amp; &#39;c&#x41; & d &x; &"),
            "a <b> && 'cA & d &x; &"
        );
    }
}
