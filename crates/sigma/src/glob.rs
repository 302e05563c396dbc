//! Matching text against wildcards. Linear in text times pattern: each stretch between two `*` is
//! taken at its first place, which never needs to be undone.

use crate::pattern::{Atom, DASHES, Pattern};

/// A pattern with wildcards, ready to match.
#[derive(Debug, Clone)]
pub(crate) struct Glob {
    open_start: bool,
    open_end: bool,
    segments: Box<[Segment]>,
}

/// What stands between two `*`.
type Segment = Box<[Piece]>;

#[derive(Debug, Clone)]
enum Piece {
    Text(Box<str>),
    One,
    Dash,
}

impl Glob {
    pub(crate) fn new(pattern: &Pattern) -> Glob {
        let many = |atom: Option<&Atom>| atom == Some(&Atom::Many);
        let segments = pattern
            .atoms
            .split(|atom| *atom == Atom::Many)
            .map(|atoms| atoms.iter().filter_map(piece).collect::<Segment>())
            .filter(|segment| !segment.is_empty())
            .collect();
        Glob {
            open_start: many(pattern.atoms.first()),
            open_end: many(pattern.atoms.last()),
            segments,
        }
    }

    /// The longest plain text that every match contains.
    pub(crate) fn longest_text(&self) -> Option<&str> {
        let texts = self.segments.iter().flatten().filter_map(|piece| match piece {
            Piece::Text(text) => Some(&**text),
            _ => None,
        });
        texts.max_by_key(|text| text.len())
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        let Some(last) = self.segments.len().checked_sub(1) else {
            return self.open_start || text.is_empty();
        };
        let mut at = 0;
        for (index, segment) in self.segments.iter().enumerate() {
            let start_fixed = index == 0 && !self.open_start;
            let end_fixed = index == last && !self.open_end;
            let end = match (start_fixed, end_fixed) {
                (true, true) => return match_at(segment, text, 0) == Some(text.len()),
                (true, false) => match_at(segment, text, 0),
                (false, true) => return matches_end(segment, text, at),
                (false, false) => starts(text, at).find_map(|i| match_at(segment, text, i)),
            };
            match end {
                Some(end) => at = end,
                None => return false,
            }
        }
        true
    }
}

fn piece(atom: &Atom) -> Option<Piece> {
    match atom {
        Atom::Text(text) => Some(Piece::Text(text.as_str().into())),
        Atom::One => Some(Piece::One),
        Atom::Dash => Some(Piece::Dash),
        Atom::Many => None,
    }
}

/// Where `segment` ends if it stands at byte `at`.
fn match_at(segment: &Segment, text: &str, at: usize) -> Option<usize> {
    let mut rest = text.get(at..)?;
    for piece in segment {
        rest = match piece {
            Piece::Text(plain) => rest.strip_prefix(&**plain)?,
            Piece::One => strip_char(rest, |_| true)?,
            Piece::Dash => strip_char(rest, |c| DASHES.contains(&c))?,
        };
    }
    Some(text.len() - rest.len())
}

fn strip_char(text: &str, accept: impl Fn(char) -> bool) -> Option<&str> {
    let mut chars = text.chars();
    chars.next().filter(|c| accept(*c))?;
    Some(chars.as_str())
}

fn matches_end(segment: &Segment, text: &str, from: usize) -> bool {
    starts(text, from).any(|at| match_at(segment, text, at) == Some(text.len()))
}

fn starts(text: &str, from: usize) -> impl Iterator<Item = usize> {
    (from..=text.len()).filter(|at| text.is_char_boundary(*at))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::Regex;

    use super::*;

    /// The obvious translation to a regular expression.
    fn translated(pattern: &Pattern) -> Regex {
        let piece = |atom: &Atom| match atom {
            Atom::Text(text) => regex::escape(text),
            Atom::One => ".".to_owned(),
            Atom::Many => ".*".to_owned(),
            Atom::Dash => "[-/\u{2013}\u{2014}\u{2015}]".to_owned(),
        };
        let body: String = pattern.atoms.iter().map(piece).collect();
        Regex::new(&format!(r"(?s)\A{body}\z")).unwrap()
    }

    proptest! {
        #[test]
        fn wildcards_match_what_their_regex_matches(
            pattern in r"[ab*?é\\/-]{0,10}",
            text in r"[abé\\*?/-]{0,12}",
        ) {
            for pattern in [Pattern::parse(&pattern), Pattern::parse(&pattern).windash()] {
                let expected = translated(&pattern).is_match(&text);
                prop_assert_eq!(Glob::new(&pattern).matches(&text), expected, "{:?}", pattern);
            }
        }
    }

    #[test]
    fn many_stars_do_not_explode() {
        let pattern = Pattern::parse(&"*a?".repeat(50));
        assert!(!Glob::new(&pattern).matches(&"b".repeat(20_000)));
    }
}
