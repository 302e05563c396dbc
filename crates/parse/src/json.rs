//! Reads JSON in place: the members of an object one after another, each value as it is written.
//! Nothing is copied but text with escapes; what is not JSON simply ends the members.

use std::borrow::Cow;

use crate::find;

/// Nesting deeper than this is not entered.
const DEPTH_MAX: usize = 16;
/// How much of an object is kept when it is flattened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Values that are not nested.
    fields: usize,
    /// Bytes of a dotted name, at most [`NAME_MAX`].
    name: usize,
}

impl Limits {
    /// Those of a record.
    pub(crate) const RECORD: Limits = Limits { fields: 512, name: 256 };
    /// Those of what was written of such a record: its fields are deeper there, and not alone.
    pub(crate) const WRITTEN: Limits = Limits { fields: 640, name: NAME_MAX };
}

const NAME_MAX: usize = 288;

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
        if self.escaped { Cow::Owned(unescape(self.raw)) } else { Cow::Borrowed(self.raw) }
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
            let is_part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.');
            let end = text.bytes().position(|b| !is_part(b)).unwrap_or(text.len());
            let (literal, rest) = text.split_at_checked(end)?;
            let number = literal.starts_with(|c: char| c == '-' || c.is_ascii_digit());
            let known = number || matches!(literal, "true" | "false" | "null");
            known.then_some((Value::Literal(literal), rest))
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
            _ => at += plain_len(bytes.get(at..)?)?,
        }
    }
}

/// How many bytes come before the next quote or backslash. Most are few: a search costs more to begin.
fn plain_len(bytes: &[u8]) -> Option<usize> {
    let (near, far) = bytes.split_at_checked(16).unwrap_or((bytes, &[]));
    let found = near.iter().position(|byte| matches!(byte, b'"' | b'\\'));
    found.or_else(|| Some(near.len() + memchr::memchr2(b'"', b'\\', far)?))
}

/// The text of the first member called `quoted`, quotes included, at whatever depth.
pub(crate) fn text_of<'t>(body: &'t str, quoted: &str) -> Option<Cow<'t, str>> {
    let (_, rest) = find::split(body, quoted)?;
    let rest = rest.trim_ascii_start().strip_prefix(':')?.trim_ascii_start();
    Some(string(rest.strip_prefix('"')?)?.0.meant())
}

/// The length of the object or array that `text` begins with, its brackets included.
fn nested_len(text: &str) -> Option<usize> {
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

fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
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
    out
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

/// A dotted name being put together.
struct Name {
    bytes: [u8; NAME_MAX],
    len: usize,
    most: usize,
}

impl Name {
    fn text(&self) -> &str {
        self.bytes.get(..self.len).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or_default()
    }

    /// Adds a part; false where it does not fit.
    fn push(&mut self, part: &str) -> bool {
        let dot = usize::from(self.len > 0);
        let (from, to) = (self.len + dot, self.len + dot + part.len());
        let room = self.bytes.get_mut(from..to).filter(|_| to <= self.most);
        let Some(room) = room else { return false };
        room.copy_from_slice(part.as_bytes());
        if dot == 1 {
            self.bytes[self.len] = b'.';
        }
        self.len = to;
        true
    }
}

/// Gives every value that is not nested with its dotted name (`a.b`; elements of an array have
/// its name). Depth, number and names are bounded: what lies beyond is left out. True where
/// `text` is one whole object.
pub(crate) fn flatten<'t>(
    text: &'t str,
    limits: Limits,
    each: &mut dyn FnMut(&str, Cow<'t, str>),
) -> bool {
    let Some(text) = text.trim_ascii_start().strip_prefix('{') else { return false };
    let name = Name { bytes: [0; NAME_MAX], len: 0, most: limits.name };
    let rest = Walk { name, left: limits.fields, each }.all(text, true, 1);
    rest.is_some_and(|rest| rest.trim_ascii().is_empty())
}

struct Walk<'e, 't> {
    name: Name,
    left: usize,
    each: &'e mut dyn FnMut(&str, Cow<'t, str>),
}

impl<'t> Walk<'_, 't> {
    /// The members of an object, or the elements of an array, whose bracket is open; what follows it.
    /// Nothing is looked at twice, however deep it lies.
    fn all(&mut self, mut text: &'t str, named: bool, depth: usize) -> Option<&'t str> {
        loop {
            text = text.trim_ascii_start();
            text = text.strip_prefix(',').unwrap_or(text).trim_ascii_start();
            if let Some(rest) = text.strip_prefix(if named { '}' } else { ']' }) {
                return Some(rest);
            }
            let mut name = None;
            if named {
                let (own, rest) = string(text.strip_prefix('"')?)?;
                (name, text) = (Some(own), rest.trim_ascii_start().strip_prefix(':')?);
            }
            let outer = self.name.len;
            let fits = name.is_none_or(|name| self.name.push(&name.meant()));
            text = self.one(name, fits, text.trim_ascii_start(), depth)?;
            self.name.len = outer;
        }
    }

    /// One value, unless its name does not fit; what follows it.
    fn one(
        &mut self,
        name: Option<Text<'t>>,
        fits: bool,
        text: &'t str,
        depth: usize,
    ) -> Option<&'t str> {
        let nested = text.get(1..).filter(|_| fits && depth < DEPTH_MAX);
        match (text.as_bytes().first()?, nested) {
            (b'{', Some(nested)) => return self.all(nested, true, depth + 1),
            (b'[', Some(nested)) => return self.all(nested, false, depth + 1),
            _ => {}
        }
        let (value, rest) = value(text)?;
        if let Some(text) = value.scalar().filter(|_| fits && self.left > 0) {
            self.left -= 1;
            // A name at the top is given as it lies in the record, so that it is not copied.
            let in_place = name.filter(|name| depth == 1 && !name.escaped);
            (self.each)(in_place.map_or(self.name.text(), |name| name.raw), text);
        }
        Some(rest)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn flat(text: &str) -> (String, bool) {
        let mut told = String::new();
        let whole =
            flatten(text, Limits::RECORD, &mut |name, value| told += &format!("{name}={value};"));
        (told, whole)
    }

    #[test]
    fn objects_are_flattened() {
        let text = r#" {"a":1,"b":{"c":"x\"yé😀","d":[true,{"e":null,"f":-2.5e3}]},"":{}} "#;
        assert_eq!(flat(text), ("a=1;b.c=x\"y\u{e9}\u{1f600};b.d=true;b.d.f=-2.5e3;".into(), true));
    }

    #[test]
    fn a_member_may_have_the_empty_name() {
        assert_eq!(flat(r#"{"":1,"a":{"":2,"b":[3]}}"#).0, "=1;a.=2;a.b=3;");
    }

    #[test]
    fn what_is_cut_or_no_json_is_not_whole() {
        for text in ["", "{", "[1]", "{\"a\":1", "{\"a\":1} x", "{\"a\" 1}", "{a:1}", "{\"a\":\"\\"]
        {
            assert!(!flat(text).1, "{text}");
        }
        assert!(flat(&("{\"a\":".repeat(20) + "1" + &"}".repeat(20))).0.is_empty());
    }

    proptest! {
        #[test]
        fn text_is_read_as_serde_reads_it(text in ".{0,40}", key in "[a-m]{1,5}") {
            let line = serde_json::json!({ key.as_str(): text.as_str(), "n": [1, {"x": text.as_str()}] });
            let mut read = Vec::new();
            prop_assert!(flatten(&line.to_string(), Limits::RECORD, &mut |name, value| read.push((name.to_owned(), value.into_owned()))));
            prop_assert!(read.contains(&(key, text.clone())));
            prop_assert!(read.contains(&("n.x".to_owned(), text)));
        }

        #[test]
        fn nothing_panics(text in "[\\[\\]{}\",:\\\\u0-9aé -]{0,60}") {
            let _ = flat(&text);
        }
    }
}
