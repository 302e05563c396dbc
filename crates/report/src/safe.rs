//! Makes hostile text harmless to look at: what could move a cursor, turn text around or hide in
//! it is shown as an escape. Not an HTML or shell escape; those belong to their formats.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

/// Whether a character changes how its neighbours are shown, or is not shown itself.
pub(crate) fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// The text with every hostile character as an escape, such as `\n`, `\x1b` or `\u{202e}`.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        push_visible(&mut out, c);
    }
    Cow::Owned(out)
}

/// Appends one character, as an escape where it is hostile.
pub(crate) fn push_visible(out: &mut String, c: char) {
    // Writing to a String cannot fail.
    let _ = match c {
        '\n' => out.write_str("\\n"),
        '\r' => out.write_str("\\r"),
        '\t' => out.write_str("\\t"),
        c if is_hostile(c) && c < '\u{80}' => write!(out, "\\x{:02x}", u32::from(c)),
        c if is_hostile(c) => write!(out, "\\u{{{:x}}}", u32::from(c)),
        c => out.write_char(c),
    };
}

/// Passes JSON on, with the hostile characters that its strings may still hold as `\u` escapes: the
/// same document, safe to print. Line ends between members are kept. Each write must hold whole
/// characters, as those of `serde_json` do, also when they are buffered.
pub(crate) struct PrintableJson<W>(pub(crate) W);

impl<W: io::Write> io::Write for PrintableJson<W> {
    fn write(&mut self, json: &[u8]) -> io::Result<usize> {
        self.write_all(json).map(|()| json.len())
    }

    fn write_all(&mut self, json: &[u8]) -> io::Result<()> {
        if is_plain(json) {
            return self.0.write_all(json);
        }
        for c in String::from_utf8_lossy(json).chars() {
            if c != '\n' && is_hostile(c) {
                let mut units = [0; 2];
                let units = c.encode_utf16(&mut units);
                units.iter().try_for_each(|unit| write!(self.0, "\\u{unit:04x}"))?;
            } else {
                self.0.write_all(c.encode_utf8(&mut [0; 4]).as_bytes())?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Whether it is printable ASCII and line ends only, which nearly all JSON is. Looks at every byte
/// without a branch, many at a time.
fn is_plain(text: &[u8]) -> bool {
    text.iter().fold(true, |plain, b| plain & ((*b == b'\n') | (b' '..=b'~').contains(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_characters_are_shown_as_escapes() {
        assert_eq!(visible("a\x1b[31mb\u{202e}c\n\u{9b}"), "a\\x1b[31mb\\u{202e}c\\n\\u{9b}");
        assert_eq!(visible("plain Zürich 東京"), "plain Zürich 東京");
    }

    #[test]
    fn printable_json_is_the_same_document() {
        let text = "\u{7f}\u{202e}\u{e0041}\n ok";
        let mut printable = Vec::new();
        serde_json::to_writer(PrintableJson(&mut printable), text).unwrap();
        let printable = String::from_utf8(printable).unwrap();
        assert!(!printable.contains(is_hostile));
        assert_eq!(serde_json::from_str::<String>(&printable).unwrap(), text);
    }
}
