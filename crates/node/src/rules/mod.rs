//! The roles `rules list`, `rules check` and `rules test`: what the rules are, what is wrong with
//! them, and whether they find what their examples say. They return data that knows how it is
//! shown; reading files is the work of `content`.

mod backtest;
mod coverage;
mod examples;
mod explain;
mod import;
mod remarks;

use std::fmt;
use std::sync::Arc;

use tocsin_detect::{AttackCatalog, EngineError, Knowledge};
use tocsin_parse::wording::BadTemplate;
use tocsin_report::counted;
use tocsin_sigma::{Document, Level, Problem, Rule};

use crate::content;
use crate::geoip::GeoIp;

pub use backtest::{Backtest, BacktestError, Told, backtest};
pub use coverage::{Coverage, coverage, coverage_of_logs};
pub use explain::{Asked, ExplainError, Explained, Looked, explain};
pub use import::{Imported, import};
pub use tocsin_sigma::RuleSet;

/// Rules to be tried on logs, and what they may know besides.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The rules.
    pub rules: Arc<RuleSet>,
    /// Where addresses are.
    pub places: Arc<GeoIp>,
}

impl Trial {
    fn knowledge(&self) -> Knowledge {
        let (rules, places) = (Arc::clone(&self.rules), Arc::clone(&self.places));
        Knowledge { rules, places: Some(places), ..Knowledge::default() }
    }
}

/// Why examples could not be run at all.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// A parser's table is wrong.
    #[error("a format cannot be used")]
    Format(#[from] BadTemplate),
    /// The engine does not start.
    #[error("the engine cannot be made")]
    Engine(#[from] EngineError),
}

/// What a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Looks at one event.
    Rule,
    /// Looks at one event and only feeds correlations: makes no finding itself.
    Base,
    /// Looks at several.
    Correlation,
}

/// A rule as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub kind: Kind,
    /// How grave a match is.
    pub level: Level,
    /// Its id.
    pub id: String,
    /// What correlations and people call it: its name, where it has one, otherwise its id.
    pub name: String,
    /// Its title.
    pub title: String,
    /// ATT&CK techniques.
    pub techniques: Vec<String>,
    /// How many examples it carries.
    pub examples: usize,
    /// Where it is written: the document and the line.
    pub place: (String, u32),
}

/// Every rule that can be used, in the order of the documents; correlations last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List(pub Vec<Entry>);

/// What is wrong with rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Rules that can be used.
    pub rules: usize,
    /// Correlations that can be used.
    pub correlations: usize,
    /// Processing pipelines among them.
    pub pipelines: usize,
    /// What keeps rules from being used.
    pub problems: Vec<Problem>,
    /// What does not, and is wrong all the same.
    pub remarks: Vec<Problem>,
}

/// How the examples went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tested {
    /// Rules and correlations with examples.
    pub rules: usize,
    /// Examples run.
    pub examples: usize,
    /// What keeps rules from being used.
    pub problems: Vec<Problem>,
    /// Examples that did not do what they should.
    pub failures: Vec<Problem>,
    /// Titles of rules and correlations that could make findings and carry no example.
    pub untested: Vec<String>,
}

/// Lists rules.
#[must_use]
pub fn list(set: &RuleSet) -> List {
    List(all(set).map(|(kind, rule)| entry(kind, rule)).collect())
}

/// Finds everything that is wrong with rules, techniques that `attack` does not know included. They may name
/// those inside the binary.
#[must_use]
pub fn check(documents: &[Document], attack: &AttackCatalog) -> Check {
    let (set, problems) = RuleSet::compile(&content::rules_and(documents.to_vec()));
    let given = remarks::Given::new(&set, documents, attack);
    let correlations = set.correlations().iter().filter(|c| given.has(&c.rule.path)).count();
    Check {
        rules: set.rules().iter().filter(|rule| given.has(&rule.path)).count(),
        correlations,
        pipelines: set.pipelines(),
        problems,
        remarks: given.remarks(),
    }
}

/// Runs every rule's examples through the parsers and the engine.
///
/// # Errors
/// [`RulesError`] when there is no parser or engine to run them with.
pub fn test(documents: &[Document]) -> Result<Tested, RulesError> {
    examples::run(documents)
}

fn all(set: &RuleSet) -> impl Iterator<Item = (Kind, &Rule)> {
    let kind = |rule: &Rule| if rule.standalone { Kind::Rule } else { Kind::Base };
    let rules = set.rules().iter().map(move |rule| (kind(rule), rule));
    rules.chain(set.correlations().iter().map(|c| (Kind::Correlation, &c.rule)))
}

fn entry(kind: Kind, rule: &Rule) -> Entry {
    let tests = &rule.tests;
    Entry {
        kind,
        level: rule.level,
        id: rule.id.clone(),
        name: rule.name.as_ref().unwrap_or(&rule.id).clone(),
        title: rule.title.clone(),
        techniques: rule.techniques.clone(),
        examples: tests.matching.len() + tests.ignored.len() + tests.sequences.len(),
        place: (rule.path.clone(), rule.position.line),
    }
}

impl Kind {
    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Rule => "rule",
            Kind::Base => "base",
            Kind::Correlation => "correlation",
        }
    }
}

impl Check {
    /// Whether every rule can be used.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.problems.is_empty()
    }
}

impl Tested {
    /// Whether every rule can be used and every example did what it should.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.problems.is_empty() && self.failures.is_empty()
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widest = |of: fn(&Entry) -> &str| {
            self.0.iter().map(|entry| of(entry).chars().count()).max().unwrap_or(0)
        };
        let (titles, names) = (widest(|entry| &entry.title), widest(|entry| &entry.name));
        for entry in &self.0 {
            let (level, kind) = (entry.level.name(), entry.kind.name());
            let (title, name, techniques) = (&entry.title, &entry.name, entry.techniques.join(" "));
            let line =
                format!("{level:<13} {kind:<11} {title:<titles$}  {name:<names$}  {techniques}");
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problems.iter().try_for_each(|problem| writeln!(f, "{problem}"))?;
        self.remarks.iter().try_for_each(|remark| writeln!(f, "{remark}"))?;
        let (rules, correlations) = (self.rules, self.correlations);
        let (problems, remarks) = (self.problems.len(), self.remarks.len());
        let of = |number: usize, noun| counted(number as u64, noun);
        let (rules, correlations) = (of(rules, "rule"), of(correlations, "correlation"));
        let (problems, remarks) = (of(problems, "problem"), of(remarks, "remark"));
        write!(f, "{rules} and {correlations} can be used")?;
        if self.pipelines > 0 {
            write!(f, ", with {}", of(self.pipelines, "pipeline"))?;
        }
        writeln!(f, "; {problems}, {remarks}")
    }
}

impl fmt::Display for Tested {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tested { rules, examples, problems, failures, untested } = self;
        problems.iter().chain(failures).try_for_each(|problem| writeln!(f, "{problem}"))?;
        let of = |number: usize, noun| counted(number as u64, noun);
        let (examples, rules) = (of(*examples, "example"), of(*rules, "rule"));
        let (failed, bare) = (failures.len(), of(untested.len(), "rule"));
        write!(f, "{examples} of {rules} run: {failed} failed; {bare} without any")?;
        match problems.len() {
            0 => writeln!(f),
            number => writeln!(f, "; {}: see `tocsin rules check`", of(number, "problem")),
        }
    }
}
