//! Alerts outside any incident: one line for those that say the same.

use std::collections::{BTreeMap, BTreeSet};

use tocsin_event::{Alert, Severity};

use super::{Page, Style};
use crate::Scan;
use crate::phrase::{count, counted};

/// Lines shown; the report folder has every alert.
const SHOWN: usize = 12;

struct Group<'s> {
    severity: Severity,
    title: &'s str,
    alerts: Vec<&'s Alert>,
}

/// Writes them, gravest first.
pub(super) fn alerts(scan: &Scan, page: &mut Page) {
    let groups = grouped(scan.lone_alerts());
    if groups.is_empty() {
        return;
    }
    page.gap();
    page.heading(if scan.incidents.is_empty() { "Alerts" } else { "Further alerts" });
    for group in groups.iter().take(SHOWN) {
        page.field(group.severity.name(), &told(scan, group), Style::Plain);
    }
    let hidden: usize = groups.iter().skip(SHOWN).map(|g| g.alerts.len()).sum();
    if hidden > 0 {
        let more = format!("and {} more: see --report-dir", counted(hidden as u64, "alert"));
        page.field("", &more, Style::Dim);
    }
}

fn grouped(alerts: Vec<&Alert>) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut places = BTreeMap::new();
    for alert in alerts {
        let place = *places.entry((alert.severity, &*alert.title)).or_insert(groups.len());
        if place == groups.len() {
            let (severity, title) = (alert.severity, &*alert.title);
            groups.push(Group { severity, title, alerts: Vec::new() });
        }
        groups[place].alerts.push(alert);
    }
    groups
}

/// Such as `Login at a rare hour: user:ann and 3 more, 42 events (b0a1...)`.
fn told(scan: &Scan, group: &Group<'_>) -> String {
    let events: u64 = group.alerts.iter().map(|a| a.count).sum();
    let Some(first) = group.alerts.first() else { return group.title.to_owned() };
    let others: BTreeSet<_> = group.alerts.iter().map(|alert| &alert.entity).collect();
    let (who, others, alerts) =
        (scan.named(&first.entity), others.len() as u64 - 1, group.alerts.len() as u64);
    let who = if others > 0 { format!("{who} and {} more", count(others)) } else { who };
    let alerts = if alerts > 1 { format!("{alerts} alerts, the first ") } else { String::new() };
    format!("{}: {who}, {} [{alerts}{}]", group.title, counted(events, "event"), first.id)
}
