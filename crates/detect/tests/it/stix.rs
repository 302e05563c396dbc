//! STIX patterns, against the cases of OASIS' own matcher.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use serde_json::Value;
use tocsin_detect::intel::stix::{Pattern, PatternError};

/// Whether a pattern holds of the observations' objects.
fn holds(pattern: &str, observation: &Value) -> Result<bool, PatternError> {
    let objects = observation[0]["objects"].as_array().unwrap();
    match Pattern::parse(pattern)? {
        Pattern::One(comparison) => comparison.holds(objects),
        Pattern::Several => panic!("{pattern} asks for several observations"),
    }
}

#[test]
fn patterns_hold_as_the_matcher_of_oasis_says() {
    let cases = "../../../shared/data/stix/pattern_match_cases.json";
    if !Path::new(cases).exists() {
        eprintln!("skipped: {cases} is not here");
        return;
    }
    let cases: Value = serde_json::from_str(&std::fs::read_to_string(cases).unwrap()).unwrap();
    let mut wrong = Vec::new();
    for case in cases["cases"].as_array().unwrap() {
        let pattern = case["pattern"].as_str().unwrap();
        let observation = &cases["observations"][case["observations"].as_u64().unwrap() as usize];
        let held = holds(pattern, observation);
        let expected = case["expect"].as_bool();
        if held.as_ref().ok() != expected.as_ref() {
            wrong.push(format!("{pattern}: {held:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_patterns_of_the_specification_are_read() {
    let patterns = "../../../shared/data/stix/patterns_v20_spec_examples.txt";
    let Ok(patterns) = std::fs::read_to_string(patterns) else {
        eprintln!("skipped: {patterns} is not here");
        return;
    };
    for pattern in patterns.lines().filter(|line| !line.trim().is_empty()) {
        assert!(Pattern::parse(pattern).is_ok(), "{pattern}: {:?}", Pattern::parse(pattern).err());
    }
}

#[test]
fn what_is_no_pattern_says_where() {
    for (pattern, at) in
        [("[a:b = ]", 8), ("[a:b = 'x'", 11), ("a:b = 'x'", 1), ("[a:b == 'x']", 7)]
    {
        assert_eq!(Pattern::parse(pattern).err(), Some(PatternError::Syntax { at }), "{pattern}");
    }
    let deep = "(".repeat(100);
    assert_eq!(Pattern::parse(&format!("[{deep}")).err(), Some(PatternError::TooLong));
}
