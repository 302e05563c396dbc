//! Windows' own event logs (`.evtx`) as lines of JSON. A file is a head and chunks that stand for
//! themselves, so it is read as a stream: packed or not, whole or cut.

use std::fmt::Write as _;
use std::sync::Arc;

use evtx::{EvtxChunkData, ParserSettings};

use super::convert::{Convert, converted};
use super::input::Bytes;
use super::limits;

/// The length of the file's head.
const HEAD: usize = 4096;
/// The length of a chunk.
const CHUNK: usize = 64 * 1024;

// A chunk is converted once it has been read whole.
const _: () = assert!(CHUNK <= limits::BLOCK);

/// Whether a file that begins like this is such a log.
pub(super) fn is_evtx(head: &[u8]) -> bool {
    head.starts_with(b"ElfFile\0")
}

/// Its records as text.
pub(super) fn text(bytes: Bytes) -> Bytes {
    converted(
        bytes,
        Evtx { settings: Arc::new(ParserSettings::default().indent(false)), chunks: None },
    )
}

struct Evtx {
    settings: Arc<ParserSettings>,
    /// Chunks read so far, once the file's head was.
    chunks: Option<usize>,
}

impl Convert for Evtx {
    fn convert(&mut self, raw: &mut Vec<u8>, ended: bool, out: &mut String) {
        let mut from = 0;
        if self.chunks.is_none() && raw.len() >= HEAD {
            (self.chunks, from) = (Some(0), HEAD);
        }
        while let (Some(chunks), Some(chunk)) = (&mut self.chunks, raw.get(from..from + CHUNK)) {
            *chunks += 1;
            let number = *chunks;
            self.chunk(chunk, number, out);
            from += CHUNK;
        }
        raw.drain(..from);
        if ended && !raw.is_empty() {
            self.cut(raw, out);
            raw.clear();
        }
    }
}

impl Evtx {
    /// What a file holds that ends too early: the records of a chunk up to there.
    fn cut(&self, rest: &[u8], out: &mut String) {
        out.push_str("damaged record: the file ends too early\n");
        if let Some(chunks) = self.chunks {
            let missing = vec![0; CHUNK - rest.len()];
            self.chunk(&[rest, &missing].concat(), chunks + 1, out);
        }
    }

    /// Adds the records of a chunk. What is damaged becomes a line that says so, since it stands
    /// for a record: nobody understands it, and it is counted as such.
    fn chunk(&self, chunk: &[u8], number: usize, out: &mut String) {
        // Files are made larger than what they hold; what is there is empty.
        if !chunk.starts_with(b"ElfChnk\0") {
            if chunk.iter().any(|byte| *byte != 0) {
                let _ = writeln!(out, "damaged record in chunk {number}: not the mark of a chunk");
            }
            return;
        }
        let mut told = |error: &dyn std::fmt::Display| {
            let error = error.to_string();
            let line = error.lines().next().unwrap_or_default();
            // Writing to a String cannot fail.
            let _ = writeln!(out, "damaged record in chunk {number}: {line}");
        };
        let mut chunk = match EvtxChunkData::new(chunk.to_vec(), false) {
            Ok(chunk) => chunk,
            Err(error) => return told(&error),
        };
        let mut chunk = match chunk.parse(Arc::clone(&self.settings)) {
            Ok(chunk) => chunk,
            Err(error) => return told(&error),
        };
        for record in chunk.iter() {
            match record.and_then(|record| record.into_json()) {
                Ok(record) => {
                    out.push_str(&record.data);
                    out.push('\n');
                }
                Err(error) => {
                    let _ = writeln!(out, "damaged record in chunk {number}: {error}");
                }
            }
        }
    }
}
