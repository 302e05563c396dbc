//! One source, read batch by batch to its end, and the account of it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tocsin_event::{Batch, SourceSummary, Time};
use tocsin_parse::{Formats, Options, Parser};

use super::backwards::turned;
use super::input::Gauge;
use super::plan::first_known;
use super::text::{Repairs, Text};
use super::{Direction, Order, ReadOptions, Source, decode, limits};

/// What all readers share.
pub(super) struct Reading<'f> {
    pub(super) formats: &'f Formats,
    pub(super) options: &'f ReadOptions,
    pub(super) gauge: Arc<Gauge>,
}

/// Reads one source.
pub(super) struct Reader<'f> {
    text: Text,
    parser: Parser<'f>,
    gauge: Arc<Gauge>,
    /// The text to read at once: little at first, until it is known how many sources are open.
    chunk: usize,
    /// When the source was last written.
    written: Time,
    /// Whether it is a log, whatever its records say.
    pub(super) surely_log: bool,
    undated: Option<Undated>,
    /// What had to be looked at to tell the direction, and whether there is more.
    first: Option<(Batch, bool)>,
    turned: Option<Turned>,
}

/// A text that was turned round.
struct Turned {
    lines: u64,
    repairs: Repairs,
    error: Option<io::Error>,
}

/// When records are that come before any with a time.
#[derive(Clone, Copy)]
enum Undated {
    LikeTheFirst(Time),
    LikeTheSource(Time),
}

impl<'f> Reader<'f> {
    /// Opens a source, to be read in the order of the options.
    ///
    /// # Errors
    /// When it cannot be read at all, or is no log: the message says what it is.
    pub(super) fn open(source: &Source, reading: &Reading<'f>) -> io::Result<Self> {
        let mut reader = Reader::forwards(source, reading)?;
        match source.direction {
            _ if reading.options.order == Order::OneByOne => {}
            Direction::Forwards => {}
            Direction::Backwards => reader.turn_round("", source, reading)?,
            Direction::Unknown => {
                let mut first = Batch::new(source.name.clone(), String::new());
                let more = reader.peek(&mut first);
                match direction(&first) {
                    Direction::Backwards => reader.turn_round(first.text(), source, reading)?,
                    _ => reader.first = Some((first, more)),
                }
            }
        }
        Ok(reader)
    }

    /// Opens a source, to be read as it stands.
    ///
    /// # Errors
    /// Those of [`open`](Reader::open).
    pub(super) fn forwards(source: &Source, reading: &Reading<'f>) -> io::Result<Self> {
        let unpacked = decode::open(source, &reading.gauge)?;
        let written = unpacked.written.unwrap_or(source.modified);
        reading.gauge.open.fetch_add(1, Ordering::Relaxed);
        Ok(Reader {
            text: Text::new(unpacked.text),
            parser: parser(source, written, reading),
            gauge: Arc::clone(&reading.gauge),
            chunk: limits::CHUNK_MIN,
            written,
            surely_log: unpacked.surely_log,
            undated: None,
            first: None,
            turned: None,
        })
    }

    /// Goes on from the end towards `head`, which has been read already.
    fn turn_round(&mut self, head: &str, source: &Source, reading: &Reading<'f>) -> io::Result<()> {
        let (backwards, lines) = turned(head, &mut self.text, limits::TURNED).map_err(|error| {
            let (kind, folder) = (error.kind(), std::env::temp_dir());
            let text = format!(
                "its newest record comes first, and it cannot be turned round in {}: {error}; \
                 TMPDIR names another folder",
                folder.display()
            );
            io::Error::new(kind, text)
        })?;
        let forwards = std::mem::replace(&mut self.text, Text::new(Box::new(backwards)));
        self.turned = Some(Turned { lines, repairs: forwards.repairs, error: forwards.error });
        (self.parser, self.undated) = (parser(source, self.written, reading), None);
        Ok(())
    }

    /// Fills the batch with the first events, enough to tell what the source is.
    pub(super) fn peek(&mut self, batch: &mut Batch) -> bool {
        self.fill(limits::HEAD, batch)
    }

    /// Fills the batch with the next events; `false` when they are the last ones.
    pub(super) fn read(&mut self, batch: &mut Batch) -> bool {
        if let Some((first, more)) = self.first.take() {
            *batch = first;
            return more;
        }
        let chunk = self.chunk;
        self.chunk = (chunk * 2).min(self.gauge.chunk());
        self.fill(chunk, batch)
    }

    fn fill(&mut self, chunk: usize, batch: &mut Batch) -> bool {
        let mut more = false;
        batch.refill(|text| more = self.text.fill(chunk, text));
        self.parser.read(batch);
        if !more {
            self.parser.finish(batch);
        }
        self.date(batch);
        if let Some(Turned { lines, .. }) = self.turned {
            // The parser has counted from the end.
            batch
                .events_mut()
                .iter_mut()
                .for_each(|e| e.record = (lines + 1).saturating_sub(e.record));
        }
        more
    }

    /// Dates the records that come before any with a time. Where the first batch has one it is that,
    /// otherwise the source's own: nothing else is known of them.
    fn date(&mut self, batch: &mut Batch) {
        // Those that come after one have got it from the parser.
        if batch.get(0).is_none_or(|first| first.time.is_known()) {
            return;
        }
        let undated = *self.undated.get_or_insert_with(|| match first_known(batch) {
            time if time.is_known() => Undated::LikeTheFirst(time),
            _ => Undated::LikeTheSource(self.written),
        });
        let (Undated::LikeTheFirst(time) | Undated::LikeTheSource(time)) = undated;
        let events = batch.events_mut().iter_mut().filter(|event| !event.time.is_known());
        events.for_each(|event| event.time = time);
    }

    /// The account of what was read.
    pub(super) fn summary(&self) -> SourceSummary {
        let mut summary = self.parser.summary();
        summary.assumptions.extend(self.undated.map(|undated| match undated {
            Undated::LikeTheFirst(_) => "records before the first time are put at it".to_owned(),
            Undated::LikeTheSource(time) => {
                format!("records without time are put at {time}, when the source was last written")
            }
        }));
        let turned = self.turned.as_ref();
        summary.assumptions.extend(
            turned.map(|_| "its newest record comes first, so it is read from its end".to_owned()),
        );
        summary.assumptions.extend(told(turned.map_or(self.text.repairs, |turned| turned.repairs)));
        let error = self.text.error.as_ref().or(turned.and_then(|turned| turned.error.as_ref()));
        summary.error = error.map(ToString::to_string);
        summary
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        self.gauge.open.fetch_sub(1, Ordering::Relaxed);
    }
}

fn parser<'f>(source: &Source, written: Time, reading: &Reading<'f>) -> Parser<'f> {
    let options = Options {
        zone: reading.options.zone.clone(),
        year: reading.options.year,
        reference: written,
        format: reading.options.format,
    };
    Parser::new(reading.formats, &source.name, options)
}

/// Backwards where times mostly step back, and have by the end.
pub(super) fn direction(batch: &Batch) -> Direction {
    let times = || batch.iter().map(|event| event.time).filter(|time| time.is_known());
    let steps = times().zip(times().skip(1));
    let trend: i64 = steps.map(|(before, after)| after.cmp(&before) as i64).sum();
    match times().next() > times().last() && trend < 0 {
        true => Direction::Backwards,
        false => Direction::Forwards,
    }
}

fn told(repairs: Repairs) -> impl Iterator<Item = String> {
    let told = [
        (repairs.nul_bytes, "NUL bytes were left out"),
        (repairs.invalid_utf8, "sequences that are no UTF-8 were replaced"),
        (repairs.cut_bytes, "bytes of overlong lines were left out"),
    ];
    told.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"))
}
