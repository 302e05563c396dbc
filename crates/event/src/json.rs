//! Writes JSON straight into a byte buffer: objects open only once something is put in them.
//! Not a general serialiser; it exists because events are written by the million. Keys are ours
//! and plain; values, and the names that records give their fields, are escaped.

use std::net::{IpAddr, Ipv4Addr};
use std::ops::Range;

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

    /// Begins a member with a key of ours. Inlined, so that its length is known where it is copied.
    #[inline(always)]
    fn key(&mut self, key: &'static str) {
        let quote = if std::mem::take(&mut self.empty) { "\"" } else { ",\"" };
        self.out.extend_from_slice(quote.as_bytes());
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    /// Begins a member with a name that the record chose.
    fn name(&mut self, name: &str) {
        if !std::mem::take(&mut self.empty) {
            self.out.push(b',');
        }
        string(self.out, name);
        self.out.push(b':');
    }

    /// A text member, unless the text is empty.
    #[inline(always)]
    pub fn text(&mut self, key: &'static str, value: &str) {
        if !value.is_empty() {
            self.key(key);
            string(self.out, value);
        }
    }

    /// A text member that is one of our own words, without anything to escape.
    #[inline(always)]
    pub fn word(&mut self, key: &'static str, value: &'static str) {
        self.key(key);
        self.out.push(b'"');
        self.out.extend_from_slice(value.as_bytes());
        self.out.push(b'"');
    }

    /// A text member under a name that the record chose, unless the text is empty.
    pub fn named(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.name(name);
            string(self.out, value);
        }
    }

    /// An array of texts under a name that the record chose.
    pub fn list<'v>(&mut self, name: &str, values: impl Iterator<Item = &'v str>) {
        self.name(name);
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
    #[inline(always)]
    pub fn number(&mut self, key: &'static str, value: impl itoa::Integer) {
        self.key(key);
        self.out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
    }

    /// Begins a member with a name made ready.
    fn ready(&mut self, name: &Name) {
        if !std::mem::take(&mut self.empty) {
            self.out.push(b',');
        }
        self.out.extend_from_slice(&name.0);
    }

    /// A text member under a name made ready, unless the text is empty.
    pub fn named_text(&mut self, name: &Name, value: &str) {
        if !value.is_empty() {
            self.ready(name);
            string(self.out, value);
        }
    }

    /// A number under a name made ready.
    pub fn named_number(&mut self, name: &Name, value: impl itoa::Integer) {
        self.ready(name);
        self.out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
    }

    /// Members that were written before, at this place of the buffer.
    pub fn again(&mut self, members: Range<usize>) {
        self.empty = false;
        self.out.extend_from_within(members);
    }

    /// Where in the buffer the next member goes.
    #[must_use]
    pub fn at(&self) -> usize {
        self.out.len()
    }

    /// An address as text, under a name made ready.
    pub fn named_ip(&mut self, name: &Name, value: IpAddr) {
        self.ready(name);
        self.out.push(b'"');
        ip(self.out, value);
        self.out.push(b'"');
    }

    /// An address as text.
    #[inline(always)]
    pub fn ip(&mut self, key: &'static str, value: IpAddr) {
        self.key(key);
        self.out.push(b'"');
        ip(self.out, value);
        self.out.push(b'"');
    }

    /// A nested object, left out when `fill` puts nothing in it.
    #[inline(always)]
    pub fn object(&mut self, key: &'static str, fill: impl FnOnce(&mut Object<'_>)) {
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

/// A name that a record chose for a member, ready to be written many times.
#[derive(Clone, Debug)]
pub struct Name(Box<[u8]>);

impl Name {
    /// Makes it ready.
    #[must_use]
    pub fn new(name: &str) -> Name {
        let mut written = Vec::with_capacity(name.len() + 3);
        string(&mut written, name);
        written.push(b':');
        Name(written.into())
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Appends `text` as a JSON string.
pub fn string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    loop {
        let (plain, special) = rest.split_at(plain_len(rest));
        out.extend_from_slice(plain);
        let Some((special, after)) = special.split_first() else { break };
        escape(out, *special);
        rest = after;
    }
    out.push(b'"');
}

/// How many bytes need no escape, up to the first that does. Nearly always that is all of them.
fn plain_len(text: &[u8]) -> usize {
    if is_plain(text) {
        return text.len();
    }
    text.iter().position(|byte| SPECIAL[usize::from(*byte)]).unwrap_or(text.len())
}

/// Whether nothing needs an escape. Looks at blocks without a branch within, which the compiler
/// makes into vector instructions; the last block overlaps the one before, so that none is short.
fn is_plain(text: &[u8]) -> bool {
    let (blocks, _) = text.as_chunks::<16>();
    if let Some(last) = text.last_chunk::<16>() {
        return blocks.iter().all(is_plain_block) && is_plain_block(last);
    }
    match (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        (Some(first), Some(last)) => is_plain_block(first) && is_plain_block(last),
        _ => !text.iter().any(|byte| SPECIAL[usize::from(*byte)]),
    }
}

fn is_plain_block<const N: usize>(block: &[u8; N]) -> bool {
    !block.iter().fold(false, |any, byte| any | is_special(*byte))
}

const fn is_special(byte: u8) -> bool {
    (byte < 0x20) | (byte == b'"') | (byte == b'\\') | (byte == 0x7f)
}

static SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        special[byte] = is_special(byte as u8);
        byte += 1;
    }
    special
};

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

fn ip(out: &mut Vec<u8>, ip: IpAddr) {
    use std::io::Write;
    match ip {
        IpAddr::V4(ip) => ipv4(out, ip),
        // Writing to a Vec cannot fail.
        IpAddr::V6(ip) => drop(write!(out, "{ip}")),
    }
}

/// Most addresses are of this kind, and nearly every event has one.
fn ipv4(out: &mut Vec<u8>, ip: Ipv4Addr) {
    let mut text = [b'.'; 15];
    let mut len = 0;
    for (index, octet) in ip.octets().into_iter().enumerate() {
        len += usize::from(index > 0);
        for (least, unit) in [(100, 100), (10, 10), (0, 1)] {
            if octet >= least {
                text[len] = b'0' + octet / unit % 10;
                len += 1;
            }
        }
    }
    out.extend_from_slice(&text[..len]);
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
            o.named("\"d", "é");
        });
        assert_eq!(
            String::from_utf8(out).unwrap(),
            r#"{"b":"q\"\\\n\u001b[31m","c":{"n":-5},"\"d":"é"}"#
        );
    }

    #[test]
    fn what_needs_an_escape_is_found_wherever_it_stands() {
        for len in 0..40 {
            for at in 0..len {
                let text = "a".repeat(at) + "\u{7f}" + &"ü".repeat(len - at);
                let mut out = Vec::new();
                string(&mut out, &text);
                let escaped = text.replace('\u{7f}', "\\u007f");
                assert_eq!(String::from_utf8(out).unwrap(), format!("\"{escaped}\""));
            }
        }
    }

    #[test]
    fn addresses_are_written_as_they_print() {
        for address in ["0.0.0.0", "9.10.99.100", "255.1.20.255", "::1", "2001:db8::192.0.2.1"] {
            let address: IpAddr = address.parse().unwrap();
            let mut out = Vec::new();
            ip(&mut out, address);
            assert_eq!(String::from_utf8(out).unwrap(), address.to_string());
        }
    }
}
