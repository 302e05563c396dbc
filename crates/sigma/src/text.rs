//! Sets of texts to look for in one value: exact, prefix, suffix, contained, or with wildcards.
//! Searches for contained text are cut short by a filter over pairs of bytes.

use memchr::memmem::Finder;

use crate::glob::Glob;
use crate::pattern::{Atom, Pattern};
use crate::scratch::{END, START};

/// Texts of which any one is enough.
#[derive(Debug, Default)]
pub(crate) struct TextSet {
    exact: Vec<Box<str>>,
    prefix: Vec<Box<str>>,
    suffix: Vec<Box<str>>,
    contained: Vec<Needle>,
    globs: Vec<(Option<Needle>, Glob)>,
}

impl TextSet {
    /// Adds a pattern in its cheapest form.
    pub(crate) fn add(&mut self, pattern: &Pattern) {
        match pattern.atoms.as_slice() {
            [] => self.exact.push("".into()),
            [Atom::Text(text)] => self.exact.push(text.as_str().into()),
            [Atom::Text(text), Atom::Many] => self.prefix.push(text.as_str().into()),
            [Atom::Many, Atom::Text(text)] => self.suffix.push(text.as_str().into()),
            [Atom::Many] => self.prefix.push("".into()),
            [Atom::Many, Atom::Text(text), Atom::Many] => self.contained.push(Needle::new(text)),
            _ => {
                let glob = Glob::new(pattern);
                self.globs.push((glob.longest_text().map(Needle::new), glob));
            }
        }
    }

    /// True if a text of the kinds that need no search matches.
    pub(crate) fn matches_anchored(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        self.suffix.iter().any(|suffix| bytes.ends_with(suffix.as_bytes()))
            || self.exact.iter().any(|exact| bytes == exact.as_bytes())
            || self.prefix.iter().any(|prefix| bytes.starts_with(prefix.as_bytes()))
    }

    /// True if [`matches_searched`](Self::matches_searched) can find anything.
    pub(crate) fn searches(&self) -> bool {
        !(self.contained.is_empty() && self.globs.is_empty())
    }

    /// True if a contained text or a wildcard pattern matches; `pairs` are those of `text`.
    pub(crate) fn matches_searched(&self, text: &str, pairs: &Pairs) -> bool {
        self.contained.iter().any(|needle| needle.is_in(text, pairs))
            || self.globs.iter().any(|(needle, glob)| {
                needle.as_ref().is_none_or(|needle| needle.may_be_in(pairs)) && glob.matches(text)
            })
    }

    /// For each pattern, a text that every match of it contains, folded and bounded as in
    /// [`Scratch::bounded_text`](crate::Scratch); empty if it has none.
    pub(crate) fn texts(&self) -> impl Iterator<Item = Vec<u8>> {
        let bounded = |texts: &[Box<str>], (start, end): (&str, &str)| {
            let each = texts.iter().map(|text| [start, &folded(text), end].concat().into_bytes());
            each.collect::<Vec<_>>()
        };
        let (start, end) = (&*START.to_string(), &*END.to_string());
        let exact = bounded(&self.exact, (start, end)).into_iter();
        let prefix = bounded(&self.prefix, (start, ""));
        let suffix = bounded(&self.suffix, ("", end));
        let contained = self.contained.iter().map(Some);
        let globs = self.globs.iter().map(|(needle, _)| needle.as_ref());
        let searched = contained.chain(globs).map(|needle| {
            let text = needle.map_or(&[][..], |needle| needle.finder.needle());
            folded(&String::from_utf8_lossy(text)).into_bytes()
        });
        exact.chain(prefix).chain(suffix).chain(searched)
    }

    /// Rough nanoseconds for one value.
    pub(crate) fn cost(&self) -> u32 {
        let anchored = self.exact.len() + self.prefix.len() + self.suffix.len();
        let cost = anchored + 4 * self.contained.len() + 10 * self.globs.len();
        u32::try_from(cost).unwrap_or(u32::MAX)
    }
}

/// The text in small letters, letter by letter.
pub(crate) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold(text, &mut folded);
    folded
}

/// Appends the text in small letters, those of ASCII many at a time.
pub(crate) fn fold(text: &str, out: &mut String) {
    let mut rest = text;
    while !rest.is_empty() {
        let plain = rest.bytes().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
        let (plain, after) = rest.split_at(plain);
        let start = out.len();
        out.push_str(plain);
        if let Some(tail) = out.get_mut(start..) {
            tail.make_ascii_lowercase();
        }
        let mut chars = after.chars();
        out.extend(chars.next().into_iter().flat_map(char::to_lowercase));
        rest = chars.as_str();
    }
}

/// A text to search for.
#[derive(Debug)]
struct Needle {
    finder: Finder<'static>,
    /// Some of its pairs, spread over its length.
    pairs: Box<[u16]>,
}

impl Needle {
    /// Pairs remembered for each needle: enough to refuse nearly every text that lacks it.
    const PAIRS: usize = 6;

    fn new(text: &str) -> Needle {
        let bytes = text.as_bytes();
        let all: Vec<u16> = bytes.windows(2).map(|pair| slot(pair[0], pair[1])).collect();
        let step = all.len().div_ceil(Self::PAIRS).max(1);
        Needle {
            finder: Finder::new(bytes).into_owned(),
            pairs: all.into_iter().step_by(step).collect(),
        }
    }

    fn may_be_in(&self, pairs: &Pairs) -> bool {
        self.pairs.iter().all(|slot| pairs.has(*slot))
    }

    fn is_in(&self, text: &str, pairs: &Pairs) -> bool {
        self.may_be_in(pairs) && self.finder.find(text.as_bytes()).is_some()
    }
}

/// The pairs of neighbouring bytes that a text has, hashed to 512 bits (a Bloom filter with one
/// hash function): a text that lacks a needle's pair cannot contain the needle.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pairs([u64; 8]);

impl Pairs {
    /// Refuses nothing.
    pub(crate) const ALL: Pairs = Pairs([u64::MAX; 8]);
    /// Longer texts have nearly every pair, so that reading them would be wasted.
    const LONGEST_TEXT: usize = 2048;

    pub(crate) fn of(text: &str) -> Pairs {
        if text.len() > Self::LONGEST_TEXT {
            return Pairs::ALL;
        }
        let mut pairs = Pairs([0; 8]);
        for pair in text.as_bytes().windows(2) {
            let slot = slot(pair[0], pair[1]);
            pairs.0[usize::from(slot >> 6) & 7] |= 1 << (slot & 63);
        }
        pairs
    }

    fn has(&self, slot: u16) -> bool {
        self.0[usize::from(slot >> 6) & 7] & (1 << (slot & 63)) != 0
    }
}

/// Multiplicative hash of a pair to 9 bits.
fn slot(a: u8, b: u8) -> u16 {
    let pair = u32::from(a) | u32::from(b) << 8;
    (pair.wrapping_mul(0x9E37_79B1) >> 23) as u16
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_pair_filter_never_hides_a_contained_text(
            before in "[a-e]{0,8}", needle in "[a-e]{0,8}", after in "[a-e]{0,8}",
        ) {
            let text = format!("{before}{needle}{after}");
            prop_assert!(Needle::new(&needle).is_in(&text, &Pairs::of(&text)));
        }
    }

    #[test]
    fn each_shape_of_pattern_matches_as_its_wildcards_say() {
        let cases = [
            ("abc", "abc", true),
            ("abc", "abcd", false),
            ("abc*", "abcd", true),
            ("*bcd", "abcd", true),
            ("*bc*", "abcd", true),
            ("a*d", "abcd", true),
            ("a?d", "abcd", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
        ];
        for (pattern, text, expected) in cases {
            let mut set = TextSet::default();
            set.add(&Pattern::parse(pattern));
            let found = set.matches_anchored(text) || set.matches_searched(text, &Pairs::of(text));
            assert_eq!(found, expected, "{pattern} on {text}");
        }
    }
}
