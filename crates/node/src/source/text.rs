//! From text bytes to chunks of whole lines in valid UTF-8. Bounded whatever comes: lines are cut,
//! NUL bytes (holes that a crash leaves) taken out, what is no UTF-8 replaced; all of it counted.

use std::io;

use super::input::{Bytes, read_up_to};
use super::limits;

/// Gives the lines of a stream.
pub(super) struct Text {
    input: Bytes,
    /// Read and not given yet: the beginning of a line.
    pending: Vec<u8>,
    state: State,
    /// What had to be done to the text.
    pub(super) repairs: Repairs,
    /// Why the stream stopped early, if it did.
    pub(super) error: Option<io::Error>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Within,
    /// In the rest of a line that was too long.
    Dropping,
    Ended,
}

/// Counts what was done to make lines of the bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Repairs {
    pub(super) nul_bytes: u64,
    pub(super) invalid_utf8: u64,
    pub(super) cut_bytes: u64,
}

impl Text {
    pub(super) fn new(input: Bytes) -> Self {
        let repairs = Repairs::default();
        Text { input, pending: Vec::new(), state: State::Start, repairs, error: None }
    }

    /// Appends about `chunk` bytes of whole lines to `out`; `false` when there are none left.
    pub(super) fn fill(&mut self, chunk: usize, out: &mut String) -> bool {
        while self.state != State::Ended {
            let old = self.pending.len();
            let begins = self.state == State::Start;
            let dropping = self.state == State::Dropping;
            self.read(chunk);
            if begins && self.pending.starts_with(b"\xef\xbb\xbf") {
                self.pending.drain(..3);
            }
            self.leave_out_nul_bytes(old);
            if dropping {
                self.drop_rest_of_line();
            }
            let whole = self.whole_lines(old);
            if whole > 0 {
                self.give(whole, out);
                return true;
            }
        }
        false
    }

    fn read(&mut self, chunk: usize) {
        let most = self.pending.len() + chunk;
        let ended = match read_up_to(&mut self.input, &mut self.pending, most) {
            Ok(ended) => ended,
            Err(error) => {
                self.error = Some(error);
                true
            }
        };
        match self.state {
            _ if ended => self.state = State::Ended,
            State::Start => self.state = State::Within,
            _ => {}
        }
    }

    fn leave_out_nul_bytes(&mut self, old: usize) {
        let new = self.pending.get(old..).unwrap_or_default();
        let Some(first) = memchr::memchr(0, new) else { return };
        let before = self.pending.len();
        let kept: Vec<u8> = new.iter().skip(first).copied().filter(|byte| *byte != 0).collect();
        self.pending.truncate(old + first);
        self.pending.extend(kept);
        self.repairs.nul_bytes += (before - self.pending.len()) as u64;
    }

    fn drop_rest_of_line(&mut self) {
        let end = memchr::memchr(b'\n', &self.pending);
        let dropped = end.unwrap_or(self.pending.len());
        self.repairs.cut_bytes += dropped as u64;
        self.pending.drain(..end.map_or(dropped, |end| end + 1));
        if end.is_some() && self.state == State::Dropping {
            self.state = State::Within;
        }
    }

    /// How much of what is pending can be given: whole lines, the last one at the end, and the
    /// beginning of a line that is too long.
    fn whole_lines(&mut self, old: usize) -> usize {
        let new = self.pending.get(old..).unwrap_or_default();
        match memchr::memrchr(b'\n', new) {
            _ if self.state == State::Ended => self.pending.len(),
            Some(end) => old + end + 1,
            None if self.pending.len() <= limits::LINE => 0,
            None => {
                self.repairs.cut_bytes += (self.pending.len() - limits::LINE) as u64;
                self.pending.truncate(limits::LINE);
                self.pending.push(b'\n');
                self.state = State::Dropping;
                self.pending.len()
            }
        }
    }

    fn give(&mut self, whole: usize, out: &mut String) {
        let bytes = self.pending.get(..whole).unwrap_or_default();
        match std::str::from_utf8(bytes) {
            Ok(text) => out.push_str(text),
            Err(_) => self.repairs.invalid_utf8 += push_lossily(bytes, out),
        }
        self.pending.drain(..whole);
    }
}

/// Returns how many sequences were replaced.
fn push_lossily(bytes: &[u8], out: &mut String) -> u64 {
    let mut replaced = 0;
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            out.push(char::REPLACEMENT_CHARACTER);
            replaced += 1;
        }
    }
    replaced
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn read(bytes: impl AsRef<[u8]> + Send + 'static) -> (String, Repairs) {
        let mut text = Text::new(Box::new(Cursor::new(bytes)));
        let mut out = String::new();
        while text.fill(100, &mut out) {}
        (out, text.repairs)
    }

    #[test]
    fn lines_come_whole_whatever_the_chunk() {
        let lines: String = (0..500).map(|n| "x".repeat(n) + "\r\n").collect();
        let mut text = Text::new(Box::new(Cursor::new(lines.clone())));
        let (mut all, mut chunk) = (String::new(), String::new());
        while text.fill(100, &mut chunk) {
            assert!(chunk.ends_with('\n'));
            all.push_str(&chunk);
            chunk.clear();
        }
        assert_eq!(all, lines);
        assert_eq!(read("a\nb").0, "a\nb");
        assert_eq!(read("").0, "");
    }

    #[test]
    fn what_is_no_text_is_repaired_and_counted() {
        let (text, repairs) = read(b"\xef\xbb\xbfa\0\0b\xff\xfec\n".as_slice());
        assert_eq!(text, "ab\u{fffd}\u{fffd}c\n");
        assert_eq!((repairs.nul_bytes, repairs.invalid_utf8), (2, 2));
    }

    #[test]
    fn a_line_without_end_is_cut_and_the_next_one_read() {
        let long = [vec![b'x'; 3 << 20], b"\nnext\n".to_vec()].concat();
        let (text, repairs) = read(long);
        assert!(text.len() <= limits::LINE + 100 && text.ends_with("x\nnext\n"));
        assert_eq!(repairs.cut_bytes as usize + text.len(), (3 << 20) + 6);
    }
}
