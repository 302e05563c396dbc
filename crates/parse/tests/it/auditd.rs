//! Audit records against what go-libaudit makes of them (its goldens lie beside the workspace).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::Value;
use tocsin_event::EventRef;

use crate::reading::{self, Parsed};

/// Fields kept as the record writes them beside what go-libaudit turns them into.
const KEPT: &[&str] = &["type", "key", "success", "res", "subj", "obj", "SYSCALL", "saddr"];

fn data(folder: &str) -> Option<PathBuf> {
    reading::shared(&format!("auditd/{folder}"))
}

fn goldens(folder: &Path) -> Vec<(String, Value)> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let goldens = entries.filter(|path| path.extension().is_some_and(|e| e == "golden"));
    let read = |path: PathBuf| {
        let golden = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let log = path.with_extension("").with_extension("");
        (log.file_name().unwrap().to_string_lossy().into_owned(), golden)
    };
    goldens.map(read).collect()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

/// The fields of each record of an event, with its type in front.
fn records<'b>(event: &EventRef<'b>) -> Vec<(&'b str, Vec<(&'b str, &'b str)>)> {
    let mut records = Vec::new();
    for (name, value) in event.native_fields() {
        match (name, records.last_mut()) {
            ("type", _) => records.push((value, Vec::new())),
            (_, Some((_, fields))) => fields.push((name, value)),
            _ => panic!("a field before the first record"),
        }
    }
    records
}

fn map(fields: &[(&str, &str)]) -> BTreeMap<String, String> {
    let kept = fields.iter().filter(|(name, _)| !KEPT.contains(name));
    kept.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn strings(value: &Value) -> BTreeMap<String, String> {
    let members = value.as_object().into_iter().flatten();
    members.map(|(k, v)| (k.clone(), v.as_str().unwrap_or_default().to_owned())).collect()
}

#[test]
fn every_record_has_the_fields_of_its_golden() {
    let Some(folder) = data("auparse") else { return };
    for (name, golden) in goldens(&folder) {
        let log = folder.join(format!("{name}.log"));
        let parsed = Parsed::file(&log);
        let mut read: Vec<_> = parsed
            .batch
            .iter()
            .flat_map(|event| {
                let time = event.time;
                let serial = event.attribute(tocsin_event::Field::MetadataUid).to_owned();
                records(&event).into_iter().map(move |(kind, fields)| {
                    (time.as_millis(), serial.clone(), kind.to_lowercase(), map(&fields))
                })
            })
            .collect();
        for record in golden.as_array().unwrap() {
            let kind = text(record, "record_type");
            let serial = format!(":{}", record["sequence"]);
            let at = read.iter().position(|(_, s, k, f)| {
                s.ends_with(&serial) && k == kind && *f == strings(&record["data"])
            });
            let at = at.unwrap_or_else(|| panic!("{name}: {record:#}\nnot among {read:#?}"));
            let time: i64 = reading::millis(text(record, "@timestamp"));
            assert_eq!(read.remove(at).0, time, "{name} {kind}");
        }
        assert!(read.is_empty(), "{name}: {read:#?}");
    }
}

/// The groups of lines of go-libaudit's test files: `  NAME: |` and indented records.
fn groups(yaml: &str) -> Vec<(String, String)> {
    let mut groups: Vec<(String, String)> = Vec::new();
    for line in yaml.lines() {
        match (line.strip_prefix("    "), line.trim().strip_suffix(": |")) {
            (Some(record), _) => {
                groups.last_mut().unwrap().1 += &format!("{record}\n");
            }
            (None, Some(name)) => groups.push((name.to_owned(), String::new())),
            _ => {}
        }
    }
    groups
}

/// Not compared: `category`, `summary`, `ecs`, `source`, `destination` and `network` (Elastic's own
/// words; ours are the OCSF class and endpoints) and `file`, which repeats one of `paths`.
fn compare(name: &str, golden: &Value, event: &EventRef<'_>) {
    let records = records(event);
    let all: BTreeSet<(&str, &str)> =
        records.iter().flat_map(|(_, fields)| fields.iter().copied()).collect();
    let has = |field: &str, value: &str| {
        assert!(all.contains(&(field, value)), "{name}: no {field}={value} in {all:#?}");
    };
    let main = event.attribute(tocsin_event::Field::EventCode).to_lowercase();
    assert_eq!(main, text(golden, "record_type"), "{name}");
    match text(golden, "result") {
        "unknown" => assert!(!all.iter().any(|(field, _)| *field == "result"), "{name}"),
        result => has("result", result),
    }
    if golden.get("session").is_some() {
        has("ses", text(golden, "session"));
    }
    for tag in golden["tags"].as_array().into_iter().flatten() {
        has("key", tag.as_str().unwrap());
    }
    let user = &golden["user"];
    strings(&user["ids"]).iter().for_each(|(id, value)| has(id, value));
    strings(&user["selinux"]).iter().for_each(|(part, v)| has(&format!("subj_{part}"), v));
    strings(&golden["data"]).iter().for_each(|(field, value)| has(field, value));
    let process = &golden["process"];
    let names = [
        ("pid", "pid"),
        ("ppid", "ppid"),
        ("title", "proctitle"),
        ("name", "comm"),
        ("exe", "exe"),
        ("cwd", "cwd"),
    ];
    for (theirs, ours) in names.into_iter().filter(|(theirs, _)| process.get(theirs).is_some()) {
        has(ours, text(process, theirs));
    }
    let arguments: Vec<_> = process["args"].as_array().into_iter().flatten().collect();
    let execve = records.iter().find(|(kind, _)| *kind == "EXECVE");
    let ours = execve.iter().flat_map(|(_, fields)| fields).filter(|(field, _)| *field != "argc");
    assert_eq!(ours.map(|(_, value)| *value).collect::<Vec<_>>(), arguments, "{name}");
    let paths = records.iter().filter(|(kind, _)| *kind == "PATH").map(|(_, fields)| map(fields));
    let theirs = golden["paths"].as_array().into_iter().flatten().map(strings);
    assert_eq!(paths.collect::<Vec<_>>(), theirs.collect::<Vec<_>>(), "{name}");
}

#[test]
fn records_are_joined_as_in_the_goldens() {
    let Some(folder) = data("aucoalesce") else { return };
    for (file, golden) in goldens(&folder) {
        let file = file.strip_suffix(".json").unwrap_or(&file);
        let yaml = std::fs::read_to_string(folder.join(format!("{file}.yaml"))).unwrap();
        for (name, lines) in groups(&yaml) {
            let golden = golden.as_array().unwrap().iter().find(|g| text(g, "test_name") == name);
            let golden = &golden.unwrap_or_else(|| panic!("no golden for {name}"))["event"];
            let parsed = Parsed::text(&lines);
            assert_eq!(parsed.batch.len(), 1, "{name}");
            let event = parsed.batch.get(0).unwrap();
            assert_eq!(event.time.as_millis(), reading::millis(text(golden, "@timestamp")));
            compare(&name, golden, &event);
        }
    }
}

/// Events of a few records each, all within a second.
fn trail(events: &[u8]) -> Vec<Vec<String>> {
    let event = |(serial, paths): (usize, &u8)| {
        let id = format!("msg=audit(1715500000.{:03}:{serial}):", serial % 1000);
        let mut lines = vec![format!(
            "type=SYSCALL {id} arch=c000003e syscall=59 success=yes exit=0 pid={serial} uid=0 key=\"x\""
        )];
        lines.push(format!("type=EXECVE {id} argc=2 a0=\"cat\" a1=\"/tmp/{serial}\""));
        lines.extend((0..*paths).map(|n| format!("type=PATH {id} item={n} name=\"/tmp/{n}\"")));
        lines.push(format!("type=PROCTITLE {id} proctitle=636174"));
        lines
    };
    events.iter().enumerate().map(event).collect()
}

fn told(lines: &str) -> BTreeSet<String> {
    let parsed = Parsed::text(lines);
    let told = parsed.batch.iter().map(|event| {
        let fields: Vec<_> = event.native_fields().collect();
        format!("{} {:?} {fields:?}", event.time, event.class)
    });
    told.collect()
}

/// Takes the next line of one of the first few unfinished events, as `choices` say.
fn interleaved(events: &[Vec<String>], choices: &[u8], bound: usize) -> String {
    let mut left: Vec<_> = events.iter().map(|lines| lines.iter()).collect();
    let mut choices = choices.iter().cycle();
    let mut text = String::new();
    while !left.is_empty() {
        let at = usize::from(*choices.next().unwrap()) % bound.min(left.len());
        match left[at].next() {
            Some(line) => text += &format!("{line}\n"),
            None => drop(left.remove(at)),
        }
    }
    text
}

proptest! {
    #[test]
    fn interleaved_records_give_the_same_events(
        events in prop::collection::vec(0u8..4, 1..40),
        choices in prop::collection::vec(any::<u8>(), 1..200),
        bound in 1usize..30,
    ) {
        let events = trail(&events);
        let ordered: String = events.iter().flatten().map(|line| format!("{line}\n")).collect();
        let shuffled = interleaved(&events, &choices, bound);
        prop_assert_eq!(told(&ordered), told(&shuffled));
        prop_assert_eq!(told(&ordered).len(), events.len());
    }

    #[test]
    fn no_bytes_after_an_audit_header_panic(text in "(type=[A-Z]{1,9} msg=audit\\(1\\.[0-9]{3}:[0-9]{1,3}\\): )?\\PC{0,80}") {
        let parsed = Parsed::text(&text);
        prop_assert!(parsed.batch.len() <= text.lines().count());
    }
}

#[test]
fn a_gap_in_the_serial_numbers_is_reported() {
    let line = |serial| format!("type=USER_CMD msg=audit(1715500000.000:{serial}): pid=1\n");
    let parsed = Parsed::text(&[line(7), line(9), line(8), line(14)].concat());
    let skipped: Vec<_> = parsed.summary.skipped.values().copied().collect();
    assert_eq!((parsed.batch.len(), skipped), (4, vec![4]));
}

#[test]
fn events_that_never_end_are_given_up_and_counted() {
    let line = |n| format!("type=SYSCALL msg=audit(1715500000.000:{n}): syscall=59 pid={n}\n");
    let text: String = (0..1000).map(line).collect();
    let parsed = Parsed::text(&text);
    assert_eq!(parsed.batch.len(), 1000);
    assert_eq!(parsed.summary.parsed, 1000);
    assert!(parsed.summary.assumptions.iter().any(|a| a.starts_with("1000 audit events")));
}

#[test]
fn a_joined_event_has_the_number_of_its_first_record_and_all_of_their_text() {
    let lines = trail(&[1, 0]);
    let text = interleaved(&lines, &[0, 1], 2);
    let parsed = Parsed::text(&text);
    let numbers: Vec<_> = parsed.batch.iter().map(|event| event.record).collect();
    assert_eq!(numbers, [2, 1]);
    assert_eq!(parsed.batch.get(1).unwrap().raw(), lines[0].join("\n"));
}
