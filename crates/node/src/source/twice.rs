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
        // Without the process, which the journal always knows and text may not tell.
        let words = (event.host(), event.program(), event.message().trim());
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

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use tocsin_event::Batch;
    use tocsin_parse::{Formats, Options, Parser};

    use super::*;

    /// Events at these seconds, with these tags and messages.
    fn batch(events: &[(u32, &str)]) -> Batch {
        let line = |(second, said): &(u32, &str)| {
            let tag = if said.contains(": ") { "" } else { "sshd[1]: " };
            format!("2024-05-05T10:00:{second:02}Z h {tag}{said}\n")
        };
        let mut batch = Batch::new("x".into(), events.iter().map(line).collect());
        let formats = Formats::new().unwrap();
        let options = Options { zone: TimeZone::UTC, year: None, reference: Time(0), format: None };
        Parser::new(&formats, "x", options).read(&mut batch);
        batch
    }

    /// Which of the events were seen before; each is a transport, a second and a message.
    fn seen(events: &[(Transport, u32, &str)]) -> Vec<bool> {
        let of: Vec<_> = events.iter().map(|(_, second, message)| (*second, *message)).collect();
        let batch = batch(&of);
        let mut twice = Twice::default();
        let told = batch.iter().zip(events).map(|(event, (transport, ..))| {
            let source = usize::from(*transport == Transport::Journal);
            let first =
                twice.seen(&event, Place { source, transport: *transport, now: event.time });
            assert!(first.is_none_or(|first| first != source));
            first.is_some()
        });
        told.collect()
    }

    #[test]
    fn the_kth_repetition_matches_the_kth_of_the_other_transport() {
        use Transport::{Journal, Text};
        let told = seen(&[
            (Journal, 1, "a"),
            (Journal, 1, "a"),
            (Text, 1, "a"),
            (Text, 1, "b"),
            (Text, 2, "a"),
            (Text, 2, "a"),
            (Journal, 3, "b"),
        ]);
        assert_eq!(told, [false, false, true, false, true, false, true]);
    }

    #[test]
    fn repetitions_of_one_transport_all_count() {
        let told = seen(&[(Transport::Text, 1, "a"); 5]);
        assert_eq!(told, [false; 5]);
    }

    #[test]
    fn text_that_does_not_name_the_process_is_of_the_same_event() {
        let said = "eve : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/id";
        let (journal, text) = (format!("sudo[7]: {said}"), format!("sudo:   {said}"));
        let told = seen(&[(Transport::Journal, 1, &journal), (Transport::Text, 1, &text)]);
        assert_eq!(told, [false, true]);
    }

    #[test]
    fn what_is_far_apart_is_not_the_same() {
        let told = seen(&[(Transport::Text, 1, "a"), (Transport::Journal, 4, "a")]);
        assert_eq!(told, [false, false]);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let batch = batch(&[(1, "a")]);
        let event = batch.get(0).unwrap();
        let mut twice = Twice::default();
        let place = Place { source: 0, transport: Transport::Text, now: event.time };
        (0..2 * REMEMBERED).for_each(|_| assert_eq!(twice.seen(&event, place), None));
        assert!(twice.order.len() <= REMEMBERED);
        assert!(twice.single.values().map(VecDeque::len).sum::<usize>() <= REMEMBERED);
    }
}
