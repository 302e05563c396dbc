//! The texts of the files of a report folder: `INC-*.json`, `.txt`, `.html`, and the lines of
//! `alerts/stream.jsonl`. The caller writes them.

use tocsin_event::{Action, Alert, Incident};

use crate::explain::explain_incident;
use crate::json::{indented, line};
use crate::record::{AlertRecord, FindingRecord, IncidentRecord};
use crate::scan::actions;
use crate::terminal::Page;
use crate::{Scan, Screen};

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
    let incidents = scan.incident_of();
    scan.alerts.iter().map(move |alert| {
        let proposed = alert.findings.first().map_or(&[][..], |f| actions(&incidents, f));
        alert_line(alert, proposed)
    })
}

/// One line of `alerts/stream.jsonl`, its newline included, with the actions proposed for it.
#[must_use]
pub fn alert_line(alert: &Alert, actions: &[Action]) -> String {
    line(&AlertRecord::new(alert, |f| FindingRecord::new(f, actions)))
}
