//! What all logs have, under the names that are usual for it: when, on which host, who, from where, how it
//! went. Shared by the formats whose records are named values.

mod keys;

use std::borrow::Cow;

use tocsin_event::{Activity, Class, Field, Peer, Severity, Status, Writer};

use crate::header::Record;
use crate::http::{self, Request};
use crate::timestamp::{self, Stamp};
use crate::wording::Meaning;
use crate::{address, generic};
use keys::{SLOTS, Slot};

/// No action has a longer name, in bytes.
const ACTION_MAX: usize = 512;

/// What was found under the usual names.
#[derive(Debug)]
pub(crate) struct Found<'t>([Cow<'t, str>; SLOTS]);

impl Default for Found<'_> {
    fn default() -> Self {
        Found([const { Cow::Borrowed("") }; SLOTS])
    }
}

fn trimmed(value: Cow<'_, str>) -> Cow<'_, str> {
    match value {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

/// Where the members do not say what happened, the message may: it is read as any service's would
/// be, but who and where from the members tell is theirs to tell.
fn read_message(message: &str, out: &mut Writer<'_>) {
    let (user, src, dst) = (out.event.user, out.event.src, out.event.dst);
    let (provider, logsource) = (out.event.provider, out.event.logsource);
    generic::read(&Record { line: message, body: message, ..Record::default() }, out);
    (out.event.provider, out.event.logsource) = (provider, logsource);
    if !user.is_empty() {
        out.event.user = user;
    }
    if !src.is_empty() {
        out.event.src = src;
    }
    if !dst.is_empty() {
        out.event.dst = dst;
    }
}

/// Whether a value of this slot says anything, so that a later member may say it instead.
fn fits(slot: Slot, value: &str) -> bool {
    if matches!(value, "" | "-" | "--" | "?" | "null" | "none" | "N/A") {
        return false;
    }
    match slot {
        // A clock reading alone may be a duration.
        Slot::Time => value.len() >= 9 && stamp(value).is_some(),
        Slot::Source | Slot::Target => {
            address::prefix_len(without_family(value)) > 0 && !value.contains(' ')
        }
        Slot::Error => !matches!(value, "false" | "0" | "ok" | "OK"),
        _ => true,
    }
}

/// `ipv4:192.0.2.1:445`, as Samba writes addresses.
fn without_family(value: &str) -> &str {
    ["ipv4:", "ipv6:"].iter().find_map(|family| value.strip_prefix(family)).unwrap_or(value)
}

/// Seconds, milliseconds, microseconds or nanoseconds since the epoch, or a time as text.
fn stamp(text: &str) -> Option<Stamp> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !whole.bytes().all(|b| b.is_ascii_digit()) {
        return timestamp::bare(text).map(|(stamp, _)| stamp);
    }
    let unit_ns = match whole.len() {
        9 | 10 => 1_000_000_000,
        13 => 1_000_000,
        16 => 1_000,
        19 => 1,
        _ => return None,
    };
    timestamp::since_epoch(whole, fraction, unit_ns)
}

/// Words that say how it went, by their beginnings.
const FAILED: &[&str] = &[
    "fail", "false", "err", "deni", "deny", "refus", "reject", "block", "drop", "forbid", "unauth",
    "invalid", "not ", "no", "bad", "disallow",
];
const WENT_WELL: &[&str] = &[
    "success",
    "succeed",
    "true",
    "ok",
    "accept",
    "allow",
    "permit",
    "grant",
    "pass",
    "yes",
    "nt_status_ok",
];

fn begins(text: &str, words: &[&str]) -> bool {
    words
        .iter()
        .any(|word| text.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word)))
}

impl<'t> Found<'t> {
    /// Takes a value under its name, the first that says anything.
    pub(crate) fn take(&mut self, name: &str, value: Cow<'t, str>) {
        if let Some(slot) = keys::slot(name)
            && self.get(slot).is_empty()
            && let value = trimmed(value)
            && fits(slot, &value)
        {
            self.0[slot as usize] = value;
        }
    }

    /// When it happened.
    pub(crate) fn stamp(&self) -> Option<Stamp> {
        stamp(self.get(Slot::Time))
    }

    /// Tells what was found, and what the message says where that leaves something open.
    pub(crate) fn tell(mut self, out: &mut Writer<'_>) {
        self.take_request_apart();
        self.meaning().apply(out);
        self.apply(out);
        if out.event.class == Class::Http {
            let (path, agent) = (self.get(Slot::Path), self.get(Slot::Agent));
            let attacked = http::attacks(path) || http::attacks_in_header(agent);
            http::outcome(self.http_status().unwrap_or_default(), attacked, out);
        }
        if out.event.class == Class::Base || out.event.status == Status::Unknown {
            let said = self.get(Slot::Message);
            read_message(if said.is_empty() { self.get(Slot::Error) } else { said }, out);
        }
    }

    fn get(&self, slot: Slot) -> &str {
        &self.0[slot as usize]
    }

    fn has(&self, slot: Slot) -> bool {
        !self.get(slot).is_empty()
    }

    fn meaning(&self) -> Meaning {
        let (class, status) = (self.class(), self.status());
        let detail = match (class, status, self.http_status()) {
            (Class::Http, Status::Failure, Some(401)) => "wrong credentials",
            (Class::Http, Status::Failure, Some(403)) => "forbidden",
            (Class::Http, Status::Failure, Some(404)) => "not found",
            (Class::Http, Status::Failure, Some(429)) => "rate limited",
            (Class::Authentication, Status::Failure, _) => "wrong credentials",
            (_, Status::Failure, _) if self.is_alert() => "exploit attempt",
            _ => "",
        };
        let activity = match class {
            Class::Authentication => Activity::LOGON,
            Class::Network if self.is_refused() => Activity::REFUSE,
            Class::Network => Activity::TRAFFIC,
            Class::Dns => Activity::QUERY,
            Class::Http => http_activity(self.get(Slot::Method)),
            _ => Activity::UNKNOWN,
        };
        Meaning { class, activity, status, severity: self.severity(), detail }
    }

    /// `"request": "GET /path HTTP/1.1"`, as web servers are told to write, or only `/path`.
    fn take_request_apart(&mut self) {
        let request = std::mem::take(&mut self.0[Slot::Request as usize]);
        let line = Request::read(&request).filter(|r| http_activity(r.method) != Activity::OTHER);
        let (method, target) = match &line {
            Some(line) => (line.method, line.target),
            None if request.starts_with('/') => ("", &*request),
            None => return,
        };
        for (slot, text) in [(Slot::Method, method), (Slot::Path, target)] {
            if !self.has(slot) {
                self.0[slot as usize] = Cow::Owned(text.to_owned());
            }
        }
    }

    fn class(&self) -> Class {
        let says = |words: &[&str]| words.iter().any(|w| contains(self.action(), w));
        let someone = !self.user().is_empty() || self.has(Slot::Source);
        let signing_in = says(&["login", "logon", "signin", "sign-in", "auth"]);
        let request = http_activity(self.get(Slot::Method)) != Activity::OTHER;
        if someone && signing_in && says(&["fail"]) {
            Class::Authentication
        } else if request && (self.has(Slot::Path) || self.has(Slot::Status)) {
            Class::Http
        } else if self.has(Slot::Query) {
            Class::Dns
        } else if someone && signing_in {
            Class::Authentication
        } else if self.has(Slot::Source) && self.has(Slot::Target) {
            Class::Network
        } else {
            Class::Base
        }
    }

    /// What was done, in words; a longer text is no name of it.
    fn action(&self) -> &str {
        let named = [Slot::Action, Slot::Kind].map(|slot| self.get(slot));
        named.into_iter().find(|name| (1..=ACTION_MAX).contains(&name.len())).unwrap_or_default()
    }

    /// Whether an intrusion detection system says it of the source.
    fn is_alert(&self) -> bool {
        self.has(Slot::Source) && self.action().eq_ignore_ascii_case("alert")
    }

    /// Whether something between two ends says that it let nothing through.
    fn is_refused(&self) -> bool {
        let words = ["block", "deni", "deny", "drop", "refus", "reject"];
        [self.get(Slot::Outcome), self.action()].iter().any(|said| begins(said, &words))
    }

    fn user(&self) -> &str {
        if self.has(Slot::User) { self.get(Slot::User) } else { self.get(Slot::UserId) }
    }

    fn http_status(&self) -> Option<u16> {
        self.get(Slot::Status).parse().ok().filter(|code| (100..600).contains(code))
    }

    /// What the record says of the outcome, the plainest word first.
    fn status(&self) -> Status {
        for text in [self.get(Slot::Outcome), self.get(Slot::Status)] {
            let of_windows = text.strip_prefix("NT_STATUS_").is_some_and(|name| name != "OK");
            if of_windows || begins(text, FAILED) {
                return Status::Failure;
            }
            if begins(text, WENT_WELL) {
                return Status::Success;
            }
        }
        match self.http_status() {
            Some(400..) => return Status::Failure,
            Some(200..400) => return Status::Success,
            _ => {}
        }
        let hostile = ["fail", "denied", "reject", "refused", "blocked"];
        let failed = self.has(Slot::Error)
            || self.is_alert()
            || (self.class() == Class::Network && self.is_refused())
            || self.severity() > Severity::Low
            || hostile.iter().any(|word| contains(self.action(), word));
        if failed { Status::Failure } else { Status::Unknown }
    }

    fn severity(&self) -> Severity {
        let level = self.get(Slot::Level);
        let named = SEVERITIES.iter().find(|(name, _)| level.eq_ignore_ascii_case(name));
        named.map_or(Severity::Info, |(_, severity)| *severity)
    }

    fn apply(&self, out: &mut Writer<'_>) {
        out.event.host = out.span(self.get(Slot::Host));
        out.event.program = out.span(self.get(Slot::Program));
        out.event.message = out.span(self.get(Slot::Message));
        out.event.user = out.span(self.user());
        out.event.pid = self.get(Slot::Pid).parse().unwrap_or_default();
        out.event.src = self.peer(Slot::Source, Slot::SourcePort, out);
        out.event.dst = self.peer(Slot::Target, Slot::TargetPort, out);
        let (path, query) =
            self.get(Slot::Path).split_once('?').unwrap_or((self.get(Slot::Path), ""));
        let code = if self.http_status().is_some() { self.get(Slot::Status) } else { "" };
        for (field, text) in [
            (Field::Protocol, self.get(Slot::Protocol)),
            (Field::UserAgent, self.get(Slot::Agent)),
            (Field::UrlPath, path),
            (Field::UrlQuery, query),
            (Field::HttpStatus, code),
            (Field::DnsQuery, self.get(Slot::Query)),
            (Field::ProcessCmdLine, self.get(Slot::Command)),
            (Field::FilePath, self.get(Slot::File)),
            (Field::SessionUid, self.get(Slot::Session)),
        ] {
            out.set(field, text);
        }
        if out.event.class == Class::Http {
            out.set(Field::HttpMethod, self.get(Slot::Method));
        }
    }

    fn peer(&self, address: Slot, port: Slot, out: &mut Writer<'_>) -> Peer {
        let port = self.get(port).parse().unwrap_or_default();
        match address::peer(without_family(self.get(address)), out) {
            Some(peer) if peer.port != 0 => peer,
            Some(peer) => Peer { port, ..peer },
            None => Peer::default(),
        }
    }
}

const SEVERITIES: &[(&str, Severity)] = &[
    ("warn", Severity::Low),
    ("warning", Severity::Low),
    ("notice", Severity::Low),
    ("low", Severity::Low),
    ("error", Severity::Medium),
    ("err", Severity::Medium),
    ("medium", Severity::Medium),
    ("high", Severity::High),
    ("fatal", Severity::High),
    ("alert", Severity::High),
    ("panic", Severity::High),
    ("crit", Severity::Critical),
    ("critical", Severity::Critical),
    ("emerg", Severity::Critical),
];

fn contains(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

/// OCSF's numbers for the methods (`http_activity`).
fn http_activity(method: &str) -> Activity {
    const METHODS: [&str; 9] =
        ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT", "TRACE", "PATCH"];
    let known = METHODS.iter().position(|name| name.eq_ignore_ascii_case(method));
    known.map_or(Activity::OTHER, |index| Activity(index as u8 + 1))
}
