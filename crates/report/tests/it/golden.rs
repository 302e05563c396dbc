//! The reports as they should look. `UPDATE_EXPECT=1 cargo test` rewrites them; read the change.

use expect_test::expect_file;
use tocsin_report::{
    ColorChoice, Screen, alert_lines, csv, find, html, incident_html, incident_json, incident_text,
    jsonl, navigator, ocsf, terminal,
};

use crate::sample;

#[test]
fn the_terminal_report_tells_the_gravest_first() {
    let told = terminal(&sample::scan(), Screen::default());
    expect_file!["../golden/terminal.txt"].assert_eq(&told);
}

#[test]
fn a_calm_scan_says_plainly_what_was_checked() {
    let told = terminal(&sample::calm(), Screen { width: 60, ..Screen::default() });
    expect_file!["../golden/calm.txt"].assert_eq(&told);
}

#[test]
fn colours_change_nothing_but_colours() {
    let screen = Screen { color: ColorChoice::Ansi, width: 72 };
    let coloured = terminal(&sample::scan(), screen);
    let mut plain = String::new();
    for piece in coloured.split('\x1b') {
        match piece.strip_prefix('[').and_then(|p| p.split_once('m')) {
            Some((_, text)) => plain.push_str(text),
            None => plain.push_str(piece),
        }
    }
    let screen = Screen { color: ColorChoice::Plain, ..screen };
    assert!(coloured.contains("\x1b[1;35mCRITICAL\x1b[0m"));
    assert_eq!(plain, terminal(&sample::scan(), screen));
}

#[test]
fn machine_formats_keep_their_promise() {
    let scan = sample::scan();
    expect_file!["../golden/scan.json"].assert_eq(&sample::json(&scan));
    expect_file!["../golden/findings.jsonl"].assert_eq(&jsonl(&scan).collect::<String>());
    expect_file!["../golden/findings.ocsf.jsonl"].assert_eq(&ocsf(&scan).collect::<String>());
    let table: String = csv(&scan).collect();
    assert_eq!(table.matches("\r\n").count(), table.lines().count(), "RFC 4180 ends rows so");
    expect_file!["../golden/alerts.csv"].assert_eq(&table.replace("\r\n", "\n"));
    expect_file!["../golden/layer.json"].assert_eq(&navigator(&scan));
}

#[test]
fn the_page_stays_as_it_was_looked_at() {
    expect_file!["../golden/report.html"].assert_eq(&html(&sample::scan()));
    expect_file!["../golden/calm.html"].assert_eq(&html(&sample::calm()));
}

#[test]
fn an_incident_has_its_files() {
    let scan = sample::scan();
    let incident = &scan.incidents[1];
    expect_file!["../golden/incident.json"].assert_eq(&incident_json(incident));
    expect_file!["../golden/incident.txt"].assert_eq(&incident_text(&scan, incident));
    expect_file!["../golden/incident.html"].assert_eq(&incident_html(&scan, incident));
    expect_file!["../golden/stream.jsonl"].assert_eq(&alert_lines(&scan).collect::<String>());
}

#[test]
fn an_id_is_explained_by_its_beginning() {
    let scan = sample::scan();
    let told = |id: &str| find(&scan, id).map(|found| found.text(&scan, Screen::default()));
    let model = scan.findings.last().unwrap().id.to_string();
    expect_file!["../golden/explain.txt"].assert_eq(&told(&model[..10]).unwrap());
    assert!(told("INC-20260302-1a").unwrap().contains("Password guessing ended"));
    let refused = |id: &str| find(&scan, id).unwrap_err().to_string();
    assert!(refused("INC-").starts_with("`INC-` is ambiguous, 2 ids start with it: INC-"));
    assert_eq!(refused("no such id"), "`no such id` is no finding, alert or incident here");
    assert_eq!(refused(""), "`` is no finding, alert or incident here");
}
