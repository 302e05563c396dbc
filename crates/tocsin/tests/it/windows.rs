//! Windows events through rules that others wrote, as the events they wrote them for show.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;

use flate2::read::GzDecoder;
use tempfile::TempDir;

use crate::scan::shared;
use crate::support::tocsin;

/// The events of the regression cases, one a line, and the rules that each must match.
fn cases(path: &str) -> (String, BTreeSet<String>) {
    let packed = GzDecoder::new(fs::File::open(path).unwrap());
    let text = std::io::read_to_string(packed).unwrap();
    let (mut events, mut rules) = (String::new(), BTreeSet::new());
    for line in text.lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        for event in case["events"].as_array().unwrap() {
            events += &format!("{event}\n");
        }
        rules.extend(
            case["rule_ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()),
        );
    }
    (events, rules)
}

#[test]
fn the_regression_events_of_sigma_match_their_rules() {
    let Some(folder) = shared("sigma_regression") else { return };
    let (events, mut rules) = cases(&format!("{folder}/cases.jsonl.gz"));
    let own = TempDir::new().unwrap();
    let log = own.path().join("events.json");
    fs::write(&log, events).unwrap();
    let ran = tocsin(&["scan", log.to_str().unwrap(), "--rules", &folder, "-o", "jsonl", "-q"]);
    assert!(rules.len() >= 40, "{}", rules.len());
    rules.retain(|id| !ran.out.contains(&format!("\"detector\":\"{id}\"")));
    assert_eq!(rules, BTreeSet::new(), "{}", ran.err);
}

/// How many records of each number python-evtx 0.8.1 finds there.
const COUNTED: &[(u16, usize)] = &[
    (1, 63),
    (2, 3),
    (3, 71),
    (5, 14),
    (6, 6),
    (7, 18),
    (8, 4),
    (10, 22),
    (11, 9),
    (12, 3),
    (13, 14),
    (18, 4),
    (104, 1),
    (800, 3),
    (1102, 5),
    (1116, 6),
    (1117, 5),
    (4104, 1),
    (4624, 30),
    (4648, 3),
    (4656, 1),
    (4662, 6),
    (4663, 1),
    (4672, 3),
    (4688, 17),
    (4698, 1),
    (4699, 1),
    (4722, 1),
    (4724, 1),
    (4741, 1),
    (4742, 6),
    (4768, 11),
    (4769, 2),
    (4771, 2),
    (4781, 2),
    (4798, 2),
    (4799, 6),
    (4985, 2),
    (5145, 10),
    (5156, 63),
    (5158, 9),
    (7045, 1),
    (10016, 4),
];

/// The events in every event log below a folder, by number.
fn read_logs(folder: &str) -> BTreeMap<String, usize> {
    let ran = tocsin(&["parse", folder, "-q"]);
    let mut numbers = BTreeMap::new();
    for line in ran.out.lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        let number = event["metadata"]["event_code"].as_str().unwrap_or("none");
        *numbers.entry(number.to_owned()).or_default() += 1;
    }
    numbers
}

#[test]
fn event_logs_hold_the_records_that_another_reader_finds() {
    let Some(folder) = shared("evtx_attacks") else { return };
    let numbers = read_logs(&folder);
    let counted = COUNTED.iter().map(|(number, count)| (number.to_string(), *count));
    assert_eq!(numbers, counted.collect());
}

#[test]
fn a_refused_sign_in_is_read_from_an_event_log() {
    let log = "../../testdata/windows/security_short_selected.evtx.zst";
    let parsed = tocsin(&["parse", log]);
    assert!(parsed.err.contains("7 records read, 7 understood (windows)"), "{}", parsed.err);
    let refused: Vec<&str> =
        parsed.out.lines().filter(|event| event.contains("\"type_uid\":300201")).collect();
    assert!(!refused.is_empty());
    assert!(refused.iter().any(|event| event.contains("\"ip\":\"23.94.153.202\"")), "{refused:?}");
}

#[test]
fn what_can_be_read_of_a_cut_event_log_is_used_and_damage_is_counted() {
    let Some(file) = shared("evtx_attacks/UACME_59_Sysmon.evtx.gz") else { return };
    let mut log = Vec::new();
    GzDecoder::new(fs::File::open(file).unwrap()).read_to_end(&mut log).unwrap();
    let own = TempDir::new().unwrap();
    let path = own.path().join("cut.evtx");
    log.truncate(4096 + 65536);
    let read = |log: &[u8], from: &std::path::Path| {
        fs::write(&path, log).unwrap();
        tocsin(&["parse", from.to_str().unwrap()])
    };
    let whole = read(&log, &path);
    assert!(whole.err.contains("7 records read, 7 understood (windows)"), "{}", whole.err);
    let head = read(&log[..4096], own.path());
    assert!(head.err.contains("1 record read, 0 understood"), "{}", head.err);
    assert!(head.err.contains("damaged record: the file ends too early"), "{}", head.err);
    let cut = read(&log[..4096 + 9000], &path);
    assert!(cut.err.contains("8 records read, 4 understood"), "{}", cut.err);
    assert_eq!(cut.out.lines().filter(|line| line.contains("Sysmon")).count(), 4);
    // The magic of the second record, which is at the end of the first one.
    let second = log.windows(4).enumerate().filter(|(_, w)| *w == b"**\0\0").nth(1).unwrap().0;
    log[second] = b'x';
    let damaged = read(&log, &path);
    assert!(damaged.err.contains("7 records read, 6 understood"), "{}", damaged.err);
    assert!(damaged.err.contains("damaged record in chunk * Failed to read"), "{}", damaged.err);
    log[4096] = b'x';
    let unmarked = read(&log, &path);
    assert!(
        unmarked.err.contains("damaged record in chunk * Failed to parse chunk header"),
        "{}",
        unmarked.err
    );
}
