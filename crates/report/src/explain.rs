//! Everything known about one id: an incident, an alert or a finding.

use std::collections::BTreeSet;
use std::sync::Arc;

use tocsin_event::{Alert, Basis, Finding, Incident};

use crate::phrase::{count, from_to, moment, value, words};
use crate::terminal::{Detail, Page, Style, evidence, incident, technique, why};
use crate::{Scan, Screen};

/// Candidates named when an id is ambiguous.
const CANDIDATES_SHOWN: usize = 10;

/// Explains the incident, alert or finding whose id starts with `id`, laid out for `screen`;
/// names the candidates where several do. `None` where none does.
#[must_use]
pub fn explain(scan: &Scan, id: &str, screen: Screen) -> Option<String> {
    let mut page = Page::new(screen);
    let ids = matching(scan, id);
    let id = match ids.iter().find(|found| *found == id) {
        Some(exact) => exact,
        None if ids.len() > 1 => return Some(ambiguous(id, &ids, page)),
        None => ids.first()?,
    };
    if let Some(found) = scan.incidents.iter().find(|i| i.id == *id) {
        explain_incident(scan, found, &mut page);
    } else if let Some(found) = scan.alerts.iter().find(|a| a.id == *id) {
        explain_alert(scan, found, &mut page);
        let holder = scan.incidents.iter().find(|i| i.alerts.iter().any(|a| a.id == found.id));
        if let Some(incident) = holder {
            page.field("incident", &incident.id, Style::Plain);
        }
    } else {
        let found = scan.findings.iter().find(|f| f.id.to_string() == *id)?;
        explain_finding(scan, found, &mut page);
        belongs(scan, found, &mut page);
    }
    Some(page.into_text())
}

fn matching(scan: &Scan, id: &str) -> BTreeSet<String> {
    let incidents = scan.incidents.iter().map(|i| i.id.clone());
    let alerts = scan.alerts.iter().map(|a| a.id.clone());
    let findings = scan.findings.iter().map(|f| f.id.to_string());
    incidents.chain(alerts).chain(findings).filter(|found| found.starts_with(id)).collect()
}

fn ambiguous(id: &str, ids: &BTreeSet<String>, mut page: Page) -> String {
    page.line(
        &format!("`{id}` is ambiguous: {} ids start with it", count(ids.len() as u64)),
        Style::Bold,
    );
    for candidate in ids.iter().take(CANDIDATES_SHOWN) {
        page.field("", candidate, Style::Plain);
    }
    if ids.len() > CANDIDATES_SHOWN {
        page.field("", "and more", Style::Dim);
    }
    page.into_text()
}

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
    page.field("reached", &moment(finding.time), Style::Plain);
    page.field("window", &from_to(finding.window.start, finding.window.end), Style::Plain);
    why(&[finding], Detail::Full, page);
    lowering(finding, page);
    for id in &*finding.techniques {
        page.field("ATT&CK", &technique(scan, id), Style::Plain);
    }
    evidence(&finding.evidence, Detail::Full, page);
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
