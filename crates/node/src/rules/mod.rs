//! The roles `rules list`, `rules check` and `rules test`: what the rules are, what is wrong with
//! them, and whether they find what their examples say. They return data that knows how it is
//! shown; reading files is the work of `content`.

mod backtest;
mod coverage;
mod examples;
mod explain;
mod import;

use std::fmt;
use std::sync::Arc;

use tocsin_detect::{AttackCatalog, EngineError, Knowledge};
use tocsin_event::Class;
use tocsin_parse::wording::BadTemplate;
use tocsin_report::counted;
use tocsin_sigma::{Document, Level, Position, Problem, Rule, nearest_within};

use crate::content;
use crate::geoip::GeoIp;

pub use backtest::{Backtest, BacktestError, Told, backtest};
pub use coverage::{Coverage, coverage, coverage_of_logs};
pub use explain::{Asked, ExplainError, Explained, Looked, explain};
pub use import::{Imported, import};
pub use tocsin_sigma::RuleSet;

/// A mistyped field differs from what was meant in one of so many letters, and in two at most: in more, and
/// it is another one.
const LETTERS_PER_ERROR: usize = 5;
const ERRORS_MAX: usize = 2;

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
    let is_given = |path: &str| documents.iter().any(|document| document.path == path);
    let given: Vec<&Rule> = all(&set).map(|(_, rule)| rule).filter(|r| is_given(&r.path)).collect();
    let correlations = set.correlations().iter().filter(|c| is_given(&c.rule.path)).count();
    let written = |rule: &Rule, text: &str| written(documents, rule, text);
    let unknown = given.iter().flat_map(|rule| unknown_techniques(rule, attack, &written));
    Check {
        rules: given.len() - correlations,
        correlations,
        pipelines: set.pipelines(),
        problems,
        remarks: set
            .remarks()
            .iter()
            .filter(|remark| is_given(&remark.path))
            .cloned()
            .chain(unknown)
            .chain(given.iter().flat_map(|rule| misspelt(rule, &written)))
            .chain(mistyped(&set, documents))
            .collect(),
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

/// Where a text stands in a rule, or the rule where it is not written as it reads.
fn written(documents: &[Document], rule: &Rule, text: &str) -> Position {
    let document = documents.iter().find(|document| document.path == rule.path);
    let lines = document.map_or("", |document| &document.text).lines();
    let own = (1u32..).zip(lines).skip(rule.position.line.saturating_sub(1) as usize);
    let mut own = own.take_while(|(_, line)| !line.starts_with("---"));
    let found = own.find_map(|(line, written)| match column(written, text) {
        0 => None,
        column => Some(Position { line, column }),
    });
    found.unwrap_or(rule.position)
}

/// The first character of a text in a line, from 1; 0 where it is not there.
fn column(line: &str, text: &str) -> u32 {
    let at = line.to_ascii_lowercase().find(&text.to_ascii_lowercase());
    let before = at.and_then(|at| line.get(..at));
    before.map_or(0, |before| before.chars().count() as u32 + 1)
}

fn unknown_techniques(
    rule: &Rule,
    attack: &AttackCatalog,
    written: &impl Fn(&Rule, &str) -> Position,
) -> impl Iterator<Item = Problem> {
    let unknown = rule.techniques.iter().filter(|id| attack.technique(id).is_none());
    unknown.map(|id| Problem {
        path: rule.path.clone(),
        position: written(rule, id),
        rule: Some(rule.title.clone()),
        message: format!("{id} is no technique of the ATT&CK known here"),
        remedy: "see attack.mitre.org: it may be newer than this, or have a successor".to_owned(),
    })
}

/// Fields of rules for events of any log, and of correlations, that are nearly OCSF's attributes, but none of
/// them.
fn mistyped(set: &RuleSet, documents: &[Document]) -> Vec<Problem> {
    let known: Vec<&str> = tocsin_detect::field_names().collect();
    let unknown = set.fields().iter().filter(|field| !known.contains(&field.as_str()));
    let errors = |field: &str| (field.len() / LETTERS_PER_ERROR).min(ERRORS_MAX);
    let nearly = |field: &String| nearest_within(field, &known, errors(field));
    let mistyped: Vec<(&String, &str)> =
        unknown.filter_map(|field| Some((field, nearly(field)?))).collect();
    let normalised = |document: &&Document| {
        ["product: ocsf", "correlation:"].iter().any(|text| document.text.contains(text))
    };
    let mut remarks = Vec::new();
    for document in documents.iter().filter(normalised) {
        for (number, line) in (1..).zip(document.text.lines()) {
            let is_of_name = |letter: char| letter.is_alphanumeric() || "._-@".contains(letter);
            let mut words = line.split(|letter| !is_of_name(letter));
            let wrong = words.find_map(|word| mistyped.iter().find(|(field, _)| *field == word));
            remarks.extend(wrong.map(|(field, meant)| Problem {
                path: document.path.clone(),
                position: Position { line: number, column: column(line, field) },
                rule: None,
                message: format!("`{field}` is no attribute that events of any log have"),
                remedy: format!("did you mean `{meant}`?"),
            }));
        }
    }
    remarks
}

/// Keys of one's own that are nearly those of Sigma, and categories of OCSF that there are not.
fn misspelt(
    rule: &Rule,
    written: &impl Fn(&Rule, &str) -> Position,
) -> impl Iterator<Item = Problem> {
    let problem = |text: &str, message, remedy| Problem {
        path: rule.path.clone(),
        position: written(rule, text),
        rule: Some(rule.title.clone()),
        message,
        remedy,
    };
    let keys = rule.custom.keys().filter_map(move |key| {
        let near = nearest_within(key, tocsin_sigma::KEYS, ERRORS_MAX.min(key.len() / 3))?;
        Some(problem(key, format!("`{key}` says nothing"), format!("did you mean `{near}`?")))
    });
    let source = &rule.logsource;
    let category = source.category.as_deref().filter(|_| source.product.as_deref() == Some("ocsf"));
    let classes = Class::ALL.map(Class::name);
    let category = category.filter(|category| !classes.contains(category)).map(move |category| {
        let message = format!("there is no class of events named `{category}`");
        problem(category, message, format!("use one of {}", classes.join(", ")))
    });
    keys.chain(category)
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
