//! One source, read batch by batch to its end, and the account of it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tocsin_event::{Batch, SourceSummary, Time};
use tocsin_parse::{Formats, Options, Parser};

use super::input::Gauge;
use super::plan::first_known;
use super::text::{Repairs, Text};
use super::{ReadOptions, Source, decode, limits};

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
    undated: Option<Undated>,
}

/// When records are that come before any with a time.
#[derive(Clone, Copy)]
enum Undated {
    LikeTheFirst(Time),
    LikeTheSource(Time),
}

impl<'f> Reader<'f> {
    /// Opens a source.
    ///
    /// # Errors
    /// When it cannot be read at all, or is no log: the message says what it is.
    pub(super) fn open(source: &Source, reading: &Reading<'f>) -> io::Result<Self> {
        let unpacked = decode::open(source, &reading.gauge)?;
        let written = unpacked.written.unwrap_or(source.modified);
        let options = Options {
            zone: reading.options.zone.clone(),
            year: reading.options.year,
            reference: written,
            format: reading.options.format,
        };
        let parser = Parser::new(reading.formats, &source.name, options);
        reading.gauge.open.fetch_add(1, Ordering::Relaxed);
        let (text, gauge) = (Text::new(unpacked.text), Arc::clone(&reading.gauge));
        Ok(Reader { text, parser, gauge, chunk: limits::CHUNK_MIN, written, undated: None })
    }

    /// Fills the batch with the first events, those of about `chunk` bytes.
    pub(super) fn peek(&mut self, chunk: usize, batch: &mut Batch) {
        self.fill(chunk, batch);
    }

    /// Fills the batch with the next events; `false` when they are the last ones.
    pub(super) fn read(&mut self, batch: &mut Batch) -> bool {
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
        summary.assumptions.extend(told(self.text.repairs));
        summary.error = self.text.error.as_ref().map(ToString::to_string);
        summary
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        self.gauge.open.fetch_sub(1, Ordering::Relaxed);
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
