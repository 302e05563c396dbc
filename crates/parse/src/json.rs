//! Reads JSON in place: the members of an object one after another, each value as it is written.
//! Nothing is copied but text with escapes; what is not JSON simply ends the members.

use std::borrow::Cow;

use crate::find;

/// A value as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value<'t> {
    /// Text, without its quotes.
    Text(Text<'t>),
    /// A number, `true`, `false` or `null`.
    Literal(&'t str),
    /// An object, with its braces.
    Object(&'t str),
    /// An array, with its brackets.
    Array(&'t str),
}

/// Text as written, escapes included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Text<'t> {
    raw: &'t str,
    escaped: bool,
}

impl<'t> Text<'t> {
    /// The text that is meant. Half surrogates become the replacement character.
    pub(crate) fn meant(self) -> Cow<'t, str> {
        if !self.escaped {
            return Cow::Borrowed(self.raw);
        }
        let mut meant = String::with_capacity(self.raw.len());
        unescape(self.raw, &mut meant);
        Cow::Owned(meant)
    }
}

impl Text<'_> {
    /// Whether it is this name; names with escapes are none that matter.
    pub(crate) fn is(self, name: &str) -> bool {
        self.raw == name && !self.escaped
    }
}

impl<'t> Value<'t> {
    /// The text of a value that is not nested; nothing for `null`.
    pub(crate) fn scalar(self) -> Option<Cow<'t, str>> {
        match self {
            Value::Text(text) => Some(text.meant()),
            Value::Literal("null") | Value::Object(_) | Value::Array(_) => None,
            Value::Literal(literal) => Some(Cow::Borrowed(literal)),
        }
    }
}

/// The members of an object, or the elements of an array (whose names are empty).
#[derive(Clone, Debug)]
pub(crate) struct Members<'t> {
    rest: &'t str,
    named: bool,
    /// Whether the closing bracket was reached.
    pub(crate) complete: bool,
}

/// The members of the object that `text` begins with.
pub(crate) fn members(text: &str) -> Option<Members<'_>> {
    let rest = text.trim_ascii_start().strip_prefix('{')?;
    Some(Members { rest, named: true, complete: false })
}

/// The elements of the array that `text` begins with.
pub(crate) fn elements(text: &str) -> Option<Members<'_>> {
    let rest = text.trim_ascii_start().strip_prefix('[')?;
    Some(Members { rest, named: false, complete: false })
}

impl<'t> Iterator for Members<'t> {
    type Item = (Text<'t>, Value<'t>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.complete {
            return None;
        }
        let text = self.rest.trim_ascii_start();
        let text = text.strip_prefix(',').unwrap_or(text).trim_ascii_start();
        if let Some(rest) = text.strip_prefix(if self.named { '}' } else { ']' }) {
            (self.complete, self.rest) = (true, rest);
            return None;
        }
        let (name, text) = if self.named {
            let (name, rest) = string(text.strip_prefix('"')?)?;
            (name, rest.trim_ascii_start().strip_prefix(':')?)
        } else {
            (Text { raw: "", escaped: false }, text)
        };
        let (value, rest) = value(text.trim_ascii_start())?;
        self.rest = rest;
        Some((name, value))
    }
}

/// The value that `text` begins with, and what follows it.
fn value(text: &str) -> Option<(Value<'_>, &str)> {
    match text.as_bytes().first()? {
        b'"' => {
            let (text, rest) = string(text.strip_prefix('"')?)?;
            Some((Value::Text(text), rest))
        }
        b'{' => text.split_at_checked(nested_len(text)?).map(|(v, rest)| (Value::Object(v), rest)),
        b'[' => text.split_at_checked(nested_len(text)?).map(|(v, rest)| (Value::Array(v), rest)),
        _ => {
            let (literal, rest) = text.split_at_checked(literal_end(text.as_bytes(), 0)?)?;
            Some((Value::Literal(literal), rest))
        }
    }
}

/// Text up to its closing quote, and what follows it.
fn string(text: &str) -> Option<(Text<'_>, &str)> {
    let bytes = text.as_bytes();
    let (mut at, mut escaped) = (0, false);
    loop {
        match bytes.get(at)? {
            b'"' => {
                let (raw, rest) = text.split_at_checked(at)?;
                return Some((Text { raw, escaped }, rest.strip_prefix('"')?));
            }
            b'\\' => (at, escaped) = (at + 2, true),
            _ => at = quote_or_backslash(bytes, at)?,
        }
    }
}

/// The next quote or backslash, eight bytes at a time: most texts are so short that a search would cost
/// more to begin.
#[inline]
pub(crate) fn quote_or_backslash(bytes: &[u8], from: usize) -> Option<usize> {
    const QUOTES: u64 = u64::from_le_bytes([b'"'; 8]);
    const BACKSLASHES: u64 = u64::from_le_bytes([b'\\'; 8]);
    let mut at = from;
    while let Some(chunk) = bytes.get(at..)?.first_chunk() {
        let word = u64::from_le_bytes(*chunk);
        let found = find::first_zero(word ^ QUOTES) | find::first_zero(word ^ BACKSLASHES);
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    (at..bytes.len()).find(|at| matches!(bytes[*at], b'"' | b'\\'))
}

/// Where a number, `true`, `false` or `null` ends.
#[inline]
pub(crate) fn literal_end(bytes: &[u8], at: usize) -> Option<usize> {
    let is_number = matches!(bytes.get(at)?, b'-' | b'0'..=b'9');
    let mut end = at;
    while bytes.get(end).is_some_and(|byte| OF_LITERALS[usize::from(*byte)]) {
        end += 1;
    }
    let is_known = is_number || matches!(bytes.get(at..end)?, b"true" | b"false" | b"null");
    is_known.then_some(end)
}

/// What numbers and words are made of.
static OF_LITERALS: [bool; 256] = {
    let mut of_literals = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let is_sign = matches!(byte as u8, b'-' | b'+' | b'.');
        of_literals[byte] = is_sign || (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    of_literals
};

/// The length of the object or array that `text` begins with, its brackets included.
pub(crate) fn nested_len(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0usize, 0);
    loop {
        match bytes.get(at)? {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            b'"' => at = text.len() - string(text.get(at + 1..)?)?.1.len() - 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
}

/// Adds the text that is meant by one as written. Half surrogates become the replacement character.
pub(crate) fn unescape(raw: &str, out: &mut String) {
    let mut rest = raw;
    while !rest.is_empty() {
        // Escapes often come one after the other: then there is nothing to search for.
        let Some(after) = rest.strip_prefix('\\') else {
            let plain = memchr::memchr(b'\\', rest.as_bytes()).unwrap_or(rest.len());
            let (plain, after) = rest.split_at_checked(plain).unwrap_or((rest, ""));
            out.push_str(plain);
            rest = after;
            continue;
        };
        let mut chars = after.chars();
        let escape = chars.next();
        rest = chars.as_str();
        match escape {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('u') => {
                let (char, after) = code_point(rest);
                out.push(char);
                rest = after;
            }
            Some(other) => out.push(other),
            None => {}
        }
    }
}

/// The character after `\u`, from one unit or a pair of surrogates, and what follows it.
fn code_point(text: &str) -> (char, &str) {
    let unit = |text: &str| u32::from_str_radix(text.get(..4)?, 16).ok();
    let Some(first) = unit(text) else { return (char::REPLACEMENT_CHARACTER, text) };
    let rest = text.get(4..).unwrap_or_default();
    if (0xd800..0xdc00).contains(&first)
        && let Some(after) = rest.strip_prefix("\\u")
        && let Some(second @ 0xdc00..0xe000) = unit(after)
    {
        let point = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        let char = char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER);
        return (char, after.get(4..).unwrap_or_default());
    }
    (char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), rest)
}
