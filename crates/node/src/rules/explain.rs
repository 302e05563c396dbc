//! Why a rule matches events of logs, or why not: selection by selection. Of a correlation, when it
//! fires, and why the rules match whose matches it counts.

use std::fmt;
use std::io;
use std::sync::Arc;

use tocsin_detect::{Config, Engine, EngineError, Inspector, Verdict};
use tocsin_event::{Basis, Duration, EventRef, Finding, Skipped};
use tocsin_report::{counted, span, visible};
use tocsin_sigma::{Correlation, FieldId, Kind, LogSource, Rule, RuleIndex, RuleSet};

use super::Trial;
use crate::progress::Progress;
use crate::source::{self, Found, Order, ReadOptions};

/// Events shown that match, and events that nearly do.
const SHOWN: usize = 5;
/// Characters shown of a record, and of a value.
const EXCERPT: usize = 240;
/// Rules named where several are meant.
const NAMED: usize = 5;

/// Why nothing can be explained.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    /// No rule, or several.
    #[error("{0}")]
    Rule(String),
    /// The detectors cannot be made.
    #[error("the rules cannot be run")]
    Engine(#[from] EngineError),
    /// Reading failed altogether.
    #[error("cannot go on reading")]
    Read(#[from] io::Error),
}

/// What was asked, and of what.
#[derive(Clone, Debug, Default)]
pub struct Explained {
    /// What a correlation counts, where it is one: its title, place, and how much is enough.
    pub correlation: Option<String>,
    /// What the correlation found.
    pub fired: Vec<Arc<Finding>>,
    /// What each rule says.
    pub rules: Vec<Asked>,
    /// Events read.
    pub events: u64,
    /// Sources that were read.
    pub sources: usize,
    /// What was not read.
    pub unread: Vec<Skipped>,
}

/// What a rule says of events.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The rule's title.
    pub title: String,
    /// Where it is written.
    pub place: (String, u32),
    /// For which logs it is.
    pub logsource: LogSource,
    /// Events of logs that the rule is for.
    pub concerned: u64,
    /// Of those, events that match.
    pub matching: u64,
    /// The first events that match.
    pub matches: Vec<Looked>,
    /// The events that come nearest to it.
    pub misses: Vec<Looked>,
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
    trial: &Trial,
    name: &str,
    found: Found,
    options: &ReadOptions,
    progress: &mut Progress,
) -> Result<Explained, ExplainError> {
    let set = &trial.rules;
    let (correlation, rules) = match meant(set, name)? {
        Meant::Rule(index) => (None, vec![index]),
        Meant::Correlation(correlation) => {
            (Some(correlation), set.fed_from(correlation).into_iter().collect())
        }
    };
    let engine = correlation.map(|_| Engine::new(Config::default(), trial.knowledge()));
    let mut engine = engine.transpose()?;
    // What one source tells in sequence with another is only known in the order of time.
    let order = if engine.is_some() { Order::ByTime } else { options.order };
    let options = &ReadOptions { order, ..options.clone() };
    let mut asked: Vec<(Inspector<'_>, Asked)> = rules
        .into_iter()
        .filter_map(|index| {
            let inspector = Inspector::new(set, index, Arc::clone(&trial.places) as _);
            Some((inspector, Asked::of(set.rule(index)?)))
        })
        .collect();
    let mut events = 0;
    let report = source::read(found, options, progress, &mut |event| {
        events += 1;
        asked.iter_mut().for_each(|(inspector, asked)| asked.take(inspector.ask(event), event));
        engine.iter_mut().for_each(|engine| engine.step(event));
        Ok(())
    })?;
    let rules = asked.into_iter().map(|(_, asked)| asked).collect();
    let (sources, unread) = (report.sources.len(), report.skipped);
    let fired = correlation.zip(engine).map(|(correlation, engine)| firings(correlation, engine));
    let (fired, correlation) = (fired.unwrap_or_default(), correlation.map(|c| described(set, c)));
    Ok(Explained { correlation, fired, rules, events, sources, unread })
}

/// What the engine has found by this correlation.
fn firings(correlation: &Correlation, engine: Engine) -> Vec<Arc<Finding>> {
    let own = |basis: &Basis| matches!(basis, Basis::Rule(by) if *by.id == correlation.rule.id);
    let mut findings = engine.conclude().findings;
    findings.retain(|finding| own(&finding.basis));
    findings
}

enum Meant<'s> {
    Rule(RuleIndex),
    Correlation(&'s Correlation),
}

fn meant<'s>(set: &'s RuleSet, name: &str) -> Result<Meant<'s>, ExplainError> {
    let rules = (0..).map(RuleIndex).zip(set.rules()).map(|(at, rule)| (Meant::Rule(at), rule));
    let correlations = set.correlations().iter().map(|c| (Meant::Correlation(c), &c.rule));
    let part = name.to_lowercase();
    let mut like = Vec::new();
    for (meant, rule) in rules.chain(correlations) {
        let title = rule.title.to_lowercase();
        if rule.id == name || rule.name.as_deref() == Some(name) || title == part {
            return Ok(meant);
        }
        if title.contains(&part) {
            like.push((meant, &*rule.title));
        }
    }
    let titles: Vec<&str> = like.iter().take(NAMED).map(|(_, title)| *title).collect();
    let more = if like.len() > NAMED { " and more" } else { "" };
    match (like.pop(), titles.as_slice()) {
        (Some((meant, _)), [_]) => Ok(meant),
        (None, _) => Err(ExplainError::Rule(format!(
            "no rule is called `{name}`; `tocsin rules list` shows all"
        ))),
        _ => {
            let titles = titles.join(", ");
            Err(ExplainError::Rule(format!("`{name}` means several rules: {titles}{more}")))
        }
    }
}

/// A correlation, and when it fires.
fn described(set: &RuleSet, correlation: &Correlation) -> String {
    let Correlation { rule, kind, members, timespan_ns, threshold, .. } = correlation;
    let most = threshold.at_most.map_or(" or more".to_owned(), |most| format!(" to {most}"));
    let enough = format!("{}{most}", threshold.at_least);
    let names = |fields: &[FieldId]| {
        let names = fields.iter().filter_map(|field| set.fields().get(field.0 as usize));
        names.map(String::as_str).collect::<Vec<_>>().join(", ")
    };
    let (group, values) = members
        .first()
        .map_or_else(Default::default, |member| (names(&member.group_by), names(&member.values)));
    let what = match kind {
        Kind::EventCount => format!("{enough} matches"),
        Kind::ValueCount => format!("matches with {enough} different values of {values}"),
        Kind::Temporal => "matches of several".to_owned(),
        Kind::TemporalOrdered => in_order(set, correlation),
        Kind::Statistic(_) => format!("numbers of matches, {values}"),
    };
    let by = if group.is_empty() { String::new() } else { format!(" by {group}") };
    let (title, path, line) = (&rule.title, &rule.path, rule.position.line);
    format!(
        "{title} ({path}:{line})\n  counts     {what} within {}{by}\n",
        span(Duration(*timespan_ns))
    )
}

/// What has to come after what, and what must not come between.
fn in_order(set: &RuleSet, correlation: &Correlation) -> String {
    let title = |member: usize| {
        let member = correlation.members.get(member).and_then(|member| set.described(member.of));
        member.map_or("", |rule| rule.title.as_str())
    };
    let steps = correlation.order.iter().map(|step| {
        let without: String =
            step.without.iter().map(|other| format!("no `{}`, ", title(*other))).collect();
        format!("{without}`{}`", title(step.member))
    });
    format!("{}, in this order,", steps.collect::<Vec<_>>().join(", "))
}

impl Asked {
    fn of(rule: &Rule) -> Self {
        let place = (rule.path.clone(), rule.position.line);
        let (title, logsource) = (rule.title.clone(), rule.logsource.clone());
        Asked { title, place, logsource, ..Asked::default() }
    }

    fn take(&mut self, verdict: Verdict, event: EventRef<'_>) {
        if !verdict.concerned {
            return;
        }
        self.concerned += 1;
        self.matching += u64::from(verdict.matches);
        let (list, at) = if verdict.matches {
            (&mut self.matches, SHOWN.min(self.matching as usize - 1))
        } else {
            let nearer = |miss: &Looked| nearness(&miss.verdict) >= nearness(&verdict);
            let at = self.misses.partition_point(nearer);
            (&mut self.misses, at)
        };
        if at < SHOWN {
            let source = event.source().to_string();
            let text = event.raw().chars().take(EXCERPT).collect();
            list.insert(at, Looked { source, record: event.record, verdict, text });
            list.truncate(SHOWN);
        }
    }
}

/// How many selections hold, then how many of their parts, then how many of the fields looked at are there.
fn nearness(verdict: &Verdict) -> (usize, usize, usize) {
    let holding = verdict.selections.iter().filter(|selection| selection.holds).count();
    let parts = verdict.selections.iter().map(|selection| selection.parts).sum();
    let fields = verdict.selections.iter().flat_map(|selection| &selection.fields);
    (holding, parts, fields.filter(|(_, value)| value.is_some()).count())
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(correlation) = &self.correlation {
            write!(f, "{correlation}")?;
            self.show_fired(f)?;
            writeln!(f)?;
        }
        self.rules.iter().enumerate().try_for_each(|(at, asked)| {
            if at > 0 {
                writeln!(f)?;
            }
            asked.show(self.events, f)
        })
    }
}

impl Explained {
    fn show_fired(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fired.len() as u64 {
            0 => writeln!(f, "  fired      never")?,
            times => writeln!(f, "  fired      {}", counted(times, "time"))?,
        }
        self.fired.iter().take(SHOWN).try_for_each(|finding| {
            let Finding { window, entity, count, evidence, .. } = &**finding;
            let first =
                evidence.first().map(|first| format!(", as {}:{}", first.source, first.record));
            let end = window.end;
            writeln!(
                f,
                "             {end} {}, of {}{}",
                visible(&entity.to_string()),
                counted(*count, "event"),
                visible(&first.unwrap_or_default())
            )
        })
    }
}

impl Asked {
    fn show(&self, events: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (path, line) = &self.place;
        writeln!(f, "{} ({path}:{line})", self.title)?;
        writeln!(f, "  for        {}", shown(&self.logsource))?;
        let (events, concerned, matching) =
            (counted(events, "event"), self.concerned, self.matching);
        writeln!(f, "  looked at  {events}, {concerned} of them of its logs: {matching} match")?;
        for (word, looked) in [("matches", &self.matches), ("nearly", &self.misses)] {
            looked.iter().try_for_each(|one| one.show(word, f))?;
        }
        Ok(())
    }
}

impl Looked {
    fn show(&self, word: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{word}  {}:{}", visible(&self.source), self.record)?;
        for selection in &self.verdict.selections {
            writeln!(
                f,
                "  {}  {}",
                if selection.holds { "holds" } else { "not  " },
                selection.name
            )?;
            for (field, value) in &selection.fields {
                let value = value.as_deref().unwrap_or("(not there)");
                let value: String = value.chars().take(EXCERPT).collect();
                writeln!(f, "           {field}: {}", visible(&value))?;
            }
        }
        writeln!(f, "  {}", visible(&self.text))
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
