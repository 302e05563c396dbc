//! Which rules of a route can match a record at all: one pass over each field finds the rules that
//! are worth evaluating, however many there are. Never decides that a rule matches.
//!
//! A rule that demands text ("Image ends with one of ...") is filed under three bytes ("gram") of
//! each alternative; unless one of them occurs in the field, the rule is passed over. Of all grams
//! that would do, those that the route's rules share least are taken. Rules that demand no text
//! are always evaluated.

use std::collections::HashMap;

use crate::evaluate::Program;
use crate::record::Record;
use crate::scratch::{Scratch, Target};
use crate::test::{Check, Expr};

/// A route's rules by the grams they need; rules are known by their place in the route.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Index {
    /// Rules to evaluate whatever the record says, one bit each.
    always: Vec<u64>,
    grams: Vec<TargetGrams>,
}

/// The grams looked for in one target.
#[derive(Debug, Clone, PartialEq, Eq)]
struct TargetGrams {
    target: Target,
    /// One bit for each hash of a gram that is filed: nearly all windows of a text end here.
    filter: Vec<u64>,
    shift: u32,
    /// Gram and rule, sorted.
    filed: Vec<(u32, u32)>,
}

/// One of the texts of which a rule needs one.
#[derive(Debug, Clone, Copy)]
struct Need {
    target: Target,
    gram: u32,
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
        let mut filed: Vec<(Target, Vec<(u32, u32)>)> = Vec::new();
        for (rule, program) in (0u32..).zip(programs) {
            index.always.resize(rule as usize / 64 + 1, 0);
            let Some((needs, _)) = needs(&program.condition, program, &uses) else {
                set(&mut index.always, rule);
                continue;
            };
            for need in needs {
                match filed.iter_mut().find(|(target, _)| *target == need.target) {
                    Some((_, grams)) => grams.push((need.gram, rule)),
                    None => filed.push((need.target, vec![(need.gram, rule)])),
                }
            }
        }
        index.grams = filed.into_iter().map(|(t, grams)| TargetGrams::new(t, grams)).collect();
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

    fn new(target: Target, mut filed: Vec<(u32, u32)>) -> TargetGrams {
        filed.sort_unstable();
        filed.dedup();
        let bits = (filed.len() * Self::FILTER_BITS).next_power_of_two().clamp(64, 1 << 24);
        let shift = 32 - bits.trailing_zeros();
        let mut filter = vec![0; bits / 64];
        filed.iter().for_each(|(gram, _)| set(&mut filter, hash(*gram, shift)));
        TargetGrams { target, filter, shift, filed }
    }

    fn scan(&self, text: &str, candidates: &mut [u64]) {
        let mut gram = 0;
        for (read, byte) in text.bytes().enumerate() {
            gram = gram >> 8 | u32::from(byte) << 16;
            if read >= 2 && is_set(&self.filter, hash(gram, self.shift)) {
                self.file(gram, candidates);
            }
        }
    }

    fn file(&self, gram: u32, candidates: &mut [u64]) {
        let first = self.filed.partition_point(|(other, _)| *other < gram);
        let filed = self.filed.iter().skip(first).take_while(|(other, _)| *other == gram);
        filed.for_each(|(_, rule)| set(candidates, *rule));
    }
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
            let rarest = |text: &[u8]| {
                let grams = grams(text).map(|gram| (uses.get(&(test.target, gram)), gram));
                grams.min().map(|(count, gram)| (count.copied().unwrap_or(0), gram))
            };
            let chosen: Option<Vec<(u64, u32)>> = texts.texts().map(|text| rarest(&text)).collect();
            let chosen = chosen?;
            let shared = chosen.iter().map(|(count, _)| count).sum();
            let target = test.target;
            Some((chosen.into_iter().map(|(_, gram)| Need { target, gram }).collect(), shared))
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

fn grams(text: &[u8]) -> impl Iterator<Item = u32> {
    text.windows(3).map(|w| u32::from(w[0]) | u32::from(w[1]) << 8 | u32::from(w[2]) << 16)
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
