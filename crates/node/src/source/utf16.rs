//! UTF-16, as Windows writes it, to UTF-8.

use super::convert::{Convert, converted};
use super::input::Bytes;

/// How text that begins like this becomes UTF-8, where it is UTF-16: it bears the mark of it, or
/// looks like it.
pub(super) fn text(head: &[u8]) -> Option<fn(Bytes) -> Bytes> {
    match (head, zero_bytes(head)) {
        ([0xff, 0xfe, ..], _) | (_, Zeros::Odd) => Some(little_endian),
        ([0xfe, 0xff, ..], _) | (_, Zeros::Even) => Some(big_endian),
        _ => None,
    }
}

fn little_endian(bytes: Bytes) -> Bytes {
    converted(bytes, Utf16 { unit: u16::from_le_bytes, begun: false })
}

fn big_endian(bytes: Bytes) -> Bytes {
    converted(bytes, Utf16 { unit: u16::from_be_bytes, begun: false })
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
    unit: fn([u8; 2]) -> u16,
    begun: bool,
}

impl Convert for Utf16 {
    /// Half a character at the end of a block waits for the next one.
    fn convert(&mut self, raw: &mut Vec<u8>, ended: bool, out: &mut String) {
        let (pairs, _) = raw.as_chunks::<2>();
        let mut units: Vec<u16> = pairs.iter().map(|pair| (self.unit)(*pair)).collect();
        if !ended && units.last().is_some_and(|last| (0xd800..0xdc00).contains(last)) {
            units.pop();
        }
        raw.drain(..if ended { raw.len() } else { units.len() * 2 });
        let marked = !self.begun && units.first() == Some(&0xfeff);
        let units = units.into_iter().skip(usize::from(marked));
        let chars = char::decode_utf16(units);
        out.extend(chars.map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
        self.begun = true;
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read};

    use super::*;

    fn decoded(bytes: &[u8]) -> Option<String> {
        let mut decoded = String::new();
        text(bytes)?(Box::new(io::Cursor::new(bytes.to_vec())))
            .read_to_string(&mut decoded)
            .unwrap();
        Some(decoded)
    }

    #[test]
    fn utf_16_is_known_by_its_mark_or_its_looks_and_read() {
        let line = "Größe 🔔 Dec 10 06:55:46 host sshd[1]: x\n".repeat(5000);
        let little: Vec<u8> = line.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = line.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decoded(&little).as_ref(), Some(&line));
        assert_eq!(decoded(&big).as_ref(), Some(&line));
        assert_eq!(decoded(&[b"\xff\xfe", &little[..]].concat()), Some(line.clone()));
        assert_eq!((decoded(line.as_bytes()), decoded(&[0; 64])), (None, None));
    }
}
