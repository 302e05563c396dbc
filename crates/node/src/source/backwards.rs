//! Text whose newest record comes first, as consoles export it and `journalctl --reverse` writes it,
//! turned round: its lines from the last to the first.

use std::fs::File;
use std::io::{self, BufWriter, Cursor, Read, Write};
use std::os::unix::fs::FileExt;

use super::limits;
use super::text::Text;

/// The lines of a text, the last one first.
pub(super) struct Backwards {
    /// The whole text: what was unpacked or piped cannot be read from its end.
    spool: File,
    /// Bytes of it not taken up yet.
    left: u64,
    /// The first line of what was taken up: it may begin before.
    begun: Vec<u8>,
    /// Lines being given.
    lines: Cursor<Vec<u8>>,
}

/// Turns round what was read of a text, `head`, with all that is left of it, which goes to an
/// unnamed temporary file of at most `most` bytes; and counts the lines.
///
/// # Errors
/// When the temporary file cannot be written, or would be larger.
pub(super) fn turned(head: &str, rest: &mut Text, most: u64) -> io::Result<(Backwards, u64)> {
    let file = BufWriter::new(tempfile::tempfile()?);
    let mut spool = Spool { file, bytes: 0, lines: 0, most };
    spool.add(head)?;
    let (mut chunk, mut more) = (String::new(), true);
    while more {
        more = rest.fill(limits::CHUNK, &mut chunk);
        spool.add(&chunk)?;
    }
    let file = spool.file.into_inner().map_err(io::IntoInnerError::into_error)?;
    let backwards =
        Backwards { spool: file, left: spool.bytes, begun: Vec::new(), lines: Cursor::default() };
    Ok((backwards, spool.lines))
}

struct Spool {
    file: BufWriter<File>,
    bytes: u64,
    lines: u64,
    most: u64,
}

impl Spool {
    /// Adds whole lines; the last one of a text may want its end.
    fn add(&mut self, lines: &str) -> io::Result<()> {
        let end = if lines.is_empty() || lines.ends_with('\n') { "" } else { "\n" };
        if self.bytes + (lines.len() + end.len()) as u64 > self.most {
            return Err(io::Error::other(format!("it is larger than {} GiB", self.most >> 30)));
        }
        for part in [lines, end] {
            self.file.write_all(part.as_bytes())?;
            self.bytes += part.len() as u64;
            self.lines += memchr::memchr_iter(b'\n', part.as_bytes()).count() as u64;
        }
        Ok(())
    }
}

impl Backwards {
    /// Takes up blocks before those that were, until there are lines to give or none are left.
    fn refill(&mut self) -> io::Result<()> {
        let mut lines = std::mem::take(&mut self.lines).into_inner();
        lines.clear();
        while lines.is_empty() && self.left > 0 {
            let mut block = vec![0; self.left.min(limits::BLOCK as u64) as usize];
            self.left -= block.len() as u64;
            self.spool.read_exact_at(&mut block, self.left)?;
            block.append(&mut self.begun);
            let begins = match memchr::memchr(b'\n', &block) {
                _ if self.left == 0 => 0,
                Some(end) => end + 1,
                None => block.len(),
            };
            let whole = block.split_off(begins);
            self.begun = block;
            let last_first = whole.split_inclusive(|byte| *byte == b'\n').rev();
            last_first.for_each(|line| lines.extend_from_slice(line));
        }
        self.lines = Cursor::new(lines);
        Ok(())
    }
}

impl Read for Backwards {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.lines.position() == self.lines.get_ref().len() as u64 {
            self.refill()?;
        }
        self.lines.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn try_turned(text: &str, most: u64) -> io::Result<(Backwards, u64)> {
        let (head, rest) = text.split_at(text.find('\n').map_or(0, |end| end + 1));
        let mut rest = Text::new(Box::new(Cursor::new(rest.to_owned())));
        turned(head, &mut rest, most)
    }

    fn turned_round(text: &str) -> (String, u64) {
        let (mut backwards, lines) = try_turned(text, u64::MAX).unwrap();
        let mut all = String::new();
        backwards.read_to_string(&mut all).unwrap();
        (all, lines)
    }

    #[test]
    fn lines_of_any_length_come_last_first() {
        let lengths = [0, 3, 70_000, 1, 65_535, 65_536, 200_000, 0, 9];
        let lines = lengths.iter().zip('a'..).map(|(n, c)| c.to_string().repeat(*n) + "\n");
        let lines: Vec<String> = lines.collect();
        let reversed: String = lines.iter().rev().map(String::as_str).collect();
        assert!(turned_round(&lines.concat()) == (reversed, lines.len() as u64));
        assert_eq!(turned_round("a\nb"), ("b\na\n".to_owned(), 2));
        assert_eq!(turned_round(""), (String::new(), 0));
    }

    #[test]
    fn a_text_that_would_fill_the_disk_is_refused() {
        let refused = try_turned("first\nsecond", 12).err().map(|error| error.to_string());
        assert_eq!(refused.as_deref(), Some("it is larger than 0 GiB"));
        assert!(try_turned("first\nsecond", 13).is_ok());
    }
}
