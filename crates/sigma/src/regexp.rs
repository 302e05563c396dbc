//! Regular expressions of rules: PCRE as far as it is regular. Look-around and back-references
//! have no linear-time form and are refused.

use std::cmp::{Ordering, Reverse};
use std::collections::HashMap;
use std::sync::Arc;

use regex::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Repetition};

use crate::limits;
use crate::modifier::RegexFlag;
use crate::text;

/// A rule's expression, ready to run.
#[derive(Debug)]
pub(crate) struct Expression {
    matcher: Matcher,
    /// Texts, letters folded, of which every match holds one; none where no such texts are known.
    pub(crate) texts: Option<Vec<Vec<u8>>>,
}

/// How an expression is run.
#[derive(Debug)]
enum Matcher {
    Regex(Regex),
    /// Whether so many letters of a class follow each other. A machine that counts them keeps a count for
    /// every letter at which they may begin, and takes milliseconds for a long text.
    Run(ClassUnicode, u32),
}

impl Expression {
    /// Compiles a rule's expression, or says in one line why not.
    pub(crate) fn compile(pattern: &str, flags: &[RegexFlag]) -> Result<Expression, String> {
        let has = |flag| flags.contains(&flag);
        let regex = RegexBuilder::new(pattern)
            .case_insensitive(has(RegexFlag::IgnoreCase))
            .multi_line(has(RegexFlag::MultiLine))
            .dot_matches_new_line(has(RegexFlag::DotAll))
            .size_limit(limits::REGEX_BYTES)
            .build()
            .map_err(|error| reason(&error))?;
        let parsed = ParserBuilder::new()
            .case_insensitive(has(RegexFlag::IgnoreCase))
            .multi_line(has(RegexFlag::MultiLine))
            .dot_matches_new_line(has(RegexFlag::DotAll))
            .build()
            .parse(pattern);
        let run = parsed.as_ref().ok().and_then(run);
        let matcher = run.unwrap_or(Matcher::Regex(regex));
        Ok(Expression { matcher, texts: parsed.ok().and_then(|hir| needed_texts(&folded(hir))) })
    }
}

impl Expression {
    /// Whether it matches somewhere in the text.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        match &self.matcher {
            Matcher::Regex(regex) => regex.is_match(text),
            Matcher::Run(class, least) => has_run(text, class, *least),
        }
    }
}

/// The letters of a class, repeated often, which is all that an expression asks for.
fn run(hir: &Hir) -> Option<Matcher> {
    match hir.kind() {
        HirKind::Capture(group) => run(&group.sub),
        HirKind::Repetition(repeated) if repeated.min >= RUN_MIN => match repeated.sub.kind() {
            HirKind::Class(Class::Unicode(class)) => {
                Some(Matcher::Run(class.clone(), repeated.min))
            }
            _ => None,
        },
        _ => None,
    }
}

fn has_run(text: &str, class: &ClassUnicode, least: u32) -> bool {
    let is_of = |letter: char| {
        let order = |range: &ClassUnicodeRange| match () {
            () if range.end() < letter => Ordering::Less,
            () if range.start() > letter => Ordering::Greater,
            () => Ordering::Equal,
        };
        class.ranges().binary_search_by(order).is_ok()
    };
    let mut run = 0;
    text.len() >= least as usize
        && text.chars().any(|letter| {
            run = if is_of(letter) { run + 1 } else { 0 };
            run >= least
        })
}

/// Expressions that were compiled: rules that belong together have many in common.
#[derive(Debug, Default)]
pub(crate) struct Expressions(HashMap<(String, Vec<RegexFlag>), Result<Arc<Expression>, String>>);

impl Expressions {
    /// As [`Expression::compile`].
    pub(crate) fn compiled(
        &mut self,
        pattern: &str,
        flags: &[RegexFlag],
    ) -> Result<Arc<Expression>, String> {
        let key = (pattern.to_owned(), flags.to_vec());
        let compile = || Expression::compile(pattern, flags).map(Arc::new);
        self.0.entry(key).or_insert_with(compile).clone()
    }
}

/// Letters that are repeated less often are no [`Matcher::Run`].
const RUN_MIN: u32 = 32;

/// How many parts of an expression are looked at, letters of a class, and how many texts are looked for:
/// enough for what people write, and little for what was made to cost time.
const PARTS_MAX: usize = 64;
const CLASS_MAX: usize = 10;
const TEXTS_MAX: usize = 250;

/// What matches the folded form of each match of `hir`, small letters for all. Said once instead of in
/// both cases, texts are found in it that are longer, and sooner.
fn folded(hir: Hir) -> Hir {
    let all = |parts: Vec<Hir>| parts.into_iter().map(folded).collect();
    match hir.into_kind() {
        HirKind::Literal(literal) => match str::from_utf8(&literal.0) {
            Ok(text) => Hir::literal(text::folded(text).into_bytes()),
            Err(_) => Hir::literal(literal.0),
        },
        HirKind::Class(class) => folded_class(class),
        HirKind::Concat(parts) => Hir::concat(all(parts)),
        HirKind::Alternation(parts) => Hir::alternation(all(parts)),
        HirKind::Capture(group) => folded(*group.sub),
        HirKind::Repetition(repeated) => {
            let sub = Box::new(folded(*repeated.sub));
            Hir::repetition(Repetition { sub, ..repeated })
        }
        HirKind::Look(look) => Hir::look(look),
        HirKind::Empty => Hir::empty(),
    }
}

/// A class of few letters as their small ones; one of many says nothing anyway.
fn folded_class(class: Class) -> Hir {
    let few = match &class {
        Class::Unicode(letters) => {
            let letters = letters.iter().flat_map(|range| range.start()..=range.end());
            letters.take(CLASS_MAX + 1).collect::<Vec<char>>()
        }
        Class::Bytes(_) => Vec::new(),
    };
    let small = few.iter().map(|letter| text::folded(letter.encode_utf8(&mut [0; 4])));
    match few.len() {
        1..=CLASS_MAX => Hir::alternation(
            sorted(small.map(String::into_bytes).collect()).into_iter().map(Hir::literal).collect(),
        ),
        _ => Hir::class(class),
    }
}

/// Texts of which every match holds one: what it begins with, ends with, or has within, whichever says
/// most.
fn needed_texts(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    let outer = [ends(hir, ExtractKind::Prefix), ends(hir, ExtractKind::Suffix)];
    let within = match hir.kind() {
        HirKind::Concat(parts) => {
            let rests = (1..parts.len().min(PARTS_MAX)).filter_map(|at| parts.get(at..));
            let rests = rests.map(|rest| ends(&Hir::concat(rest.to_vec()), ExtractKind::Prefix));
            rests
                .chain(parts.iter().take(PARTS_MAX).map(needed_texts))
                .flatten()
                .max_by_key(|texts| says(texts))
        }
        HirKind::Alternation(parts) => {
            let all: Option<Vec<_>> = parts.iter().map(needed_texts).collect();
            all.map(|all| sorted(all.concat())).filter(|all| all.len() <= TEXTS_MAX)
        }
        HirKind::Capture(group) => needed_texts(&group.sub),
        HirKind::Repetition(repeated) if repeated.min > 0 => needed_texts(&repeated.sub),
        _ => None,
    };
    outer.into_iter().chain([within]).flatten().max_by_key(|texts| says(texts))
}

/// How much texts say: the shortest of them, and then how few they are.
fn says(texts: &[Vec<u8>]) -> (Option<usize>, Reverse<usize>) {
    (texts.iter().map(Vec::len).min(), Reverse(texts.len()))
}

/// What every match begins or ends with.
fn ends(hir: &Hir, kind: ExtractKind) -> Option<Vec<Vec<u8>>> {
    let found = Extractor::new().kind(kind).extract(hir);
    // A literal that grows too long is cut anywhere, within a letter too: that one is no text.
    let texts = found.literals()?.iter().map(|literal| str::from_utf8(literal.as_bytes()).ok());
    let texts = texts.map(|text| Some(text::folded(text?).into_bytes()));
    let texts = texts.collect::<Option<Vec<_>>>()?;
    texts.iter().all(|text| !text.is_empty()).then(|| sorted(texts))
}

fn sorted(mut texts: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    texts.sort_unstable();
    texts.dedup();
    texts
}

/// The last line of the error: those before it only draw the pattern.
fn reason(error: &regex::Error) -> String {
    let text = error.to_string();
    let line = text.lines().last().unwrap_or_default();
    line.trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_runs_are_counted() {
        for pattern in [".{40,}", "([^/]{33,50})", "(?i)[a-c]{40}"] {
            let expression = Expression::compile(pattern, &[]).unwrap();
            assert!(matches!(expression.matcher, Matcher::Run(..)), "{pattern}");
            let regex = Regex::new(pattern).unwrap();
            for text in ["a", "é", "/", "\n", "aB", "é\n"] {
                for length in [0, 16, 32, 33, 39, 40, 41] {
                    for text in [text.repeat(length), format!("/{}\n", text.repeat(length))] {
                        assert_eq!(
                            expression.is_match(&text),
                            regex.is_match(&text),
                            "{pattern} {text}"
                        );
                    }
                }
            }
        }
        assert!(matches!(Expression::compile("^.{40,}", &[]).unwrap().matcher, Matcher::Regex(_)));
    }

    #[test]
    fn texts_are_needed_where_every_match_holds_one() {
        let needed = |pattern: &str| {
            let texts = Expression::compile(pattern, &[]).unwrap().texts;
            texts.map(|texts| String::from_utf8(texts.join(&b'|')).unwrap())
        };
        assert_eq!(needed(r"\b(curl|wget)\b.*\|\s*sh\b").as_deref(), Some("curl|wget"));
        let within = r"(^|;\s*)(\S*/)?(cat|cp)\s(.*\s)?/etc/(shadow|sudoers)(\s|$)";
        assert_eq!(needed(within).as_deref(), Some("/etc/shadow|/etc/sudoers"));
        assert_eq!(needed(r"a(?:bcd)?e+(xyz)+").as_deref(), Some("xyz"));
        assert_eq!(needed(r"\w(one \d|two \d)\w").as_deref(), Some("one |two "));
        assert_eq!(needed("[a-z]+[.]onion$").as_deref(), Some(".onion"));
        assert_eq!(needed("(?i)Evil").as_deref(), Some("evil"));
        assert_eq!(needed("a*"), None, "the empty text is in all");
        assert_eq!(needed("[a-z]+x?[a-z]+"), None);
        assert_eq!(needed("(?i)Skrill").as_deref(), Some("skrill|\u{17f}krill"));
    }
}
