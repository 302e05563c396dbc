//! What the rules inside say of single events of clouds, of which others have said whether they are
//! worth an alert.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;
use tocsin_detect::{Config, Engine, Knowledge};
use tocsin_event::{Batch, Severity, Time};
use tocsin_node::content;
use tocsin_parse::{Formats, Options, Parser};
use tocsin_sigma::RuleSet;

const CASES: &str = "../../../shared/data/cloud_detection_cases/cases.jsonl.gz";
/// The logs that we have rules for.
const LOGS: &[&str] = &[
    "AWS.CloudTrail",
    "GCP.AuditLog",
    "Azure.Audit",
    "Azure.MonitorActivity",
    "Okta.SystemLog",
    "GitHub.Audit",
    "Amazon.EKS.Audit",
];

/// How many of the events were told, and how many there are.
#[derive(Default)]
struct Share {
    told: u32,
    of: u32,
}

impl Share {
    fn count(&mut self, told: bool) {
        self.told += u32::from(told);
        self.of += 1;
    }

    fn part(&self) -> f64 {
        f64::from(self.told) / f64::from(self.of)
    }
}

#[test]
fn events_of_clouds_are_told_that_others_tell() {
    let Ok(packed) = std::fs::read(Path::new(CASES)) else {
        eprintln!("skipped: no {CASES}");
        return;
    };
    let mut text = String::new();
    flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut text).unwrap();
    let (rules, _) = RuleSet::compile(&content::rules());
    let (rules, formats) = (Arc::new(rules), Formats::new().unwrap());
    let (mut wanted, mut harmless) = (Share::default(), Share::default());
    let mut by_log: BTreeMap<String, [Share; 2]> = BTreeMap::new();
    for case in text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()) {
        let log = case["log"]["p_log_type"].as_str().or(case["log_types"][0].as_str()).unwrap();
        if !LOGS.contains(&log) || case["needs_mock"] == true {
            continue;
        }
        let told = is_told(&rules, &formats, case["log"].to_string());
        let expected = case["expected_match"] == true;
        if expected { &mut wanted } else { &mut harmless }.count(told);
        by_log.entry(log.to_owned()).or_default()[usize::from(expected)].count(told);
    }
    for (log, [harmless, wanted]) in &by_log {
        eprintln!("{log}: {}/{}, beside {}/{}", wanted.told, wanted.of, harmless.told, harmless.of);
    }
    assert!(wanted.of >= 250 && harmless.of >= 250, "{} and {}", wanted.of, harmless.of);
    assert!(wanted.part() >= 0.80, "told of those wanted: {:.3}", wanted.part());
    assert!(harmless.part() <= 0.05, "told of those harmless: {:.3}", harmless.part());
}

/// Whether a log of this one record makes a finding that is worth a look.
fn is_told(rules: &Arc<RuleSet>, formats: &Formats, record: String) -> bool {
    let options = Options { zone: TimeZone::UTC, year: None, reference: Time(0), format: None };
    let mut parser = Parser::new(formats, "case", options);
    let mut batch = Batch::new(Arc::from("case"), record);
    parser.read(&mut batch);
    parser.finish(&mut batch);
    let knowledge = Knowledge { rules: Arc::clone(rules), ..Knowledge::default() };
    let mut engine = Engine::new(Config::default(), knowledge).unwrap();
    batch.iter().for_each(|event| engine.step(event));
    engine.conclude().findings.iter().any(|finding| finding.severity > Severity::Info)
}
