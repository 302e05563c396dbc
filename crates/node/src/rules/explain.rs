//! Why a rule matches events of logs, or why not: selection by selection.

use std::fmt;
use std::io;

use tocsin_detect::{Inspector, Verdict};
use tocsin_event::Skipped;
use tocsin_report::{counted, visible};
use tocsin_sigma::{Correlation, Document, LogSource, RuleIndex, RuleSet};

use crate::progress::Progress;
use crate::source::{self, Found, ReadOptions};

/// Events shown that match, and events that nearly do.
const SHOWN: usize = 5;
/// Characters shown of a record.
const EXCERPT: usize = 240;
/// Rules named where none is meant, or several are.
const NAMED: usize = 5;

/// Why nothing can be explained.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    /// No rule, or several.
    #[error("{0}")]
    Rule(String),
    /// Reading failed altogether.
    #[error("cannot go on reading")]
    Read(#[from] io::Error),
}

/// What a rule says of events.
#[derive(Clone, Debug, Default)]
pub struct Explained {
    /// The rule's title.
    pub title: String,
    /// Where it is written.
    pub place: (String, u32),
    /// For which logs it is.
    pub logsource: LogSource,
    /// Events read.
    pub events: u64,
    /// Events of logs that the rule is for.
    pub concerned: u64,
    /// Of those, events that match.
    pub matching: u64,
    /// The first events that match.
    pub matches: Vec<Looked>,
    /// The events that come nearest to it.
    pub misses: Vec<Looked>,
    /// Sources that were read.
    pub sources: usize,
    /// What was not read.
    pub unread: Vec<Skipped>,
}

/// One event that was looked at.
#[derive(Clone, Debug)]
pub struct Looked {
    source: String,
    record: u64,
    verdict: Verdict,
    text: String,
}

/// Asks the rule that `name` means (its id, its name, or a part of its title) about every event.
///
/// # Errors
/// See [`ExplainError`].
pub fn explain(
    documents: &[Document],
    name: &str,
    found: Found,
    options: &ReadOptions,
    progress: &mut Progress,
) -> Result<Explained, ExplainError> {
    let (set, _) = RuleSet::compile(documents);
    let index = meant(&set, name)?;
    let mut explained = Explained::default();
    if let Some(rule) = set.rule(index) {
        explained.title = rule.title.clone();
        explained.place = (rule.path.clone(), rule.line);
        explained.logsource = rule.logsource.clone();
    }
    let mut inspector = Inspector::new(set, index);
    let report = source::read(found, options, progress, &mut |event| {
        let verdict = inspector.ask(event);
        explained.take(verdict, || Looked {
            source: event.source().to_string(),
            record: event.record,
            verdict: Verdict::default(),
            text: event.raw().chars().take(EXCERPT).collect(),
        });
        Ok(())
    })?;
    explained.sources = report.sources.len();
    explained.unread = report.skipped;
    Ok(explained)
}

fn meant(set: &RuleSet, name: &str) -> Result<RuleIndex, ExplainError> {
    let rules = || (0..).map(RuleIndex).zip(set.rules());
    let exact = rules().find(|(_, rule)| rule.id == name || rule.name.as_deref() == Some(name));
    if let Some((index, _)) = exact {
        return Ok(index);
    }
    let mut correlations = set.correlations().iter();
    let is_meant = |c: &&Correlation| c.rule.id == name || c.rule.name.as_deref() == Some(name);
    if let Some(correlation) = correlations.find(is_meant) {
        let counted: Vec<&str> = set.members(correlation).map(|rule| &*rule.title).collect();
        let (title, counted) = (&correlation.rule.title, counted.join(", "));
        let why = "is a correlation; explain what it counts";
        return Err(ExplainError::Rule(format!("`{title}` {why}: {counted}")));
    }
    let part = name.to_lowercase();
    let like: Vec<_> = rules().filter(|(_, r)| r.title.to_lowercase().contains(&part)).collect();
    match like.as_slice() {
        [(index, _)] => Ok(*index),
        [] => Err(ExplainError::Rule(format!(
            "no rule is called `{name}`; `tocsin rules list` shows all"
        ))),
        several => {
            let titles: Vec<_> = several.iter().take(NAMED).map(|(_, r)| &*r.title).collect();
            let more = if several.len() > NAMED { " and more" } else { "" };
            let titles = titles.join(", ");
            Err(ExplainError::Rule(format!("`{name}` means several rules: {titles}{more}")))
        }
    }
}

impl Explained {
    fn take(&mut self, verdict: Verdict, looked: impl FnOnce() -> Looked) {
        self.events += 1;
        if !verdict.concerned {
            return;
        }
        self.concerned += 1;
        if verdict.matches {
            self.matching += 1;
            if self.matches.len() < SHOWN {
                self.matches.push(Looked { verdict, ..looked() });
            }
            return;
        }
        let at = self.misses.partition_point(|miss| holding(&miss.verdict) >= holding(&verdict));
        if at < SHOWN && holding(&verdict) > 0 {
            self.misses.insert(at, Looked { verdict, ..looked() });
            self.misses.truncate(SHOWN);
        }
    }
}

fn holding(verdict: &Verdict) -> usize {
    verdict.selections.iter().filter(|(_, holds)| *holds).count()
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (path, line) = &self.place;
        writeln!(f, "{} ({path}:{line})", self.title)?;
        writeln!(f, "  for        {}", shown(&self.logsource))?;
        let events = counted(self.events, "event");
        let (concerned, matching) = (self.concerned, self.matching);
        writeln!(f, "  looked at  {events}, {concerned} of them of its logs: {matching} match")?;
        for (word, looked) in [("matches", &self.matches), ("nearly", &self.misses)] {
            for one in looked {
                writeln!(f, "\n{word}  {}:{}", visible(&one.source), one.record)?;
                for (name, holds) in &one.verdict.selections {
                    writeln!(f, "  {}  {name}", if *holds { "holds" } else { "not  " })?;
                }
                writeln!(f, "  {}", one.text)?;
            }
        }
        Ok(())
    }
}

fn shown(source: &LogSource) -> String {
    let parts = [
        ("product", &source.product),
        ("category", &source.category),
        ("service", &source.service),
    ];
    let named = parts.iter().filter_map(|(name, part)| Some(format!("{name} {}", part.as_ref()?)));
    let named: Vec<String> = named.collect();
    if named.is_empty() { "any log".to_owned() } else { named.join(", ") }
}
