//! From text bytes to chunks of whole lines in valid UTF-8. Bounded whatever comes: lines are cut,
//! NUL bytes (holes that a crash leaves) taken out, what is no UTF-8 replaced; all of it counted.

use std::io;

use super::input::{Bytes, read_up_to};
use super::limits;

/// Gives the lines of a stream.
pub(super) struct Text {
    input: Bytes,
    /// Read and not given yet: the beginning of a line.
    begun: Vec<u8>,
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
        Text { input, begun: Vec::new(), state: State::Start, repairs, error: None }
    }

    /// Replaces `out` by about `chunk` bytes of whole lines; `false` when they are the last ones.
    pub(super) fn fill(&mut self, chunk: usize, out: &mut String) -> bool {
        let mut bytes = std::mem::take(out).into_bytes();
        bytes.clear();
        bytes.append(&mut self.begun);
        while self.state != State::Ended {
            let old = bytes.len();
            let was = self.state;
            self.read(chunk, &mut bytes);
            if was == State::Start && bytes.starts_with(b"\xef\xbb\xbf") {
                bytes.drain(..3);
            }
            self.leave_out_nul_bytes(old, &mut bytes);
            if was == State::Dropping {
                self.drop_rest_of_line(&mut bytes);
            }
            let whole = self.whole_lines(old, &mut bytes);
            if whole > 0 {
                self.begun.extend(bytes.drain(whole..));
                break;
            }
        }
        *out = self.valid(bytes);
        self.state != State::Ended
    }

    fn read(&mut self, chunk: usize, bytes: &mut Vec<u8>) {
        let most = bytes.len() + chunk;
        let ended = match read_up_to(&mut self.input, bytes, most) {
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

    fn leave_out_nul_bytes(&mut self, old: usize, bytes: &mut Vec<u8>) {
        let new = bytes.get(old..).unwrap_or_default();
        let Some(first) = memchr::memchr(0, new) else { return };
        let before = bytes.len();
        let kept: Vec<u8> = new.iter().skip(first).copied().filter(|byte| *byte != 0).collect();
        bytes.truncate(old + first);
        bytes.extend(kept);
        self.repairs.nul_bytes += (before - bytes.len()) as u64;
    }

    fn drop_rest_of_line(&mut self, bytes: &mut Vec<u8>) {
        let end = memchr::memchr(b'\n', bytes);
        let dropped = end.unwrap_or(bytes.len());
        self.repairs.cut_bytes += dropped as u64;
        bytes.drain(..end.map_or(dropped, |end| end + 1));
        if end.is_some() && self.state == State::Dropping {
            self.state = State::Within;
        }
    }

    /// How much can be given: whole lines, the last one at the end, and the beginning of a line
    /// that is too long.
    fn whole_lines(&mut self, old: usize, bytes: &mut Vec<u8>) -> usize {
        let new = bytes.get(old..).unwrap_or_default();
        match memchr::memrchr(b'\n', new) {
            _ if self.state == State::Ended => bytes.len(),
            Some(end) => old + end + 1,
            None if bytes.len() <= limits::LINE => 0,
            None => {
                self.repairs.cut_bytes += (bytes.len() - limits::LINE) as u64;
                bytes.truncate(limits::LINE);
                bytes.push(b'\n');
                self.state = State::Dropping;
                bytes.len()
            }
        }
    }

    /// The bytes as text. The last ones of a source give back the room they did not need.
    fn valid(&mut self, bytes: Vec<u8>) -> String {
        let mut text = String::from_utf8(bytes).unwrap_or_else(|error| {
            let mut text = String::new();
            self.repairs.invalid_utf8 += push_lossily(error.as_bytes(), &mut text);
            text
        });
        if self.state == State::Ended {
            text.shrink_to_fit();
        }
        text
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
        let (mut all, mut chunk) = (String::new(), String::new());
        while text.fill(100, &mut chunk) {
            all.push_str(&chunk);
        }
        (all + &chunk, text.repairs)
    }

    #[test]
    fn lines_come_whole_whatever_the_chunk() {
        let lines: String = (0..500).map(|n| "x".repeat(n) + "\r\n").collect();
        let mut text = Text::new(Box::new(Cursor::new(lines.clone())));
        let (mut all, mut chunk) = (String::new(), String::new());
        while text.fill(100, &mut chunk) {
            assert!(chunk.ends_with('\n'));
            all.push_str(&chunk);
        }
        assert_eq!(all + &chunk, lines);
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
