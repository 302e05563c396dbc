//! What a rule says about itself: everything but its detection.

use std::collections::BTreeMap;

use crate::problem::Position;
use crate::route::LogSource;

/// A rule's or correlation's description.
#[derive(Debug, Clone, Default)]
pub struct Rule {
    /// The `id`; where there is none, the `name`, else the title. Unique in a rule set.
    pub id: String,
    /// What the rule detects.
    pub title: String,
    /// A readable name for references by correlations. Unique in a rule set.
    pub name: Option<String>,
    /// How serious a match is; informational where the rule does not say.
    pub level: Level,
    /// How mature the rule is, where it says.
    pub status: Option<Status>,
    /// What is detected and why it matters.
    pub description: String,
    /// Who wrote it; SigmaHQ's licence wants them named beside matches.
    pub author: String,
    /// SPDX licence id, where given.
    pub license: Option<String>,
    /// Creation date, `YYYY-MM-DD`.
    pub date: Option<String>,
    /// Date of the last change, `YYYY-MM-DD`.
    pub modified: Option<String>,
    /// Where the knowledge comes from.
    pub references: Vec<String>,
    /// Known harmless causes.
    pub falsepositives: Vec<String>,
    /// Fields worth showing to an analyst.
    pub fields: Vec<String>,
    /// All tags, as written.
    pub tags: Vec<String>,
    /// ATT&CK techniques from the tags: `attack.t1110.001` is `T1110.001`.
    pub techniques: Vec<String>,
    /// Which logs the rule is for.
    pub logsource: LogSource,
    /// Top-level keys that Sigma does not define, `tocsin` among them.
    pub custom: BTreeMap<String, Attribute>,
    /// Examples beside the rule.
    pub tests: Tests,
    /// False for a rule that only feeds correlations that do not say `generate: true`.
    pub standalone: bool,
    /// The document it came from.
    pub path: String,
    /// Where it begins in the document.
    pub position: Position,
}

/// How serious a match is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Level {
    /// Enrichment only.
    #[default]
    Informational,
    /// Notable, rarely an incident.
    Low,
    /// To be reviewed.
    Medium,
    /// To be reviewed promptly.
    High,
    /// Borders on certainty.
    Critical,
}

/// How mature a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// For production.
    Stable,
    /// Mostly stable.
    Test,
    /// May be noisy.
    Experimental,
    /// Replaced by another rule.
    Deprecated,
    /// Cannot be used as it is.
    Unsupported,
}

/// A value of a custom key.
#[derive(Debug, Clone, PartialEq)]
pub enum Attribute {
    /// Nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// Text.
    Text(String),
    /// Several values.
    List(Vec<Attribute>),
    /// Named values.
    Map(BTreeMap<String, Attribute>),
}

/// Examples that a rule carries under the top-level key `tests`. Running them is the caller's work.
///
/// A rule writes a mapping, a correlation a list:
///
/// ```yaml
/// tests:
///     format: sshd
///     match: ['raw line that the rule must match']
///     ignore: ['raw line that it must not']
/// ```
/// ```yaml
/// tests:
///     - lines: ['raw line', 'raw line']
///       expect: 1
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tests {
    /// The format of the lines, where it cannot be detected.
    pub format: Option<String>,
    /// Raw lines that must match.
    pub matching: Vec<String>,
    /// Raw lines that must not match.
    pub ignored: Vec<String>,
    /// Raw lines in order, and how many hits they give together.
    pub sequences: Vec<Sequence>,
}

/// One example of a correlation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sequence {
    /// The format of the lines, where it cannot be detected.
    pub format: Option<String>,
    /// Raw lines in order.
    pub lines: Vec<String>,
    /// How many hits they give.
    pub expect: u64,
    /// Where it begins in the document.
    pub position: Position,
}

impl Level {
    /// The names of the specification, least serious first.
    pub const NAMES: [&str; 5] = ["informational", "low", "medium", "high", "critical"];

    /// The level's name.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    pub(crate) fn parse(name: &str) -> Option<Level> {
        use Level::*;
        [Informational, Low, Medium, High, Critical].into_iter().find(|level| level.name() == name)
    }
}

impl Status {
    /// The names of the specification.
    pub const NAMES: [&str; 5] = ["stable", "test", "experimental", "deprecated", "unsupported"];

    /// The status's name.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    pub(crate) fn parse(name: &str) -> Option<Status> {
        use Status::*;
        [Stable, Test, Experimental, Deprecated, Unsupported]
            .into_iter()
            .find(|status| status.name() == name)
    }
}

impl Attribute {
    /// A value inside a mapping.
    pub fn get(&self, key: &str) -> Option<&Attribute> {
        match self {
            Attribute::Map(entries) => entries.get(key),
            _ => None,
        }
    }

    /// The text, where this is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Attribute::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Tests {
    /// True where the rule carries no example.
    pub fn is_empty(&self) -> bool {
        self.matching.is_empty() && self.ignored.is_empty() && self.sequences.is_empty()
    }
}
