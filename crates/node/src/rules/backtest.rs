//! What rules would have told of logs that are there: how often each, of whom, and on how many days.
//! Whoever writes a rule sees by it whether anybody could bear it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::io;
use std::sync::Arc;

use tocsin_detect::{Config, Engine, EngineError};
use tocsin_event::{Basis, Duration, Finding, Severity, Skipped, Time};
use tocsin_report::{count, counted};
use tocsin_sigma::{Rule, RuleSet};

use super::Trial;
use crate::progress::Progress;
use crate::source::{self, Found, ReadOptions};

const DAY: Duration = Duration::from_secs(86_400);
/// Findings a day from which on a rule is noisy, unless it says otherwise.
const NOISY: f64 = 5.0;

/// Why nothing can be tried.
#[derive(Debug, thiserror::Error)]
pub enum BacktestError {
    /// The detectors cannot be made.
    #[error("the rules cannot be run")]
    Engine(#[from] EngineError),
    /// Reading failed altogether.
    #[error("cannot go on reading")]
    Read(#[from] io::Error),
}

/// What rules told of logs.
#[derive(Clone, Debug, Default)]
pub struct Backtest {
    /// The rules and correlations that told something, the most findings first.
    pub told: Vec<Told>,
    /// How many rules and correlations there are that may tell something.
    pub rules: usize,
    /// Events read.
    pub events: u64,
    /// The days on which there are any; none where no event has a time.
    pub days: u64,
    /// Sources that were read.
    pub sources: usize,
    /// What was not read.
    pub unread: Vec<Skipped>,
}

/// What one rule told.
#[derive(Clone, Debug)]
pub struct Told {
    /// Its title.
    pub title: String,
    /// Where it is written: the document and the line.
    pub place: (String, u32),
    /// How grave.
    pub severity: Severity,
    /// Findings.
    pub findings: u64,
    /// Events that they count.
    pub events: u64,
    /// Of how many entities.
    pub entities: usize,
    /// On how many days.
    pub days: usize,
}

/// Runs all rules over logs.
///
/// # Errors
/// See [`BacktestError`].
pub fn backtest(
    trial: &Trial,
    found: Found,
    options: &ReadOptions,
    progress: &mut Progress,
) -> Result<Backtest, BacktestError> {
    let set = &trial.rules;
    let mut engine = Engine::new(Config::default(), trial.knowledge())?;
    let (mut events, mut days) = (0, BTreeSet::new());
    let report = source::read(found, options, progress, &mut |event| {
        events += 1;
        if event.time.is_known() {
            days.insert(day(event.time));
        }
        engine.step(event);
        Ok(())
    })?;
    let rules = set.rules().iter().filter(|rule| rule.standalone).count();
    Ok(Backtest {
        told: told(set, &engine.conclude().findings),
        rules: rules + set.correlations().len(),
        events,
        days: days.len() as u64,
        sources: report.sources.len(),
        unread: report.skipped,
    })
}

fn day(time: Time) -> i64 {
    time.0.div_euclid(DAY.0)
}

fn told(set: &RuleSet, findings: &[Arc<Finding>]) -> Vec<Told> {
    let correlations = set.correlations().iter().map(|correlation| &correlation.rule);
    let rules: HashMap<&str, &Rule> =
        set.rules().iter().chain(correlations).map(|rule| (rule.id.as_str(), rule)).collect();
    let mut of_rule: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        if let Basis::Rule(by) = &finding.basis {
            of_rule.entry(&by.id).or_default().push(finding);
        }
    }
    let known = of_rule.into_iter().filter_map(|(id, found)| Some((*rules.get(id)?, found)));
    let mut told: Vec<Told> = known.map(|(rule, found)| Told::new(rule, &found)).collect();
    told.sort_by(|a, b| {
        (b.findings, b.severity, &a.title).cmp(&(a.findings, a.severity, &b.title))
    });
    told
}

impl Told {
    fn new(rule: &Rule, found: &[&Finding]) -> Self {
        let entities: BTreeSet<_> = found.iter().map(|finding| &finding.entity).collect();
        let days: BTreeSet<i64> = found.iter().map(|finding| day(finding.time)).collect();
        Told {
            title: rule.title.clone(),
            place: (rule.path.clone(), rule.position.line),
            severity: found.iter().map(|finding| finding.severity).max().unwrap_or_default(),
            findings: found.len() as u64,
            events: found.iter().map(|finding| finding.count).fold(0, u64::saturating_add),
            entities: entities.len(),
            days: days.len(),
        }
    }
}

impl Backtest {
    /// Findings a day; of less than a day, as many as there are.
    fn daily(&self, told: &Told) -> f64 {
        told.findings as f64 / self.days.max(1) as f64
    }
}

impl fmt::Display for Backtest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (events, days) = (counted(self.events, "event"), count(self.days));
        let days = if self.days == 1 { "1 day".to_owned() } else { format!("{days} days") };
        writeln!(
            f,
            "{events} of {days}: {} of {} rules tell something",
            self.told.len(),
            self.rules
        )?;
        if self.told.is_empty() {
            return Ok(());
        }
        writeln!(f, "\nlevel      a day  findings    events  entities  days  rule")?;
        for told in &self.told {
            let daily = self.daily(told);
            let noisy =
                if daily > NOISY && told.severity > Severity::Info { "  NOISY" } else { "" };
            let (level, findings) = (told.severity.to_string(), count(told.findings));
            let (events, entities) = (count(told.events), count(told.entities as u64));
            let (title, (path, line)) = (&told.title, &told.place);
            writeln!(
                f,
                "{level:<9}{daily:>7.1}{findings:>10}{events:>10}{entities:>10}{:>6}  {title} \
                 ({path}:{line}){noisy}",
                told.days
            )?;
        }
        Ok(())
    }
}
