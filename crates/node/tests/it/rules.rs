//! `rules list`, `check` and `test` tell what is wrong, and where.

use tocsin_node::{content, rules};
use tocsin_sigma::{Document, RuleSet};

const WRONG: &str = "title: Failed sign-in
id: 00000000-0000-4000-8000-000000000001
name: failed
tags: [attack.t1086]
logsource: {product: ocsf, category: authentication}
detection: {failed: {status_id: 2}, condition: failed}
tests:
  match:
    - 'Nov 21 10:00:00 web01 sshd[7]: Failed password for root from 192.0.2.1 port 4000 ssh2'
    - 'Nov 21 10:00:00 web01 sshd[7]: Accepted password for root from 192.0.2.1 port 4000 ssh2'
---
title: Guessing
id: 00000000-0000-4000-8000-000000000002
level: medium
correlation:
  type: event_count
  rules: [failed]
  group-by: [src_endpoint]
  timespan: 10m
  condition: {gte: 2}
tests:
  - lines:
      - 'Nov 21 10:00:01 web01 sshd[7]: Failed password for root from 192.0.2.1 port 4000 ssh2'
    expect: 1
---
title: Silent
id: 00000000-0000-4000-8000-000000000003
logsource: {product: ocsf}
detection: {any: {status_id: 3}, condition: any}
---
title: Unreadable
id: 00000000-0000-4000-8000-000000000004
logsource: {product: ocsf}
detection: {any: {status_id|contians: 3}, condition: any}
";

fn documents() -> Vec<Document> {
    vec![Document { path: "wrong.yaml".to_owned(), text: WRONG.to_owned() }]
}

#[test]
fn a_rule_that_cannot_be_used_and_an_example_that_fails_are_told_with_their_line() {
    let tested = rules::test(&documents()).unwrap();
    let wrong = tested.problems.iter().chain(&tested.failures);
    let places: Vec<_> = wrong.map(|f| (f.position.line, f.message.as_str())).collect();
    assert_eq!((tested.problems.len(), places.len()), (1, 3), "{tested}");
    assert!(matches!(places[0], (34, message) if message.contains("`contians`")));
    assert!(matches!(places[1], (10, message) if message.starts_with("does not match")));
    assert!(matches!(places[2], (22, message) if message.starts_with("makes 0 findings")));
    assert_eq!(tested.untested, ["Silent"]);
}

#[test]
fn problems_and_unknown_techniques_are_told_with_their_remedy() {
    let check = rules::check(&documents(), &content::attack());
    assert!(!check.passed());
    let told = check.to_string();
    assert!(told.contains("wrong.yaml:34") && told.contains("did you mean `contains`?"), "{told}");
    assert!(told.contains("T1086 is no technique of the ATT&CK known here"), "{told}");
}

#[test]
fn the_list_shows_what_each_rule_is() {
    let list = rules::list(&RuleSet::compile(&documents()).0);
    let kinds: Vec<_> = list.0.iter().map(|entry| (entry.kind.name(), entry.examples)).collect();
    assert_eq!(kinds, [("base", 2), ("rule", 0), ("correlation", 1)]);
    assert!(list.to_string().contains("medium        correlation Guessing"), "{list}");
}

#[test]
fn the_rule_that_the_guide_shows_can_be_used() {
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../../content/README.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    let lines = guide.lines().skip_while(|line| *line != "    title: Sign-in with a password");
    let lines = lines.take_while(|line| !line.starts_with('`'));
    let text: String =
        lines.map(|line| line.strip_prefix("    ").unwrap_or(line).to_owned() + "\n").collect();
    let document = content::Document { path: "guide.yaml".to_owned(), text };
    let tested = rules::test(&[document]).unwrap();
    assert!(tested.passed() && tested.examples == 3, "{tested}");
}

#[test]
fn what_is_nearly_a_key_or_a_class_is_remarked_on() {
    let text = "title: T\nlogsource: {product: ocsf, category: authentification}\nlevel: low\n\
                flieds: [user.nmae]\nvendor: x\ndetection: {a: {stauts_id: 2}, condition: a}\n";
    let document = content::Document { path: "t.yaml".to_owned(), text: text.to_owned() };
    let told = rules::check(&[document], &content::attack());
    let remedies: Vec<_> = told.remarks.iter().map(|remark| remark.remedy.as_str()).collect();
    assert_eq!(remedies.len(), 3, "{told}");
    assert_eq!(remedies[0], "did you mean `fields`?");
    assert!(remedies[1].starts_with("use one of base_event, file_activity"), "{told}");
    assert_eq!(remedies[2], "did you mean `status_id`?");
}

#[test]
fn fields_that_are_nearly_an_attribute_are_remarked_on() {
    let text = "title: T\nlogsource: {product: ocsf, category: authentication}\nlevel: low\ndetection:\n  \
                a:\n    src_endpont.ip: 192.0.2.1\n    user.name|contains: x\n    stage: 1\n  condition: a\n";
    let document = content::Document { path: "t.yaml".to_owned(), text: text.to_owned() };
    let remarks = rules::check(&[document], &content::attack()).remarks;
    let [remark] = remarks.try_into().unwrap();
    assert_eq!(
        (remark.position.line, remark.remedy.as_str()),
        (6, "did you mean `src_endpoint.ip`?")
    );
}

#[test]
fn rules_may_name_those_inside_the_binary() {
    let text = "title: The backup reads them\nlogsource: {product: ocsf}\nfilter:\n  \
                rules: [passwords_read]\n  b: {actor.user.name: backup}\n  condition: not b\n---\n\
                title: Many\nname: many\ncorrelation:\n  type: event_count\n  \
                rules: [passwords_read]\n  group-by: [src_endpoint.ipp]\n  timespan: 1h\n  \
                condition: {gte: 3}\n";
    let own = Document { path: "own.yaml".to_owned(), text: text.to_owned() };
    let check = rules::check(&[own], &content::attack());
    assert_eq!((check.rules, check.correlations), (0, 1));
    assert!(check.passed(), "{check}");
    let remarks: Vec<_> = check.remarks.iter().map(ToString::to_string).collect();
    assert_eq!(remarks.len(), 1, "{check}");
    assert!(remarks[0].starts_with("own.yaml:13:14: `src_endpoint.ipp`"), "{check}");
}

#[test]
fn words_that_are_nearly_known_and_what_nothing_asks_for_are_remarked_on() {
    let text = "title: T\ndate: 2026-99-99\nmodified: 2026/11/28\nlogsource: {product: lnux, service: x}\n\
                tags: [attack.persistance, attack.t1110, cve.2021-44228]\nlevle: high\ndetection:\n  \
                a: {x: 1}\n  forgotten: {y: 1}\n  condition: a\n";
    let own = Document { path: "own.yaml".to_owned(), text: text.to_owned() };
    let check = rules::check(&[own], &content::attack());
    let places: Vec<_> = check.remarks.iter().map(|remark| remark.position.to_string()).collect();
    assert_eq!(places, [":6:1", ":5:15", ":4:22", ":2:7", ":9:3"], "{check}");
}
