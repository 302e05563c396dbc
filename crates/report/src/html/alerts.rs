//! Alerts outside any incident, as a table that can be filtered.

use tocsin_event::Alert;

use super::{Markup, shell};
use crate::Scan;
use crate::phrase::{count, from_to};

/// Rows; the alert stream of the report folder has all.
const SHOWN: usize = 300;

/// Writes the section, unless there are none.
pub(super) fn alerts(scan: &Scan, h: &mut Markup) {
    let alerts = scan.lone_alerts();
    if alerts.is_empty() {
        return;
    }
    let title = if scan.incidents.is_empty() { "Alerts" } else { "Further alerts" };
    shell::section(title, "Outside any incident; gravest first.", h, |h| {
        if scan.incidents.is_empty() {
            shell::filters(h);
        }
        h.el("div", "scroll", |h| {
            h.el("table", "", |h| {
                heads(
                    &[
                        ("Severity", ""),
                        ("Alert", ""),
                        ("On", ""),
                        ("When", ""),
                        ("Events", "number"),
                        ("ATT&CK", ""),
                    ],
                    h,
                );
                h.el("tbody", "", |h| alerts.iter().take(SHOWN).for_each(|a| row(scan, a, h)));
            });
        });
        shell::more(alerts.len(), SHOWN, "alert", h);
    });
}

/// A row of column heads, each with its class: `number` where numbers stand below.
pub(super) fn heads(columns: &[(&str, &str)], h: &mut Markup) {
    h.el("thead", "", |h| {
        h.el("tr", "", |h| columns.iter().for_each(|(name, class)| h.leaf("th", class, name)));
    });
}

fn row(scan: &Scan, alert: &Alert, h: &mut Markup) {
    h.newline();
    h.with("tr", &[("data-severity", alert.severity.name())], |h| {
        h.el("td", "", |h| shell::badge(alert.severity, h));
        h.el("td", "", |h| {
            h.text(&alert.title);
            h.leaf("div", "note", &alert.id);
        });
        h.el("td", "", |h| {
            h.leaf("code", "entity", &alert.entity.to_string());
            if let Some(place) = scan.country(&alert.entity) {
                h.leaf("div", "note", place);
            }
        });
        h.leaf("td", "", &from_to(alert.start, alert.end));
        h.leaf("td", "number", &count(alert.count));
        h.leaf("td", "", &alert.techniques.join(", "));
    });
}
