//! Puts together the records of one audit event, which arrive interleaved with those of others
//! and not always in order. What is held is bounded; what was lost or never ended is counted.

use std::collections::VecDeque;

use tocsin_event::{Duration, SourceSummary, Time};

use super::line::{EventId, Line};
use super::tables;
use crate::header::Record;
use crate::timestamp::Stamp;

/// Events held at once. The kernel interleaves a few dozen at most; the oldest is given up.
const PENDING_MAX: usize = 256;
/// Records and bytes of one event; a command line of the longest kind takes a few dozen.
const RECORDS_MAX: usize = 512;
const BYTES_MAX: usize = 256 * 1024;
/// An event without an end record is over when its machine is this far ahead (as in libauparse).
const OVER_AFTER: Duration = Duration::from_secs(2);
/// Ended events that are remembered, to know their late records.
const ENDED_KEPT: usize = 64;
/// Machines whose serial numbers are watched.
const NODES_MAX: usize = 64;
/// A jump beyond this is another boot or another piece of log, not a loss.
const GAP_MAX: u64 = 100_000;
/// Serial numbers that arrive this late are out of order; later still, the machine was restarted.
const REORDER_MAX: u64 = 1000;

/// Holds records until their event is whole.
#[derive(Debug, Default)]
pub(crate) struct Assembler {
    pending: VecDeque<Pending>,
    ended: VecDeque<(String, EventId)>,
    spare: Vec<Pending>,
    serials: Vec<(String, u64)>,
    counts: Counts,
}

/// What did not come as it should.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    /// Events missing from the serial numbers.
    lost: u64,
    /// Events given up without an end record.
    unended: u64,
    /// Records that came after the end of their event.
    late: u64,
}

/// The records of one event.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    /// The number of its first record in the source.
    pub(crate) number: u64,
    /// The records as read, one a line.
    raw: String,
    stamp: Option<Stamp>,
    pub(crate) id: Option<EventId>,
    host: String,
    program: String,
    pid: u32,
    texts: String,
    parts: Vec<Part>,
    ended: bool,
}

/// Where a record's type and fields lie in the texts.
#[derive(Clone, Copy, Debug)]
struct Part {
    kind: usize,
    rest: usize,
    end: usize,
}

impl Pending {
    /// Type and fields of its records.
    pub(crate) fn records(&self) -> impl Iterator<Item = (&str, &str)> {
        let text = |from, to| self.texts.get(from..to).unwrap_or_default();
        self.parts.iter().map(move |p| (text(p.kind, p.rest), text(p.rest, p.end)))
    }

    /// The event as one record, of which `body` is the message.
    pub(crate) fn record<'t>(&'t self, body: &'t str) -> Record<'t> {
        let (host, program) = (self.host.as_str(), self.program.as_str());
        Record {
            line: &self.raw,
            stamp: self.stamp,
            host,
            program,
            pid: self.pid,
            text: body,
            body,
            object: None,
        }
    }

    /// The machine it is of.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// How many records it has.
    pub(crate) fn len(&self) -> usize {
        self.parts.len()
    }

    fn begin(&mut self, line: &Line<'_>, record: &Record<'_>, number: u64) {
        self.raw.clear();
        self.texts.clear();
        self.parts.clear();
        let host = if line.node.is_empty() { record.host } else { line.node };
        for (own, new) in [(&mut self.host, host), (&mut self.program, record.program)] {
            own.clear();
            own.push_str(new);
        }
        self.number = number;
        self.stamp = line.id.as_ref().map(|id| Stamp::Instant(id.time)).or(record.stamp);
        self.id = line.id.clone();
        self.pid = record.pid;
        self.ended = false;
    }

    fn push(&mut self, line: &Line<'_>, record: &Record<'_>) {
        if !self.raw.is_empty() {
            self.raw.push('\n');
        }
        self.raw.push_str(record.line);
        let kind = self.texts.len();
        self.texts.push_str(line.kind);
        let rest = self.texts.len();
        self.texts.push_str(line.rest);
        self.parts.push(Part { kind, rest, end: self.texts.len() });
        let full = self.parts.len() >= RECORDS_MAX || self.raw.len() >= BYTES_MAX;
        self.ended = self.ended || full || line.id.is_none() || ends(line.kind);
    }
}

/// Whether no record of the event follows one of this type: an end record, the last one before
/// it, or a message from user space, which is an event of its own.
fn ends(kind: &str) -> bool {
    let part_of_many = |number| (1300..2100).contains(&number) && number != tables::KERNEL_MESSAGE;
    matches!(kind, "EOE" | "PROCTITLE")
        || tables::type_number(kind).is_some_and(|n| !part_of_many(n))
}

impl Assembler {
    /// Adds a record, the one of this number in the source. [`next`](Self::next) then gives the
    /// events that are whole.
    pub(crate) fn add(&mut self, line: &Line<'_>, record: &Record<'_>, number: u64) {
        let host = if line.node.is_empty() { record.host } else { line.node };
        let known = self.pending.iter().rposition(|p| !p.ended && p.is(host, line.id.as_ref()));
        if let Some(pending) = known.and_then(|at| self.pending.get_mut(at)) {
            if line.kind == "EOE" {
                pending.ended = true;
            } else {
                pending.push(line, record);
            }
            return;
        }
        if let Some(id) = &line.id {
            let late = self.ended.iter().any(|(h, ended)| h == host && ended == id);
            if line.kind == "EOE" {
                return;
            }
            self.counts.late += u64::from(late);
            self.pass_time(host, id.time);
            self.watch_serial(host, id.serial);
        }
        let mut pending = self.spare.pop().unwrap_or_default();
        pending.begin(line, record, number);
        pending.push(line, record);
        self.pending.push_back(pending);
    }

    /// The next event that is whole, or that must make room.
    pub(crate) fn next(&mut self) -> Option<Pending> {
        let at = self.pending.iter().position(|pending| pending.ended);
        if at.is_none() && self.pending.len() > PENDING_MAX {
            return self.flush();
        }
        let pending = self.pending.remove(at?)?;
        if let Some(id) = &pending.id {
            if self.ended.len() >= ENDED_KEPT {
                self.ended.pop_front();
            }
            self.ended.push_back((pending.host.clone(), id.clone()));
        }
        Some(pending)
    }

    /// The oldest event, whole or not.
    pub(crate) fn flush(&mut self) -> Option<Pending> {
        self.counts.unended += u64::from(!self.pending.front()?.ended);
        self.pending.front_mut()?.ended = true;
        self.next()
    }

    /// Takes back an event that was dealt with, to use its memory again.
    pub(crate) fn recycle(&mut self, pending: Pending) {
        self.spare.push(pending);
        self.spare.truncate(8);
    }

    /// Tells the summary what did not come as it should.
    pub(crate) fn account(&self, summary: &mut SourceSummary) {
        let Counts { lost, unended, late } = self.counts;
        if lost > 0 {
            summary
                .skipped
                .insert("audit event lost: a gap in the serial numbers".to_owned(), lost);
        }
        let told = [
            (unended, "audit events without an end record are taken to be over"),
            (late, "audit records that came after the end of their event are events of their own"),
        ];
        let told = told.into_iter().filter(|(count, _)| *count > 0);
        summary.assumptions.extend(told.map(|(count, what)| format!("{count} {what}")));
    }

    fn pass_time(&mut self, host: &str, now: Time) {
        let over = |p: &Pending| {
            let begun = p.id.as_ref().map_or(now, |id| id.time);
            !p.ended && p.host == host && now.0.saturating_sub(begun.0) > OVER_AFTER.0
        };
        for pending in self.pending.iter_mut().filter(|p| over(p)) {
            pending.ended = true;
            self.counts.unended += 1;
        }
    }

    fn watch_serial(&mut self, host: &str, serial: u64) {
        let Some((_, highest)) = self.serials.iter_mut().find(|(h, _)| h == host) else {
            if self.serials.len() < NODES_MAX {
                self.serials.push((host.to_owned(), serial));
            }
            return;
        };
        if serial > *highest {
            let gap = serial - *highest - 1;
            self.counts.lost += if gap <= GAP_MAX { gap } else { 0 };
            *highest = serial;
        } else if *highest - serial > REORDER_MAX {
            *highest = serial;
        } else if serial < *highest {
            self.counts.lost = self.counts.lost.saturating_sub(1);
        }
    }
}

impl Pending {
    fn is(&self, host: &str, id: Option<&EventId>) -> bool {
        id.is_some() && self.id.as_ref() == id && self.host == host
    }
}
