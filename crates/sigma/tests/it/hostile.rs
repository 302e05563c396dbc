//! Rule text is input: whatever it is, it compiles or is reported, and never panics.

use proptest::prelude::*;
use serde_json::json;
use tocsin_sigma::RuleSet;

use crate::record::{document, matching};

/// Compiles and, where something compiled, runs it.
fn survives(text: &str) {
    let (set, problems) = RuleSet::compile(&[document(text)]);
    matching(&set, &json!({ "a": "x", "b": [1, null], "Image": "ü\\cmd.exe" }));
    for problem in problems {
        assert!(!problem.message.is_empty() && !problem.remedy.is_empty());
    }
}

/// Fragments that rules are made of, and what breaks them.
fn fragments() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "title: t",
        "detection:",
        "condition:",
        "correlation:",
        "rules:",
        "selection:",
        "1 of",
        "them",
        "all",
        "not",
        "(",
        ")",
        "|",
        "|re",
        "|cidr",
        "|windash",
        "|base64offset",
        "a",
        "*",
        "?",
        "\\",
        "%x%",
        "\n",
        "\n  ",
        "\n    ",
        "- ",
        ": ",
        "---\n",
        "&x ",
        "*x",
        "[",
        "]",
        "{",
        "}",
        "'",
        "\"",
        "null",
        "1",
        "-0",
        "1e999",
        "timespan: 1m",
        "gte: ",
        "ü",
        "\t",
        "#",
        "logsource: {}",
        "tests:",
        "aliases:",
        "group-by:",
        "!!str ",
        "? ",
        "<<",
        "\u{0}",
    ]);
    prop::collection::vec(words, 0..40).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn any_text_is_survived(text in any::<String>()) {
        survives(&text);
    }

    #[test]
    fn any_arrangement_of_fragments_is_survived(text in fragments()) {
        survives(&text);
    }

    #[test]
    fn any_value_under_any_modifier_is_survived(
        modifier in "(contains|startswith|re|cidr|windash|base64offset|wide|cased|all|fieldref|gt)",
        value in any::<String>(),
    ) {
        let detection = json!({ "s": { (format!("a|{modifier}")): [value] }, "condition": "s" });
        let rule = json!({ "title": "t", "logsource": { "product": "x" }, "detection": detection });
        survives(&rule.to_string());
    }
}
