//! What became of a source's records: read, parsed, skipped and why. Nothing is dropped silently.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::Time;

/// The most frequent shapes of records no parser understood that are shown.
pub const SHAPES_SHOWN: usize = 3;

/// The account of one source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SourceSummary {
    /// Its name, usually a path.
    pub name: String,
    /// The formats its records were read as, the most frequent first.
    pub formats: Vec<String>,
    /// Bytes read, after decompression.
    pub bytes: u64,
    /// Records read.
    pub read: u64,
    /// Records that a parser understood.
    pub parsed: u64,
    /// Records that became no event, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// The most frequent shapes that no parser knew, with how often each was seen.
    pub unparsed_shapes: Vec<(String, u64)>,
    /// Time of its earliest event.
    pub first: Option<Time>,
    /// Time of its latest event.
    pub last: Option<Time>,
    /// What had to be assumed (year, zone, encoding).
    pub assumptions: Vec<String>,
    /// Why reading it stopped early, if it did.
    pub error: Option<String>,
}

impl SourceSummary {
    /// Counts a record that became no event.
    pub fn skip(&mut self, reason: &str) {
        match self.skipped.get_mut(reason) {
            Some(count) => *count += 1,
            None => drop(self.skipped.insert(reason.to_owned(), 1)),
        }
    }

    /// Has the source span a time that one of its events is known to be of.
    pub fn span(&mut self, time: Time) {
        if time.is_known() {
            self.first = Some(self.first.map_or(time, |first| first.min(time)));
            self.last = Some(self.last.map_or(time, |last| last.max(time)));
        }
    }
}

/// Something that was asked for and not read, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Its path.
    pub name: String,
    /// Why, for people: `a PNG image`, `permission denied`.
    pub reason: String,
}
