//! Files of JSON documents that are not a line each, as lines of JSON: objects laid out over many
//! lines, an array of objects, or an object around such an array, as clouds deliver their logs
//! (`{"Records": [{...}, {...}]}`).

use super::convert::{Convert, converted};
use super::input::Bytes;

/// The members that hold the records of a file: AWS, Azure, Microsoft Graph and Office, CloudWatch,
/// Google.
const AROUND: &[&str] =
    &["Records", "records", "value", "events", "Events", "logEvents", "items", "entries"];

/// Whether a file that begins like this holds such documents.
pub(super) fn is_documents(head: &[u8]) -> bool {
    level(head).is_some()
}

/// Its objects as lines.
pub(super) fn text(bytes: Bytes) -> Bytes {
    converted(bytes, Documents::default())
}

/// How many brackets stand around each record.
fn level(head: &[u8]) -> Option<usize> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    match head.trim_ascii_start() {
        [b'[', rest @ ..] if rest.trim_ascii_start().starts_with(b"{") => Some(1),
        [b'{', rest @ ..] if is_around(rest) => Some(2),
        [b'{', rest @ ..] => {
            let line = rest.split(|byte| *byte == b'\n').next()?;
            let goes_on = matches!(line.trim_ascii_end().last(), None | Some(b',' | b'{' | b'['));
            (goes_on && line.len() < rest.len()).then_some(0)
        }
        _ => None,
    }
}

/// Whether an object's first member is an array of records.
fn is_around(object: &[u8]) -> bool {
    let rest = object.trim_ascii_start();
    let around = AROUND.iter().find_map(|name| {
        let rest = rest.strip_prefix(b"\"")?.strip_prefix(name.as_bytes())?.strip_prefix(b"\"")?;
        rest.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start().strip_prefix(b"[")
    });
    around.is_some_and(|rest| rest.trim_ascii_start().starts_with(b"{"))
}

/// Where in the documents the next byte stands.
#[derive(Default)]
struct Documents {
    /// Known from the first block on.
    level: Option<usize>,
    depth: usize,
    within_record: bool,
    within_text: bool,
    escaped: bool,
    /// Whether something other than JSON stands between documents, which is passed on.
    stray: bool,
}

impl Convert for Documents {
    fn convert(&mut self, raw: &mut Vec<u8>, ended: bool, out: &mut String) {
        let level = *self.level.get_or_insert_with(|| level(raw).unwrap_or_default());
        // Half a character at the end of a block waits for the next one.
        let whole = match std::str::from_utf8(raw) {
            Err(error) if error.error_len().is_none() && !ended => error.valid_up_to(),
            _ => raw.len(),
        };
        for char in String::from_utf8_lossy(&raw[..whole]).chars() {
            self.take(char, level, out);
        }
        raw.drain(..whole);
    }
}

impl Documents {
    fn take(&mut self, char: char, level: usize, out: &mut String) {
        if self.within_text {
            self.within_text = self.escaped || char != '"';
            self.escaped = char == '\\' && !self.escaped;
            return self.put(if matches!(char, '\n' | '\r') { ' ' } else { char }, out);
        }
        if self.stray {
            self.stray = char != '\n';
            return out.push(char);
        }
        match char {
            ' ' | '\t' | '\n' | '\r' => return,
            '"' if self.depth > 0 => self.within_text = true,
            '{' | '[' => {
                self.within_record |= char == '{' && self.depth == level;
                self.depth += 1;
            }
            '}' | ']' => self.depth = self.depth.saturating_sub(1),
            _ if self.depth == 0 && !is_between(char) => {
                self.stray = true;
                return out.push(char);
            }
            _ => {}
        }
        self.put(char, out);
        if self.within_record && self.depth == level && char == '}' {
            self.within_record = false;
            out.push('\n');
        }
    }

    fn put(&self, char: char, out: &mut String) {
        if self.within_record {
            out.push(char);
        }
    }
}

/// Whether a character may stand between documents and says nothing.
fn is_between(char: char) -> bool {
    char.is_whitespace() || matches!(char, ',' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;

    fn lines(document: &str) -> Option<String> {
        let mut lines = String::new();
        let read = || text(Box::new(Cursor::new(document.to_owned().into_bytes())));
        is_documents(document.as_bytes())
            .then(|| read().read_to_string(&mut lines).unwrap())
            .map(|_| lines)
    }

    #[test]
    fn each_record_becomes_a_line() {
        let cases = [
            ("[{\"a\": 1},\n {\"b\": [{}]}]", "{\"a\":1}\n{\"b\":[{}]}\n"),
            ("{\n \"a\": \"x\\\"}\"\n}\n{\n\"b\":{}}", "{\"a\":\"x\\\"}\"}\n{\"b\":{}}\n"),
            ("{\"Records\": [{\"a\":[]},{\"b\":2}], \"n\": [1]}", "{\"a\":[]}\n{\"b\":2}\n"),
            ("{\n\"a\":1}\nDec 10 x: {\n{\n\"b\":2}", "{\"a\":1}\nDec 10 x: {\n{\"b\":2}\n"),
            ("[{\"a\":\"cut", "{\"a\":\"cut"),
        ];
        for (document, expected) in cases {
            assert_eq!(lines(document).as_deref(), Some(expected), "{document}");
        }
    }

    #[test]
    fn lines_are_left_alone() {
        for text in
            ["{\"a\":1}\n{\"b\":2}\n", "[1.2] x {", "{\"tags\":[{\"a\":1}]}\n", "{\"a\":", ""]
        {
            assert_eq!(lines(text), None, "{text}");
        }
    }

    #[test]
    fn a_character_may_lie_across_blocks() {
        for shift in 0..4 {
            let object = format!("{{\"{}\":\"{}\"}}", "x".repeat(shift), "🔔".repeat(50_000));
            assert_eq!(lines(&format!("[{object}]")), Some(object + "\n"));
        }
    }
}
