//! Windows' own event logs (`.evtx`) as lines of JSON. A file is a head and chunks that stand for
//! themselves, so it is read as a stream: packed or not, whole or cut.

use std::fmt::Write as _;
use std::sync::Arc;

use evtx::{EvtxChunkData, ParserSettings, err::ChunkError};

use super::convert::{Convert, converted};
use super::input::Bytes;
use super::limits;

/// The length of the file's head.
const HEAD: usize = 4096;
/// The length of a chunk.
const CHUNK: usize = 64 * 1024;

/// More records than fit into a chunk: each has a head, and its length once more.
const RECORDS_MAX: u64 = CHUNK as u64 / 28;

// A chunk is converted once it has been read whole.
const _: () = assert!(CHUNK <= limits::BLOCK);

/// Whether a file that begins like this is such a log.
pub(super) fn is_evtx(head: &[u8]) -> bool {
    head.starts_with(b"ElfFile\0")
}

/// Its records as text.
pub(super) fn text(bytes: Bytes) -> Bytes {
    let settings = Arc::new(ParserSettings::default().indent(false));
    converted(bytes, Evtx { settings, declared: None, chunks: 0 })
}

struct Evtx {
    settings: Arc<ParserSettings>,
    /// How many chunks the file's head says there are, once it was read.
    declared: Option<u64>,
    /// Chunks read so far.
    chunks: u64,
}

impl Convert for Evtx {
    fn convert(&mut self, raw: &mut Vec<u8>, ended: bool, out: &mut String) {
        let mut from = 0;
        if self.declared.is_none() && raw.len() >= HEAD {
            (self.declared, from) = (Some(declared_chunks(raw)), HEAD);
        }
        while let (Some(_), Some(chunk)) = (self.declared, raw.get(from..from + CHUNK)) {
            self.chunk(chunk, out);
            from += CHUNK;
        }
        raw.drain(..from);
        if ended {
            self.end(raw, out);
            raw.clear();
        }
    }
}

impl Evtx {
    /// What a file holds that ends too early: the records of a chunk up to there.
    fn end(&mut self, rest: &[u8], out: &mut String) {
        if self.declared.is_some() && !rest.is_empty() {
            let missing = vec![0; CHUNK - rest.len()];
            self.chunk(&[rest, &missing].concat(), out);
        }
        if !rest.is_empty() || self.declared.is_none_or(|declared| self.chunks < declared) {
            out.push_str("damaged record: the file ends too early\n");
        }
    }

    /// Adds the records of a chunk. What is damaged becomes a line for each record that is not there:
    /// nobody understands it, and it is counted as such.
    fn chunk(&mut self, bytes: &[u8], out: &mut String) {
        self.chunks += 1;
        // Files are made larger than what they hold; what is there is empty.
        if bytes.iter().all(|byte| *byte == 0) {
            return;
        }
        let mut damages = Vec::new();
        let lost = self.records(bytes, &mut damages, out).unwrap_or_else(|error| {
            damages.push(error.to_string());
            0
        });
        let unnamed = (damages.len() as u64..lost).map(|_| "lost with its neighbours".to_owned());
        for why in damages.drain(..).chain(unnamed) {
            let why = why.lines().next().unwrap_or_default();
            // Writing to a String cannot fail.
            let _ = writeln!(out, "damaged record in chunk {}: {why}", self.chunks);
        }
    }

    /// Adds the records of a chunk that can be read; gives how many of those it says it has cannot,
    /// and why.
    fn records(
        &self,
        bytes: &[u8],
        damages: &mut Vec<String>,
        out: &mut String,
    ) -> Result<u64, ChunkError> {
        let mut chunk = EvtxChunkData::new(bytes.to_vec(), false)?;
        let (first, last) =
            (chunk.header.first_event_record_number, chunk.header.last_event_record_number);
        let mut read = 0;
        for record in chunk.parse(Arc::clone(&self.settings))?.iter() {
            match record.and_then(|record| record.into_json()) {
                Ok(record) => {
                    out.push_str(&record.data);
                    out.push('\n');
                    read += 1;
                }
                Err(error) => damages.push(error.to_string()),
            }
        }
        let told = last.saturating_sub(first).saturating_add(1).min(RECORDS_MAX);
        Ok(told.saturating_sub(read))
    }
}

/// How many chunks there are, by the file's head.
fn declared_chunks(head: &[u8]) -> u64 {
    let number = head.get(42..44).and_then(|bytes| bytes.try_into().ok());
    number.map_or(0, u16::from_le_bytes).into()
}
