//! A record that is a JSON object, read once for all formats that may know it: its values laid out flat
//! under dotted names (`a.b`; the elements of an array have its name). Depth, number and names are bounded:
//! what lies beyond is left out.

use tocsin_event::{Span, Writer};

use crate::find;
use crate::json;
use crate::known::{Before, Key, Known, Met};

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
    /// The numbers of keys that are no such names.
    keys: Vec<u32>,
    /// A bit for each of these numbers.
    seen: [u64; 4],
    /// Keys of this record and those before it.
    known: Known,
    /// What is open around the object or array that is being read.
    around: Vec<Open>,
    /// Names put together, and texts without their escapes.
    made: String,
    whole: bool,
}

#[derive(Clone, Copy, Debug)]
struct Member {
    name: Span,
    value: Span,
}

/// A dotted name, the number by which it is found, and the key it ends with.
#[derive(Clone, Copy, Debug, Default)]
struct Name {
    place: Span,
    number: u32,
    key: Option<Key>,
}

impl Name {
    fn is_short(&self) -> bool {
        self.place.len() <= NAME_MAX
    }
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

    /// Whether it has this key, at whatever depth, or a value of this dotted name. Long ones that begin and
    /// end alike are taken for the same.
    #[inline]
    pub(crate) fn has(&self, key: &str) -> bool {
        let Flat { seen, keys, numbers, .. } = self.flat;
        let number = number_of(key);
        let (word, bit) = bit(number);
        seen[word] & bit != 0 && (numbers.contains(&number) || keys.contains(&number))
    }

    /// The first value of this dotted name; empty where there is none.
    pub(crate) fn get(&self, name: &str) -> &'t str {
        let wanted = number_of(name);
        let alike = self.flat.numbers.iter().zip(&self.flat.members);
        let mut alike = alike.filter(|(number, _)| **number == wanted).map(|(_, member)| member);
        let is_it = |member: &&Member| find::same(self.at(member.name).as_bytes(), name.as_bytes());
        alike.find(is_it).map_or("", |member| self.at(member.value))
    }

    /// Its names and values, as many as are kept of a record.
    pub(crate) fn members(self) -> impl Iterator<Item = (&'t str, &'t str)> {
        self.written().filter(|(name, _)| name.len() <= NAME_OF_RECORD).take(VALUES_OF_RECORD)
    }

    /// Keeps these as the own fields of the event.
    pub(crate) fn keep(self, out: &mut Writer<'_>) {
        let kept = self.flat.members.iter().filter(|member| member.name.len() <= NAME_OF_RECORD);
        let pairs = kept.take(VALUES_OF_RECORD).map(|member| (member.name, member.value));
        out.natives(self.text, &self.flat.made, pairs);
    }

    /// The same of what was written of such a record.
    pub(crate) fn written(self) -> impl Iterator<Item = (&'t str, &'t str)> {
        self.flat.members.iter().map(move |member| (self.at(member.name), self.at(member.value)))
    }

    fn at(&self, span: Span) -> &'t str {
        span.of(self.text, &self.flat.made)
    }
}

/// An object or array whose bracket is open, what closes it, and what was last read in it.
#[derive(Clone, Copy, Debug)]
struct Open {
    name: Name,
    closing: u8,
    before: Before,
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
        self.seen = [0; 4];
        self.known.make_room();
        self.around.clear();
        let end = self.walk(text);
        let rest = end.and_then(|end| text.as_bytes().get(end..));
        self.whole = rest.is_some_and(|rest| rest.trim_ascii().is_empty());
        Some(Object { text, flat: self })
    }

    /// Goes through the object that `text` begins with; where it ends.
    fn walk(&mut self, text: &str) -> Option<usize> {
        let bytes = text.as_bytes();
        let root = Name { key: Some(Key::ROOT), ..Name::default() };
        let mut open = Open { name: root, closing: b'}', before: Before::first_in(root.key) };
        let mut at = 1;
        loop {
            at = next_member(bytes, at);
            if *bytes.get(at)? == open.closing {
                at += 1;
                let Some(outer) = self.around.pop() else { return Some(at) };
                open = outer;
                continue;
            }
            let mut name = open.name;
            if open.closing == b'}' {
                (name, at) = match self.known.expected(bytes, at, open.before) {
                    Some(key) => self.again(bytes, key, at, &mut open),
                    None => self.named(text, at, &mut open)?,
                };
            }
            match *bytes.get(at)? {
                b'"' => {
                    let value = string(bytes, at)?;
                    at = value.end + 1;
                    let value = self.meant(text, &value)?;
                    self.keep(name, value);
                }
                begins @ (b'{' | b'[') if self.around.len() + 1 < DEPTH_MAX && name.is_short() => {
                    self.keys.push(name.number);
                    self.around.push(open);
                    // The brackets of ASCII close two after they open.
                    let (closing, before) = (begins + 2, Before::first_in(name.key));
                    open = Open { name, closing, before };
                    at += 1;
                }
                b'{' | b'[' => at += json::nested_len(text.get(at..)?)?,
                begins => {
                    let end = json::literal_end(bytes, at)?;
                    if begins == b'n' {
                        self.keys.push(name.number);
                    } else {
                        self.keep(name, Span::read(at..end));
                    }
                    at = end;
                }
            }
        }
    }

    /// The name of a key that was expected at `at`, and where its value begins.
    #[inline]
    fn again(&mut self, bytes: &[u8], key: Key, at: usize, open: &mut Open) -> (Name, usize) {
        let known = self.known.key(key);
        let [of_key, number] = known.numbers;
        open.before = Before::after(Some(key));
        self.see(of_key);
        let mut place = Span::read(at + 1..at + 1 + known.len);
        if !self.around.is_empty() {
            self.see(number);
            self.keys.push(of_key);
            let from = self.made.len();
            self.made.push_str(self.known.dotted(key));
            place = Span::rewritten(from..self.made.len());
        }
        let begin = after_blanks(bytes, at + known.written_len());
        (Name { place, number, key: Some(key) }, begin)
    }

    /// The dotted name of the key at `at`, and where its value begins.
    fn named(&mut self, text: &str, at: usize, open: &mut Open) -> Option<(Name, usize)> {
        let key = string(text.as_bytes(), at)?;
        let end = after_colon(text.as_bytes(), key.end + 1)?;
        let place = self.meant(text, &key)?;
        let of_key = number_of(place.of(text, &self.made));
        self.see(of_key);
        let mut name = Name { place, number: of_key, key: None };
        if !self.around.is_empty() {
            self.keys.push(of_key);
            let from = self.made.len();
            self.push(text, open.name.place);
            if !open.name.place.is_empty() {
                self.made.push('.');
            }
            self.push(text, place);
            name.place = Span::rewritten(from..self.made.len());
            name.number = number_of(name.place.of(text, &self.made));
            self.see(name.number);
        }
        if !key.escaped {
            let (written, dotted) = (text.get(at..end)?, name.place.of(text, &self.made));
            let met = Met { written, dotted, len: place.len(), numbers: [of_key, name.number] };
            name.key = self.known.learn(open.name.key, open.before, met);
        }
        open.before = Before::after(name.key);
        Some((name, after_blanks(text.as_bytes(), end)))
    }

    fn push(&mut self, text: &str, place: Span) {
        if place.is_rewritten() {
            self.made.extend_from_within(place.range());
        } else {
            self.made.push_str(text.get(place.range()).unwrap_or_default());
        }
    }

    /// The text that is meant by one as written.
    #[inline]
    fn meant(&mut self, text: &str, written: &Text) -> Option<Span> {
        if !written.escaped {
            return Some(Span::read(written.begin..written.end));
        }
        let from = self.made.len();
        json::unescape(text.get(written.begin..written.end)?, &mut self.made);
        Some(Span::rewritten(from..self.made.len()))
    }

    #[inline]
    fn see(&mut self, number: u32) {
        let (word, bit) = bit(number);
        self.seen[word] |= bit;
    }

    #[inline]
    fn keep(&mut self, name: Name, value: Span) {
        if self.members.len() < VALUES_MAX && name.is_short() {
            self.numbers.push(name.number);
            self.members.push(Member { name: name.place, value });
        }
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
    while bytes.get(at).is_some_and(|byte| *byte <= b' ') {
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

/// What follows the colon of a key that ends before `at`.
#[inline]
fn after_colon(bytes: &[u8], at: usize) -> Option<usize> {
    let at = after_blanks(bytes, at);
    (bytes.get(at) == Some(&b':')).then_some(at + 1)
}

/// A number by which a name is found among others: of its length, its beginning and its end.
#[inline]
fn number_of(name: &str) -> u32 {
    let name = name.as_bytes();
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

/// Which bit stands for a number, of four words.
#[inline]
fn bit(number: u32) -> (usize, u64) {
    ((number >> 30) as usize, 1 << ((number >> 24) & 63))
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
    fn records_alike_are_read_like_the_first_however_they_are_written() {
        let mut kept = Flat::default();
        let texts = [
            r#"{"a":1,"b":{"c":2,"d":"x"},"e":[{"c":3}]}"#,
            r#"{"a": 1, "b" : {"c":2,"d":"x"} , "e":[ {"c":3}, {"c":4}]}"#,
            r#"{"b":{"d":"x"},"a":1,"e":{"c":3},"f":null}"#,
            r#"{"a ":1,"a":2,"b":"c"}"#,
            r#"{"a":1,"b":{"c":2,"d":"x"},"e":[{"c":3}]}"#,
        ];
        for text in texts.iter().chain(&texts) {
            let object = kept.read(text).unwrap();
            let again: Vec<_> = object.members().map(|(n, v)| format!("{n}={v};")).collect();
            assert_eq!((again.concat(), object.is_whole()), flat(text));
            assert!(object.has("a") && !object.has("g"));
        }
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
            let _ = kept.read(&line.replace(':', ": "));
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
