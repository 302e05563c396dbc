//! Log text that tries to break out of a report.

use proptest::prelude::*;
use tocsin_event::{Finding, Severity};
use tocsin_report::{
    ColorChoice, Scan, Screen, Subject, alert_lines, csv, html, incident_html, incident_json,
    incident_text, jsonl, navigator, ocsf, terminal,
};

use crate::sample;

const ATTACKS: [&str; 6] = [
    "\x1b[2J\x1b]0;owned\x07",
    "user\u{202e}txt.exe\u{2066}",
    "a\nb\r\nc\td\u{2028}e",
    "</script><script>alert(1)</script><img src=x onerror=alert(1)>",
    "\"'><svg/onload=alert(1)>&lt;&#x3c;]]>-->",
    "\u{9b}31m\u{7f}\u{e0041}\u{feff}",
];

fn reports(scan: &Scan) -> Vec<(&'static str, String)> {
    let plain = Screen { color: ColorChoice::Plain, width: 80 };
    let incident = &scan.incidents[0];
    vec![
        ("terminal", terminal(scan, plain)),
        ("explain", Subject::Incident(incident).text(scan, plain)),
        ("json", sample::json(scan)),
        ("jsonl", jsonl(scan).collect()),
        ("ocsf", ocsf(scan).collect()),
        ("csv", csv(scan).collect()),
        ("navigator", navigator(scan)),
        ("html", html(scan)),
        ("incident.html", incident_html(scan, incident)),
        ("incident.json", incident_json(incident)),
        ("incident.txt", incident_text(scan, incident)),
        ("stream.jsonl", alert_lines(scan).collect()),
    ]
}

fn check(text: &str) {
    let scan = sample::hostile(text);
    for (name, report) in reports(&scan) {
        let mut lines = report.replace("\r\n", "\n");
        lines.retain(|c| c != '\n');
        let bad = lines.chars().find(|c| {
            c.is_control()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                    | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
        });
        assert_eq!(bad, None, "{name} lets it through: {text:?}");
        if name.ends_with("html") {
            well_formed(&report).unwrap_or_else(|why| panic!("{name}: {why}: {text:?}"));
        }
    }
    // A newline in a text must not become a row: the number of rows is known.
    assert_eq!(jsonl(&scan).count(), scan.findings.len());
    assert_eq!(csv(&scan).count(), 1 + scan.alerts.len());
}

#[test]
fn no_report_lets_hostile_text_through() {
    ATTACKS.iter().for_each(|text| check(text));
}

#[test]
fn a_spreadsheet_sees_no_formula() {
    let scan = sample::hostile("=HYPERLINK(\"http://203.0.113.1\")");
    let table: String = csv(&scan).collect();
    let formula =
        |cell: &str| cell.trim_start_matches(['"', ' ']).starts_with(['=', '+', '-', '@']);
    assert!(!table.lines().flat_map(|l| l.split(',')).any(formula), "{table}");
}

#[test]
fn page_size_is_bounded_however_many_alerts_there_are() {
    let mut scan = sample::scan();
    let finding = Finding::clone(&scan.findings[0]);
    for i in 0..20_000 {
        let mut alert = sample::alert(vec![finding.clone()]);
        alert.id = format!("{i:016x}");
        alert.title = format!("Something number {i}").into();
        alert.severity = Severity::Low;
        scan.alerts.push(alert.into());
    }
    assert!(terminal(&scan, Screen::default()).lines().count() < 150);
    assert!(html(&scan).len() < 1_000_000, "{}", html(&scan).len());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_breaks_a_report(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn no_markup_breaks_the_page(text in "[<>&\"'/=a-z!\\-\\[\\] \u{1b}\u{202e}\n]{0,40}") {
        check(&text);
    }
}

/// Elements that have no end tag.
const VOID: [&str; 4] = ["meta", "br", "link", "input"];

/// Whether every tag is closed in order, attributes are quoted, and only our own names occur.
fn well_formed(page: &str) -> Result<(), String> {
    let mut open = Vec::new();
    let mut rest = page;
    while let Some((_, after)) = rest.split_once('<') {
        let (tag, after) = end_of_tag(after).ok_or("a tag without an end")?;
        rest = after;
        if tag.starts_with('!') {
            continue;
        }
        let name = tag.trim_start_matches('/').split([' ', '\n', '/']).next().unwrap_or_default();
        // Every other piece lies within quotes.
        if tag.split('"').step_by(2).any(|outside| outside.contains(" on")) {
            return Err(format!("an inline handler in <{tag}>"));
        }
        if tag.starts_with('/') {
            if open.pop() != Some(name.to_owned()) {
                return Err(format!("</{name}> closes nothing"));
            }
        } else if !tag.ends_with('/') && !VOID.contains(&name) {
            open.push(name.to_owned());
            if let "script" | "style" = name {
                let close = format!("</{name}>");
                let (_, after) = rest.split_once(&close).ok_or("a script without an end")?;
                open.pop();
                rest = after;
            }
        }
    }
    if open.is_empty() { Ok(()) } else { Err(format!("never closed: {open:?}")) }
}

/// Splits at the `>` that ends a tag, which is one outside its quoted attributes.
fn end_of_tag(text: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '>' if !quoted => return Some((&text[..at], &text[at + 1..])),
            '<' => return None,
            _ => {}
        }
    }
    None
}
