//! The texts of the files of a report folder: `INC-*.json`, `.txt`, `.html`, and the lines of
//! `alerts/stream.jsonl`. The caller writes them.

use tocsin_event::{Alert, Incident};

use crate::explain::explain_incident;
use crate::json::{indented, line};
use crate::record::{AlertRecord, FindingRecord, IncidentRecord};
use crate::terminal::Page;
use crate::{Scan, Screen};

/// `INC-*.json`: the incident whole, with its alerts and their findings.
#[must_use]
pub fn incident_json(found: &Incident) -> String {
    let alert = |a| AlertRecord::new(a, FindingRecord::new);
    indented(&IncidentRecord::new(found, alert))
}

/// `INC-*.txt`: everything known of the incident, as `--explain` tells it.
#[must_use]
pub fn incident_text(scan: &Scan, found: &Incident) -> String {
    let mut page = Page::new(Screen::default());
    explain_incident(scan, found, &mut page);
    page.into_text()
}

/// `INC-*.html`: a page of its own for the incident. Of the scan, only what the incident names is
/// shown.
#[must_use]
pub fn incident_html(scan: &Scan, found: &Incident) -> String {
    crate::html::incident_page(scan, found)
}

/// `alerts/stream.jsonl`: every alert of the scan on a line, with its findings, each line made when
/// it is asked for.
pub fn alert_lines(scan: &Scan) -> impl Iterator<Item = String> {
    scan.alerts.iter().map(|alert| alert_line(alert))
}

/// One line of `alerts/stream.jsonl`, its newline included.
#[must_use]
pub fn alert_line(alert: &Alert) -> String {
    line(&AlertRecord::new(alert, FindingRecord::new))
}
