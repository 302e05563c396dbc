//! Sources read ahead of their consumer. Each source has a lane with a few batches; a crew of
//! threads, the consumer among them, fills the lanes that have room. One thread at a time reads a
//! source, so its batches come in order, and how many threads there are changes nothing.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use tocsin_event::{Batch, Skipped, SourceSummary};

use super::Source;
use super::find::reason;
use super::reader::{Reader, Reading};

/// What became of a source.
pub(super) type Outcome = Result<SourceSummary, Skipped>;

/// A source and the batches read of it.
pub(super) struct Lane<'f> {
    source: Source,
    state: Mutex<State<'f>>,
    changed: Condvar,
}

struct State<'f> {
    work: Work<'f>,
    ready: VecDeque<Batch>,
    spare: Vec<Batch>,
    /// Whether it waits for a thread of the crew.
    queued: bool,
}

enum Work<'f> {
    Unopened,
    Open(Box<Reader<'f>>),
    /// A thread has it.
    Taken,
    Ended(Outcome),
}

impl State<'_> {
    fn has_room(&self, most: usize) -> bool {
        matches!(self.work, Work::Unopened | Work::Open(_)) && self.ready.len() < most
    }
}

impl<'f> Lane<'f> {
    pub(super) fn new(source: Source) -> Self {
        let (ready, spare) = (VecDeque::new(), Vec::new());
        let state = State { work: Work::Unopened, ready, spare, queued: false };
        Lane { source, state: Mutex::new(state), changed: Condvar::new() }
    }

    pub(super) fn name(&self) -> &str {
        self.source.name()
    }

    /// Its next batch, `None` at its end. Waits for it, or reads it where nobody else does.
    pub(super) fn next(&self, reading: &Reading<'f>) -> Option<Batch> {
        let mut state = lock(&self.state);
        loop {
            if let Some(batch) = state.ready.pop_front() {
                return Some(batch);
            }
            state = match state.work {
                Work::Ended(_) => return None,
                Work::Taken => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Work::Unopened | Work::Open(_) => {
                    drop(state);
                    self.advance(reading);
                    lock(&self.state)
                }
            }
        }
    }

    /// Takes back a batch whose events have been consumed, for its memory: only as long as there
    /// is something left to read.
    pub(super) fn reuse(&self, batch: Batch) {
        let mut state = lock(&self.state);
        if !matches!(state.work, Work::Ended(_)) {
            state.spare.push(batch);
        }
    }

    /// What became of it; a source that was left before its end has no outcome.
    pub(super) fn outcome(self) -> Option<Outcome> {
        match self.state.into_inner().unwrap_or_else(PoisonError::into_inner).work {
            Work::Ended(outcome) => Some(outcome),
            _ => None,
        }
    }

    /// Reads one batch, if there is room for it.
    fn advance(&self, reading: &Reading<'f>) {
        let mut state = lock(&self.state);
        if !state.has_room(reading.gauge.batches_ahead()) {
            return;
        }
        let work = std::mem::replace(&mut state.work, Work::Taken);
        let spare = state.spare.pop();
        drop(state);
        let batch = spare.unwrap_or_else(|| Batch::new(self.source.name.clone(), String::new()));
        let read = catch_unwind(AssertUnwindSafe(|| self.read(work, batch, reading)));
        let (work, batch) = read.unwrap_or_else(|_| (self.skipped("its reader failed"), None));
        let mut state = lock(&self.state);
        if matches!(work, Work::Ended(_)) {
            state.spare = Vec::new();
        }
        state.work = work;
        state.ready.extend(batch);
        self.changed.notify_all();
    }

    fn read(
        &self,
        work: Work<'f>,
        mut batch: Batch,
        reading: &Reading<'f>,
    ) -> (Work<'f>, Option<Batch>) {
        let mut reader = match work {
            Work::Open(reader) => reader,
            Work::Unopened => match Reader::open(&self.source, reading) {
                Ok(reader) => Box::new(reader),
                Err(error) => return (self.skipped(&reason(&error)), None),
            },
            work => return (work, None),
        };
        let more = reader.read(&mut batch);
        let work = if more { Work::Open(reader) } else { Work::Ended(Ok(reader.summary())) };
        (work, (!batch.is_empty()).then_some(batch))
    }

    fn skipped(&self, reason: &str) -> Work<'f> {
        let name = self.source.name.to_string();
        Work::Ended(Err(Skipped { name, reason: reason.to_owned() }))
    }
}

/// The threads that read ahead.
#[derive(Default)]
pub(super) struct Crew<'l, 'f> {
    queue: Mutex<Queue<'l, 'f>>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue<'l, 'f> {
    lanes: VecDeque<&'l Lane<'f>>,
    dismissed: bool,
}

impl<'l, 'f> Crew<'l, 'f> {
    /// Has the lane read ahead, as far as it has room.
    pub(super) fn ask(&self, lane: &'l Lane<'f>, reading: &Reading<'f>) {
        let mut state = lock(&lane.state);
        let room = state.has_room(reading.gauge.batches_ahead());
        if room && !std::mem::replace(&mut state.queued, true) {
            drop(state);
            lock(&self.queue).lanes.push_back(lane);
            self.changed.notify_one();
        }
    }

    /// What each thread of the crew does until it is dismissed.
    pub(super) fn work(&self, reading: &Reading<'f>) {
        while let Some(lane) = self.wait() {
            lock(&lane.state).queued = false;
            lane.advance(reading);
            self.ask(lane, reading);
        }
    }

    /// Dismisses the crew once the guard is dropped, however that comes about.
    pub(super) fn dismissed_at_end(&self) -> impl Drop {
        Dismissal(self)
    }

    fn wait(&self) -> Option<&'l Lane<'f>> {
        let mut queue = lock(&self.queue);
        loop {
            if queue.dismissed {
                return None;
            }
            if let Some(lane) = queue.lanes.pop_front() {
                return Some(lane);
            }
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

struct Dismissal<'c, 'l, 'f>(&'c Crew<'l, 'f>);

impl Drop for Dismissal<'_, '_, '_> {
    fn drop(&mut self) {
        lock(&self.0.queue).dismissed = true;
        self.0.changed.notify_all();
    }
}

/// A thread that panicked has already been accounted for; what it held is whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
