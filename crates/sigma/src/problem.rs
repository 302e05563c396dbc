//! What was wrong with the rules: all problems at once, each with its place and its remedy.

use std::fmt;

/// One rule file: the text, and the name to use for it in problems.
#[derive(Debug, Clone)]
pub struct Document {
    /// Where the text came from; only shown, never opened.
    pub path: String,
    /// The YAML text, with one or more documents.
    pub text: String,
}

/// A place in a document, from 1; 0 where it is not known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The character of the line.
    pub column: u32,
}

impl Position {
    /// Somewhere in the document.
    pub const UNKNOWN: Position = Position { line: 0, column: 0 };

    /// Somewhere on a line.
    #[must_use]
    pub fn on(line: u32) -> Position {
        Position { line, column: 0 }
    }
}

/// Follows the name of a file: `:7:3`, as far as it is known.
impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for number in [self.line, self.column].into_iter().take_while(|number| *number > 0) {
            write!(f, ":{number}")?;
        }
        Ok(())
    }
}

/// Something that keeps a rule from being used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The document's path.
    pub path: String,
    /// Where in the document.
    pub position: Position,
    /// The rule's title or id, where it is known.
    pub rule: Option<String>,
    /// What is wrong, lower-case, without a full stop.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.path, self.position)?;
        if let Some(rule) = &self.rule {
            write!(f, ": {rule}")?;
        }
        write!(f, ": {}; {}", self.message, self.remedy)
    }
}

/// Collects the problems of one rule.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    path: &'a str,
    rule: Option<String>,
    problems: &'a mut Vec<Problem>,
    found: usize,
}

impl<'a> Report<'a> {
    pub(crate) fn new(path: &'a str, problems: &'a mut Vec<Problem>) -> Self {
        Report { path, rule: None, problems, found: 0 }
    }

    /// Names the rule that later problems are about.
    pub(crate) fn about(&mut self, rule: &str) {
        self.rule = Some(rule.to_owned());
    }

    pub(crate) fn add(
        &mut self,
        position: Position,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.found += 1;
        self.problems.push(Problem {
            path: self.path.to_owned(),
            position,
            rule: self.rule.clone(),
            message: message.into(),
            remedy: remedy.into(),
        });
    }

    /// True while this rule has no problem.
    pub(crate) fn is_clean(&self) -> bool {
        self.found == 0
    }
}

/// The candidate nearest to a mistyped word, for remedies.
pub(crate) fn nearest<'c>(word: &str, candidates: &[&'c str]) -> Option<&'c str> {
    nearest_within(word, candidates, word.len() / 3 + 1)
}

/// The candidate nearest to a mistyped word, with at most so many letters changed, added, left out or
/// swapped with the next.
#[must_use]
pub fn nearest_within<'c>(word: &str, candidates: &[&'c str], most: usize) -> Option<&'c str> {
    let best = candidates.iter().map(|c| (distance(word, c), *c)).min()?;
    (best.0 <= most).then_some(best.1)
}

/// Optimal string alignment distance in bytes: Levenshtein's, where two letters swapped are one error.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let substituted = rows[i][j] + usize::from(x != y);
            let mut least = substituted.min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                least = least.min(rows[i - 1][j - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_word_finds_its_neighbour_and_nonsense_finds_none() {
        assert_eq!(nearest("hihg", &["low", "high", "critical"]), Some("high"));
        assert_eq!(nearest("zzzzz", &["low", "high"]), None);
        assert_eq!(nearest_within("stauts_id", &["status_id", "status"], 1), Some("status_id"));
        assert_eq!(nearest_within("status", &["stats", "status_id"], 0), None);
    }
}
