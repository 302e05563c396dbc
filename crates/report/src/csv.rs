//! Alerts as comma-separated values (RFC 4180) for a spreadsheet, which runs what looks like a
//! formula: a cell that starts like one gets a quote mark before it.

use std::collections::BTreeMap;
use std::sync::Arc;

use tocsin_event::{Alert, Incident};

use crate::Scan;
use crate::phrase::status;
use crate::safe::visible;

const HEADER: [&str; 14] = [
    "id",
    "severity",
    "status",
    "title",
    "entity",
    "country",
    "targets",
    "start",
    "end",
    "count",
    "techniques",
    "detectors",
    "findings",
    "incident",
];

/// One alert a line after a header, gravest first, each line made when it is asked for.
pub fn csv(scan: &Scan) -> impl Iterator<Item = String> {
    let incidents: BTreeMap<&str, &Incident> =
        scan.incidents.iter().flat_map(|i| i.alerts.iter().map(move |a| (&*a.id, i))).collect();
    let mut alerts: Vec<&Arc<Alert>> = scan.alerts.iter().collect();
    alerts.sort_by(|a, b| (b.severity, a.start, &a.id).cmp(&(a.severity, b.start, &b.id)));
    let rows = alerts.into_iter().map(move |alert| {
        let incident = incidents.get(&*alert.id).map_or("", |i| &i.id);
        row(cells(scan, alert, incident))
    });
    std::iter::once(row(HEADER.map(str::to_owned))).chain(rows)
}

fn cells(scan: &Scan, alert: &Alert, incident: &str) -> [String; 14] {
    let mut targets: Vec<_> =
        alert.findings.iter().flat_map(|f| &f.targets).map(ToString::to_string).collect();
    let mut detectors: Vec<_> = alert.findings.iter().map(|f| f.detector.to_string()).collect();
    for list in [&mut targets, &mut detectors] {
        list.sort();
        list.dedup();
    }
    [
        alert.id.clone(),
        alert.severity.to_string(),
        status(alert.status).to_owned(),
        alert.title.to_string(),
        alert.entity.to_string(),
        scan.country(&alert.entity).unwrap_or_default().to_owned(),
        targets.join(" "),
        alert.start.to_string(),
        alert.end.to_string(),
        alert.count.to_string(),
        alert.techniques.join(" "),
        detectors.join(" "),
        alert.findings.len().to_string(),
        incident.to_owned(),
    ]
}

fn row(cells: [String; 14]) -> String {
    cells.map(|text| cell(&text)).join(",") + "\r\n"
}

fn cell(text: &str) -> String {
    let text = visible(text);
    let guard = if text.trim_start().starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    if text.contains(['"', ',']) || text != text.trim() {
        format!("\"{guard}{}\"", text.replace('"', "\"\""))
    } else {
        format!("{guard}{text}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_never_become_formulas_or_break_the_row() {
        assert_eq!(cell("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(cell(" @SUM(1,2)"), "\"' @SUM(1,2)\"");
        assert_eq!(cell("say \"hi\",\nbye"), "\"say \"\"hi\"\",\\nbye\"");
        assert_eq!(cell("plain"), "plain");
    }
}
