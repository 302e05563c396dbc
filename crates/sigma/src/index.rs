//! Which rules of a route can match a record at all: one pass over each field finds the rules that
//! are worth evaluating, however many there are. Never decides that a rule matches.
//!
//! A rule that demands text ("Image ends with one of ...") is filed under each alternative, found by
//! three of its bytes (a "gram"); unless one of them occurs in the field, the rule is passed over.
//! Of all texts and grams that would do, those that the route's rules share least are taken. Rules
//! that demand no text are always evaluated.

use std::collections::HashMap;

use aho_corasick::packed::{self, Searcher};

use crate::evaluate::Program;
use crate::record::Record;
use crate::scratch::{Scratch, Target};
use crate::test::{Check, Expr};

/// A route's rules by the grams they need; rules are known by their place in the route.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    /// Rules to evaluate whatever the record says, one bit each.
    always: Vec<u64>,
    grams: Vec<TargetGrams>,
}

/// The grams looked for in one target.
#[derive(Debug, Clone)]
struct TargetGrams {
    target: Target,
    /// Where the texts are few: finds the first of them many bytes at a time.
    first: Option<Searcher>,
    /// One bit for each hash of a gram that is filed: nearly all windows of a text end here.
    filter: Vec<u64>,
    shift: u32,
    /// Sorted by gram.
    filed: Vec<Filed>,
}

/// A rule under one of the texts of which it needs one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Filed {
    gram: u32,
    /// Bytes of the text before the gram.
    before: usize,
    text: Box<[u8]>,
    rule: u32,
}

/// One of the texts of which a rule needs one.
#[derive(Debug, Clone)]
struct Need {
    target: Target,
    gram: u32,
    before: usize,
    text: Box<[u8]>,
}

/// How many texts of the route's rules hold a gram.
type Uses = HashMap<(Target, u32), u64>;

impl Index {
    pub(crate) fn new<'p>(programs: impl Iterator<Item = &'p Program> + Clone) -> Index {
        let mut uses = Uses::new();
        for program in programs.clone() {
            program.selections.iter().for_each(|s| count_uses(&s.expr, &mut uses));
        }
        let mut index = Index::default();
        let mut filed: Vec<(Target, Vec<Filed>)> = Vec::new();
        for (rule, program) in (0u32..).zip(programs) {
            index.always.resize(rule as usize / 64 + 1, 0);
            let Some((needs, _)) = needs(&program.condition, program, &uses) else {
                set(&mut index.always, rule);
                continue;
            };
            for Need { target, gram, before, text } in needs {
                let entry = Filed { gram, before, text, rule };
                match filed.iter_mut().find(|(other, _)| *other == target) {
                    Some((_, entries)) => entries.push(entry),
                    None => filed.push((target, vec![entry])),
                }
            }
        }
        index.grams = filed.into_iter().map(|(t, entries)| TargetGrams::new(t, entries)).collect();
        index
    }

    /// Sets a bit in `candidates` for each rule that can match `record`.
    pub(crate) fn candidates<R: Record + ?Sized>(
        &self,
        record: &R,
        scratch: &mut Scratch,
        candidates: &mut Vec<u64>,
    ) {
        candidates.clear();
        candidates.extend_from_slice(&self.always);
        for grams in &self.grams {
            for index in scratch.texts(grams.target, record) {
                grams.scan(scratch.text(index), candidates);
            }
        }
    }
}

impl TargetGrams {
    /// Bits in the filter for each gram: one window in 32 passes it by chance.
    const FILTER_BITS: usize = 32;

    fn new(target: Target, mut filed: Vec<Filed>) -> TargetGrams {
        filed.sort_unstable();
        filed.dedup();
        let bits = (filed.len() * Self::FILTER_BITS).next_power_of_two().clamp(64, 1 << 24);
        let shift = 32 - bits.trailing_zeros();
        let mut filter = vec![0; bits / 64];
        filed.iter().for_each(|entry| set(&mut filter, hash(entry.gram, shift)));
        TargetGrams { target, first: first_of(&filed), filter, shift, filed }
    }

    fn scan(&self, text: &str, candidates: &mut [u64]) {
        let bytes = text.as_bytes();
        let from = match self.first.as_ref().map(|first| first.find(bytes)) {
            Some(None) => return,
            Some(Some(found)) => found.start(),
            None => 0,
        };
        let mut gram = 0;
        for (end, byte) in bytes.iter().enumerate().skip(from) {
            gram = gram >> 8 | u32::from(*byte) << 16;
            if is_set(&self.filter, hash(gram, self.shift)) {
                self.verify(gram, end, bytes, candidates);
            }
        }
    }

    /// Sets the rules whose text stands in `bytes` with its gram ending at `end`.
    fn verify(&self, gram: u32, end: usize, bytes: &[u8], candidates: &mut [u64]) {
        let first = self.filed.partition_point(|entry| entry.gram < gram);
        for entry in self.filed.iter().skip(first).take_while(|entry| entry.gram == gram) {
            let start =
                (end + 1).checked_sub(entry.before + 3).and_then(|start| bytes.get(start..));
            if start.is_some_and(|rest| rest.starts_with(&entry.text)) {
                set(candidates, entry.rule);
            }
        }
    }
}

/// A search for the first text that is filed; none where there are too many for it.
fn first_of(filed: &[Filed]) -> Option<Searcher> {
    packed::Config::new().builder().extend(filed.iter().map(|entry| &entry.text)).build()
}

/// Needs of which one is met whenever `expr` holds, and how widely they are shared; none where
/// `expr` can hold without any text.
fn needs(expr: &Expr, program: &Program, uses: &Uses) -> Option<(Vec<Need>, u64)> {
    let inner = |expr: &Expr| needs(expr, program, uses);
    match expr {
        Expr::Test(test) => {
            let (Check::Folded(texts) | Check::Cased(texts)) = &test.check else {
                return None;
            };
            let rarest = texts.texts().map(|text| rarest(test.target, text, uses));
            let needs: Vec<(u64, Need)> = rarest.collect::<Option<_>>()?;
            let shared = needs.iter().map(|(count, _)| count).sum();
            Some((needs.into_iter().map(|(_, need)| need).collect(), shared))
        }
        Expr::Selection(index) => inner(&program.selections.get(*index)?.expr),
        Expr::Not(_) => None,
        Expr::All(parts) => parts.iter().filter_map(inner).min_by_key(|(_, shared)| *shared),
        Expr::Any(parts) | Expr::AtLeast(_, parts) => {
            let alternatives: Option<Vec<_>> = parts.iter().map(inner).collect();
            let alternatives = alternatives.filter(|alternatives| !alternatives.is_empty())?;
            let shared = alternatives.iter().map(|(_, shared)| shared).sum();
            Some((alternatives.into_iter().flat_map(|(needs, _)| needs).collect(), shared))
        }
    }
}

fn count_uses(expr: &Expr, uses: &mut Uses) {
    match expr {
        Expr::Test(test) => {
            if let Check::Folded(texts) | Check::Cased(texts) = &test.check {
                for text in texts.texts() {
                    grams(&text).for_each(|g| *uses.entry((test.target, g)).or_default() += 1);
                }
            }
        }
        Expr::Selection(_) => {}
        Expr::Not(inner) => count_uses(inner, uses),
        Expr::All(parts) | Expr::Any(parts) | Expr::AtLeast(_, parts) => {
            parts.iter().for_each(|part| count_uses(part, uses));
        }
    }
}

/// The need for `text`, by the gram of it that fewest texts hold, and their number; none for a text
/// shorter than a gram.
fn rarest(target: Target, text: Vec<u8>, uses: &Uses) -> Option<(u64, Need)> {
    let places = grams(&text).enumerate();
    let counted = places.map(|(before, gram)| {
        (uses.get(&(target, gram)).copied().unwrap_or_default(), before, gram)
    });
    let (count, before, gram) = counted.min()?;
    Some((count, Need { target, gram, before, text: text.into() }))
}

fn grams(text: &[u8]) -> impl Iterator<Item = u32> {
    text.windows(3).map(gram)
}

fn gram(window: &[u8]) -> u32 {
    u32::from(window[0]) | u32::from(window[1]) << 8 | u32::from(window[2]) << 16
}

fn hash(gram: u32, shift: u32) -> u32 {
    gram.wrapping_mul(0x9E37_79B1) >> shift
}

fn set(bits: &mut [u64], index: u32) {
    if let Some(word) = bits.get_mut(index as usize / 64) {
        *word |= 1 << (index % 64);
    }
}

fn is_set(bits: &[u64], index: u32) -> bool {
    bits.get(index as usize / 64).is_some_and(|word| word & 1 << (index % 64) != 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::problem::Document;
    use crate::record::{FieldId, Record, Value};
    use crate::ruleset::{RuleIndex, RuleSet};
    use crate::scratch::Scratch;

    /// A record whose every field holds the same texts.
    struct Texts(Vec<String>);

    impl Record for Texts {
        fn value(&self, _: FieldId) -> Value<'_> {
            Value::List(&self.0)
        }

        fn text(&self) -> &str {
            self.0.first().map_or("", String::as_str)
        }
    }

    fn rule(title: usize, modifiers: &[&str], words: &[String]) -> String {
        let word = |index: usize| words[index % words.len()].as_str();
        format!(
            "title: r{title}\nlogsource: {{product: x}}\ndetection:\n  a:\n    f|{}: ['{}', '{}']\n    \
             g|{}: '{}'\n  b:\n    - h: ['{}']\n    - '{}'\n  condition: {}\n---\n",
            modifiers[title % modifiers.len()],
            word(title),
            word(title + 1),
            modifiers[(title + 1) % modifiers.len()],
            word(title + 2),
            word(title + 3),
            word(title + 4),
            ["a", "b", "a or b", "a and not b", "all of them", "not a"][title % 6],
        )
    }

    proptest! {
        #[test]
        fn the_index_never_hides_a_match(
            words in prop::collection::vec("[abÄ*?]{1,6}", 5..9),
            texts in prop::collection::vec("[abäÄB]{0,9}", 0..3),
        ) {
            let modifiers = ["contains", "startswith", "endswith", "cased", "contains|cased"];
            let text: String = (0..12).map(|title| rule(title, &modifiers, &words)).collect();
            let (set, problems) = RuleSet::compile(&[Document { path: String::new(), text }]);
            prop_assert!(problems.is_empty(), "{problems:?}");
            let all: Vec<RuleIndex> = (0..12).map(RuleIndex).collect();
            let (record, mut scratch, mut hits) = (Texts(texts), Scratch::new(), Vec::new());
            set.matches(&set.route_of(all.clone()), &record, &mut scratch, &mut hits);
            let direct = all.into_iter().filter(|rule| set.evaluate(*rule, &record, &mut scratch));
            prop_assert_eq!(hits, direct.collect::<Vec<_>>());
        }
    }
}
