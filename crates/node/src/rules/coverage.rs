//! Which ATT&CK techniques rules look for, and which of the rules look at such logs as there are.

use std::collections::HashSet;
use std::io;

use tocsin_detect::logsources;
use tocsin_event::{Class, LogSource, Skipped};
use tocsin_report::Looking;
use tocsin_sigma::{Correlation, Rule, RuleIndex, RuleSet};

use crate::progress::Progress;
use crate::source::{self, Found, ReadOptions};

/// A layer for the Navigator, and the logs it was measured against.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// The layer, as JSON.
    pub layer: String,
    /// Sources that were read.
    pub sources: usize,
    /// What was not read.
    pub unread: Vec<Skipped>,
}

/// The techniques that rules look for, as a layer.
#[must_use]
pub fn coverage(set: &RuleSet) -> String {
    layer(set, None)
}

/// The same, measured against logs: a technique counts by the rules that look at such logs.
///
/// # Errors
/// When reading fails altogether; what cannot be read is in the result.
pub fn coverage_of_logs(
    set: &RuleSet,
    found: Found,
    options: &ReadOptions,
    progress: &mut Progress,
) -> io::Result<Coverage> {
    let mut kinds = HashSet::new();
    let report = source::read(found, options, progress, &mut |event| {
        kinds.insert((event.logsource, event.class));
        Ok(())
    })?;
    let layer = layer(set, Some(&kinds));
    Ok(Coverage { layer, sources: report.sources.len(), unread: report.skipped })
}

/// The kinds of events that logs have.
type Kinds = HashSet<(&'static LogSource, Class)>;

fn layer(set: &RuleSet, kinds: Option<&Kinds>) -> String {
    let looking =
        |rule: &Rule, sees: Option<bool>| (rule.title.clone(), rule.techniques.clone(), sees);
    let rules = set.rules().iter().map(|rule| looking(rule, kinds.map(|kinds| sees(rule, kinds))));
    let correlations = set.correlations().iter().map(|correlation| {
        looking(&correlation.rule, kinds.map(|kinds| is_fed(set, correlation, kinds)))
    });
    let all: Vec<_> = rules.chain(correlations).collect();
    tocsin_report::coverage(all.iter().map(|(title, techniques, sees)| Looking {
        title,
        techniques,
        sees: *sees,
    }))
}

fn sees(rule: &Rule, kinds: &Kinds) -> bool {
    let mut sources = kinds.iter().flat_map(|(source, class)| logsources(source, *class));
    sources.any(|source| rule.logsource.covers(&source))
}

fn is_fed(set: &RuleSet, correlation: &Correlation, kinds: &Kinds) -> bool {
    let sees = |rule: &RuleIndex| set.rule(*rule).is_some_and(|rule| sees(rule, kinds));
    set.fed_from(correlation).iter().any(sees)
}
