//! Packet captures, and the messages of flow exports one after the other, as lines of JSON.

use tocsin_parse::capture::Capture;
use tocsin_parse::exports::{self, Exports, Message};

use super::convert::{Convert, converted};
use super::input::Bytes;

/// No message is longer: each is the payload of a UDP datagram.
const MESSAGE_MAX: usize = 65_535;

/// What a capture tells, as text.
pub(super) fn capture(bytes: Bytes) -> Bytes {
    converted(bytes, Packets::default())
}

/// What messages tell, as text.
pub(super) fn messages(bytes: Bytes) -> Bytes {
    converted(bytes, Messages::default())
}

#[derive(Default)]
struct Packets {
    capture: Capture,
    lines: Vec<u8>,
}

impl Convert for Packets {
    fn convert(&mut self, raw: &mut Vec<u8>, ended: bool, out: &mut String) {
        let taken = self.capture.read(raw, &mut self.lines);
        raw.drain(..taken);
        if ended {
            self.capture.finish(raw, &mut self.lines);
            raw.clear();
        }
        give(&mut self.lines, out);
    }
}

#[derive(Default)]
struct Messages {
    exports: Exports,
    lines: Vec<u8>,
}

impl Convert for Messages {
    fn convert(&mut self, raw: &mut Vec<u8>, ended: bool, out: &mut String) {
        let mut taken = 0;
        while let Some(rest) = raw.get(taken..).filter(|rest| ended || rest.len() >= MESSAGE_MAX)
            && let Some(begin) = begin(rest)
            && let Some(payload) = rest.get(begin..)
            && let message = (Message { payload, ..Message::default() })
            && let Some(length) = self.exports.read(message, &mut self.lines)
        {
            taken += begin + length;
        }
        let rest = raw.get(taken..).unwrap_or_default();
        let is_nothing = rest.iter().all(|byte| *byte == 0);
        let is_lost = ended || rest.len() >= MESSAGE_MAX;
        if is_lost && !is_nothing {
            self.lines.extend_from_slice(b"no message of a flow export, or a cut one\n");
        }
        raw.drain(..if is_lost { raw.len() } else { taken });
        if ended {
            self.exports.finish(&mut self.lines);
        }
        give(&mut self.lines, out);
    }
}

/// Where the next message begins. Some exporters fill their datagrams up with zeros, and every message
/// begins with one or three of them.
fn begin(bytes: &[u8]) -> Option<usize> {
    let filled = bytes.iter().position(|byte| *byte != 0)?;
    let begins = [3, 1].map(|zeros| filled.checked_sub(zeros));
    let is_message = |at: &usize| bytes.get(*at..).is_some_and(exports::is_export);
    begins.into_iter().flatten().find(is_message)
}

/// Hands the lines on; JSON is always UTF-8.
fn give(lines: &mut Vec<u8>, out: &mut String) {
    match std::str::from_utf8(lines) {
        Ok(text) => out.push_str(text),
        Err(_) => out.push_str(&String::from_utf8_lossy(lines)),
    }
    lines.clear();
}
