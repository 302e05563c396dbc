//! Events that two transports carried: the journal and a text file that syslog wrote from it. The
//! k-th repetition in one matches the k-th in the other; repetitions within one source all count.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};

use tocsin_event::{Duration, EventRef, Time};

use super::plan::Transport;

/// How far apart the two may be: text has whole seconds, and syslog may lag.
const APART: Duration = Duration::from_secs(2);
/// Events remembered at most; with more within [`APART`] the oldest are forgotten.
const REMEMBERED: usize = 1 << 16;

/// Finds events seen before through another transport.
#[derive(Default)]
pub(super) struct Twice {
    hasher: RandomState,
    /// Events without a counterpart yet, oldest first.
    single: HashMap<(u64, bool), VecDeque<Seen>>,
    /// The same in the order in which they are forgotten.
    order: VecDeque<(Time, (u64, bool))>,
}

#[derive(Clone, Copy)]
struct Seen {
    time: Time,
    source: usize,
}

/// Where an event comes from.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) source: usize,
    pub(super) transport: Transport,
    /// How far the merge has come.
    pub(super) now: Time,
}

impl Twice {
    /// The source that had this event before, if one of another transport did.
    pub(super) fn seen(&mut self, event: &EventRef<'_>, place: Place) -> Option<usize> {
        self.forget(place.now);
        let words = (event.host(), event.program(), event.pid, event.message().trim_end());
        let key = self.hasher.hash_one(words);
        let from_journal = place.transport == Transport::Journal;
        if let Some(first) = self.take(event.time, (key, !from_journal)) {
            return Some(first.source);
        }
        let seen = Seen { time: event.time, source: place.source };
        self.single.entry((key, from_journal)).or_default().push_back(seen);
        self.order.push_back((place.now, (key, from_journal)));
        None
    }

    /// The oldest counterpart, if it is near enough.
    fn take(&mut self, time: Time, key: (u64, bool)) -> Option<Seen> {
        let waiting = self.single.get_mut(&key)?;
        waiting.pop_front_if(|seen| (seen.time - time).0.saturating_abs() <= APART.0)
    }

    fn forget(&mut self, now: Time) {
        while let Some((time, key)) = self.order.front().copied() {
            if time >= now - APART && self.order.len() < REMEMBERED {
                return;
            }
            self.order.pop_front();
            let Some(waiting) = self.single.get_mut(&key) else { continue };
            while waiting.front().is_some_and(|seen| seen.time <= time) {
                waiting.pop_front();
            }
            if waiting.is_empty() {
                self.single.remove(&key);
            }
        }
    }
}
