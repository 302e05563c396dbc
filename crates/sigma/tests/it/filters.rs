//! Which rules filters restrict, and to what.

use serde_json::json;
use tocsin_sigma::RuleSet;

use crate::corpus::{documents, shared};
use crate::record::{compiled, document, matching};

const RULES: &str = "\
title: one
id: 11111111-1111-4111-8111-111111111111
logsource: {product: windows, category: process_creation}
detection: {s: {a: [1, 2]}, condition: 1 of s*}
---
title: two
name: second
logsource: {product: windows, category: process_creation}
detection: {s: {a: [1, 2]}, t: {b: x}, condition: s and not t}
---
title: other log
logsource: {product: windows, category: file_event}
detection: {s: {a: [1, 2]}, condition: s}
---
";

/// The rules with a filter for `rules`, of which `s` is what the administrators do.
fn filtered(rules: &str) -> String {
    format!(
        "{RULES}title: administrators\nlogsource: {{product: windows, category: process_creation}}
filter: {{rules: {rules}, s: {{user|startswith: adm_}}, condition: not s}}\n"
    )
}

#[test]
fn a_rule_holds_only_where_its_filters_do_too() {
    let set = compiled(&filtered("[11111111-1111-4111-8111-111111111111, second]"));
    assert_eq!(matching(&set, &json!({"a": 1, "user": "bob"})), ["one", "two", "other log"]);
    assert_eq!(matching(&set, &json!({"a": 2})), ["one", "two", "other log"]);
    assert_eq!(matching(&set, &json!({"a": 1, "user": "adm_bob"})), ["other log"]);
    assert_eq!(matching(&set, &json!({"a": 1, "b": "x"})), ["one", "other log"]);
    assert!(matching(&set, &json!({"a": 3, "user": "bob"})).is_empty());
}

#[test]
fn a_filter_is_for_the_rules_it_names_or_for_all_of_its_log_source() {
    let event = json!({"a": 1, "user": "adm_bob"});
    let cases =
        [("[second]", &["one", "other log"][..]), ("any", &["other log"]), ("[]", &["other log"])];
    for (rules, expected) in cases {
        assert_eq!(matching(&compiled(&filtered(rules)), &event), expected, "{rules}");
    }
}

#[test]
fn filters_add_up_wherever_they_stand() {
    let ours = filtered("any");
    let other = "title: other\nlogsource: {product: windows}
filter: {rules: any, s: {b: y}, condition: not s}\n";
    for text in [format!("{ours}---\n{other}"), format!("{other}---\n{ours}")] {
        let set = compiled(&text);
        assert!(matching(&set, &json!({"a": 1, "b": "y"})).is_empty());
        assert_eq!(matching(&set, &json!({"a": 1, "user": "adm_bob"})), ["other log"]);
    }
}

#[test]
fn a_filter_that_does_nothing_is_remarked_upon() {
    let correlation = "---\ntitle: many\nname: many\ncorrelation:
  {type: event_count, rules: [second], group-by: [a], timespan: 1m, condition: {gte: 9}}\n";
    let remark = |text: &str| {
        let set = compiled(text);
        set.remarks().iter().map(ToString::to_string).collect::<String>()
    };
    let unknown = remark(&filtered("[third]"));
    assert!(unknown.starts_with("test.yml:15:1: administrators: the filter fits no"), "{unknown}");
    let counted = remark(&format!("{}{correlation}", filtered("[many]")));
    assert!(counted.contains("name the rules that the correlation counts"), "{counted}");
    assert_eq!(remark(&filtered("any")), "");
}

#[test]
fn the_filters_of_the_specification_are_read() {
    let Some(data) = shared("sigma_specification/tests/schema/filter") else { return };
    let filters = documents(&data);
    assert!(!filters.is_empty());
    let (set, problems) = RuleSet::compile(&filters);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(set.remarks().len(), filters.len(), "{:?}", set.remarks());
}

#[test]
fn the_first_filter_of_the_specification_restricts_the_rule_it_names() {
    let Some(data) = shared("sigma_specification/tests/schema/filter") else { return };
    let mut documents = documents(&data);
    documents.push(document(
        "title: rar\nid: 6f3e2987-db24-4c78-a860-b4f4095a7095
logsource: {product: windows, category: process_creation}
detection: {s: {Image|endswith: '\\rar.exe'}, condition: s}\n",
    ));
    let (set, problems) = RuleSet::compile(&documents);
    assert!(problems.is_empty(), "{problems:?}");
    let event = |user: &str| json!({"Image": "C:\\rar.exe", "User": user});
    assert_eq!(matching(&set, &event("adm_x")), ["rar"]);
    assert!(matching(&set, &event("bob")).is_empty());
}
