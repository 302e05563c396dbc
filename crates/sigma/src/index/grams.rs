//! Rules by the texts they need, each text found by three of its bytes (a "gram"): one pass over a
//! field finds all of them.

use aho_corasick::packed::{self, Searcher};

use super::set;
use crate::scratch::Target;

/// A text that a rule needs in a target.
#[derive(Debug, Clone)]
pub(super) struct TextNeed {
    pub(super) target: Target,
    /// The gram of it that is looked for.
    pub(super) gram: u32,
    /// Bytes of the text before the gram.
    pub(super) before: usize,
    pub(super) text: Box<[u8]>,
}

/// The grams looked for in one target.
#[derive(Debug, Clone)]
pub(super) struct TargetGrams {
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
    before: usize,
    text: Box<[u8]>,
    rule: u32,
}

impl TargetGrams {
    /// Bits in the filter for each gram: one window in 32 passes it by chance.
    const FILTER_BITS: usize = 32;

    pub(super) fn new(target: Target, needs: Vec<(TextNeed, u32)>) -> TargetGrams {
        let filed = needs.into_iter().map(|(TextNeed { gram, before, text, .. }, rule)| Filed {
            gram,
            before,
            text,
            rule,
        });
        let mut filed: Vec<Filed> = filed.collect();
        filed.sort_unstable();
        filed.dedup();
        let bits = (filed.len() * Self::FILTER_BITS).next_power_of_two().clamp(64, 1 << 24);
        let shift = 32 - bits.trailing_zeros();
        let mut filter = vec![0; bits / 64];
        filed.iter().for_each(|entry| set(&mut filter, hash(entry.gram, shift)));
        let texts = filed.iter().map(|entry| &entry.text);
        let first = packed::Config::new().builder().extend(texts).build();
        TargetGrams { target, first, filter, shift, filed }
    }

    pub(super) fn target(&self) -> Target {
        self.target
    }

    /// Sets the rules of which a text stands in `text`.
    pub(super) fn scan(&self, text: &str, candidates: &mut [u64]) {
        let bytes = text.as_bytes();
        let first = self.first.as_ref().filter(|first| bytes.len() >= first.minimum_len());
        let from = match first.map(|first| first.find(bytes)) {
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

/// The grams of a text, in order.
pub(super) fn of(text: &[u8]) -> impl Iterator<Item = u32> {
    text.windows(3).map(|w| u32::from(w[0]) | u32::from(w[1]) << 8 | u32::from(w[2]) << 16)
}

fn hash(gram: u32, shift: u32) -> u32 {
    gram.wrapping_mul(0x9E37_79B1) >> shift
}

fn is_set(bits: &[u64], index: u32) -> bool {
    bits.get(index as usize / 64).is_some_and(|word| word & 1 << (index % 64) != 0)
}
