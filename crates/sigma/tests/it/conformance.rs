//! SigmaHQ's regression events: each case must match its rule as often as it says.

use std::collections::BTreeSet;
use std::io::Read;

use flate2::read::GzDecoder;
use serde_json::{Map, Value as Json, json};
use tocsin_sigma::RuleSet;

use crate::corpus::{documents, shared};
use crate::record::{find, matching};

/// Uncompressed size of the cases is 200 kB.
const CASES_BYTES: u64 = 16 << 20;

/// The fields of a Windows event as Sigma names them.
fn flat(event: &Json) -> Json {
    let mut fields = Map::new();
    for part in ["System", "EventData", "UserData"] {
        if let Some(Json::Object(object)) = find(event, &format!("Event.{part}")) {
            fields.extend(object.clone());
        }
    }
    if let Some(name) = find(event, "Event.System.Provider.#attributes.Name") {
        fields.insert("Provider_Name".to_owned(), name.clone());
    }
    Json::Object(fields)
}

/// The log category that a rule asks for, by event id: no generic log source stands in for it.
fn concerns(rule: &tocsin_sigma::Rule, event: &Json) -> bool {
    let id = event.get("EventID").and_then(Json::as_i64).unwrap_or_default();
    let sysmon = event["Channel"] == json!("Microsoft-Windows-Sysmon/Operational");
    match rule.logsource.category.as_deref() {
        Some("process_creation") => (sysmon && id == 1) || id == 4688,
        Some("image_load") => sysmon && id == 7,
        Some("file_event") => sysmon && id == 11,
        Some("registry_set") => sysmon && id == 13,
        Some("pipe_created") => sysmon && matches!(id, 17 | 18),
        Some(other) => panic!("no event id known for {other}"),
        None => true,
    }
}

#[test]
fn regression_events_match_the_rules_their_case_names() {
    let Some(data) = shared("sigma_regression") else { return };
    let (set, problems) = RuleSet::compile(&documents(&data));
    assert!(problems.is_empty(), "{}", problems[0]);
    let mut cases = String::new();
    let file = std::fs::File::open(data.join("cases.jsonl.gz")).unwrap();
    GzDecoder::new(file).take(CASES_BYTES).read_to_string(&mut cases).unwrap();
    let mut seen = 0;
    for line in cases.lines() {
        let case: Json = serde_json::from_str(line).unwrap();
        let expected: BTreeSet<&str> =
            case["rule_ids"].as_array().unwrap().iter().filter_map(Json::as_str).collect();
        let mut count = 0;
        for event in case["events"].as_array().unwrap() {
            let event = flat(event);
            let titles = matching(&set, &event);
            let rules = set.rules().iter().filter(|rule| titles.contains(&rule.title.as_str()));
            let ids: Vec<&str> =
                rules.filter(|rule| concerns(rule, &event)).map(|rule| rule.id.as_str()).collect();
            count += ids.iter().filter(|id| expected.contains(**id)).count() as u64;
        }
        // Four cases say only that they match, not how often.
        match case["match_count"][0].as_u64() {
            Some(expected) => assert_eq!(count, expected, "{}", case["case"]),
            None => assert!(count > 0, "{}", case["case"]),
        }
        seen += 1;
    }
    assert_eq!(seen, 43);
}
