//! Allowlists, in TOML.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::Deserialize;
use tocsin_detect::{AllowEntry, Allowed};
use tocsin_sigma::{RuleSet, nearest_within};
use toml::Spanned;
use toml::value::Datetime;

/// Detectors that are no rules have names that begin so: see `detector` of a finding.
const OTHERS: [&str; 3] = ["model/", "intel/", "calls/"];
/// Letters in which the name of a rule may be mistyped.
const TYPING_ERRORS: usize = 3;

/// Why an allowlist cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AllowListError {
    /// The file cannot be read.
    #[error("cannot read the allowlist {}", .0.display())]
    Unreadable(PathBuf, #[source] io::Error),
    /// It is not written as one, or an entry cannot be used.
    #[error("{path}:{line}: {why}")]
    Wrong {
        /// The file.
        path: String,
        /// The line, or that on which the entry begins, from 1.
        line: usize,
        /// What is wrong, and the remedy.
        why: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    allow: Vec<Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    #[serde(default)]
    entities: Vec<String>,
    #[serde(default)]
    targets: Vec<String>,
    detectors: Vec<String>,
    until: Datetime,
    reason: String,
}

/// What these lists allow. Rules are named by id, name or title.
///
/// # Errors
/// Names the file, the line and the remedy.
pub(crate) fn read(lists: &[PathBuf], rules: &RuleSet) -> Result<Vec<Allowed>, AllowListError> {
    let ids = ids(rules);
    let mut allowed = Vec::new();
    for path in lists {
        let text = fs::read_to_string(path)
            .map_err(|error| AllowListError::Unreadable(path.clone(), error))?;
        add(path, &text, &ids, &mut allowed)?;
    }
    Ok(allowed)
}

/// The ids of rules by all that they are called; a title may be of several.
type Ids<'r> = HashMap<String, Vec<&'r str>>;

fn ids(rules: &RuleSet) -> Ids<'_> {
    let correlations = rules.correlations().iter().map(|correlation| &correlation.rule);
    let mut ids = Ids::new();
    for rule in rules.rules().iter().chain(correlations) {
        for name in [Some(&rule.title), rule.name.as_ref(), Some(&rule.id)].into_iter().flatten() {
            ids.entry(name.to_lowercase()).or_default().push(&rule.id);
        }
    }
    ids
}

/// The detectors that a name means.
fn detectors(name: String, ids: &Ids<'_>) -> Result<Vec<String>, String> {
    if let Some(ids) = ids.get(&name.to_lowercase()) {
        return Ok(ids.iter().map(|id| (*id).to_owned()).collect());
    }
    if name == "*" || OTHERS.iter().any(|begin| name.starts_with(begin)) {
        return Ok(vec![name]);
    }
    let mut known: Vec<&str> = ids.keys().map(String::as_str).collect();
    known.sort_unstable();
    let remedy = match nearest_within(&name.to_lowercase(), &known, TYPING_ERRORS) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => "`tocsin rules list` shows the rules; others are model/ip, model/user, \
                 calls/regular and intel/LIST, or intel/* for all lists"
            .to_owned(),
    };
    Err(format!("`{name}` is no rule or detector; {remedy}"))
}

/// What is wrong, and of times how they are written.
fn syntax(message: &str) -> String {
    let is_time =
        message.starts_with("string values must be quoted") || message.contains("TOML datetime");
    let remedy = match message {
        _ if is_time => "; a time is written 2027-01-31 or 2027-01-31T12:00:00Z, without quotes",
        "invalid type: map, expected a sequence" => "; write [[allow]] for each entry",
        _ => "",
    };
    [message.lines().next().unwrap_or_default(), remedy].concat()
}

fn add(
    path: &Path,
    text: &str,
    ids: &Ids<'_>,
    allowed: &mut Vec<Allowed>,
) -> Result<(), AllowListError> {
    let path = path.display().to_string();
    let line_of = |at: usize| 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count();
    let wrong = |line, why| AllowListError::Wrong { path: path.clone(), line, why };
    let list: List = toml::from_str(text).map_err(|error| {
        wrong(line_of(error.span().map_or(0, |span| span.start)), syntax(error.message().trim()))
    })?;
    for entry in list.allow {
        let line = line_of(entry.span().start);
        let entry = usable(entry.into_inner(), format!("{path}:{line}"), ids);
        allowed.push(entry.map_err(|why| wrong(line, why))?);
    }
    Ok(())
}

fn usable(entry: Entry, place: String, ids: &Ids<'_>) -> Result<Allowed, String> {
    let Entry { entities, targets, detectors: names, until, reason } = entry;
    let mut detectors = Vec::with_capacity(names.len());
    for name in names {
        detectors.extend(self::detectors(name, ids)?);
    }
    let until = until.to_string();
    let entry = AllowEntry { entities, targets, detectors, until, reason, place };
    Allowed::new(entry).map_err(|why| why.to_string())
}
