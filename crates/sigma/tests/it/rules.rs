//! What rules match: the specification, sentence by sentence.

use serde_json::{Value as Json, json};
use tocsin_sigma::{
    Attribute, Level, LogSource, Placeholders, RuleIndex, RuleSet, Scratch, Status,
};

use crate::record::{JsonRecord, compiled, document, holds, matching, rule};

/// One field item, `a` being the only field of the record.
fn item(item: &str, value: Json) -> bool {
    holds(&format!("s: {{{item}}}\ncondition: s"), &json!({ "a": value }))
}

fn problem(text: &str) -> String {
    let (_, problems) = RuleSet::compile(&[document(text)]);
    problems.first().map(ToString::to_string).unwrap_or_default()
}

#[test]
fn values_are_compared_without_case_unless_cased() {
    assert!(item("a: Foo", json!("fOO")));
    assert!(item("a: ÄÖ", json!("äö")));
    assert!(!item("a: Foo", json!("Foo ")));
    assert!(item("a|cased: Foo", json!("Foo")));
    assert!(!item("a|cased: Foo", json!("foo")));
    assert!(item("a|contains|cased: 'o*B'", json!("Foo Bar")));
    assert!(!item("a|contains|cased: 'o*b'", json!("Foo Bar")));
}

#[test]
fn text_modifiers_place_their_value() {
    assert!(item("a|contains: ell", json!("Hello")));
    assert!(item("a|startswith: HE", json!("Hello")));
    assert!(item("a|endswith: '\\cmd.exe'", json!("C:\\Windows\\CMD.exe")));
    assert!(!item("a|startswith: ell", json!("Hello")));
    assert!(item("a|contains|all: [foo, bar]", json!("bar foo")));
    assert!(!item("a|contains|all: [foo, bar]", json!("foo")));
    assert!(item("a: 'prog?.exe'", json!("progA.exe")));
    assert!(!item("a: 'prog?.exe'", json!("prog.exe")));
    assert!(item("a: 'x\\*y'", json!("x*y")));
    assert!(!item("a: 'x\\*y'", json!("xzy")));
}

#[test]
fn numbers_and_texts_meet() {
    assert!(item("a: 4625", json!(4625)));
    assert!(item("a: 4625", json!("4625")));
    assert!(item("a: '4625'", json!(4625)));
    assert!(item("a: '46*'", json!(4625)));
    assert!(item("a: [1, 2, 4625]", json!(4625)));
    assert!(!item("a: 4625", json!(462)));
    assert!(item("a|gte: 10", json!("10")));
    assert!(item("a|lt: 10.5", json!(10)));
    assert!(!item("a|gt: 10", json!(10)));
    assert!(!item("a|gt: 10", json!("many")));
    assert!(item("a: true", json!("True")));
    assert!(item("a: 'true'", json!(true)));
}

#[test]
fn null_empty_and_missing_differ_as_the_specification_says() {
    let missing = json!({ "b": 1 });
    let on_missing = |item: &str| holds(&format!("s: {{{item}}}\ncondition: s"), &missing);
    assert!(item("a: null", json!(null)));
    assert!(on_missing("a: null"));
    assert!(!item("a: null", json!("")));
    assert!(item("a: ''", json!("")));
    assert!(!item("a: ''", json!(null)));
    assert!(!on_missing("a: ''"));
    assert!(!on_missing("a: '*'"));
    assert!(item("a: '*'", json!("")));
    assert!(item("a|exists: true", json!(null)));
    assert!(item("a|exists: true", json!([])));
    assert!(on_missing("a|exists: false"));
    assert!(!on_missing("a|exists: true"));
    assert!(item("a|neq: x", json!("y")));
    assert!(!item("a|neq: [x, y]", json!("Y")));
    assert!(on_missing("a|neq: x"));
}

#[test]
fn any_element_of_a_list_is_enough() {
    assert!(item("a: x", json!(["y", "X"])));
    assert!(item("a: 3", json!([1, 3])));
    assert!(item("a|contains|all: [xx, yy]", json!(["xx", "yy"])));
    assert!(item("a|re: '^y$'", json!(["x", "y"])));
    assert!(!item("a: z", json!(["y", "X"])));
}

#[test]
fn regexes_are_searched_with_case_and_flags() {
    assert!(item("a|re: 'f.o'", json!("a foo")));
    assert!(!item("a|re: 'F.o'", json!("a foo")));
    assert!(item("a|re|i: 'F.o'", json!("a foo")));
    assert!(item("a|re|m: '^b$'", json!("a\nb\nc")));
    assert!(item("a|re|s: 'a.b'", json!("a\nb")));
    assert!(!item("a|re: 'a.b'", json!("a\nb")));
}

#[test]
fn networks_hold_addresses() {
    assert!(item("a|cidr: 192.168.0.0/16", json!("192.168.3.4")));
    assert!(item("a|cidr: ['10.0.0.0/8', '2001:db8::/32']", json!("2001:db8::1")));
    assert!(!item("a|cidr: 192.168.0.0/16", json!("192.169.3.4")));
    assert!(!item("a|cidr: 192.168.0.0/16", json!("host")));
}

#[test]
fn encoded_values_are_found() {
    // echo -n "foobar" | base64, and the same behind one byte.
    assert!(item("a|base64: foobar", json!("Zm9vYmFy")));
    assert!(item("a|base64offset|contains: foobar", json!("xxeGZvb2Jhcnl5")));
    assert!(item("a|wide|base64|contains: cmd", json!("YwBtAGQA")));
    assert!(item("a|wide: cmd", json!("c\u{0}m\u{0}d\u{0}")));
}

#[test]
fn every_dash_stands_for_every_other() {
    for dash in ["-", "/", "\u{2013}", "\u{2014}", "\u{2015}"] {
        let line = format!("cmd {dash}c x");
        assert!(item("a|contains|windash: ' -c '", json!(line)), "{line}");
        assert!(item("a|windash|contains: ' /c '", json!(line)), "{line}");
    }
    assert!(!item("a|contains|windash: ' -c '", json!("cmd +c x")));
}

#[test]
fn fields_are_compared_with_each_other() {
    let record = json!({ "a": "Bob", "b": "bob", "c": "bobby", "n": 1, "m": "1" });
    let holds = |item: &str| holds(&format!("s: {{{item}}}\ncondition: s"), &record);
    assert!(holds("a|fieldref: b"));
    assert!(!holds("a|fieldref|cased: b"));
    assert!(holds("c|fieldref|startswith: a"));
    assert!(holds("n|fieldref: m"));
    assert!(holds("a|fieldref|neq: c"));
    assert!(!holds("a|fieldref: missing"));
}

#[test]
fn keywords_search_the_whole_record() {
    let record = json!({ "msg": "Service svchost.exe -n EVIL", "id": 7 });
    assert!(holds("k: [nothing, 'svchost.exe -n evil']\ncondition: k", &record));
    assert!(holds("k: evil\ncondition: k", &record));
    assert!(holds("k:\n  '|all': [svchost, evil]\ncondition: k", &record));
    assert!(!holds("k:\n  '|all': [svchost, good]\ncondition: k", &record));
    assert!(holds("k: ['svc*evil']\ncondition: k", &record));
    assert!(holds("k:\n  '|re': 'svc[a-z]+'\ncondition: k", &record));
}

#[test]
fn lists_of_maps_are_alternatives_and_maps_are_conjunctions() {
    let detection = "s:\n  - a: 1\n    b: 2\n  - c: 3\n  - word\ncondition: s";
    assert!(holds(detection, &json!({ "a": 1, "b": 2 })));
    assert!(holds(detection, &json!({ "c": 3 })));
    assert!(holds(detection, &json!({ "d": "a word" })));
    assert!(!holds(detection, &json!({ "a": 1 })));
}

#[test]
fn conditions_combine_selections() {
    let text = |condition: &str| {
        format!("s1: {{a: 1}}\ns2: {{b: 1}}\n_x: {{c: 1}}\nf_1: {{d: 1}}\ncondition: {condition}")
    };
    let cases = [
        ("s1 and not s2", json!({ "a": 1 }), true),
        ("s1 and not s2", json!({ "a": 1, "b": 1 }), false),
        ("1 of s*", json!({ "b": 1 }), true),
        ("all of s*", json!({ "b": 1 }), false),
        ("2 of them", json!({ "a": 1, "b": 1 }), true),
        ("2 of them", json!({ "a": 1, "c": 1 }), false),
        ("1 of them", json!({ "c": 1 }), false),
        ("_x", json!({ "c": 1 }), true),
        ("any of s* and not 1 of f_*", json!({ "a": 1, "d": 1 }), false),
        ("s1 or s2 and _x", json!({ "a": 1 }), true),
        ("[s1, s2]", json!({ "b": 1 }), true),
    ];
    for (condition, record, expected) in cases {
        assert_eq!(holds(&text(condition), &record), expected, "{condition} on {record}");
    }
}

#[test]
fn placeholders_are_replaced_or_reported() {
    let text = rule("s: {a|expand: 'pre-%admins%'}\ncondition: s");
    assert!(problem(&text).contains("the placeholder `%admins%` has no value"));
    let mut placeholders = Placeholders::new();
    placeholders.set("admins", vec!["root".into(), "adm*".into()]);
    let (set, problems) = RuleSet::compile_with(&[document(&text)], &placeholders);
    assert!(problems.is_empty());
    assert_eq!(matching(&set, &json!({ "a": "pre-admin7" })).len(), 1);
    assert!(matching(&set, &json!({ "a": "admin7" })).is_empty());
}

#[test]
fn a_route_holds_the_rules_whose_source_covers_the_log() {
    let source = |title: &str, source: &str| {
        format!("title: {title}\nlogsource: {source}\ndetection: {{s: {{a: 1}}, condition: s}}\n")
    };
    let text = [
        source("linux", "{product: linux}"),
        source("sshd", "{product: linux, service: sshd}"),
        source("process", "{category: process_creation}"),
        source("windows", "{product: windows}"),
    ];
    let set = compiled(&text.join("---\n"));
    let routed = |product: &str, category: Option<&str>, service: Option<&str>| {
        let route = set.route(&LogSource {
            product: Some(product.to_owned()),
            category: category.map(str::to_owned),
            service: service.map(str::to_owned),
        });
        let titles = route.rules().iter().filter_map(|i| set.rule(*i)).map(|r| r.title.as_str());
        titles.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(routed("linux", None, Some("sshd")), "linux sshd");
    assert_eq!(routed("Linux", Some("process_creation"), None), "linux process");
    assert_eq!(routed("windows", None, None), "windows");
}

#[test]
fn a_match_is_explained_by_its_selections() {
    let set = compiled(&rule("one: {a: 1}\ntwo: {b: 1}\nno: {c: 1}\ncondition: one and not no"));
    let record = JsonRecord::new(&set, &json!({ "a": 1, "b": 1 }));
    let mut scratch = Scratch::new();
    let outcomes: Vec<_> = set.explain(RuleIndex(0), &record, &mut scratch).collect();
    let told = outcomes.iter().map(|o| (o.selection, o.holds, o.fields.len()));
    assert_eq!(told.collect::<Vec<_>>(), [("one", true, 1), ("two", true, 1), ("no", false, 1)]);
}

#[test]
fn a_rule_keeps_what_it_says_about_itself() {
    let text = "
title: A Title
id: 545a5da6-f103-4919-a519-e9aec1026ee4
name: a_title
status: test
description: words
references: [https://example.org]
author: Some One
date: 2017-05-09
tags: [attack.credential-access, attack.t1110.001, attack.t1003, cve.2021-44228]
logsource: {product: linux, service: sshd}
detection: {s: {a: 1}, condition: s}
falsepositives: [a string]
level: high
tocsin: {weight: 3, notes: [x]}
tests:
    format: sshd
    match: [one, two]
    ignore: [three]
";
    let set = compiled(text);
    let rule = set.rule(RuleIndex(0)).unwrap();
    assert_eq!((rule.level, rule.status), (Level::High, Some(Status::Test)));
    assert_eq!(rule.techniques, ["T1110.001", "T1003"]);
    assert_eq!(rule.date.as_deref(), Some("2017-05-09"));
    assert_eq!(rule.custom["tocsin"].get("weight"), Some(&Attribute::Int(3)));
    assert_eq!(rule.custom.len(), 1);
    assert_eq!(rule.tests.matching, ["one", "two"]);
    assert_eq!(rule.tests.ignored, ["three"]);
    assert_eq!(rule.tests.format.as_deref(), Some("sshd"));
    assert!(rule.standalone);
}

#[test]
fn each_problem_names_its_position_and_its_remedy() {
    let detection = |line: &str| rule(&format!("{line}\ncondition: s"));
    let filter = |entries: &str| format!("title: x\nlogsource: {{}}\nfilter: {{{entries}}}\n");
    let cases = [
        (
            detection("s: {a|contians: 1}"),
            "test.yml:4:7: t: unknown modifier `contians`; did you mean",
        ),
        (
            detection("s: {a|re: '(?=x)'}"),
            "test.yml:4:13: t: the regular expression cannot be compiled",
        ),
        (detection("s: {a|cidr: 10.0.0.0/99}"), "is not a network"),
        (detection("s: {a|gt: x}"), "not a number"),
        (detection("s: {a|exists: 1}"), "`exists` takes"),
        (detection("s: {a: []}"), "`a` has no value"),
        (detection("s: {}"), "a selection is empty"),
        (detection("s: {a: {b: 1}}"), "a value of `a` is a mapping"),
        (detection("sel: {a: 1}"), "test.yml:5:14: t: the condition names no selection `s`"),
        (rule("s: {a: 1}\ncondition: 1 of x*"), "`x*` fits 0 selections"),
        (rule("s: {a: 1}\ncondition: s | count() > 5"), "count with a correlation"),
        (rule("s: {a: 1}"), "has no `condition`"),
        (format!("{}level: hihg\n", rule("s: {a: 1}\ncondition: s")), "did you mean `high`?"),
        ("title: x\n".to_owned(), "neither a rule, a correlation nor a filter"),
        ("logsource: {product: x}\ndetection: {s: {a: 1}, condition: s}".to_owned(), "no title"),
        (filter("s: {a: 1}, condition: s"), "does not say which rules it is for"),
        (filter("rules: [a], s: {a: 1}"), "has no `condition`"),
        (filter("rules: [a], s: {a: 1}, condition: [s, not s]"), "more than one condition"),
        (filter("rules: [a], s: {a|re: '('}, condition: s"), "expression cannot be compiled"),
        ("a: [1\n".to_owned(), "the YAML cannot be read"),
        ("a: 1\na: 2\n".to_owned(), "test.yml:2:1: the YAML cannot be read: the key `a` appears"),
    ];
    for (text, expected) in cases {
        let found = problem(&text);
        assert!(found.contains(expected), "wanted {expected}\nfound {found}");
    }
}

#[test]
fn all_problems_are_reported_at_once_and_good_rules_stay() {
    let bad = rule("s: {a|x: 1, b|cidr: z}\ncondition: t");
    let good = "title: good\nlogsource: {product: x}\ndetection: {s: {a: 1}, condition: s}\n";
    let text = format!("{bad}---\n{good}---\n{good}");
    let (set, problems) = RuleSet::compile(&[document(&text)]);
    assert_eq!(set.rules().len(), 1);
    let places: Vec<_> = problems.iter().map(|problem| problem.position.to_string()).collect();
    assert_eq!(places, [":4:7", ":4:23", ":5:14", ":11:1"], "{problems:?}");
    assert!(problems[3].message.contains("already the id or name of test.yml:7"));
}
