//! Processing pipelines: rules changed by one match what pySigma's SQLite backend says they match. Once on
//! stored answers, and live where a Python with pySigma is found.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value as Json;
use tocsin_sigma::{Document, Problem, RuleIndex, RuleSet, Scratch};

use crate::record::JsonRecord;

const CASES: &str = "tests/pipelines";

/// The events that each rule matches, by its id; nothing for a rule that cannot be used.
type Answers = BTreeMap<String, BTreeMap<String, Option<Vec<usize>>>>;

fn document(name: &str) -> Document {
    let text = fs::read_to_string(format!("{CASES}/{name}.yml")).unwrap();
    Document { path: format!("cases/{name}.yml"), text }
}

fn compiled(pipeline: &str) -> (RuleSet, Vec<Problem>) {
    RuleSet::compile(&[document("rules"), document(pipeline)])
}

fn matched(set: &RuleSet, rule: u32, events: &[Json]) -> Vec<usize> {
    let (route, mut scratch) = (set.route_of(vec![RuleIndex(rule)]), Scratch::new());
    let mut matches = |event: &Json| {
        let mut hits = Vec::new();
        set.matches(&route, &JsonRecord::new(set, event), &mut scratch, &mut hits);
        !hits.is_empty()
    };
    (0..events.len()).filter(|at| matches(&events[*at])).collect()
}

fn check(answers: &[u8]) {
    let answers: Answers = serde_json::from_slice(answers).unwrap();
    let events = fs::read_to_string(format!("{CASES}/events.json")).unwrap();
    let events: Vec<Json> = serde_json::from_str(&events).unwrap();
    assert!(answers.len() >= 5);
    for (pipeline, theirs) in answers {
        let (set, _) = compiled(&pipeline);
        let mut ours: BTreeMap<String, Option<Vec<usize>>> =
            theirs.keys().map(|id| (id.clone(), None)).collect();
        for (at, rule) in (0..).zip(set.rules()) {
            ours.insert(rule.id.clone(), Some(matched(&set, at, &events)));
        }
        assert_eq!(ours, theirs, "{pipeline}");
    }
}

#[test]
fn rules_match_after_a_pipeline_as_in_pysigma() {
    check(include_bytes!("../golden/pysigma.json"));
}

#[test]
fn rules_match_after_a_pipeline_as_in_pysigma_run_now() {
    let python = std::env::var_os("TOCSIN_ORACLE_PYTHON")
        .map_or_else(|| "../../.venv-oracle/bin/python".into(), PathBuf::from);
    if !python.exists() {
        eprintln!("skipped: no python at {} (TOCSIN_ORACLE_PYTHON)", python.display());
        return;
    }
    let output = Command::new(python).arg("tests/oracle/pysigma.py").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    check(&output.stdout);
}

#[test]
fn a_pipeline_says_which_rules_it_refuses() {
    let (_, problems) = compiled("logsources");
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(told.iter().any(|told| told.contains("a new service: no services here")), "{told:?}");
}

/// Rules, and a pipeline that stands in this folder.
fn with_pipeline(path: &str, pipeline: &str, rules: &str) -> (RuleSet, Vec<Problem>) {
    let pipeline = Document { path: path.to_owned(), text: pipeline.to_owned() };
    RuleSet::compile(&[
        Document { path: "a/b/rule.yml".to_owned(), text: rules.to_owned() },
        pipeline,
    ])
}

const RULE: &str =
    "title: r\nid: r\nlogsource: {product: x}\ndetection: {a: {f: 1}, condition: a}\n";
const PIPELINE: &str = "transformations: [{id: i, type: field_name_mapping, mapping: {f: g}}]\n";

#[test]
fn a_pipeline_is_for_the_rules_of_its_folder_and_below() {
    let reaches = |path: &str| with_pipeline(path, PIPELINE, RULE).0.field("g").is_some();
    assert!(reaches("a/b/p.yml") && reaches("a/p.yml"));
    assert!(!reaches("a/c/p.yml") && !reaches("b/p.yml") && !reaches("p.yml"));
    let (set, _) = with_pipeline("b/p.yml", PIPELINE, RULE);
    assert!(set.remarks()[0].to_string().contains("the pipeline changes no rule here"));
}

#[test]
fn a_correlation_counts_by_the_new_names() {
    let correlation = "---\ntitle: c\ncorrelation: {type: event_count, rules: [r], group-by: [f], \
                       timespan: 1m, condition: {gte: 2}}\n";
    let rules = format!("{RULE}{correlation}");
    let (set, problems) = with_pipeline("a/p.yml", PIPELINE, &rules);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(set.fields(), ["g"]);
    let several = PIPELINE.replace("f: g", "f: [g, h]");
    let (_, problems) = with_pipeline("a/p.yml", &several, &rules);
    assert!(problems[0].message.contains("gives `f` several names"), "{problems:?}");
}

#[test]
fn rules_beside_a_pipeline_that_cannot_be_used_are_left_out() {
    let broken = PIPELINE.replace("field_name_mapping", "field_name_maping");
    let (set, problems) = with_pipeline("a/p.yml", &broken, RULE);
    assert!(set.rules().is_empty());
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(told[0].starts_with("a/p.yml:1:"), "{told:?}");
    assert!(told[0].ends_with("did you mean `field_name_mapping`?"), "{told:?}");
    assert!(told[1].contains("1 rule of its folder and below is left out"), "{told:?}");
}

#[test]
fn a_mistyped_key_widens_nothing() {
    let conditions = "rule_condition: [{type: logsource, product: y}]";
    let mistyped = PIPELINE.replace("mapping:", &format!("{conditions}, mapping:"));
    let (set, problems) = with_pipeline("a/p.yml", &mistyped, RULE);
    assert!(set.rules().is_empty());
    assert!(problems[0].to_string().ends_with("did you mean `rule_conditions`?"), "{problems:?}");
    let inner =
        mistyped.replace("rule_condition:", "rule_conditions:").replace("product:", "prodct:");
    let (set, problems) = with_pipeline("a/p.yml", &inner, RULE);
    assert!(set.rules().is_empty());
    assert!(problems[0].to_string().ends_with("did you mean `product`?"), "{problems:?}");
    let (set, _) = with_pipeline("a/p.yml", "transformations: [{\n", RULE);
    assert!(set.rules().is_empty());
}

#[test]
fn a_step_that_lacks_something_is_told_and_not_passed_over() {
    let conditions = "detection_item_conditions: [{type: match_value, cond: any}]";
    for step in [
        &format!("{{type: drop_detection_item, {conditions}}}"),
        "{type: set_value}",
        "{type: set_custom_attribute, attribute: x}",
        "{type: convert_type, target_type: text}",
    ] {
        let (set, problems) =
            with_pipeline("a/p.yml", &format!("transformations: [{step}]\n"), RULE);
        assert!(set.rules().is_empty() && !problems.is_empty(), "{step}");
    }
}

#[test]
fn what_a_pipeline_makes_of_a_value_has_a_bound() {
    let doubled = "- {type: replace_string, regex: '(.+)', replacement: '\\1\\1'}\n".repeat(40);
    let mapped = "- {type: map_string, mapping: {x: [x, x]}}\n".repeat(40);
    let added = "- {type: add_condition, conditions: {g: 1}}\n".repeat(5_000);
    let rules = RULE.replace("f: 1", "f: x");
    for steps in [doubled, mapped] {
        let (set, problems) =
            with_pipeline("a/p.yml", &format!("transformations:\n{steps}"), &rules);
        assert!(set.rules().is_empty());
        assert!(problems[0].message.contains("too much of a value"), "{problems:?}");
    }
    let (set, problems) = with_pipeline("a/p.yml", &format!("transformations:\n{added}"), &rules);
    assert!(problems.is_empty() && set.rules().len() == 1, "{problems:?}");
}

#[test]
fn a_pipeline_runs_no_command_and_opens_no_file() {
    for kind in ["command_placeholders", "file_placeholders", "http_placeholders"] {
        let asked = format!("transformations: [{{id: i, type: {kind}, command: 'id > /tmp/x'}}]\n");
        let (set, problems) = with_pipeline("a/p.yml", &asked, RULE);
        let refused = problems.iter().any(|problem| problem.message.contains("is not known"));
        assert!(set.rules().is_empty() && refused, "{problems:?}");
    }
}
