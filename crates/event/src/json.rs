//! Writes JSON straight into a byte buffer: objects open only once something is put in them.
//! Not a general serialiser; it exists because events are written by the million.

/// An object being written. Members with empty text are left out.
#[derive(Debug)]
pub struct Object<'o> {
    out: &'o mut Vec<u8>,
    empty: bool,
}

impl<'o> Object<'o> {
    /// Writes an object to `out`, filled by `fill`.
    pub fn write(out: &'o mut Vec<u8>, fill: impl FnOnce(&mut Object<'_>)) {
        out.push(b'{');
        fill(&mut Object { out, empty: true });
        out.push(b'}');
    }

    fn key(&mut self, key: &str) {
        if !std::mem::take(&mut self.empty) {
            self.out.push(b',');
        }
        string(self.out, key);
        self.out.push(b':');
    }

    /// A text member, unless the text is empty.
    pub fn text(&mut self, key: &str, value: &str) {
        if !value.is_empty() {
            self.key(key);
            string(self.out, value);
        }
    }

    /// An array of texts.
    pub fn texts<'v>(&mut self, key: &str, values: impl Iterator<Item = &'v str>) {
        self.key(key);
        self.out.push(b'[');
        for (index, value) in values.enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            string(self.out, value);
        }
        self.out.push(b']');
    }

    /// A number.
    pub fn number(&mut self, key: &str, value: impl itoa::Integer) {
        self.key(key);
        self.out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
    }

    /// A text member holding what `value` prints as.
    pub fn display(&mut self, key: &str, value: impl std::fmt::Display) {
        use std::io::Write;
        self.key(key);
        self.out.push(b'"');
        // Writing to a Vec cannot fail; addresses and times print no character to escape.
        let _ = write!(self.out, "{value}");
        self.out.push(b'"');
    }

    /// A nested object, left out when `fill` puts nothing in it.
    pub fn object(&mut self, key: &str, fill: impl FnOnce(&mut Object<'_>)) {
        let (start, was_empty) = (self.out.len(), self.empty);
        self.key(key);
        self.out.push(b'{');
        let mut inner = Object { out: self.out, empty: true };
        fill(&mut inner);
        if inner.empty {
            self.out.truncate(start);
            self.empty = was_empty;
        } else {
            self.out.push(b'}');
        }
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Appends `text` as a JSON string.
pub fn string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(at) =
        rest.iter().position(|b| *b < 0x20 || *b == b'"' || *b == b'\\' || *b == 0x7f)
    {
        let (plain, special) = rest.split_at(at);
        out.extend_from_slice(plain);
        escape(out, special[0]);
        rest = &special[1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

fn escape(out: &mut Vec<u8>, byte: u8) {
    match byte {
        b'"' => out.extend_from_slice(b"\\\""),
        b'\\' => out.extend_from_slice(b"\\\\"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        _ => {
            out.extend_from_slice(b"\\u00");
            out.extend([HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped_and_empty_objects_left_out() {
        let mut out = Vec::new();
        Object::write(&mut out, |o| {
            o.object("a", |a| a.text("x", ""));
            o.text("b", "q\"\\\n\x1b[31m");
            o.object("c", |c| c.number("n", -5));
        });
        assert_eq!(out, br#"{"b":"q\"\\\n\u001b[31m","c":{"n":-5}}"#);
    }
}
