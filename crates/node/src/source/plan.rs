//! What is known of sources before they are read: when each begins, how its records were carried,
//! and which are copies of others. A look at each head; nothing is kept open.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::io;

use tocsin_event::{Batch, Skipped, Time};

use super::find::reason;
use super::input::read_up_to;
use super::reader::{Reader, Reading, direction};
use super::{Direction, Found, Order, Origin, Source, decode, limits};

/// How records came to a source. The same event may come both ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Transport {
    #[default]
    Text,
    Journal,
}

/// A source that will be read.
pub(super) struct Planned {
    pub(super) source: Source,
    /// Not after its first event.
    pub(super) start: Time,
    pub(super) transport: Transport,
}

/// What will be read, in the order found.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) sources: Vec<Planned>,
    pub(super) skipped: Vec<Skipped>,
    hasher: RandomState,
    /// Sources by the hash of their heads.
    heads: HashMap<u64, Vec<usize>>,
}

impl Plan {
    /// Looks at the sources that may be no logs, and at all where order depends on it.
    pub(super) fn new(found: Found, reading: &Reading<'_>) -> Plan {
        let mut plan = Plan { skipped: found.skipped, ..Plan::default() };
        let by_time = reading.options.order == Order::ByTime;
        for source in found.sources {
            match source.origin {
                Origin::File(_) if by_time || !source.named => {
                    plan.look_at(source, by_time, reading);
                }
                _ => plan.add(source, &Head::default()),
            }
        }
        plan
    }

    fn look_at(&mut self, mut source: Source, by_time: bool, reading: &Reading<'_>) {
        let head = match Head::of(&source, reading, &self.hasher) {
            Err(error) => return self.skip(&source, reason(&error)),
            Ok(head) => head,
        };
        source.direction = head.direction;
        let first = if by_time { self.copied(&source, &head, reading) } else { None };
        match first {
            Some(first) => self.skip(&source, format!("the same content as {first}")),
            None if !source.named && head.timeless => self.skip(&source, TIMELESS.to_owned()),
            None => self.add(source, &head),
        }
    }

    fn add(&mut self, source: Source, head: &Head) {
        if let Some(hash) = head.hash {
            self.heads.entry(hash).or_default().push(self.sources.len());
        }
        self.sources.push(Planned { source, start: head.start, transport: head.transport });
    }

    fn skip(&mut self, source: &Source, reason: String) {
        self.skipped.push(Skipped { name: source.name.to_string(), reason });
    }

    /// The earlier source with the same content (a rotated file and its packed copy), if any.
    /// Contents are only compared where heads agree.
    fn copied(&self, source: &Source, head: &Head, reading: &Reading<'_>) -> Option<&str> {
        let candidates = self.heads.get(&head.hash?)?;
        let earlier = candidates.iter().filter_map(|index| self.sources.get(*index));
        let mut same = earlier.filter(|e| is_same(&e.source, source, reading).unwrap_or(false));
        same.next().map(|planned| planned.source.name())
    }
}

/// Why a file that nobody named is left out: notes, tables and licences lie beside logs.
const TIMELESS: &str = "no record at its beginning has a time; it is read if you name it";

/// What the beginning of a source tells.
#[derive(Default)]
struct Head {
    /// Unknown where that takes reading to the end.
    start: Time,
    direction: Direction,
    transport: Transport,
    /// That of its text, where there is any.
    hash: Option<u64>,
    /// Whether there is text in which no record has a time, and that may be no log.
    timeless: bool,
}

impl Head {
    fn of(source: &Source, reading: &Reading<'_>, hasher: &RandomState) -> io::Result<Head> {
        let mut reader = Reader::forwards(source, reading)?;
        let mut batch = Batch::default();
        reader.peek(&mut batch);
        let text = batch.text();
        let direction = direction(&batch);
        let first = reader.summary().first;
        let start = first.filter(|_| direction == Direction::Forwards);
        Ok(Head {
            start: start.unwrap_or(Time::UNKNOWN),
            direction,
            timeless: !text.is_empty() && first.is_none() && !reader.surely_log,
            transport: transport(text),
            hash: (!text.is_empty()).then(|| hasher.hash_one(text)),
        })
    }
}

/// The first time that is known in a batch.
pub(super) fn first_known(batch: &Batch) -> Time {
    let mut times = batch.iter().map(|event| event.time);
    times.find(|time| time.is_known()).unwrap_or(Time::UNKNOWN)
}

/// journald's JSON and export formats name these fields in every entry.
fn transport(text: &str) -> Transport {
    let first = text.lines().next().unwrap_or_default();
    match first.contains("\"__REALTIME_TIMESTAMP\"") || first.starts_with("__CURSOR=") {
        true => Transport::Journal,
        false => Transport::Text,
    }
}

fn is_same(one: &Source, other: &Source, reading: &Reading<'_>) -> io::Result<bool> {
    let mut one = decode::open(one, &reading.gauge)?.text;
    let mut other = decode::open(other, &reading.gauge)?.text;
    let (mut left, mut right) = (Vec::new(), Vec::new());
    loop {
        let ended = read_up_to(&mut one, &mut left, limits::CHUNK)?;
        read_up_to(&mut other, &mut right, limits::CHUNK)?;
        if left != right || ended {
            return Ok(left == right);
        }
        left.clear();
        right.clear();
    }
}
