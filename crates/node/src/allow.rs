//! Allowlists, in TOML.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::Deserialize;
use tocsin_detect::{AllowEntry, AllowError, Allowed};
use tocsin_sigma::{RuleSet, nearest_within};
use toml::Spanned;
use toml::value::Datetime;

/// Detectors that are no rules have names that begin so: see `detector` of a finding.
const OTHERS: [&str; 3] = ["model/", "intel/", "calls/"];

/// Why an allowlist cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AllowListError {
    /// The file cannot be read.
    #[error("cannot read the allowlist {}", .0.display())]
    Unreadable(PathBuf, #[source] io::Error),
    /// It is not written as one.
    #[error("{path}:{line}: {why}")]
    Syntax {
        /// The file.
        path: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// An entry cannot be used.
    #[error("{path}:{line}: {why}")]
    Entry {
        /// The file.
        path: String,
        /// The line on which the entry begins, from 1.
        line: usize,
        /// What is wrong with it.
        why: AllowError,
    },
    /// An entry names what detects nothing.
    #[error("{path}:{line}: `{name}` is no rule or detector; {remedy}")]
    Detector {
        /// The file.
        path: String,
        /// The line on which the entry begins, from 1.
        line: usize,
        /// What it names.
        name: String,
        /// What might be meant.
        remedy: String,
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

/// The ids of rules by all that they are called.
fn ids(rules: &RuleSet) -> HashMap<String, &str> {
    let correlations = rules.correlations().iter().map(|correlation| &correlation.rule);
    let rules = rules.rules().iter().chain(correlations);
    let called = rules.flat_map(|rule| {
        let names = [Some(rule.title.as_str()), rule.name.as_deref(), Some(&rule.id)];
        names.into_iter().flatten().map(|name| (name.to_lowercase(), rule.id.as_str()))
    });
    called.collect()
}

/// The rule nearest to a name that is none, or where the names are.
fn remedy(name: &str, ids: &HashMap<String, &str>) -> String {
    let mut known: Vec<&str> = ids.keys().map(String::as_str).collect();
    known.sort_unstable();
    match nearest_within(&name.to_lowercase(), &known, 3) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => "`tocsin rules list` shows the rules; others are model/ip, model/user, \
                 calls/regular and intel/LIST, or intel/* for all lists"
            .to_owned(),
    }
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
    ids: &HashMap<String, &str>,
    allowed: &mut Vec<Allowed>,
) -> Result<(), AllowListError> {
    let line_of = |at: usize| 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count();
    let list: List = toml::from_str(text).map_err(|error| AllowListError::Syntax {
        path: path.display().to_string(),
        line: line_of(error.span().map_or(0, |span| span.start)),
        why: syntax(error.message().trim()),
    })?;
    for spanned in list.allow {
        let (path, line) = (path.display().to_string(), line_of(spanned.span().start));
        let Entry { entities, targets, detectors, until, reason } = spanned.into_inner();
        let mut named = Vec::with_capacity(detectors.len());
        for name in detectors {
            let is_other = name == "*" || OTHERS.iter().any(|begin| name.starts_with(begin));
            match ids.get(&name.to_lowercase()) {
                Some(id) => named.push((*id).to_owned()),
                None if is_other => named.push(name),
                None => {
                    let remedy = remedy(&name, ids);
                    return Err(AllowListError::Detector { path, line, name, remedy });
                }
            }
        }
        let place = format!("{path}:{line}");
        let until = until.to_string();
        let entry = AllowEntry { entities, targets, detectors: named, until, reason, place };
        allowed.push(Allowed::new(entry).map_err(|why| AllowListError::Entry {
            path,
            line,
            why,
        })?);
    }
    Ok(())
}
