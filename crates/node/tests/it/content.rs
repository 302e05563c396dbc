//! The rules inside the binary do what they say, keep quiet where nothing happens, and tell a
//! takeover as one incident. The logs are recordings of real services: see `testdata/README.md`.

use std::path::PathBuf;

use tocsin_event::Severity;
use tocsin_node::progress::Progress;
use tocsin_node::scan::{self, ScanOptions, Scanned};
use tocsin_node::source::ReadOptions;
use tocsin_node::{content, rules};

fn testdata(folder: &str) -> PathBuf {
    ["..", "..", "testdata", folder].iter().collect()
}

#[test]
fn our_rules_have_no_problems_and_know_their_techniques() {
    let check = rules::check(&content::rules(), &content::attack());
    assert!(check.passed() && check.remarks.is_empty(), "{check}");
}

#[test]
fn our_rules_find_what_their_examples_say() {
    let tested = rules::test(&content::rules()).unwrap();
    assert!(tested.passed(), "{tested}");
    assert_eq!(tested.untested, [""; 0], "every rule that speaks carries an example");
}

fn scan(paths: Vec<PathBuf>) -> Scanned {
    let options = ScanOptions {
        paths,
        read: ReadOptions::default(),
        rules: Vec::new(),
        baseline: Vec::new(),
        intel: Vec::new(),
        allow: Vec::new(),
        geoip: Vec::new(),
        budget_per_day: 5.0,
        seed: 0,
    };
    scan::run(&options, &mut Progress::hidden()).unwrap()
}

#[test]
fn a_quiet_day_makes_no_finding_above_low() {
    let scanned = scan(vec![testdata("quiet")]).scan;
    assert!(scanned.events > 400, "{} events", scanned.events);
    let loud = scanned.findings.iter().filter(|finding| finding.severity > Severity::Low);
    let loud: Vec<_> = loud.map(|f| (&f.title, &f.entity, &f.evidence)).collect();
    assert!(loud.is_empty(), "{loud:#?}");
}

#[test]
fn a_takeover_is_one_incident_from_the_first_guess_to_the_new_administrator() {
    for log in ["takeover/auth.log", "takeover/auth.traditional.log"] {
        let incidents = scan(vec![testdata(log)]).scan.incidents;
        let told: Vec<_> = incidents.iter().map(|i| (i.severity, &i.title, &i.story)).collect();
        assert_eq!(incidents.len(), 1, "{told:#?}");
        let story = incidents[0].story.join("\n");
        assert!(incidents[0].severity >= Severity::High, "{told:#?}");
        for step in ["guessing", "taken over", "sudo", "Account created", "administrator"] {
            assert!(story.contains(step), "{step} is not told: {told:#?}");
        }
    }
}
