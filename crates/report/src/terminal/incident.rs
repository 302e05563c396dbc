//! One incident on a page: who, whom, when, why, the evidence, and what to do.

use std::collections::{BTreeMap, BTreeSet};

use tocsin_event::{Action, Basis, Entity, Evidence, Finding, Incident, IntelHit, Models};

use super::{Page, Style};
use crate::Scan;
use crate::phrase::{capital, count, counted, from_to, percent, rarity, value, words};
use crate::why::{shares, surprise};

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// What fits a screen.
    Brief,
    /// Everything known.
    Full,
}

impl Detail {
    fn limit(self, brief: usize) -> usize {
        match self {
            Detail::Brief => brief,
            Detail::Full => usize::MAX,
        }
    }
}

/// Writes an incident.
pub(crate) fn incident(scan: &Scan, incident: &Incident, detail: Detail, page: &mut Page) {
    page.badge(incident.severity, &incident.id);
    page.line(&incident.title, Style::Bold);
    page.field("who", &entities(scan, &incident.entities, detail), Style::Plain);
    if !incident.targets.is_empty() {
        page.field("against", &entities(scan, &incident.targets, detail), Style::Plain);
    }
    page.field("when", &from_to(incident.start, incident.end), Style::Plain);
    page.field("events", &count(incident.count), Style::Plain);
    let findings: Vec<&Finding> =
        incident.alerts.iter().flat_map(|a| &a.findings).map(AsRef::as_ref).collect();
    why(&findings, detail, page);
    story(incident, page);
    for (i, id) in incident.techniques.iter().enumerate() {
        page.field(if i == 0 { "ATT&CK" } else { "" }, &technique(scan, id), Style::Plain);
    }
    evidence(&incident.evidence, detail, page);
    actions(&incident.actions, detail, page);
    if detail == Detail::Brief {
        page.field("more", &format!("--explain {}", incident.id), Style::Dim);
    }
}

/// An id with its name and tactics: `T1110.001 Password Guessing (credential access)`.
pub(crate) fn technique(scan: &Scan, id: &str) -> String {
    let Some(note) = scan.techniques.get(id) else { return id.to_owned() };
    let tactics: Vec<_> = note.tactics.iter().map(|t| words(t)).collect();
    let tactics =
        if tactics.is_empty() { String::new() } else { format!(" ({})", tactics.join(", ")) };
    format!("{id} {}{tactics}", note.name)
}

fn entities(scan: &Scan, entities: &[Entity], detail: Detail) -> String {
    let shown = detail.limit(4);
    let mut names: Vec<_> = entities.iter().take(shown).map(|e| scan.named(e)).collect();
    if let Some(hidden) = entities.len().checked_sub(shown).filter(|n| *n > 0) {
        names.push(format!("and {} more", count(hidden as u64)));
    }
    names.join(", ")
}

/// Writes the reasons of some findings: rules and lists by name, the most surprising model
/// finding by its features.
pub(crate) fn why(findings: &[&Finding], detail: Detail, page: &mut Page) {
    let mut reasons = rule_reasons(findings);
    let shown = detail.limit(5);
    let hidden = reasons.len().saturating_sub(shown);
    reasons.truncate(shown);
    let mut label = "why";
    for reason in reasons {
        page.field(std::mem::take(&mut label), &reason, Style::Plain);
    }
    if hidden > 0 {
        page.field("", &format!("and {} more", count(hidden as u64)), Style::Dim);
    }
    let surprising = findings.iter().filter_map(|f| match &f.basis {
        Basis::Model(models) => Some(models),
        _ => None,
    });
    if let Some(models) = surprising.min_by(|a, b| a.p_value().total_cmp(&b.p_value())) {
        model_reason(label, models, detail, page);
    }
}

/// Rules and lists that speak against someone, each once, the gravest first.
pub(crate) fn rule_reasons(findings: &[&Finding]) -> Vec<String> {
    let mut gravest: Vec<&&Finding> = findings.iter().collect();
    gravest.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let mut seen = BTreeSet::new();
    let once = gravest.iter().filter(|f| seen.insert((&f.detector, indicator(&f.basis))));
    let told = once.filter_map(|f| match &f.basis {
        Basis::Rule(rule) => {
            let values = in_brackets(&rule.values);
            Some(format!("rule: {}{values}{}", rule.title, written_by(&rule.author)))
        }
        Basis::Intel(hit) => Some(listed(hit)),
        Basis::Model(_) => None,
    });
    told.collect()
}

fn written_by(author: &str) -> String {
    if author.is_empty() { String::new() } else { format!(", written by {author}") }
}

/// What the events counted have in common.
fn in_brackets(values: &BTreeMap<String, String>) -> String {
    let told: Vec<_> = values.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    if told.is_empty() { String::new() } else { format!(" ({})", told.join(", ")) }
}

/// Who lists a value, and how surely.
fn listed(hit: &IntelHit) -> String {
    let sure = hit.confidence.map_or_else(String::new, |c| format!(", {c} % sure"));
    format!("{} is on the list {}{sure}", hit.indicator, hit.list)
}

fn indicator(basis: &Basis) -> &str {
    match basis {
        Basis::Intel(hit) => &hit.indicator,
        _ => "",
    }
}

fn model_reason(label: &str, models: &Models, detail: Detail, page: &mut Page) {
    let names = models.names().join(", ");
    page.field(label, &format!("{names}: {}", rarity(models.p_value())), Style::Plain);
    for part in shares(models).iter().take(detail.limit(3)) {
        let text = format!(
            "{:>5} {}: {}, usually {}",
            percent(part.share),
            words(&part.of.feature),
            value(part.of.value),
            value(part.of.baseline)
        );
        page.field("", &text, Style::Plain);
    }
    if detail == Detail::Full {
        let bits = value((surprise(models) * 100.0).round() / 100.0);
        page.field("", &format!("shares of a surprise of {bits} (-log10 p)"), Style::Dim);
    }
}

fn story(incident: &Incident, page: &mut Page) {
    for (i, step) in incident.story.iter().enumerate() {
        page.field(if i == 0 { "story" } else { "" }, &format!("{}. {step}", i + 1), Style::Plain);
    }
    if let Some(more) = more_steps(incident) {
        page.field("", &more, Style::Dim);
    }
}

/// How many alerts the story leaves out, where it does.
pub(crate) fn more_steps(incident: &Incident) -> Option<String> {
    let hidden = incident.alerts.len().checked_sub(incident.story.len()).filter(|n| *n > 0)?;
    Some(format!("and {} more", counted(hidden as u64, "step")))
}

/// Writes records that show it, each under its place.
pub(crate) fn evidence(evidence: &[Evidence], detail: Detail, page: &mut Page) {
    for (i, record) in evidence.iter().take(detail.limit(2)).enumerate() {
        let place = format!("{}:{}", record.source, record.record);
        page.field(if i == 0 { "evidence" } else { "" }, &place, Style::Dim);
        match detail {
            Detail::Brief => page.cut_field("", &record.text, Style::Plain),
            Detail::Full => page.field("", &record.text, Style::Plain),
        }
    }
}

fn actions(actions: &[Action], detail: Detail, page: &mut Page) {
    for (i, action) in actions.iter().take(detail.limit(3)).enumerate() {
        page.field(if i == 0 { "do" } else { "" }, &capital(&action.title), Style::Plain);
        page.command("", &format!("  {}", action.command));
        page.command("", &format!("  undo: {}", action.undo));
    }
}
