//! Which rules of a route can match a record at all: a look at each field that rules need finds the
//! rules that are worth evaluating, however many there are. Never decides that a rule matches.
//!
//! A rule that demands a text or a number is filed under each alternative, in [`grams`] or
//! [`numbers`]; unless the record has one of them, the rule is passed over. Of all that would do,
//! those are taken that the route's rules share least. Rules that demand neither are always
//! evaluated.

mod grams;
mod numbers;

use hashbrown::HashMap;

use crate::evaluate::Program;
use crate::record::Record;
use crate::scratch::{Scratch, Target};
use crate::test::{Check, Expr};
use grams::{TargetGrams, TextNeed};
use numbers::{NumberNeed, TargetNumbers};

/// A route's rules by what they need; rules are known by their place in the route.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    /// Rules to evaluate whatever the record says, one bit each.
    always: Vec<u64>,
    numbers: Vec<TargetNumbers>,
    grams: Vec<TargetGrams>,
}

/// Something of which a rule needs one.
#[derive(Debug, Clone)]
enum Need {
    Text(TextNeed),
    Number(NumberNeed),
}

/// What a record can be searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Sought {
    Gram(Target, u32),
    Number(Target, i64),
}

/// In how many tests of the route's rules a thing is sought.
type Uses = HashMap<Sought, u64, foldhash::fast::FixedState>;

impl Index {
    pub(crate) fn new<'p>(programs: impl Iterator<Item = &'p Program> + Clone) -> Index {
        let mut uses = Uses::default();
        for program in programs.clone() {
            program.selections.iter().for_each(|s| count_uses(&s.expr, &mut uses));
        }
        let mut index = Index::default();
        let (mut texts, mut numbers) = (Vec::new(), Vec::new());
        for (rule, program) in (0u32..).zip(programs) {
            index.always.resize(rule as usize / 64 + 1, 0);
            let Some((needs, _)) = needs(&program.condition, program, &uses) else {
                set(&mut index.always, rule);
                continue;
            };
            for need in needs {
                match need {
                    Need::Text(need) => file(&mut texts, need.target, (need, rule)),
                    Need::Number(need) => file(&mut numbers, need.target, (need, rule)),
                }
            }
        }
        index.grams = texts.into_iter().map(|(t, filed)| TargetGrams::new(t, filed)).collect();
        index.numbers =
            numbers.into_iter().map(|(t, filed)| TargetNumbers::new(t, filed)).collect();
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
        for numbers in &self.numbers {
            numbers.look(record, candidates);
        }
        for grams in &self.grams {
            for index in scratch.texts(grams.target(), record) {
                grams.scan(scratch.bounded_text(index), candidates);
            }
        }
    }
}

fn file<T>(targets: &mut Vec<(Target, Vec<T>)>, target: Target, entry: T) {
    match targets.iter_mut().find(|(other, _)| *other == target) {
        Some((_, entries)) => entries.push(entry),
        None => targets.push((target, vec![entry])),
    }
}

/// Needs of which one is met whenever `expr` holds, and how widely they are shared; none where
/// `expr` can hold without any.
fn needs(expr: &Expr, program: &Program, uses: &Uses) -> Option<(Vec<Need>, u64)> {
    let inner = |expr: &Expr| needs(expr, program, uses);
    let all_of = |needs: Vec<(Vec<Need>, u64)>| {
        let shared = needs.iter().map(|(_, shared)| shared).sum();
        Some((needs.into_iter().flat_map(|(needs, _)| needs).collect(), shared))
    };
    match expr {
        Expr::Test(test) => {
            let target = test.target;
            if let Check::Ints(numbers) = &test.check {
                return all_of(numbers.iter().map(|n| number_need(target, *n, uses)).collect());
            }
            let texts = texts(&test.check)?.into_iter();
            all_of(texts.map(|text| text_need(target, text, uses)).collect::<Option<_>>()?)
        }
        Expr::Selection(index) => inner(&program.selections.get(*index)?.expr),
        Expr::Not(_) => None,
        Expr::All(parts) => parts.iter().filter_map(inner).min_by_key(|(_, shared)| *shared),
        Expr::Any(parts) | Expr::AtLeast(_, parts) => {
            let alternatives: Option<Vec<_>> = parts.iter().map(inner).collect();
            all_of(alternatives.filter(|alternatives| !alternatives.is_empty())?)
        }
    }
}

fn count_uses(expr: &Expr, uses: &mut Uses) {
    match expr {
        Expr::Test(test) => count_test(test.target, &test.check, uses),
        Expr::Selection(_) => {}
        Expr::Not(inner) => count_uses(inner, uses),
        Expr::All(parts) | Expr::Any(parts) | Expr::AtLeast(_, parts) => {
            parts.iter().for_each(|part| count_uses(part, uses));
        }
    }
}

fn count_test(target: Target, check: &Check, uses: &mut Uses) {
    let mut count = |sought| *uses.entry(sought).or_default() += 1;
    if let Check::Ints(numbers) = check {
        numbers.iter().for_each(|number| count(Sought::Number(target, *number)));
    }
    for text in texts(check).unwrap_or_default() {
        grams::of(&text).for_each(|gram| count(Sought::Gram(target, gram)));
    }
}

/// Texts, letters folded and ends marked, of which one is in every value that passes the check;
/// none where values without any can pass.
fn texts(check: &Check) -> Option<Vec<Vec<u8>>> {
    match check {
        Check::Folded(texts) | Check::Cased(texts) => Some(texts.texts().collect()),
        Check::Regex(expression) => expression.texts.clone(),
        _ => None,
    }
}

/// The need for `text`, by the gram of it that is sought least, and how often that is; none for a
/// text shorter than a gram.
fn text_need(target: Target, text: Vec<u8>, uses: &Uses) -> Option<(Vec<Need>, u64)> {
    let counted = grams::of(&text).enumerate().map(|(before, gram)| {
        let count = uses.get(&Sought::Gram(target, gram)).copied().unwrap_or_default();
        (count, before, gram)
    });
    let (count, before, gram) = counted.min()?;
    Some((vec![Need::Text(TextNeed { target, gram, before, text: text.into() })], count))
}

fn number_need(target: Target, number: i64, uses: &Uses) -> (Vec<Need>, u64) {
    let count = uses.get(&Sought::Number(target, number)).copied().unwrap_or_default();
    (vec![Need::Number(NumberNeed { target, number })], count)
}

fn set(bits: &mut [u64], index: u32) {
    if let Some(word) = bits.get_mut(index as usize / 64) {
        *word |= 1 << (index % 64);
    }
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
             g|{}: '{}'\n  b:\n    - h: ['{}']\n    - '{}'\n  c:\n    n: [{}, 7]\n  condition: {}\n---\n",
            modifiers[title % modifiers.len()],
            word(title),
            word(title + 1),
            modifiers[(title + 1) % modifiers.len()],
            word(title + 2),
            word(title + 3),
            word(title + 4),
            title % 3,
            ["a", "b or c", "a or b", "a and not b", "all of them", "not a", "c"][title % 7],
        )
    }

    proptest! {
        #[test]
        fn the_index_never_hides_a_match(
            words in prop::collection::vec("[abÄ][abÄ*?]{0,5}", 5..9),
            texts in prop::collection::vec("[abäÄB]{0,9}|[0-9]", 0..3),
        ) {
            let modifiers = ["contains", "startswith", "endswith", "cased", "contains|cased", "re", "re|i"];
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
