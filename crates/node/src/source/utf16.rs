//! UTF-16, as Windows writes it, to UTF-8.

use std::io::{self, Read};

use super::input::{Bytes, read_up_to};
use super::limits;

/// Whether text begins with the mark of little-endian UTF-16, or looks like it.
pub(super) fn is_little_endian(head: &[u8]) -> bool {
    head.starts_with(b"\xff\xfe") || zero_bytes(head) == Zeros::Odd
}

/// The same for big-endian.
pub(super) fn is_big_endian(head: &[u8]) -> bool {
    head.starts_with(b"\xfe\xff") || zero_bytes(head) == Zeros::Even
}

/// Little-endian UTF-16 as UTF-8.
pub(super) fn little_endian(bytes: Bytes) -> Bytes {
    Box::new(Utf16::new(bytes, u16::from_le_bytes))
}

/// Big-endian UTF-16 as UTF-8.
pub(super) fn big_endian(bytes: Bytes) -> Bytes {
    Box::new(Utf16::new(bytes, u16::from_be_bytes))
}

#[derive(PartialEq, Eq)]
enum Zeros {
    Odd,
    Even,
    Elsewhere,
}

/// Text of mostly ASCII letters has every other byte zero.
fn zero_bytes(head: &[u8]) -> Zeros {
    let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|b| **b == 0).count();
    let (even, odd, pairs) = (zeros(0), zeros(1), head.len() / 2);
    let (most, few) = (pairs * 3 / 4, pairs / 50);
    match () {
        () if pairs > 1 && odd > most && even <= few => Zeros::Odd,
        () if pairs > 1 && even > most && odd <= few => Zeros::Even,
        () => Zeros::Elsewhere,
    }
}

struct Utf16 {
    input: Bytes,
    unit: fn([u8; 2]) -> u16,
    raw: Vec<u8>,
    text: String,
    given: usize,
    begun: bool,
}

impl Utf16 {
    fn new(input: Bytes, unit: fn([u8; 2]) -> u16) -> Self {
        Utf16 { input, unit, raw: Vec::new(), text: String::new(), given: 0, begun: false }
    }

    /// Decodes the next block. Half a character at its end waits for the next one.
    fn refill(&mut self) -> io::Result<()> {
        let ended = read_up_to(&mut self.input, &mut self.raw, limits::BLOCK)?;
        let mut units: Vec<u16> =
            self.raw.chunks_exact(2).map(|pair| (self.unit)([pair[0], pair[1]])).collect();
        if !ended && units.last().is_some_and(|last| (0xd800..0xdc00).contains(last)) {
            units.pop();
        }
        self.raw.drain(..if ended { self.raw.len() } else { units.len() * 2 });
        self.text.clear();
        self.given = 0;
        let chars = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
        let mark = usize::from(!self.begun);
        let skipped = |(at, c): &(usize, char)| *at >= mark || *c != '\u{feff}';
        self.text.extend(chars.enumerate().filter(skipped).map(|(_, c)| c));
        self.begun = true;
        Ok(())
    }
}

impl Read for Utf16 {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given >= self.text.len() {
            self.refill()?;
        }
        let rest = self.text.as_bytes().get(self.given..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: Vec<u8>, decoder: fn(Bytes) -> Bytes) -> String {
        let mut text = String::new();
        decoder(Box::new(io::Cursor::new(bytes))).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn utf_16_is_known_by_its_mark_or_its_looks_and_read() {
        let line = "Größe 🔔 Dec 10 06:55:46 host sshd[1]: x\n".repeat(5000);
        let little: Vec<u8> = line.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = line.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert!(is_little_endian(&little) && !is_big_endian(&little));
        assert!(is_big_endian(&big) && !is_little_endian(&big));
        assert!(!is_little_endian(line.as_bytes()) && !is_big_endian(&[0; 64]));
        assert_eq!(decoded(little.clone(), little_endian), line);
        assert_eq!(decoded(big, big_endian), line);
        assert_eq!(decoded([b"\xff\xfe".to_vec(), little].concat(), little_endian), line);
    }
}
