//! Packet captures and flow exports: each record becomes one line of JSON, whatever the pieces that the
//! bytes come in.

use tocsin_parse::capture::{self, Capture};
use tocsin_parse::exports::{self, Exports, Message};

use crate::text;

/// Reads the bytes as a capture, and as the message of an exporter.
pub(crate) fn check(bytes: &[u8]) {
    if capture::is_capture(bytes) {
        let whole = read(bytes, bytes.len());
        assert_eq!(whole, read(bytes, bytes.len() / 3 + 1), "read otherwise in pieces");
        told(&whole);
    }
    let mut lines = Vec::new();
    let mut exports = Exports::default();
    let mut rest = bytes;
    while exports::is_export(rest)
        && let Some(length) =
            exports.read(Message { payload: rest, ..Message::default() }, &mut lines)
    {
        assert!((1..=rest.len()).contains(&length), "{length} of {}", rest.len());
        rest = rest.get(length..).unwrap_or_default();
    }
    exports.finish(&mut lines);
    told(&lines);
}

/// The lines of a capture that comes in pieces of this length.
fn read(bytes: &[u8], piece: usize) -> Vec<u8> {
    let (mut capture, mut lines, mut waiting) = (Capture::default(), Vec::new(), Vec::new());
    for piece in bytes.chunks(piece.max(1)) {
        waiting.extend_from_slice(piece);
        let taken = capture.read(&waiting, &mut lines);
        waiting.drain(..taken);
    }
    capture.finish(&waiting, &mut lines);
    lines
}

/// What is told must be lines, each JSON or saying what is wrong, and read without a panic.
fn told(lines: &[u8]) {
    let lines = std::str::from_utf8(lines).unwrap_or_else(|error| panic!("{error}"));
    for line in lines.lines().filter(|line| line.starts_with('{')) {
        let read: Result<serde_json::Value, _> = serde_json::from_str(line);
        assert!(read.is_ok(), "{line}");
    }
    text::check(lines.as_bytes());
}
