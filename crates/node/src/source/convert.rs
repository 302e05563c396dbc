//! Streams that are converted to text block by block, within bounded memory.

use std::io::{self, Read};

use super::input::{Bytes, read_up_to};
use super::limits;

/// A conversion to text.
pub(super) trait Convert: Send + 'static {
    /// Takes from `raw` what can be converted, all of it where the stream has `ended`, and appends
    /// its text to `out`. What is left comes again, a block longer: what is kept must have a bound.
    fn convert(&mut self, raw: &mut Vec<u8>, ended: bool, out: &mut String);
}

/// The stream converted.
pub(super) fn converted(input: Bytes, conversion: impl Convert) -> Bytes {
    let (raw, text) = (Vec::new(), String::new());
    Box::new(Converted { input, conversion, raw, text, given: 0, ended: false, failed: None })
}

struct Converted<C> {
    input: Bytes,
    conversion: C,
    raw: Vec<u8>,
    text: String,
    given: usize,
    ended: bool,
    /// The error that ended the stream, told after what came before it.
    failed: Option<io::Error>,
}

impl<C: Convert> Converted<C> {
    fn refill(&mut self) {
        self.text.clear();
        self.given = 0;
        while self.text.is_empty() && !self.ended {
            let most = self.raw.len() + limits::BLOCK;
            self.ended = match read_up_to(&mut self.input, &mut self.raw, most) {
                Ok(ended) => ended,
                Err(error) => {
                    self.failed = Some(error);
                    true
                }
            };
            self.conversion.convert(&mut self.raw, self.ended, &mut self.text);
        }
    }
}

impl<C: Convert> Read for Converted<C> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given >= self.text.len() {
            self.refill();
        }
        let rest = self.text.as_bytes().get(self.given..).unwrap_or_default();
        if rest.is_empty() {
            return self.failed.take().map_or(Ok(0), Err);
        }
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.given += count;
        Ok(count)
    }
}
