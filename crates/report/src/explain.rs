//! Everything known about one id: an incident, an alert or a finding.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use tocsin_event::{Alert, Basis, Finding, Incident};

use crate::files::incident_json;
use crate::json::indented;
use crate::phrase::{count, from_to, moment, value, words};
use crate::record::{AlertRecord, FindingRecord};
use crate::terminal::{Detail, Page, Style, evidence, incident, technique, why};
use crate::{RuleNote, Scan, Screen};

/// Candidates named when an id is ambiguous.
const NAMED: usize = 5;

/// What an id stands for.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'s> {
    /// An incident.
    Incident(&'s Incident),
    /// An alert.
    Alert(&'s Alert),
    /// A finding.
    Finding(&'s Finding),
}

/// Why an id stands for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownId {
    id: String,
    /// Every id that starts like it: none, or several.
    candidates: BTreeSet<String>,
}

/// What the id stands for, or the only id that starts with it.
///
/// # Errors
/// When no id starts with it, or several do; the error names those.
pub fn find<'s>(scan: &'s Scan, id: &str) -> Result<Subject<'s>, UnknownId> {
    let candidates = if id.is_empty() { BTreeSet::new() } else { matching(scan, id) };
    let exact = candidates.get(id);
    let only = || candidates.first().filter(|_| candidates.len() == 1);
    let subject = exact.or_else(only).and_then(|id| subject(scan, id));
    subject.ok_or_else(|| UnknownId { id: id.to_owned(), candidates })
}

fn matching(scan: &Scan, id: &str) -> BTreeSet<String> {
    let incidents = scan.incidents.iter().map(|i| i.id.clone());
    let alerts = scan.alerts.iter().map(|a| a.id.clone());
    let findings = scan.findings.iter().map(|f| f.id.to_string());
    incidents.chain(alerts).chain(findings).filter(|found| found.starts_with(id)).collect()
}

fn subject<'s>(scan: &'s Scan, id: &str) -> Option<Subject<'s>> {
    let incident = scan.incidents.iter().find(|i| i.id == id).map(Subject::Incident);
    let alert = || scan.alerts.iter().find(|a| a.id == id).map(|a| Subject::Alert(a));
    let finding = || scan.findings.iter().find(|f| f.id.to_string() == id);
    incident.or_else(alert).or_else(|| finding().map(|f| Subject::Finding(f)))
}

impl Subject<'_> {
    /// Everything known of it, laid out for `screen`.
    #[must_use]
    pub fn text(self, scan: &Scan, screen: Screen) -> String {
        let mut page = Page::new(screen);
        match self {
            Subject::Incident(incident) => explain_incident(scan, incident, &mut page),
            Subject::Alert(alert) => {
                explain_alert(scan, alert, &mut page);
                let holds = |i: &&Incident| i.alerts.iter().any(|a| a.id == alert.id);
                if let Some(incident) = scan.incidents.iter().find(holds) {
                    page.field("incident", &incident.id, Style::Plain);
                }
            }
            Subject::Finding(finding) => {
                explain_finding(scan, finding, &mut page);
                belongs(scan, finding, &mut page);
            }
        }
        page.into_text()
    }

    /// The whole of it as one indented JSON document.
    #[must_use]
    pub fn json(self) -> String {
        match self {
            Subject::Incident(incident) => incident_json(incident),
            Subject::Alert(alert) => indented(&AlertRecord::new(alert, FindingRecord::new)),
            Subject::Finding(finding) => indented(&FindingRecord::new(finding)),
        }
    }
}

impl fmt::Display for UnknownId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let UnknownId { id, candidates } = self;
        if candidates.is_empty() {
            return write!(f, "`{id}` is no finding, alert or incident here");
        }
        let named: Vec<&str> = candidates.iter().take(NAMED).map(String::as_str).collect();
        let all = count(candidates.len() as u64);
        write!(f, "`{id}` is ambiguous, {all} ids start with it: {}", named.join(", "))?;
        f.write_str(if candidates.len() > NAMED { " and more" } else { "" })
    }
}

impl std::error::Error for UnknownId {}

/// Writes everything known of an incident, its alerts and their findings.
pub(crate) fn explain_incident(scan: &Scan, found: &Incident, page: &mut Page) {
    incident(scan, found, Detail::Full, page);
    for (i, text) in scan.mitigations(&found.techniques).into_iter().enumerate() {
        page.field(if i == 0 { "helps" } else { "" }, text, Style::Plain);
    }
    for alert in &found.alerts {
        page.gap();
        explain_alert(scan, alert, page);
    }
}

fn explain_alert(scan: &Scan, alert: &Alert, page: &mut Page) {
    page.badge(alert.severity, &alert.id);
    page.line(&alert.title, Style::Bold);
    page.field("alert on", &scan.named(&alert.entity), Style::Plain);
    page.field("when", &from_to(alert.start, alert.end), Style::Plain);
    page.field("events", &count(alert.count), Style::Plain);
    page.field("status", crate::phrase::status(alert.status), Style::Plain);
    match alert.findings.as_slice() {
        [only] => reasons(scan, only, page),
        findings => findings.iter().for_each(|finding| {
            page.gap();
            explain_finding(scan, finding, page);
        }),
    }
}

fn explain_finding(scan: &Scan, finding: &Finding, page: &mut Page) {
    page.badge(finding.severity, &finding.id.to_string());
    page.line(&finding.title, Style::Bold);
    page.field("on", &scan.named(&finding.entity), Style::Plain);
    page.field("events", &count(finding.count), Style::Plain);
    reasons(scan, finding, page);
}

fn reasons(scan: &Scan, finding: &Finding, page: &mut Page) {
    page.field(
        "finding",
        &format!("{} {}", finding.basis.kind().name(), finding.detector),
        Style::Plain,
    );
    for (label, others) in [("with", &finding.entities), ("against", &finding.targets)] {
        let names: Vec<_> = others.iter().map(|e| scan.named(e)).collect();
        if !names.is_empty() {
            page.field(label, &names.join(", "), Style::Plain);
        }
    }
    if let Some(note) = scan.rules.get(&*finding.detector) {
        rule(note, page);
    }
    if let Basis::Rule(rule) = &finding.basis {
        for (name, value) in &rule.values {
            page.field("has", &format!("{name}: {value}"), Style::Plain);
        }
    }
    page.field("reached", &moment(finding.time), Style::Plain);
    page.field("window", &from_to(finding.window.start, finding.window.end), Style::Plain);
    why(&[finding], Detail::Full, page);
    lowering(finding, page);
    for id in &*finding.techniques {
        page.field("ATT&CK", &technique(scan, id), Style::Plain);
    }
    evidence(&finding.evidence, Detail::Full, page);
}

/// What the rule says of itself.
fn rule(note: &RuleNote, page: &mut Page) {
    let told = [
        ("rule", &note.place),
        ("says", &note.description),
        ("harmless", &note.falsepositives.join("; ")),
        ("see", &note.references.join(" ")),
    ];
    for (label, text) in told {
        if !text.is_empty() {
            page.field(label, text, Style::Plain);
        }
    }
}

/// The raw score and what spoke against it.
fn lowering(finding: &Finding, page: &mut Page) {
    let Basis::Model(models) = &finding.basis else { return };
    page.field("score", &value(models.score()), Style::Plain);
    let lowering = models.attributions().iter().filter(|a| a.contribution <= 0.0);
    let names: Vec<_> = lowering.map(|a| words(&a.feature)).collect();
    if !names.is_empty() {
        page.field("usual", &names.join(", "), Style::Plain);
    }
}

fn belongs(scan: &Scan, finding: &Finding, page: &mut Page) {
    let holds = |a: &&Arc<Alert>| a.findings.iter().any(|f| f.id == finding.id);
    let Some(alert) = scan.alerts.iter().find(holds) else {
        return page.field("alert", "none: it was not worth one, or is still learning", Style::Dim);
    };
    page.field("alert", &alert.id, Style::Plain);
    if let Some(incident) = scan.incident_of(finding) {
        page.field("incident", &incident.id, Style::Plain);
    }
}
