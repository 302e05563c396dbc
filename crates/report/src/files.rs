//! The texts of the files of a report folder: `INC-*.json`, `.txt`, `.html`, and the lines of
//! `alerts/stream.jsonl`. The caller writes them.

use tocsin_event::{Alert, Incident};

use crate::json::{indented, line};
use crate::record::{AlertRecord, FindingRecord, IncidentRecord};
use crate::terminal::{Detail, Page, incident};
use crate::{Scan, Screen, explain};

/// `INC-*.json`: the incident whole, with its alerts and their findings.
#[must_use]
pub fn incident_json(found: &Incident) -> String {
    let actions = &found.actions;
    let alert = |a| AlertRecord::new(a, |f| FindingRecord::new(f, actions));
    indented(&IncidentRecord::new(found, alert))
}

/// `INC-*.txt`: everything known of the incident, as `--explain` tells it.
#[must_use]
pub fn incident_text(scan: &Scan, found: &Incident) -> String {
    explain(scan, &found.id, Screen::default()).unwrap_or_else(|| {
        let mut page = Page::new(Screen::default());
        incident(scan, found, Detail::Full, &mut page);
        page.into_text()
    })
}

/// `INC-*.html`: a page of its own for the incident. Of the scan, only what the incident names is
/// shown.
#[must_use]
pub fn incident_html(scan: &Scan, found: &Incident) -> String {
    crate::html::incident_page(scan, found)
}

/// A line of `alerts/stream.jsonl`, its newline included: the alert with its findings.
#[must_use]
pub fn alert_line(scan: &Scan, alert: &Alert) -> String {
    let holds = |i: &&Incident| i.alerts.iter().any(|a| a.id == alert.id);
    let actions = scan.incidents.iter().find(holds).map_or(&[][..], |i| &i.actions);
    line(&AlertRecord::new(alert, |f| FindingRecord::new(f, actions)))
}
