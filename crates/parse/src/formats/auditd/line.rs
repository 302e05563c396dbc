//! One audit record: its type, the event it belongs to, and its fields.

use std::borrow::Cow;

use tocsin_event::Time;

use super::saddr::SockAddr;
use super::value::{Raw, is_argument};
use super::{errno, tables};
use crate::find;
use crate::header::Record;

/// Parts the fields that the daemon adds (`UID="root"`) from those of the kernel.
const ENRICHED: char = '\u{1d}';
/// How syslog daemons write it.
const ENRICHED_ESCAPED: &str = "#035";

/// Fields of one record; beyond them lie only further arguments of an over-long command.
const FIELDS_MAX: usize = 1024;

/// What the records of one event share. Serial numbers begin again at every boot and on every
/// machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EventId {
    pub(crate) time: Time,
    pub(crate) serial: u64,
}

/// One record, its fields not yet read.
#[derive(Clone, Debug)]
pub(crate) struct Line<'t> {
    /// Its type, by name where the name is known.
    pub(crate) kind: &'t str,
    /// The machine, where the record names it.
    pub(crate) node: &'t str,
    /// Nothing where the journal left it out.
    pub(crate) id: Option<EventId>,
    /// What follows.
    pub(crate) rest: &'t str,
}

/// A field as meant. Names are the record's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field<'t> {
    pub(super) name: Cow<'t, str>,
    pub(super) value: Cow<'t, str>,
}

impl<'t> Line<'t> {
    /// The audit record that this line holds, if it does.
    pub(crate) fn read(record: &Record<'t>) -> Option<Line<'t>> {
        let body = record.body;
        let tagged = hands_on(record.program);
        // Anyone may write to syslog under another tag.
        if !tagged && !record.program.is_empty() {
            return None;
        }
        let text = match body.as_bytes().first()? {
            b't' | b'n' | b'a' => body,
            b'[' if tagged => find::split(body, "] ")?.1,
            _ if tagged => return without_id(body),
            _ => return None,
        };
        let text = text.strip_prefix("audit: ").unwrap_or(text);
        let (node, text) = match text.strip_prefix("node=") {
            Some(rest) => rest.split_once(' ')?,
            None => ("", text),
        };
        let (kind, text) = text.strip_prefix("type=")?.split_once(' ')?;
        let text = text.strip_prefix("msg=").unwrap_or(text).strip_prefix("audit(")?;
        let (id, rest) = text.split_once(')')?;
        let rest = rest.strip_prefix(':').unwrap_or(rest).trim();
        Some(Line { kind: type_name(kind), node, id: Some(event_id(id)?), rest })
    }
}

/// Whether the program hands audit records on to syslog.
fn hands_on(program: &str) -> bool {
    matches!(program, "audit" | "auditd" | "audispd" | "audisp-syslog" | "auoms" | "kernel")
}

/// The journal's own wording: `SERVICE_START pid=1 uid=0 ...`, under the tag `audit`.
fn without_id<'t>(body: &'t str) -> Option<Line<'t>> {
    let (kind, rest) = body.split_once(' ')?;
    let named = kind.bytes().all(|b| b.is_ascii_uppercase() || b == b'_' || b.is_ascii_digit());
    (named && rest.contains('=')).then_some(Line { kind, node: "", id: None, rest })
}

/// `1400` and `UNKNOWN[1400]` are types that the daemon had no name for.
fn type_name(kind: &str) -> &str {
    let inner = kind.strip_prefix("UNKNOWN[").and_then(|rest| rest.strip_suffix(']'));
    tables::type_name(inner.unwrap_or(kind)).unwrap_or(kind)
}

/// `1684329817.579:2995`.
fn event_id(text: &str) -> Option<EventId> {
    let (time, serial) = text.split_once(':')?;
    let (secs, millis) = time.split_once('.')?;
    let millis: u32 = millis.parse().ok().filter(|ms| *ms < 1000)?;
    let secs = secs.parse().ok()?;
    let time = Time::from_parts(secs, millis * 1_000_000);
    time.is_known().then_some(EventId { time, serial: serial.parse().ok()? })
}

/// The fields of a record, as they were meant.
pub(super) fn fields<'t>(kind: &'t str, rest: &'t str) -> Vec<Field<'t>> {
    let mark = rest.split_once(ENRICHED).or_else(|| rest.split_once(ENRICHED_ESCAPED));
    let (plain, enriched) = mark.unwrap_or((rest, ""));
    let mut fields = Vec::with_capacity(32);
    let plain = access_vector(kind, plain, &mut fields);
    Scan::of(kind, plain).collect(&mut fields);
    Scan::of(kind, enriched).collect(&mut fields);
    add_readings(kind, &mut fields);
    fields
}

/// `avc:  denied  { read write } for  pid=1 ...`: what follows the access vector. Other kinds of
/// records have none.
fn access_vector<'t>(kind: &str, text: &'t str, fields: &mut Vec<Field<'t>>) -> &'t str {
    if !kind.ends_with("AVC") {
        return text;
    }
    let read = find::split(text, "avc:").and_then(|(_, after)| {
        let (result, after) = after.split_once('{')?;
        let (permissions, after) = after.split_once('}')?;
        Some((result.trim(), permissions.trim(), after))
    });
    let Some((result, permissions, after)) = read else { return text };
    push(fields, "seresult", result);
    push(fields, "seperms", permissions);
    after
}

fn push<'t>(fields: &mut Vec<Field<'t>>, name: &'t str, value: impl Into<Cow<'t, str>>) {
    fields.push(Field { name: Cow::Borrowed(name), value: value.into() });
}

/// Reads `name=value` pairs; words between them are read over.
struct Scan<'t> {
    kind: &'t str,
    rest: &'t str,
    /// `old auid=1` is the field `old_auid`.
    old_or_new: &'t str,
    /// Whether this is a message within a record, which holds no other.
    nested: bool,
}

impl<'t> Scan<'t> {
    fn of(kind: &'t str, rest: &'t str) -> Self {
        Scan { kind, rest, old_or_new: "", nested: false }
    }

    fn collect(mut self, fields: &mut Vec<Field<'t>>) {
        while let Some((name, raw)) = self.pair().filter(|_| fields.len() < FIELDS_MAX) {
            let before = std::mem::take(&mut self.old_or_new);
            if name == "msg" && raw.quoted && !self.nested {
                let message = access_vector(self.kind, raw.text, fields);
                Scan { nested: true, ..Scan::of(self.kind, message) }.collect(fields);
            } else if !raw.is_absent() {
                add(self.kind, (before, name), raw, fields);
            }
        }
    }

    fn pair(&mut self) -> Option<(&'t str, Raw<'t>)> {
        loop {
            let text = self.rest.trim_start_matches([' ', '(', ',']);
            let end = memchr::memchr2(b' ', b'=', text.as_bytes())?;
            let (word, after) = text.split_at_checked(end)?;
            match after.strip_prefix('=') {
                Some(value) => {
                    let (raw, rest) = value_of(value, word);
                    self.rest = rest;
                    return Some((word, raw));
                }
                None => {
                    self.old_or_new = if matches!(word, "old" | "new") { word } else { "" };
                    self.rest = after;
                }
            }
        }
    }
}

/// The value that `text` begins with, and what follows it. A nested message reaches to the last
/// quote: names in it may hold one.
fn value_of<'t>(text: &'t str, name: &str) -> (Raw<'t>, &'t str) {
    let quoted = |text, rest| (Raw { text, quoted: true }, rest);
    if let Some(inner) = text.strip_prefix('"') {
        let end = memchr::memchr(b'"', inner.as_bytes()).unwrap_or(inner.len());
        let (value, rest) = inner.split_at_checked(end).unwrap_or((inner, ""));
        return quoted(value, rest.strip_prefix('"').unwrap_or(rest));
    }
    if let Some(inner) = text.strip_prefix('\'') {
        let ends = if name == "msg" { inner.rsplit_once('\'') } else { inner.split_once('\'') };
        let (value, rest) = ends.unwrap_or((inner, ""));
        return quoted(value, rest);
    }
    if let Some(inner) = text.strip_prefix('{') {
        let (value, rest) = inner.split_once('}').unwrap_or((inner, ""));
        return quoted(value.trim(), rest);
    }
    let end = memchr::memchr(b' ', text.as_bytes()).unwrap_or(text.len());
    let (value, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let closed = value.trim_end_matches(',');
    let closed = if closed.contains('(') { closed } else { closed.trim_end_matches(')') };
    (Raw { text: closed, quoted: false }, rest)
}

fn add<'t>(kind: &str, name: (&str, &'t str), raw: Raw<'t>, fields: &mut Vec<Field<'t>>) {
    let (before, name) = name;
    let value = raw.of(kind, name);
    if kind == "EXECVE" && name.ends_with(']') && is_argument(name) {
        return add_piece(name, value, fields);
    }
    if name == "key" {
        return add_keys(&value, fields);
    }
    let name = match before {
        "" => Cow::Borrowed(name),
        _ => Cow::Owned(format!("{before}_{name}")),
    };
    // What a login replaces is shown as it was.
    let value = if before.is_empty() { value } else { Cow::Borrowed(raw.text) };
    fields.push(Field { name, value });
}

/// A long argument comes in pieces, `a2[0]=... a2[1]=...`.
fn add_piece<'t>(name: &'t str, value: Cow<'t, str>, fields: &mut Vec<Field<'t>>) {
    let whole = name.split('[').next().unwrap_or(name);
    match fields.iter_mut().rev().find(|field| field.name == whole) {
        Some(field) => field.value.to_mut().push_str(&value),
        None => push(fields, whole, value),
    }
}

/// A rule's key, or several parted by a control character.
fn add_keys<'t>(value: &str, fields: &mut Vec<Field<'t>>) {
    for key in value.split('\u{1}') {
        push(fields, "key", key.strip_prefix("key=").unwrap_or(key).to_owned());
    }
}

/// Parts of a context of SELinux.
const PARTS: usize = 5;
const SUBJECT: [&str; PARTS] =
    ["subj_user", "subj_role", "subj_domain", "subj_level", "subj_category"];
const OBJECT: [&str; PARTS] = ["obj_user", "obj_role", "obj_domain", "obj_level", "obj_category"];

/// What fields mean beyond their text is added beside them, or replaces a bare number.
fn add_readings<'t>(kind: &str, fields: &mut Vec<Field<'t>>) {
    for at in 0..fields.len() {
        let field = &mut fields[at];
        match &*field.name {
            "arch" => rename(field, tables::arch(&field.value)),
            "exit" => rename(field, errno::name(&field.value)),
            "syscall" => name_call(at, fields),
            "success" | "res" => {
                let result = result(&field.value);
                push(fields, "result", result);
            }
            "subj" => context(SUBJECT, field.value.clone(), fields),
            "obj" => context(OBJECT, field.value.clone(), fields),
            "saddr" if kind == "SOCKADDR" => {
                let address = SockAddr::decode(&field.value);
                address.into_iter().for_each(|address| socket(address, fields));
            }
            _ => {}
        }
    }
}

fn rename<'t>(field: &mut Field<'t>, name: Option<&'static str>) {
    if let Some(name) = name {
        field.value = Cow::Borrowed(name);
    }
}

fn result(value: &str) -> &'static str {
    match value {
        "yes" | "success" | "1" => "success",
        "no" | "failed" | "0" => "fail",
        _ => "unknown",
    }
}

/// The call by its name, as `syscall` and as the daemon's own enrichment, `SYSCALL`.
fn name_call(at: usize, fields: &mut Vec<Field<'_>>) {
    let arch = fields.iter().find(|field| field.name == "arch").map(|field| &*field.value);
    if let Some(name) = tables::syscall(arch.unwrap_or_default(), &fields[at].value) {
        fields[at].value = Cow::Borrowed(name);
        if !fields.iter().any(|field| field.name == "SYSCALL") {
            push(fields, "SYSCALL", name);
        }
    }
}

/// The parts of SELinux's `user:role:type:level:category`, as far as it goes.
fn context<'t>(names: [&'t str; PARTS], value: Cow<'t, str>, fields: &mut Vec<Field<'t>>) {
    let named = names.iter();
    match value {
        Cow::Borrowed(text) => {
            named.zip(text.splitn(PARTS, ':')).for_each(|(name, part)| push(fields, name, part));
        }
        Cow::Owned(text) => named
            .zip(text.splitn(PARTS, ':'))
            .for_each(|(name, part)| push(fields, name, part.to_owned())),
    }
}

fn socket(address: SockAddr, fields: &mut Vec<Field<'_>>) {
    push(fields, "socket_family", address.family());
    match address {
        SockAddr::Inet(ip, port) => {
            push(fields, "socket_addr", ip.to_string());
            push(fields, "socket_port", port.to_string());
        }
        SockAddr::Unix(path) => push(fields, "socket_path", path),
        SockAddr::Other(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> String {
        let record = crate::header::read(line);
        let line = Line::read(&record).unwrap_or_else(|| panic!("no audit record: {line}"));
        let id = line.id.map_or(String::new(), |id| format!("{}#{}", id.time, id.serial));
        let fields = fields(line.kind, line.rest);
        let fields = fields.iter().map(|f| format!(" {}={}", f.name, f.value));
        format!("{}{} {id}{}", line.node, line.kind, fields.collect::<String>())
    }

    #[test]
    fn records_are_found_under_every_header() {
        let told = "AVC 2023-05-17T13:23:37.579Z#2995 apparmor=DENIED";
        for line in [
            "type=AVC msg=audit(1684329817.579:2995): apparmor=\"DENIED\"",
            "type=1400 audit(1684329817.579:2995): apparmor=\"DENIED\"",
            "May 17 13:03:37 h kernel: [  1.5] audit: type=1400 audit(1684329817.579:2995): apparmor=\"DENIED\"",
            "May 17 13:03:37 h audispd: type=UNKNOWN[1400] msg=audit(1684329817.579:2995): apparmor=\"DENIED\"",
        ] {
            assert_eq!(read(line), told, "{line}");
        }
        assert!(read("node=web1 type=EOE msg=audit(1.000:2): ").starts_with("web1EOE"));
        let journal = "May 17 13:03:37 h audit[1]: SERVICE_STOP pid=1 msg='unit=ufw res=success'";
        assert_eq!(read(journal), "SERVICE_STOP  pid=1 unit=ufw res=success result=success");
    }

    #[test]
    fn who_writes_to_syslog_cannot_write_audit_records() {
        let forged = "May 17 13:03:37 h mallory: type=USER_LOGIN msg=audit(1.000:2): res=success";
        assert!(Line::read(&crate::header::read(forged)).is_none());
    }

    #[test]
    fn a_name_with_a_quote_ends_neither_the_name_nor_the_message() {
        let line = "type=USER_AUTH msg=audit(1.000:2): pid=1 msg='op=x acct=\"o'neil\" addr=192.0.2.1 res=failed'\u{1d}UID=\"root\"";
        let told = "USER_AUTH 1970-01-01T00:00:01Z#2 pid=1 op=x acct=o'neil addr=192.0.2.1 res=failed UID=root result=fail";
        assert_eq!(read(line), told);
    }

    #[test]
    fn messages_within_messages_are_text() {
        let line = "type=USER_AUTH msg=audit(1.000:2): msg='op=x msg='op=y acct=\"eve\"'";
        assert_eq!(read(line), "USER_AUTH 1970-01-01T00:00:01Z#2 op=x msg=op=y acct=\"eve\"");
        read(&format!("type=USER_AUTH msg=audit(1.000:2): {}", "msg='".repeat(10_000)));
    }

    #[test]
    fn long_arguments_are_put_together() {
        let line =
            "type=EXECVE msg=audit(1.000:2): argc=2 a0=\"sh\" a1_len=4 a1[0]=6162 a1[1]=6364";
        let told = "EXECVE 1970-01-01T00:00:01Z#2 argc=2 a0=sh a1_len=4 a1=abcd";
        assert_eq!(read(line), told);
    }
}
