//! The state of one correlation for one group key: a small machine moved by matches.
//!
//! A hit fires when the threshold is reached by matches within the timespan. From then on, until
//! the first match's time plus the timespan, the window is *open*: it does not fire again, and each
//! match that makes the count grow continues the hit. The first match at or after that end starts
//! afresh; no match counts towards two hits.
//!
//! Times should come in order. A late match counts if it is within the timespan of the window that is
//! being kept, and is passed over if it is older; for ordered correlations, order is the order of
//! arrival as well as of time. Nothing here reads a clock.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::correlation::{Correlation, Kind};
use crate::limits;
use crate::statistic::{Part, Statistic};

/// One group key's progress towards a hit, and through it. Small: an event count of N keeps at most
/// N times, a value count at most N values and, while a hit is open, 256 more, a statistic a thousand
/// numbers. There may be millions, nearly all of a match or two, so what only few need is kept
/// elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeyState(Progress);

/// What of a match is counted, besides itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Counted {
    /// Nothing; value counts and statistics take no notice of the match.
    Nothing,
    /// The hash of the values, for value counts.
    Value(u64),
    /// The number, for statistics.
    Number(f64),
}

/// What an update led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hit {
    /// The threshold is reached.
    Fired(Span),
    /// The count of the hit that fired last has grown.
    Continued(Span),
}

/// The window of a hit so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Time of the first match, in nanoseconds. It stays the same while a hit continues, so that
    /// it identifies the hit.
    pub start_ns: i64,
    /// Time of the last match, in nanoseconds.
    pub end_ns: i64,
    /// Matches, distinct values, distinct members or numbers, by the kind of the correlation. Of a
    /// value count it is the values that made the hit fire, and the matches since, unless too many
    /// values end the hit.
    pub count: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Progress {
    /// The last times, in order; as many as the threshold.
    Times(VecDeque<i64>),
    /// Values, or members, and when each was last seen, in order of that.
    Values(Vec<(u64, i64)>),
    /// For each member, the latest start of a run through all members up to it, and its end; of one that
    /// must not come, when it came last.
    Runs(Vec<Option<(i64, i64)>>),
    /// The numbers in the window, in order of time.
    #[expect(clippy::box_collection, reason = "these are few, and would make all others larger")]
    Numbers(Box<VecDeque<Part>>),
    /// A hit is open of which only the count goes on: times or numbers.
    Counting(Span),
    /// A hit is open for whose count it matters which values or runs there are.
    Growing(Box<(Span, Progress)>),
}

impl KeyState {
    /// No match seen yet.
    pub fn new(correlation: &Correlation) -> Self {
        KeyState(Progress::new(correlation))
    }

    /// Takes a match of member number `member` at `time_ns`.
    ///
    /// A state that was kept for another kind of correlation starts afresh.
    pub fn update(
        &mut self,
        correlation: &Correlation,
        time_ns: i64,
        member: usize,
        counted: Counted,
    ) -> Option<Hit> {
        if !self.0.fits(correlation) {
            *self = KeyState::new(correlation);
        }
        let value = match (correlation.kind, counted) {
            (Kind::EventCount, _) => 0,
            (Kind::Temporal | Kind::TemporalOrdered, _) => member as u64,
            (Kind::ValueCount, Counted::Value(hash)) => hash,
            (Kind::Statistic(_), Counted::Number(number)) if number.is_finite() => number.to_bits(),
            _ => return None,
        };
        if member >= correlation.members.len() {
            return None;
        }
        match self.open() {
            Some(span) if time_ns <= span.start_ns.saturating_sub(correlation.timespan_ns) => None,
            Some(span) if time_ns < end_of(span.start_ns, correlation) => {
                self.proceed(correlation, time_ns, value)
            }
            Some(_) => {
                *self = KeyState::new(correlation);
                self.advance(correlation, time_ns, value)
            }
            None => self.advance(correlation, time_ns, value),
        }
    }

    /// The hit that is open: that fired last, unless a match came after its end.
    pub fn open(&self) -> Option<Span> {
        match &self.0 {
            Progress::Counting(span) => Some(*span),
            Progress::Growing(growing) => Some(growing.0),
            _ => None,
        }
    }

    /// The hit that is open although it ends before `time_ns`: the next match then starts afresh.
    pub fn ended(&self, correlation: &Correlation, time_ns: i64) -> Option<Span> {
        self.open().filter(|span| time_ns >= end_of(span.start_ns, correlation))
    }

    /// The time from which this state no longer matters and may be dropped; none if it is empty.
    pub fn expires_ns(&self, correlation: &Correlation) -> Option<i64> {
        let newest = match self.open() {
            Some(span) => Some(span.start_ns),
            None => self.0.newest(),
        };
        newest.map(|time| end_of(time, correlation))
    }

    /// A match while no hit is open.
    fn advance(&mut self, correlation: &Correlation, time: i64, value: u64) -> Option<Hit> {
        let span = self.0.add(correlation, time, value)?;
        if !correlation.threshold.holds(span.count) {
            return None;
        }
        let seen = std::mem::replace(&mut self.0, Progress::Counting(span));
        if matches!(seen, Progress::Values(_) | Progress::Runs(_)) && !counts_matches(correlation) {
            self.0 = Progress::Growing(Box::new((span, seen)));
        }
        Some(Hit::Fired(span))
    }

    /// A match while a hit is open.
    fn proceed(&mut self, correlation: &Correlation, time: i64, value: u64) -> Option<Hit> {
        let (open, count) = match &mut self.0 {
            Progress::Counting(span) => {
                let count = span.count.saturating_add(1);
                (span, count)
            }
            Progress::Growing(growing) => {
                let (span, seen) = &mut **growing;
                let count = seen.count_on(correlation, time, value)?.max(span.count);
                (span, count)
            }
            _ => return None,
        };
        if count == open.count || correlation.threshold.at_most.is_some_and(|most| count > most) {
            return None;
        }
        *open = Span { end_ns: open.end_ns.max(time), count, ..*open };
        correlation.threshold.holds(count).then_some(Hit::Continued(*open))
    }
}

impl Progress {
    fn new(correlation: &Correlation) -> Self {
        match correlation.kind {
            Kind::EventCount => Progress::Times(VecDeque::with_capacity(1)),
            Kind::ValueCount | Kind::Temporal => Progress::Values(Vec::with_capacity(1)),
            Kind::TemporalOrdered => Progress::Runs(vec![None; correlation.members.len()]),
            Kind::Statistic(_) => Progress::Numbers(Box::default()),
        }
    }

    fn fits(&self, correlation: &Correlation) -> bool {
        match (self, correlation.kind) {
            (Progress::Times(_), Kind::EventCount)
            | (Progress::Values(_), Kind::ValueCount | Kind::Temporal)
            | (Progress::Numbers(_), Kind::Statistic(_))
            | (Progress::Counting(_), Kind::EventCount | Kind::Statistic(_)) => true,
            (Progress::Counting(_), Kind::ValueCount) => counts_matches(correlation),
            (Progress::Growing(growing), _) => growing.1.fits(correlation),
            (Progress::Runs(runs), Kind::TemporalOrdered) => {
                runs.len() == correlation.members.len()
            }
            _ => false,
        }
    }

    fn newest(&self) -> Option<i64> {
        match self {
            Progress::Times(times) => times.back().copied(),
            Progress::Values(values) => values.last().map(|(_, time)| *time),
            Progress::Runs(runs) => runs.iter().flatten().map(|(start, _)| *start).max(),
            Progress::Numbers(parts) => parts.back().map(|part| part.time_ns),
            Progress::Counting(span) => Some(span.end_ns),
            Progress::Growing(growing) => Some(growing.0.end_ns),
        }
    }

    /// Adds a match and gives the window as it now stands.
    fn add(&mut self, correlation: &Correlation, time: i64, value: u64) -> Option<Span> {
        match (self, correlation.kind) {
            (Progress::Times(times), _) => count_time(times, time, correlation),
            (Progress::Values(values), _) => count_value(values, time, value, correlation),
            (Progress::Runs(runs), _) => run(runs, time, value, correlation),
            (Progress::Numbers(parts), Kind::Statistic(statistic)) => {
                let part = Part::new(time, f64::from_bits(value));
                sum_up(parts, part, statistic, correlation)
            }
            (Progress::Numbers(_) | Progress::Counting(_) | Progress::Growing(_), _) => None,
        }
    }

    /// Adds a match while a hit is open, and gives the count as it now stands.
    fn count_on(&mut self, correlation: &Correlation, time: i64, value: u64) -> Option<u64> {
        match self {
            Progress::Values(values) => {
                // Only which values there are matters now, and full is full.
                let most = correlation.threshold.at_least as usize + limits::CONTINUED_VALUES;
                if values.len() < most {
                    see(values, time, value, most);
                }
                Some(values.len() as u64)
            }
            Progress::Runs(runs) => Some(run(runs, time, value, correlation)?.count),
            _ => None,
        }
    }
}

fn count_time(times: &mut VecDeque<i64>, time: i64, correlation: &Correlation) -> Option<Span> {
    let newest = times.back().map_or(time, |last| time.max(*last));
    let oldest = newest.saturating_sub(correlation.timespan_ns);
    if time <= oldest {
        return None;
    }
    let place = times.partition_point(|other| *other <= time);
    times.insert(place, time);
    while times.front().is_some_and(|first| *first <= oldest) {
        times.pop_front();
    }
    if times.len() as u64 > correlation.threshold.at_least {
        times.pop_front();
    }
    let (start_ns, count) = (*times.front()?, times.len() as u64);
    Some(Span { start_ns, end_ns: newest, count })
}

fn count_value(
    values: &mut Vec<(u64, i64)>,
    time: i64,
    value: u64,
    correlation: &Correlation,
) -> Option<Span> {
    let newest = values.last().map_or(time, |(_, last)| time.max(*last));
    let oldest = newest.saturating_sub(correlation.timespan_ns);
    if time <= oldest {
        return None;
    }
    values.drain(..values.partition_point(|(_, seen)| *seen <= oldest));
    let most = match correlation.kind {
        Kind::Temporal => correlation.members.len(),
        _ => correlation.threshold.at_least as usize,
    };
    see(values, time, value, most.max(1));
    if let Some(presence) = &correlation.presence {
        let there = values.iter().fold(0, |all, (member, _)| all | 1 << (member & 63));
        presence.holds(there).then_some(())?;
    }
    let (_, start_ns) = *values.first()?;
    Some(Span { start_ns, end_ns: newest, count: values.len() as u64 })
}

/// Notes that `value` was seen at `time`; when there are `most` values, no further one is taken.
fn see(values: &mut Vec<(u64, i64)>, time: i64, value: u64, most: usize) {
    match values.iter().position(|(known, _)| *known == value) {
        Some(at) if time > values[at].1 => drop(values.remove(at)),
        None if values.len() < most => {}
        _ => return,
    }
    values.insert(values.partition_point(|(_, seen)| *seen <= time), (value, time));
}

/// Adds a number; the window, if its statistic is as it has to be.
fn sum_up(
    parts: &mut VecDeque<Part>,
    part: Part,
    statistic: Statistic,
    correlation: &Correlation,
) -> Option<Span> {
    let end_ns = parts.back().map_or(part.time_ns, |last| part.time_ns.max(last.time_ns));
    let oldest = end_ns.saturating_sub(correlation.timespan_ns);
    if part.time_ns <= oldest {
        return None;
    }
    parts.insert(parts.partition_point(|other| other.time_ns <= part.time_ns), part);
    while parts.front().is_some_and(|first| first.time_ns <= oldest) {
        parts.pop_front();
    }
    statistic.shorten(parts);
    let span = Span {
        start_ns: parts.front()?.time_ns,
        end_ns,
        count: parts.iter().map(|part| part.count).sum(),
    };
    correlation.bounds.holds(statistic.of(parts)).then_some(span)
}

/// Extends the runs by a match of member number `member`; the span of the longest run it makes.
fn run(
    runs: &mut [Option<(i64, i64)>],
    time: i64,
    member: u64,
    correlation: &Correlation,
) -> Option<Span> {
    let (member, order) = (usize::try_from(member).ok()?, &correlation.order);
    let Some(at) = order.iter().position(|step| step.member == member) else {
        let own = runs.get_mut(member)?;
        *own = (*own).max(Some((time, time)));
        return None;
    };
    let before = at.checked_sub(1).and_then(|before| order.get(before));
    let (start_ns, since) = match before {
        None => (time, time.saturating_sub(correlation.timespan_ns).saturating_add(1)),
        Some(before) => {
            let (start, end) = (*runs.get(before.member)?)?;
            let fits = end <= time && time < end_of(start, correlation);
            fits.then_some((start, end))?
        }
    };
    let came = |unwanted: &usize| runs.get(*unwanted).copied().flatten();
    let mut unwanted = order.get(at)?.without.iter().filter_map(came);
    if unwanted.any(|(_, seen)| since <= seen && seen <= time) {
        return None;
    }
    let own = runs.get_mut(member)?;
    if own.is_none_or(|(latest, _)| latest <= start_ns) {
        *own = Some((start_ns, time));
        // What came before this match, in the same second maybe, did not come after it.
        for unwanted in order.get(at + 1).into_iter().flat_map(|next| &next.without) {
            if let Some(run) = runs.get_mut(*unwanted) {
                run.take_if(|(_, seen)| *seen <= time);
            }
        }
    }
    Some(Span { start_ns, end_ns: time, count: at as u64 + 1 })
}

/// Whether a value count that has fired counts matches from then on: which values there are no longer
/// matters, unless too many of them end the hit.
fn counts_matches(correlation: &Correlation) -> bool {
    let threshold = &correlation.threshold;
    let bounded = threshold.at_most.is_some() || threshold.other_than.is_some();
    correlation.kind == Kind::ValueCount && !bounded
}

/// The first time that no longer belongs to a window starting at `start`.
fn end_of(start: i64, correlation: &Correlation) -> i64 {
    start.saturating_add(correlation.timespan_ns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_small() {
        assert_eq!(size_of::<KeyState>(), 32);
    }
}
