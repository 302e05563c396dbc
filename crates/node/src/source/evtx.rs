//! Windows' own event logs (`.evtx`) as lines of JSON. A file is a head and chunks that stand for
//! themselves, so it is read as a stream: packed or not, whole or cut.

use std::fmt::Write as _;
use std::sync::Arc;

use evtx::{EvtxChunkData, ParserSettings};

use super::convert::{Convert, converted};
use super::input::Bytes;

/// The length of the file's head.
const HEAD: usize = 4096;
/// The length of a chunk.
const CHUNK: usize = 64 * 1024;

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
    fn convert(&mut self, raw: &mut Vec<u8>, _ended: bool, out: &mut String) {
        let mut from = 0;
        let mut chunks = match self.chunks {
            None if raw.len() < HEAD => return,
            None => {
                from = HEAD;
                0
            }
            Some(chunks) => chunks,
        };
        while let Some(chunk) = raw.get(from..from + CHUNK) {
            chunks += 1;
            // Files are made larger than what they hold.
            if chunk.starts_with(b"ElfChnk\0") {
                self.chunk(chunk.to_vec(), chunks, out);
            }
            from += CHUNK;
        }
        self.chunks = Some(chunks);
        raw.drain(..from);
    }
}

impl Evtx {
    /// Adds the records of a chunk. What is damaged becomes a line that says so, since it stands
    /// for a record: nobody understands it, and it is counted as such.
    fn chunk(&self, chunk: Vec<u8>, number: usize, out: &mut String) {
        let mut told = |error: &dyn std::fmt::Display| {
            let error = error.to_string();
            let line = error.lines().next().unwrap_or_default();
            // Writing to a String cannot fail.
            let _ = writeln!(out, "damaged record in chunk {number}: {line}");
        };
        let mut chunk = match EvtxChunkData::new(chunk, false) {
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
