//! Many sources as one ordered stream of events.
//!
//! A source's turn is the latest time it has reached. The source whose turn is first gives events
//! until another one's comes first; a heap of turns, one entry a source, tells. A source is opened
//! when its turn comes (a little earlier where threads read ahead) and closed at its end, so what
//! is held in memory are a few batches of each source that is in the midst of its time.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;

use tocsin_event::{Batch, EventRef, Time};
use tocsin_parse::Formats;

use super::input::Gauge;
use super::lane::{Crew, Lane, Outcome};
use super::plan::{Plan, Transport, first_known};
use super::reader::Reading;
use super::twice::{Place, Twice};
use super::{Found, Order, ReadOptions, ReadReport};
use crate::progress::Progress;

/// What events are given to. An error ends the reading.
pub type Sink<'s> = dyn FnMut(EventRef<'_>) -> io::Result<()> + 's;

/// Reads everything found and gives the events to the sink in the order of the options.
///
/// # Errors
/// Only those of the sink: what cannot be read is in the report.
pub fn read(
    found: Found,
    options: &ReadOptions,
    progress: &mut Progress,
    sink: &mut Sink<'_>,
) -> io::Result<ReadReport> {
    let formats = Formats::new().map_err(io::Error::other)?;
    let reading = Reading { formats: &formats, options, gauge: Arc::new(Gauge::default()) };
    let plan = Plan::new(found, &reading);
    reading.gauge.read.store(0, Ordering::Relaxed);
    progress.begin(plan.sources.iter().map(|planned| planned.source.bytes()).sum());
    let mut report = ReadReport { skipped: plan.skipped, ..ReadReport::default() };
    let (mut lanes, mut known) = (Vec::new(), Vec::new());
    for planned in plan.sources {
        known.push((planned.start, planned.transport));
        lanes.push(Lane::new(planned.source));
    }
    let crew = Crew::default();
    let twins = thread::scope(|scope| {
        let _dismissal = crew.dismissed_at_end();
        for _ in 1..options.threads {
            scope.spawn(|| crew.work(&reading));
        }
        let mut merge = Merge::new(&lanes, &known, &crew, &reading);
        merge.run(progress, sink).map(|()| merge.twins)
    })?;
    drop(crew);
    let names: Vec<String> = lanes.iter().map(|lane| lane.name().to_owned()).collect();
    let outcomes: Vec<_> = lanes.into_iter().filter_map(Lane::outcome).collect();
    account(outcomes, &names, &twins, &mut report);
    Ok(report)
}

/// Events that one source had after another: (it, the other) and how many.
type Twins = BTreeMap<(usize, usize), u64>;

fn account(outcomes: Vec<Outcome>, names: &[String], twins: &Twins, report: &mut ReadReport) {
    for (index, outcome) in outcomes.into_iter().enumerate() {
        match outcome {
            Err(skipped) => report.skipped.push(skipped),
            Ok(mut summary) => {
                for ((_, first), count) in twins.range((index, 0)..(index + 1, 0)) {
                    let first = names.get(*first).map_or("another source", String::as_str);
                    *summary.skipped.entry(format!("also in {first}")).or_default() += count;
                    report.duplicates += count;
                }
                report.sources.push(summary);
            }
        }
    }
}

/// Whose turn it is: the source that has come least far, then the first found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    time: Time,
    source: usize,
}

/// A batch and how far it has been given.
struct Cursor {
    batch: Batch,
    at: usize,
}

struct Merge<'m, 'l, 'f> {
    lanes: &'l [Lane<'f>],
    known: &'m [(Time, Transport)],
    crew: &'m Crew<'l, 'f>,
    reading: &'m Reading<'f>,
    cursors: Vec<Option<Cursor>>,
    /// Sources in the order in which they will be opened, and how many have been so far.
    upcoming: Vec<usize>,
    opened: usize,
    asked: usize,
    twice: Option<Twice>,
    twins: Twins,
}

impl<'m, 'l, 'f> Merge<'m, 'l, 'f> {
    fn new(
        lanes: &'l [Lane<'f>],
        known: &'m [(Time, Transport)],
        crew: &'m Crew<'l, 'f>,
        reading: &'m Reading<'f>,
    ) -> Self {
        let mut upcoming: Vec<usize> = (0..lanes.len()).collect();
        upcoming.sort_by_key(|index| (known[*index].0, *index));
        let has = |transport| known.iter().any(|(_, of_source)| *of_source == transport);
        let mixed = has(Transport::Text) && has(Transport::Journal);
        Merge {
            lanes,
            known,
            crew,
            reading,
            cursors: lanes.iter().map(|_| None).collect(),
            upcoming,
            opened: 0,
            asked: 0,
            twice: mixed.then(Twice::default),
            twins: Twins::new(),
        }
    }

    fn run(&mut self, progress: &mut Progress, sink: &mut Sink<'_>) -> io::Result<()> {
        let starts = self.known.iter().enumerate();
        let turns = starts.map(|(source, (time, _))| Reverse(Turn { time: *time, source }));
        let mut turns: BinaryHeap<_> = turns.collect();
        while let Some(Reverse(turn)) = turns.pop() {
            let limit = turns.peek().map(|Reverse(limit)| *limit);
            turns.extend(self.give(turn, limit, progress, sink)?.map(Reverse));
        }
        progress.end();
        Ok(())
    }

    /// Gives events of the source whose turn it is, until it is another's: its next turn, or
    /// `None` at its end.
    fn give(
        &mut self,
        mut turn: Turn,
        limit: Option<Turn>,
        progress: &mut Progress,
        sink: &mut Sink<'_>,
    ) -> io::Result<Option<Turn>> {
        let by_time = self.reading.options.order == Order::ByTime;
        while let Some(mut cursor) = self.cursor(turn.source, progress) {
            if by_time && !turn.time.is_known() {
                turn.time = first_known(&cursor.batch);
            }
            while let Some(event) = cursor.batch.get(cursor.at) {
                if by_time {
                    turn.time = turn.time.max(event.time);
                }
                if limit.is_some_and(|limit| turn > limit) {
                    self.cursors[turn.source] = Some(cursor);
                    return Ok(Some(turn));
                }
                if self.twice.is_none() || !self.seen_twice(&event, turn) {
                    sink(event)?;
                }
                cursor.at += 1;
            }
            self.lanes[turn.source].reuse(cursor.batch);
        }
        Ok(None)
    }

    fn seen_twice(&mut self, event: &EventRef<'_>, turn: Turn) -> bool {
        let Some(twice) = &mut self.twice else { return false };
        let (source, transport) = (turn.source, self.known[turn.source].1);
        let first = twice.seen(event, Place { source, transport, now: turn.time });
        if let Some(first) = first {
            *self.twins.entry((source, first)).or_default() += 1;
        }
        first.is_some()
    }

    /// Where the source stands: within a batch, or at the start of its next one.
    fn cursor(&mut self, source: usize, progress: &mut Progress) -> Option<Cursor> {
        if let Some(cursor) = self.cursors[source].take() {
            return Some(cursor);
        }
        self.read_ahead(source);
        let batch = self.lanes[source].next(self.reading);
        progress.at(self.reading.gauge.read.load(Ordering::Relaxed));
        batch.map(|batch| Cursor { batch, at: 0 })
    }

    /// Keeps the crew busy with this source and those that come after it.
    fn read_ahead(&mut self, source: usize) {
        if self.reading.options.threads < 2 {
            return;
        }
        self.crew.ask(&self.lanes[source], self.reading);
        if self.upcoming.get(self.opened) == Some(&source) {
            self.opened += 1;
        }
        let most = self.opened + self.reading.options.threads;
        while self.asked < most.min(self.upcoming.len()) {
            self.crew.ask(&self.lanes[self.upcoming[self.asked]], self.reading);
            self.asked += 1;
        }
    }
}
