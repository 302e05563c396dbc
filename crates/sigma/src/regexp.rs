//! Regular expressions of rules: PCRE as far as it is regular. Look-around and back-references
//! have no linear-time form and are refused.

use regex::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::Hir;
use regex_syntax::hir::literal::{ExtractKind, Extractor};

use crate::limits;
use crate::modifier::RegexFlag;

/// A rule's expression, ready to run.
#[derive(Debug)]
pub(crate) struct Expression {
    pub(crate) regex: Regex,
    /// Texts, letters folded, of which every match holds one; none where no such texts are known.
    pub(crate) texts: Option<Vec<Vec<u8>>>,
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
        Ok(Expression { regex, texts: parsed.ok().and_then(|hir| needed_texts(&hir)) })
    }
}

/// What every match begins with or what every match ends with, whichever says more.
fn needed_texts(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    let ends = [ExtractKind::Prefix, ExtractKind::Suffix].into_iter();
    let texts = ends.filter_map(|kind| {
        let found = Extractor::new().kind(kind).extract(hir);
        // A literal that grows too long is cut anywhere, within a letter too: that one is no text.
        let texts = found.literals()?.iter().map(|literal| str::from_utf8(literal.as_bytes()).ok());
        let folded = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<String>();
        let mut texts: Vec<_> =
            texts.map(|text| Some(folded(text?).into_bytes())).collect::<Option<_>>()?;
        texts.sort_unstable();
        texts.dedup();
        Some(texts)
    });
    texts.max_by_key(|texts| texts.iter().map(Vec::len).min())
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
    fn texts_are_needed_where_every_match_holds_one() {
        let needed = |pattern: &str| {
            let texts = Expression::compile(pattern, &[]).unwrap().texts;
            texts.map(|texts| String::from_utf8(texts.join(&b'|')).unwrap())
        };
        assert_eq!(needed(r"\b(curl|wget)\b.*\|\s*sh\b").as_deref(), Some("curl|wget"));
        assert_eq!(needed("[a-z]+[.]onion$").as_deref(), Some(".onion"));
        assert_eq!(needed("(?i)Evil").as_deref(), Some("evil"));
        assert_eq!(needed("a*").as_deref(), Some("|a"), "the empty text is in all");
        assert_eq!(needed("[a-z]+x?[a-z]+"), None);
        assert_eq!(needed("(?i)Skrill").as_deref(), Some("skrill|\u{17f}krill"));
    }
}
