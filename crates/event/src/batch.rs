//! A run of events of one source, with the text they point into. Filled by a [`Writer`], read
//! through [`EventRef`]; nothing is allocated per event.

use std::net::IpAddr;
use std::sync::Arc;

use crate::{Event, Field, Fields, Peer, Span, Time};

/// Events read together from one source, in the order of their records.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    source: Arc<str>,
    text: String,
    arena: String,
    events: Vec<Event>,
    attributes: Vec<(Field, Span)>,
    native: Vec<(Span, Span)>,
    constants: Constants,
}

/// How many constants are kept in mind: what a log is made of says few different ones.
const CONSTANTS: usize = 16;

/// Texts of the program that events of this batch have in them, and where the arena holds them:
/// each at a place that its address gives it.
type Constants = [(&'static str, Span); CONSTANTS];

impl Batch {
    /// An empty batch over `text`, which was read from the source of this name. Text beyond 2 GiB
    /// cannot be pointed into: read it in pieces.
    #[must_use]
    pub fn new(source: Arc<str>, text: String) -> Self {
        Batch { source, text, ..Batch::default() }
    }

    /// The text and a writer that adds events pointing into it.
    pub fn writer(&mut self) -> (&str, Writer<'_>) {
        let writer = Writer {
            text: &self.text,
            arena: &mut self.arena,
            events: &mut self.events,
            attributes: &mut self.attributes,
            native: &mut self.native,
            constants: &mut self.constants,
            event: Event::default(),
            attributes_from: 0,
            native_from: 0,
        };
        (&self.text, writer.begun())
    }

    /// Replaces the text by another one and forgets the events, keeping the memory.
    pub fn refill(&mut self, fill: impl FnOnce(&mut String)) {
        self.arena.clear();
        self.events.clear();
        self.attributes.clear();
        self.native.clear();
        self.constants = Constants::default();
        self.text.clear();
        fill(&mut self.text);
    }

    /// The name of the source it was read from.
    #[must_use]
    pub fn source(&self) -> &Arc<str> {
        &self.source
    }

    /// The text it was read from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many events it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether it holds no event.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The event at `index`, if there is one.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<EventRef<'_>> {
        self.events.get(index).map(|event| EventRef { batch: self, event })
    }

    /// Its events, in order.
    pub fn iter(&self) -> impl Iterator<Item = EventRef<'_>> {
        self.events.iter().map(|event| EventRef { batch: self, event })
    }

    /// The bare events, to set what is known only after reading.
    pub fn events_mut(&mut self) -> &mut [Event] {
        &mut self.events
    }
}

/// Adds events to a batch. Set members of [`event`](Writer::event) and call the methods for
/// text; then [`commit`](Writer::commit) or [`discard`](Writer::discard).
#[derive(Debug)]
pub struct Writer<'b> {
    text: &'b str,
    arena: &'b mut String,
    events: &'b mut Vec<Event>,
    attributes: &'b mut Vec<(Field, Span)>,
    native: &'b mut Vec<(Span, Span)>,
    constants: &'b mut Constants,
    /// The event being written.
    pub event: Event,
    attributes_from: u32,
    native_from: u32,
}

impl Writer<'_> {
    fn begun(mut self) -> Self {
        self.attributes_from = self.attributes.len() as u32;
        self.native_from = self.native.len() as u32;
        self
    }

    /// `text` as a span: in place where it is a part of the batch's text, copied once otherwise.
    #[inline]
    pub fn span(&mut self, text: &str) -> Span {
        if text.is_empty() {
            return Span::NONE;
        }
        Span::within(self.text, text).unwrap_or_else(|| Span::push(self.arena, text))
    }

    /// Sets an attribute the event has no member for; the empty text sets nothing. Set twice, the
    /// later one counts.
    pub fn set(&mut self, field: Field, text: &str) {
        if !text.is_empty() {
            let span = self.span(text);
            self.attributes.push((field, span));
        }
    }

    /// The same for a text of the program itself, of which events of one batch share one copy.
    pub fn set_constant(&mut self, field: Field, text: &'static str) {
        if text.is_empty() {
            return;
        }
        // Addresses of constants differ in their lower bits, and hardly ever in three of them.
        let place = (text.as_ptr() as usize >> 3) % CONSTANTS;
        let (known, span) = &mut self.constants[place];
        if !std::ptr::eq(*known, text) {
            (*known, *span) = (text, Span::push(self.arena, text));
        }
        let span = *span;
        self.attributes.push((field, span));
    }

    /// Keeps one of the record's own named fields.
    pub fn native(&mut self, name: &str, value: &str) {
        let pair = (self.span(name), self.span(value));
        self.native.push(pair);
    }

    /// The same for all fields of a record of which `read` was read and `rewritten` made: pairs of spans of
    /// these two. Where the arena has no room for them, all are left out.
    pub fn natives(
        &mut self,
        read: &str,
        rewritten: &str,
        pairs: impl Iterator<Item = (Span, Span)>,
    ) {
        let moved = [self.span(read), self.span(rewritten)];
        let [to, to_rewritten] = moved;
        if moved.map(Span::len) != [read.len(), rewritten.len()] {
            return;
        }
        self.native
            .extend(pairs.map(|(name, value)| {
                (name.moved(to, to_rewritten), value.moved(to, to_rewritten))
            }));
    }

    /// The text of a span made by this writer.
    #[must_use]
    pub fn text_of(&self, span: Span) -> &str {
        span.of(self.text, self.arena)
    }

    /// The attribute set so far, or the empty text.
    #[must_use]
    pub fn get(&self, field: Field) -> &str {
        let own = self.attributes.get(self.attributes_from as usize..).unwrap_or_default();
        let found = own.iter().rev().find(|(f, _)| *f == field);
        found.map_or("", |(_, span)| self.text_of(*span))
    }

    /// Adds the event to the batch and begins another one.
    pub fn commit(&mut self) {
        self.event.attributes = self.attributes_from..self.attributes.len() as u32;
        self.event.native = self.native_from..self.native.len() as u32;
        // Cloned into its place rather than taken out and moved there: an event is large enough
        // for the second copy to show.
        self.events.push(self.event.clone());
        self.event = Event::default();
        self.attributes_from = self.attributes.len() as u32;
        self.native_from = self.native.len() as u32;
    }

    /// Drops what was written since the last commit.
    pub fn discard(&mut self) {
        self.event = Event::default();
        self.attributes.truncate(self.attributes_from as usize);
        self.native.truncate(self.native_from as usize);
    }

    /// Begins the event as a copy of the one committed last, whose record and time are to be set;
    /// `false` where this batch holds none.
    pub fn repeat_last(&mut self) -> bool {
        let Some(last) = self.events.last().cloned() else { return false };
        let range = |range: &std::ops::Range<u32>| range.start as usize..range.end as usize;
        self.attributes.extend_from_within(range(&last.attributes));
        self.native.extend_from_within(range(&last.native));
        self.event = Event { record: 0, raw: Span::NONE, message: Span::NONE, ..last };
        true
    }

    /// How many events have been committed.
    #[must_use]
    pub fn committed(&self) -> usize {
        self.events.len()
    }
}

/// Fields that are members of the event, whatever its list says.
const MEMBERS: [Field; 5] =
    [Field::User, Field::ActorUser, Field::DeviceHostname, Field::SrcHostname, Field::DstHostname];

/// An event with the text it points into.
#[derive(Clone, Copy, Debug)]
pub struct EventRef<'b> {
    batch: &'b Batch,
    event: &'b Event,
}

impl std::ops::Deref for EventRef<'_> {
    type Target = Event;

    fn deref(&self) -> &Event {
        self.event
    }
}

impl<'b> EventRef<'b> {
    /// The name of its source.
    #[must_use]
    pub fn source(&self) -> &'b Arc<str> {
        &self.batch.source
    }

    /// The text of one of its spans.
    #[must_use]
    pub fn text(&self, span: Span) -> &'b str {
        span.of(&self.batch.text, &self.batch.arena)
    }

    /// The account it is about, empty when not said.
    #[must_use]
    pub fn user(&self) -> &'b str {
        self.text(self.event.user)
    }

    /// The machine that wrote it.
    #[must_use]
    pub fn host(&self) -> &'b str {
        self.text(self.event.host)
    }

    /// The program that wrote it.
    #[must_use]
    pub fn program(&self) -> &'b str {
        self.text(self.event.program)
    }

    /// The message without the transport's header.
    #[must_use]
    pub fn message(&self) -> &'b str {
        self.text(self.event.message)
    }

    /// The record as read.
    #[must_use]
    pub fn raw(&self) -> &'b str {
        self.text(self.event.raw)
    }

    /// A text attribute, empty when absent. Numbers and addresses are members of the event.
    #[must_use]
    pub fn attribute(&self, field: Field) -> &'b str {
        match field {
            Field::User => self.user(),
            Field::ActorUser => self.text(self.event.actor),
            Field::AppName | Field::ProcessName if !self.has(field) => self.program(),
            Field::DeviceHostname => self.host(),
            Field::Message => self.message(),
            Field::RawData => self.raw(),
            Field::SrcHostname => self.text(self.event.src.hostname),
            Field::DstHostname => self.text(self.event.dst.hostname),
            Field::LogProvider => self.event.provider,
            _ => self.listed(field).unwrap_or_default(),
        }
    }

    /// The fields whose [`attribute`](Self::attribute) is not empty, but for texts that every event
    /// has.
    #[must_use]
    pub fn given(&self) -> Fields {
        let event = self.event;
        let mut given = Fields::default();
        for (field, span) in self.attributes() {
            given.add_if(!span.is_empty(), *field);
        }
        given = given.without(const { Fields::of(&MEMBERS) });
        given.add_if(!event.user.is_empty(), Field::User);
        given.add_if(!event.actor.is_empty(), Field::ActorUser);
        given.add_if(!event.program.is_empty(), Field::AppName);
        given.add_if(!event.program.is_empty(), Field::ProcessName);
        given.add_if(!event.host.is_empty(), Field::DeviceHostname);
        given.add_if(!event.src.hostname.is_empty(), Field::SrcHostname);
        given.add_if(!event.dst.hostname.is_empty(), Field::DstHostname);
        given
    }

    fn has(&self, field: Field) -> bool {
        self.listed(field).is_some()
    }

    fn listed(&self, field: Field) -> Option<&'b str> {
        let found = self.attributes().iter().rev().find(|(f, _)| *f == field);
        found.map(|(_, span)| self.text(*span))
    }

    fn attributes(&self) -> &'b [(Field, Span)] {
        let range = &self.event.attributes;
        self.batch.attributes.get(range.start as usize..range.end as usize).unwrap_or_default()
    }

    /// The record's own field of this name.
    #[must_use]
    pub fn native(&self, name: &str) -> Option<&'b str> {
        self.native_fields().find(|(n, _)| *n == name).map(|(_, value)| value)
    }

    /// The record's own named fields, in order.
    pub fn native_fields(&self) -> impl Iterator<Item = (&'b str, &'b str)> + use<'b> {
        let range = &self.event.native;
        let own = self.batch.native.get(range.start as usize..range.end as usize);
        let this = *self;
        own.unwrap_or_default().iter().map(move |(n, v)| (this.text(*n), this.text(*v)))
    }

    /// Who it came from as text: the address, or the name where there is only a name.
    #[must_use]
    pub fn source_name(&self) -> Option<PeerName<'b>> {
        self.peer_name(&self.event.src)
    }

    /// Where it went as text.
    #[must_use]
    pub fn target_name(&self) -> Option<PeerName<'b>> {
        self.peer_name(&self.event.dst)
    }

    fn peer_name(&self, peer: &Peer) -> Option<PeerName<'b>> {
        match peer.ip {
            Some(ip) => Some(PeerName::Ip(ip)),
            None if peer.hostname.is_empty() => None,
            None => Some(PeerName::Hostname(self.text(peer.hostname))),
        }
    }

    /// Its time, or `fallback` where the record gives none.
    #[must_use]
    pub fn time_or(&self, fallback: Time) -> Time {
        if self.event.time.is_known() { self.event.time } else { fallback }
    }
}

/// How a peer is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PeerName<'b> {
    /// By its address.
    Ip(IpAddr),
    /// Only by its name.
    Hostname(&'b str),
}

impl std::fmt::Display for PeerName<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PeerName::Ip(ip) => ip.fmt(f),
            PeerName::Hostname(name) => f.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_the_batch_is_pointed_at_and_other_text_copied() {
        let mut batch = Batch::new("auth.log".into(), "root from 192.0.2.1".to_owned());
        let (text, mut writer) = batch.writer();
        writer.event.user = writer.span(text.split(' ').next().unwrap());
        writer.set(Field::UrlPath, "/unescaped");
        writer.native("key", "value");
        writer.commit();
        let event = batch.get(0).unwrap();
        assert_eq!(event.user(), "root");
        assert_eq!(event.attribute(Field::UrlPath), "/unescaped");
        assert_eq!(event.native("key"), Some("value"));
    }

    #[test]
    fn a_repeated_event_keeps_what_the_first_one_said() {
        let mut batch = Batch::new("x".into(), "abc".to_owned());
        let (_, mut writer) = batch.writer();
        assert!(!writer.repeat_last());
        writer.set(Field::UrlPath, "/kept");
        writer.native("key", "value");
        writer.commit();
        assert!(writer.repeat_last());
        writer.event.count = 3;
        writer.commit();
        let again = batch.get(1).unwrap();
        assert_eq!(
            (again.attribute(Field::UrlPath), again.native("key")),
            ("/kept", Some("value"))
        );
        assert_eq!((again.count, batch.get(0).unwrap().count), (3, 1));
    }

    #[test]
    fn fields_of_a_record_are_kept_wherever_it_lies() {
        let mut batch = Batch::new("x".into(), "line of key=a".to_owned());
        let (text, mut writer) = batch.writer();
        let pairs = || [(Span::read(0..3), Span::rewritten(1..3)), (Span::read(0..3), Span::NONE)];
        for record in [text.split(' ').next_back().unwrap(), "key of elsewhere"] {
            writer.span("before");
            writer.natives(record, "xyz", pairs().into_iter());
            writer.commit();
        }
        for event in batch.iter() {
            assert_eq!(event.native_fields().collect::<Vec<_>>(), [("key", "yz"), ("key", "")]);
        }
    }

    #[test]
    fn a_discarded_event_leaves_nothing_behind() {
        let mut batch = Batch::new("x".into(), "abc".to_owned());
        let (_, mut writer) = batch.writer();
        writer.set(Field::UrlPath, "/lost");
        writer.discard();
        writer.commit();
        assert_eq!(batch.len(), 1);
        assert_eq!(batch.get(0).unwrap().attribute(Field::UrlPath), "");
    }
}
