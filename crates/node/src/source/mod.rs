//! Everything that reads files: from PATH arguments to events, in one order.
//!
//! [`find`] turns arguments into sources; [`read`] reads them, one after the other or merged by
//! time, on as many threads as asked, and gives every event to a sink in the same order whatever
//! the threads. What cannot be read is named, never silent, and stops nothing else. What the
//! records mean is the parse crate's business, what they tell together the engine's.

mod backwards;
mod columns;
mod convert;
mod decode;
mod documents;
mod evtx;
mod find;
mod input;
mod journal;
mod kind;
mod lane;
mod limits;
mod logins;
mod merge;
mod network;
mod otel;
mod plan;
mod reader;
mod text;
mod twice;
mod utf16;

mod zeek;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::tz::TimeZone;
use tocsin_event::{Skipped, SourceSummary, Time};
use tocsin_parse::Format;

pub(crate) use decode::unpacked;
pub use find::find;
pub use merge::{Sink, read};

/// Where records come from.
#[derive(Clone, Debug)]
pub struct Source {
    name: Arc<str>,
    origin: Origin,
    bytes: u64,
    modified: Time,
    /// Whether somebody asked for this very file; then it is read whatever it holds.
    named: bool,
    direction: Direction,
}

/// Which way the records of a source run in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Direction {
    #[default]
    Unknown,
    Forwards,
    /// The newest comes first.
    Backwards,
}

#[derive(Clone, Debug)]
enum Origin {
    Stdin,
    File(PathBuf),
}

impl Source {
    /// Its name, as events and summaries give it: the path, or `-`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    fn is_at(&self, path: &Path) -> bool {
        matches!(&self.origin, Origin::File(own) if own == path)
    }

    /// Its size as stored, 0 for standard input.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// What the PATH arguments stand for.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// What can be read, as far as that is known without opening it: in the order of the
    /// arguments, folders by name.
    pub sources: Vec<Source>,
    /// What cannot.
    pub skipped: Vec<Skipped>,
}

/// In which order events are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Source by source, as found. Nothing is compared, nothing is dropped.
    #[default]
    OneByOne,
    /// By time across sources: each event at the latest time its source has reached, ties by the
    /// order of sources, records of a source in their own order or, where that begins with the
    /// newest, in its reverse. What was seen before is dropped: copies of a source, and events that
    /// a journal and a text file both hold.
    ByTime,
}

/// How sources are read.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// The zone of times that name none.
    pub zone: TimeZone,
    /// The year of each source's first record, where its times do not say.
    pub year: Option<i16>,
    /// Read every record as this format only.
    pub format: Option<&'static Format>,
    /// Threads that unpack and parse, the caller's included; the result is the same for any.
    pub threads: usize,
    /// In which order events are given.
    pub order: Order,
}

impl Default for ReadOptions {
    fn default() -> Self {
        ReadOptions {
            zone: TimeZone::UTC,
            year: None,
            format: None,
            threads: 1,
            order: Order::default(),
        }
    }
}

/// What became of everything found.
#[derive(Clone, Debug, Default)]
pub struct ReadReport {
    /// The account of each source that was read, in the order found.
    pub sources: Vec<SourceSummary>,
    /// What was not read.
    pub skipped: Vec<Skipped>,
    /// Events dropped because another source had them too; they are in the accounts as well.
    pub duplicates: u64,
}
