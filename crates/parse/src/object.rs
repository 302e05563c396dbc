//! A record that is a JSON object, read once for all formats that may know it: its values laid out flat
//! under dotted names (`a.b`; the elements of an array have its name). Depth, number and names are bounded:
//! what lies beyond is left out.

use crate::find;
use crate::json;

/// Nesting deeper than this is not entered.
const DEPTH_MAX: usize = 16;
/// Values kept, and bytes of the longest name, of what was itself written of a record: its fields lie deeper
/// there, and are not alone.
const VALUES_MAX: usize = 640;
const NAME_MAX: usize = 288;
/// The same of a record.
const VALUES_OF_RECORD: usize = 512;
const NAME_OF_RECORD: usize = 256;

/// Where the members of an object are kept, its memory used again from record to record.
#[derive(Debug, Default)]
pub(crate) struct Flat {
    members: Vec<Member>,
    /// The number of each member's name, by which it is found.
    numbers: Vec<u32>,
    /// The numbers of all keys, and a bit for each.
    keys: Vec<u32>,
    seen: u64,
    /// Names put together, and texts without their escapes.
    made: String,
    whole: bool,
}

#[derive(Clone, Copy, Debug)]
struct Member {
    name: Place,
    value: Place,
}

/// A part of the record, or of what was made of it. Both are far shorter than 2 GiB: the highest bit of the
/// start tells which.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    start: u32,
    len: u32,
}

const MADE: u32 = 1 << 31;

impl Place {
    #[inline]
    fn written(from: usize, to: usize) -> Place {
        Place { start: from as u32, len: (to - from) as u32 }
    }

    #[inline]
    fn made(from: usize, to: usize) -> Place {
        Place { start: from as u32 | MADE, len: (to - from) as u32 }
    }

    fn is_made(self) -> bool {
        self.start & MADE != 0
    }

    #[inline]
    fn range(self) -> std::ops::Range<usize> {
        let start = (self.start & !MADE) as usize;
        start..start + self.len as usize
    }
}

/// A dotted name, and the number by which it is found.
#[derive(Clone, Copy, Debug, Default)]
struct Name {
    place: Place,
    number: u32,
}

/// The members of a record that is an object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Object<'t> {
    text: &'t str,
    flat: &'t Flat,
}

impl<'t> Object<'t> {
    /// Whether the record is one whole object, and not cut or broken.
    pub(crate) fn is_whole(&self) -> bool {
        self.flat.whole
    }

    /// Whether it has this key, at whatever depth. Long keys that begin and end alike are taken for the
    /// same.
    #[inline]
    pub(crate) fn has(&self, key: &str) -> bool {
        let number = number(key.as_bytes());
        self.flat.seen & bit(number) != 0 && self.flat.keys.contains(&number)
    }

    /// The first value of this dotted name; empty where there is none.
    pub(crate) fn get(&self, name: &str) -> &'t str {
        let wanted = number(name.as_bytes());
        let alike = self.flat.numbers.iter().zip(&self.flat.members);
        let mut alike = alike.filter(|(number, _)| **number == wanted).map(|(_, member)| member);
        let is_it = |member: &&Member| find::same(self.at(member.name).as_bytes(), name.as_bytes());
        alike.find(is_it).map_or("", |member| self.at(member.value))
    }

    /// Its names and values, as many as are kept of a record.
    pub(crate) fn members(self) -> impl Iterator<Item = (&'t str, &'t str)> {
        self.written().filter(|(name, _)| name.len() <= NAME_OF_RECORD).take(VALUES_OF_RECORD)
    }

    /// The same of what was written of such a record.
    pub(crate) fn written(self) -> impl Iterator<Item = (&'t str, &'t str)> {
        self.flat.members.iter().map(move |member| (self.at(member.name), self.at(member.value)))
    }

    fn at(&self, place: Place) -> &'t str {
        let text = if place.is_made() { &self.flat.made } else { self.text };
        text.get(place.range()).unwrap_or_default()
    }
}

/// An object or array whose bracket is open.
#[derive(Clone, Copy, Debug, Default)]
struct Open {
    name: Name,
    is_array: bool,
}

impl Flat {
    /// Reads the object that `text` begins with, if it does.
    pub(crate) fn read<'t>(&'t mut self, text: &'t str) -> Option<Object<'t>> {
        let text = text.trim_ascii_start();
        if !text.starts_with('{') {
            return None;
        }
        self.members.clear();
        self.numbers.clear();
        self.keys.clear();
        self.made.clear();
        self.seen = 0;
        let end = self.walk(text);
        let rest = end.and_then(|end| text.as_bytes().get(end..));
        self.whole = rest.is_some_and(|rest| rest.trim_ascii().is_empty());
        Some(Object { text, flat: self })
    }

    /// Goes through the object that `text` begins with; where it ends.
    fn walk(&mut self, text: &str) -> Option<usize> {
        let bytes = text.as_bytes();
        let mut around = [Open::default(); DEPTH_MAX];
        let (mut depth, mut open, mut at) = (0usize, Open::default(), 1);
        loop {
            at = next_member(bytes, at);
            if *bytes.get(at)? == if open.is_array { b']' } else { b'}' } {
                at += 1;
                let Some(outer) = depth.checked_sub(1) else { return Some(at) };
                (depth, open) = (outer, around[outer]);
                continue;
            }
            let mut name = Some(open.name);
            if !open.is_array {
                let key = string(bytes, at)?;
                at = after_colon(bytes, key.end + 1)?;
                name = self.named(text, open.name, depth, &key);
            }
            let begins = *bytes.get(at)?;
            match (begins, name) {
                (b'"', name) => {
                    let value = string(bytes, at)?;
                    at = value.end + 1;
                    if let Some(name) = name {
                        let value = self.meant(text, &value)?;
                        self.keep(name, value);
                    }
                }
                (b'{' | b'[', Some(name)) if depth + 1 < DEPTH_MAX => {
                    around[depth] = open;
                    (depth, open) = (depth + 1, Open { name, is_array: begins == b'[' });
                    at += 1;
                }
                (b'{' | b'[', _) => at += json::nested_len(text.get(at..)?)?,
                (_, name) => {
                    let end = json::literal_end(bytes, at)?;
                    let kept = name.filter(|_| begins != b'n');
                    if let Some(name) = kept {
                        self.keep(name, Place::written(at, end));
                    }
                    at = end;
                }
            }
        }
    }

    /// The dotted name of a key; none where it is too long.
    fn named(&mut self, text: &str, around: Name, depth: usize, key: &Text) -> Option<Name> {
        let place = self.meant(text, key)?;
        let number = self.number(text, place);
        self.keys.push(number);
        self.seen |= bit(number);
        let mut name = Name { place, number };
        if depth > 0 {
            let from = self.made.len();
            self.push(text, around.place);
            if around.place.len > 0 {
                self.made.push('.');
            }
            self.push(text, place);
            name.place = Place::made(from, self.made.len());
            name.number = self.number(text, name.place);
        }
        Some(name).filter(|name| name.place.len as usize <= NAME_MAX)
    }

    fn push(&mut self, text: &str, place: Place) {
        if place.is_made() {
            self.made.extend_from_within(place.range());
        } else {
            self.made.push_str(text.get(place.range()).unwrap_or_default());
        }
    }

    /// The text that is meant by one as written.
    fn meant(&mut self, text: &str, written: &Text) -> Option<Place> {
        if !written.escaped {
            return Some(Place::written(written.begin, written.end));
        }
        let from = self.made.len();
        json::unescape(text.get(written.begin..written.end)?, &mut self.made);
        Some(Place::made(from, self.made.len()))
    }

    #[inline]
    fn keep(&mut self, name: Name, value: Place) {
        if self.members.len() < VALUES_MAX {
            self.numbers.push(name.number);
            self.members.push(Member { name: name.place, value });
        }
    }

    #[inline]
    fn number(&self, text: &str, place: Place) -> u32 {
        let text = if place.is_made() { &self.made } else { text };
        number(text.as_bytes().get(place.range()).unwrap_or_default())
    }
}

/// A text between its quotes.
struct Text {
    begin: usize,
    end: usize,
    escaped: bool,
}

/// The text whose opening quote is at `at`.
#[inline]
fn string(bytes: &[u8], at: usize) -> Option<Text> {
    let begin = at + 1;
    if *bytes.get(at)? != b'"' {
        return None;
    }
    let (mut at, mut escaped) = (begin, false);
    loop {
        at = json::quote_or_backslash(bytes, at)?;
        if bytes[at] == b'"' {
            return Some(Text { begin, end: at, escaped });
        }
        (at, escaped) = (at + 2, true);
    }
}

#[inline]
fn after_blanks(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
}

/// Where the next member begins, or what closes them.
#[inline]
fn next_member(bytes: &[u8], at: usize) -> usize {
    let at = after_blanks(bytes, at);
    if bytes.get(at) == Some(&b',') { after_blanks(bytes, at + 1) } else { at }
}

/// Where the value begins whose key ends before `at`.
#[inline]
fn after_colon(bytes: &[u8], at: usize) -> Option<usize> {
    let at = after_blanks(bytes, at);
    (bytes.get(at) == Some(&b':')).then(|| after_blanks(bytes, at + 1))
}

/// A number by which a name is found among others: of its length, its beginning and its end.
#[inline]
fn number(name: &[u8]) -> u32 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let (first, last) = match (name.first_chunk::<8>(), name.last_chunk::<8>()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => match (name.first_chunk::<4>(), name.last_chunk::<4>()) {
            (Some(first), Some(last)) => {
                (u64::from(u32::from_le_bytes(*first)), u64::from(u32::from_le_bytes(*last)))
            }
            _ => (name.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)), 0),
        },
    };
    let mixed = (first ^ last.rotate_left(29) ^ name.len() as u64).wrapping_mul(FACTOR);
    (mixed >> 32) as u32
}

#[inline]
fn bit(number: u32) -> u64 {
    1 << (number >> 26)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn flat(text: &str) -> (String, bool) {
        let mut kept = Flat::default();
        let Some(object) = kept.read(text) else { return (String::new(), false) };
        let told = object.members().map(|(name, value)| format!("{name}={value};"));
        (told.collect(), object.is_whole())
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
    fn members_are_found_by_name_and_keys_at_any_depth() {
        let text =
            r#"{"a":{"name of this":1,"c":[{"d":{}}]},"name of that":"x","a.b":"y","e":null}"#;
        let mut kept = Flat::default();
        let object = kept.read(text).unwrap();
        let found =
            ["a.name of this", "name of that", "a.b", "a", "e"].map(|name| object.get(name));
        assert_eq!(found, ["1", "x", "y", "", ""]);
        assert!(["a", "name of this", "c", "d", "e"].iter().all(|key| object.has(key)));
        assert!(!["b", "x", "", "f"].iter().any(|key| object.has(key)));
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
        fn text_is_read_as_serde_reads_it(text in ".{0,40}", key in "[a-m]{1,9}") {
            let line = serde_json::json!({ key.as_str(): text.as_str(), "n": [1, {"x": text.as_str()}] });
            let line = line.to_string();
            let mut kept = Flat::default();
            let object = kept.read(&line).unwrap();
            prop_assert!(object.is_whole());
            prop_assert_eq!(object.get(&key), &text);
            prop_assert_eq!(object.get("n.x"), &text);
        }

        #[test]
        fn nothing_panics(text in "[\\[\\]{}\",:\\\\u0-9aé -]{0,60}") {
            let _ = flat(&text);
        }
    }
}
