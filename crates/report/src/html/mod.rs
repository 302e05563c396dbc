//! The report as one self-contained page: no request leaves it, no script but its own runs in it,
//! and without scripts it still tells everything.

mod alerts;
mod attack;
mod card;
mod markup;
mod shell;
mod tables;
mod timeline;

use tocsin_event::{Finding, Incident, Severity};

use crate::Scan;
use crate::phrase::{count, counted, from_to, percent};
use crate::terminal::by_severity;
use markup::Markup;

/// Incidents shown as cards; each has a page of its own in the report folder.
const INCIDENTS_SHOWN: usize = 100;

/// What a page is about.
struct View<'s> {
    scan: &'s Scan,
    incidents: Vec<&'s Incident>,
    findings: Vec<&'s Finding>,
}

/// The whole report.
#[must_use]
pub fn html(scan: &Scan) -> String {
    let incidents = scan.ranked_incidents();
    let view =
        View { scan, incidents, findings: scan.findings.iter().map(AsRef::as_ref).collect() };
    shell::page("Tocsin report", scan, |h| {
        masthead(&view, h);
        timeline::timeline(&view, h);
        incidents_section(&view, h);
        alerts::alerts(scan, h);
        attack::attack(&view, h);
        tables::entities(&view, h);
        tables::sources(scan, h);
    })
}

/// The page of one incident.
pub(crate) fn incident_page(scan: &Scan, incident: &Incident) -> String {
    let findings = incident.alerts.iter().flat_map(|a| &a.findings).map(AsRef::as_ref).collect();
    let view = View { scan, incidents: vec![incident], findings };
    shell::page(&incident.id, scan, |h| {
        h.el("header", "masthead", |h| {
            shell::brand(h, &from_to(incident.start, incident.end));
            h.leaf("h1", "", "Incident report");
        });
        card::card(scan, incident, card::State::Open, h);
        timeline::timeline(&view, h);
        attack::attack(&view, h);
        tables::entities(&view, h);
    })
}

fn masthead(view: &View<'_>, h: &mut Markup) {
    let scan = view.scan;
    h.el("header", "masthead", |h| {
        let when = match (scan.first, scan.last) {
            (Some(first), Some(last)) => from_to(first, last),
            _ => String::new(),
        };
        shell::brand(h, &when);
        h.leaf("h1", "", &verdict(scan));
        h.leaf("p", "lead", &lead(scan));
        h.el("dl", "numbers", |h| numbers(scan, h));
    });
}

fn verdict(scan: &Scan) -> String {
    let grave = scan.incidents.iter().filter(|i| i.severity >= Severity::Medium).count() as u64;
    match grave {
        _ if scan.records() == 0 => "Nothing could be read, so nothing can be said".to_owned(),
        0 if scan.is_calm() => "Nothing above low was found".to_owned(),
        0 => "No incident, but alerts worth a look".to_owned(),
        1 => "1 incident needs attention".to_owned(),
        n => format!("{} incidents need attention", count(n)),
    }
}

fn lead(scan: &Scan) -> String {
    let mut parts = Vec::new();
    if !scan.incidents.is_empty() {
        let severities = by_severity(scan.incidents.iter().map(|i| i.severity));
        parts.push(format!("{}: {severities}.", counted(scan.incidents.len() as u64, "incident")));
    }
    let records = counted(scan.records(), "record");
    parts.push(format!("Read {records} from {}.", counted(scan.sources.len() as u64, "source")));
    parts.extend(scan.reservations());
    parts.join(" ")
}

fn numbers(scan: &Scan, h: &mut Markup) {
    let parsed: u64 = scan.sources.iter().map(|s| s.parsed).sum();
    let understood = (parsed as f64 / scan.records().max(1) as f64 * 1000.0).floor() / 1000.0;
    let understood = match understood {
        share if share == 1.0 || share < 0.9 => percent(share),
        share => format!("{:.1} %", share * 100.0),
    };
    let tiles = [
        ("Incidents", count(scan.incidents.len() as u64)),
        ("Further alerts", count(scan.lone_alerts().len() as u64)),
        ("Findings", count(scan.findings.len() as u64)),
        ("Records", count(scan.records())),
        ("Understood", understood),
        ("Entities", count(scan.entities)),
    ];
    for (name, value) in tiles {
        h.el("div", "", |h| {
            h.leaf("dt", "", name);
            h.leaf("dd", "", &value);
        });
    }
}

fn incidents_section(view: &View<'_>, h: &mut Markup) {
    if view.incidents.is_empty() {
        return;
    }
    shell::section(
        "Incidents",
        "Gravest first. Commands are proposals; each has its undo.",
        h,
        |h| {
            shell::filters(h);
            for incident in view.incidents.iter().take(INCIDENTS_SHOWN) {
                let state = match incident.severity {
                    Severity::Critical | Severity::High => card::State::Open,
                    _ => card::State::Closed,
                };
                card::card(view.scan, incident, state, h);
            }
            shell::more(view.incidents.len(), INCIDENTS_SHOWN, "incident", h);
        },
    );
}
