//! Flow exports: the messages in which routers and probes send their flows, one UDP payload each.
//! NetFlow version 5, version 9 (RFC 3954), IPFIX (RFC 7011) and sFlow version 5. Every record becomes a
//! line of JSON, its fields under the names of IANA's registry whichever version sent them; the
//! `netflow` format reads those.
//!
//! Records of version 9 and IPFIX are explained by templates, which may come after them: what has none yet
//! is kept for a while.
//!
//! Read here and not by a library, since `netflow_parser` gives elements names of its own instead of the
//! registry's.

pub(crate) mod bytes;
mod element;
mod sflow;
mod template;
mod version5;

use std::net::IpAddr;

use hashbrown::HashMap;
use tocsin_event::json::Object;

use bytes::Bytes;
use template::{Scope, Template};

/// Templates kept for all exporters together.
const TEMPLATES_MAX: usize = 4096;
/// Bytes kept of records without a template.
const WAITING_MAX: usize = 4 << 20;

/// Reads the messages of any number of exporters.
#[derive(Debug, Default)]
pub struct Exports {
    templates: HashMap<Key, Template, foldhash::fast::FixedState>,
    waiting: Vec<Waiting>,
    waiting_bytes: usize,
    /// Sets of records that found no room to wait.
    lost: u64,
    /// Templates that found no room.
    lost_templates: u64,
}

/// A message as it came.
#[derive(Clone, Copy, Debug, Default)]
pub struct Message<'b> {
    /// Who sent it, where that is known.
    pub exporter: Option<IpAddr>,
    /// When it came, in nanoseconds since 1970, where that is known.
    pub received: Option<i64>,
    /// The payload of its datagram, or what begins with that.
    pub payload: &'b [u8],
}

/// Whose template it is: numbers are of one exporter and one of its domains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    exporter: Option<IpAddr>,
    version: u16,
    domain: u32,
    id: u16,
}

/// Records that no template explains yet.
#[derive(Debug)]
struct Waiting {
    key: Key,
    head: Head,
    records: Box<[u8]>,
}

/// What a message says of all its records.
#[derive(Clone, Copy, Debug, Default)]
struct Head {
    exporter: Option<IpAddr>,
    version: u16,
    /// Seconds since 1970 when it was sent.
    sent: u32,
    /// Milliseconds since 1970 when the exporter was started, which its times count from.
    started: Option<i64>,
    sequence: u32,
    domain: u32,
    engine: Option<Engine>,
}

/// What exporters of version 5 say of themselves.
#[derive(Clone, Copy, Debug)]
struct Engine {
    kind: u8,
    id: u8,
    /// How packets are sampled, and one of how many.
    sampling: (u16, u16),
}

impl Head {
    fn write(&self, o: &mut Object<'_>) {
        o.number("version", self.version);
        if let Some(exporter) = self.exporter {
            o.ip("exporter", exporter);
        }
        o.number("exportTime", self.sent);
        o.number("sequenceNumber", self.sequence);
        o.number("observationDomainId", self.domain);
        if let Some(Engine { kind, id, sampling: (algorithm, interval) }) = self.engine {
            o.number("engineType", kind);
            o.number("engineId", id);
            o.number("samplingAlgorithm", algorithm);
            o.number("samplingInterval", interval);
        }
    }
}

/// Whether a payload begins like a message.
#[must_use]
pub fn is_export(payload: &[u8]) -> bool {
    let mut bytes = Bytes(payload);
    match bytes.u16() {
        Some(0) => sflow::is_datagram(payload),
        Some(5) => version5::is_message(payload),
        Some(9) => has_sets(payload.get(20..).unwrap_or_default(), 0),
        Some(10) => has_sets(payload.get(16..).unwrap_or_default(), 2),
        _ => false,
    }
}

/// Whether a set follows: of templates, under one of the lowest numbers, or of records.
fn has_sets(bytes: &[u8], templates: u16) -> bool {
    let mut bytes = Bytes(bytes);
    let known = bytes.u16().is_some_and(|id| id >= 256 || (templates..templates + 2).contains(&id));
    known && bytes.u16().is_some_and(|length| (4..=16_384).contains(&length))
}

impl Exports {
    /// Reads the message that its payload begins with, and appends a line for each record. Gives the length
    /// of the message; `None` where it is none, or is cut.
    pub fn read(&mut self, message: Message<'_>, out: &mut Vec<u8>) -> Option<usize> {
        match Bytes(message.payload).u16()? {
            0 => sflow::read(message, out),
            5 => version5::read(message, out),
            9 => self.read_version_9(message, out),
            10 => self.read_ipfix(message, out),
            _ => None,
        }
    }

    /// Appends a line for each set of records that no template explained, and for what found no room.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        for waiting in self.waiting.drain(..) {
            let Key { version, domain, id, .. } = waiting.key;
            let line = format!(
                "has no template: {id} of domain {domain}, version {version}; read it in one stream with the file that has it\n"
            );
            out.extend_from_slice(line.as_bytes());
        }
        for (lost, what) in
            [(self.lost, "sets of records without a template"), (self.lost_templates, "templates")]
        {
            if lost > 0 {
                out.extend_from_slice(format!("{what}, which found no room: {lost}\n").as_bytes());
            }
        }
        (self.waiting_bytes, self.lost, self.lost_templates) = (0, 0, 0);
    }

    /// RFC 3954. The head counts records, not bytes: the message ends where no set follows.
    fn read_version_9(&mut self, message: Message<'_>, out: &mut Vec<u8>) -> Option<usize> {
        let Message { exporter, payload, .. } = message;
        let mut bytes = Bytes(payload);
        let (version, _records, up) = (bytes.u16()?, bytes.u16()?, bytes.u32()?);
        let (sent, sequence, domain) = (bytes.u32()?, bytes.u32()?, bytes.u32()?);
        let started = Some(i64::from(sent) * 1000 - i64::from(up));
        let head = Head { exporter, version, sent, started, sequence, domain, engine: None };
        let mut rest = bytes;
        // Versions are numbers that no set of version 9 has.
        while let Some(id) = rest.u16().filter(|id| *id < 2 || *id >= 256)
            && let Some(length) = rest.u16().map(usize::from).filter(|length| *length >= 4)
        {
            let Some(set) = rest.take(length - 4) else { break };
            self.read_set(id, set, &head, out);
            bytes = rest;
        }
        Some(payload.len() - bytes.0.len())
    }

    /// RFC 7011.
    fn read_ipfix(&mut self, message: Message<'_>, out: &mut Vec<u8>) -> Option<usize> {
        let Message { exporter, payload, .. } = message;
        let mut bytes = Bytes(payload);
        let (version, length) = (bytes.u16()?, usize::from(bytes.u16()?));
        let (sent, sequence, domain) = (bytes.u32()?, bytes.u32()?, bytes.u32()?);
        let head = Head { exporter, version, sent, sequence, domain, ..Head::default() };
        let mut rest = Bytes(bytes.take(length.checked_sub(16)?)?);
        while let Some(id) = rest.u16()
            && let Some(length) = rest.u16().map(usize::from).filter(|length| *length >= 4)
            && let Some(set) = rest.take(length - 4)
        {
            self.read_set(id, set, &head, out);
        }
        Some(length)
    }

    /// Reads a set: of templates, of templates of options, or of the records of a template.
    fn read_set(&mut self, id: u16, set: &[u8], head: &Head, out: &mut Vec<u8>) {
        let [templates, options] = if head.version == 9 { [0, 1] } else { [2, 3] };
        let key = Key { exporter: head.exporter, version: head.version, domain: head.domain, id };
        let mut bytes = Bytes(set);
        if id == templates {
            while let Some((id, template)) = Template::read(&mut bytes, head.version) {
                self.learn(Key { id, ..key }, template, out);
            }
        } else if id == options {
            let scope = if head.version == 9 { Scope::InBytes } else { Scope::InFields };
            while let Some((id, template)) = Template::read_options(&mut bytes, scope) {
                self.learn(Key { id, ..key }, template, out);
            }
        } else if let Some(template) = self.templates.get(&key) {
            template.records(id, set, head, out);
        } else if id >= 256 {
            self.wait(Waiting { key, head: *head, records: set.into() });
        }
    }

    /// Keeps a template, or forgets one that was withdrawn, and reads what waited for it.
    fn learn(&mut self, key: Key, template: Template, out: &mut Vec<u8>) {
        if template.is_empty() {
            self.templates.remove(&key);
            return;
        }
        let full = self.templates.len() >= TEMPLATES_MAX && !self.templates.contains_key(&key);
        if full {
            self.lost_templates += 1;
            return;
        }
        for waiting in self.waiting.extract_if(.., |waiting| waiting.key == key) {
            self.waiting_bytes -= waiting.size();
            template.records(key.id, &waiting.records, &waiting.head, out);
        }
        self.templates.insert(key, template);
    }

    fn wait(&mut self, waiting: Waiting) {
        if self.waiting_bytes + waiting.size() > WAITING_MAX {
            self.lost += 1;
            return;
        }
        self.waiting_bytes += waiting.size();
        self.waiting.push(waiting);
    }
}

impl Waiting {
    /// Bytes that it takes, however few records it has.
    fn size(&self) -> usize {
        size_of::<Waiting>() + self.records.len()
    }
}
