//! The terminal report: what a tired person understands at three in the morning. Gravest first,
//! bounded in length, and every text from a log escaped by the page it is written on.

mod alerts;
mod incident;
mod page;
mod sources;

pub(crate) use incident::{Detail, evidence, incident, more_steps, rule_reasons, technique, why};
pub(crate) use page::{Page, Style};
pub(crate) use sources::learning;

use tocsin_event::{Duration, Severity};

use crate::Scan;
use crate::phrase::{count, counted, from_to, span};

/// Whether a screen shows colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorChoice {
    /// Text only.
    #[default]
    Plain,
    /// ANSI escape sequences.
    Ansi,
}

/// The screen a report is laid out for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// Colours or none.
    pub color: ColorChoice,
    /// Columns; taken as at least 40.
    pub width: usize,
}

impl Default for Screen {
    fn default() -> Self {
        Screen { color: ColorChoice::Plain, width: 100 }
    }
}

/// Incidents shown; the report folder has all.
const INCIDENTS_SHOWN: usize = 10;

/// The whole report.
#[must_use]
pub fn terminal(scan: &Scan, screen: Screen) -> String {
    let mut page = Page::new(screen);
    headline(scan, &mut page);
    let incidents = scan.ranked_incidents();
    for found in incidents.iter().take(INCIDENTS_SHOWN) {
        page.gap();
        incident(scan, found, Detail::Brief, &mut page);
    }
    if let Some(hidden) = incidents.len().checked_sub(INCIDENTS_SHOWN).filter(|n| *n > 0) {
        page.gap();
        let more = counted(hidden as u64, "incident");
        page.line(&format!("and {more} more: see --report-dir"), Style::Dim);
    }
    alerts::alerts(scan, &mut page);
    sources::sources(scan, &mut page);
    page.into_text()
}

fn headline(scan: &Scan, page: &mut Page) {
    let lone = scan.lone_alerts();
    if scan.records() == 0 {
        page.line("No record was read, so nothing can be said.", Style::Bold);
    } else if scan.is_calm() {
        page.line("Nothing above low was found.", Style::Bold);
    }
    if scan.records() > 0 {
        scan.reservations().iter().for_each(|told| page.line(told, Style::Bold));
    }
    if !scan.incidents.is_empty() {
        let severities = by_severity(scan.incidents.iter().map(|i| i.severity));
        let worst = scan.incidents.iter().map(|i| i.severity).max().unwrap_or_default();
        let number = counted(scan.incidents.len() as u64, "incident");
        page.line(&format!("{number}: {severities}"), Style::Grave(worst));
    }
    if !lone.is_empty() {
        let severities = by_severity(lone.iter().map(|a| a.severity));
        let further = if scan.incidents.is_empty() { "" } else { "further " };
        let number = counted(lone.len() as u64, &format!("{further}alert"));
        page.line(&format!("{number}: {severities}"), Style::Plain);
    }
    page.line(&checked(scan), Style::Plain);
    page.line(&effort(scan), Style::Dim);
}

/// What was read, and the time it spans.
fn checked(scan: &Scan) -> String {
    let sources = counted(scan.sources.len() as u64, "source");
    let mut text = format!("{} from {sources}", counted(scan.records(), "record"));
    if let (Some(first), Some(last)) = (scan.first, scan.last) {
        text.push_str(&format!(", {}", from_to(first, last)));
    }
    text
}

fn effort(scan: &Scan) -> String {
    let mut text =
        format!("{}, {}", counted(scan.events, "event"), counted(scan.entities, "entity"));
    if let Some(elapsed) = scan.elapsed_ns {
        let rate = (scan.records() as f64 / (elapsed.max(1) as f64 / 1e9)) as u64;
        let took = match elapsed {
            ns if ns < 10_000_000_000 => format!("{:.1} s", ns as f64 / 1e9),
            ns => span(Duration(i64::try_from(ns).unwrap_or(i64::MAX))),
        };
        text.push_str(&format!(", in {took} ({} records a second)", count(rate)));
    }
    format!("{text}, {}, tocsin {}", counted(scan.rules_used, "rule"), scan.version)
}

/// Such as `1 critical, 2 high`.
pub(crate) fn by_severity(severities: impl Iterator<Item = Severity>) -> String {
    let mut counts = [0_u64; Severity::ALL.len()];
    severities.for_each(|s| counts[s as usize] += 1);
    let parts: Vec<_> = Severity::ALL
        .into_iter()
        .rev()
        .filter(|s| counts[*s as usize] > 0)
        .map(|s| format!("{} {s}", count(counts[s as usize])))
        .collect();
    parts.join(", ")
}
