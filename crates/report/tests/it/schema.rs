//! OCSF findings against the published schema.

use std::io::Read;

use serde_json::Value;
use tocsin_report::ocsf;

use crate::sample;

const SCHEMA: &str = "../../../shared/data/ocsf/ocsf_schema_subset.json.gz";

#[test]
fn findings_are_valid_ocsf() {
    let Some(schema) = read_schema() else {
        eprintln!("skipped: no OCSF schema at {SCHEMA}");
        return;
    };
    let class = &schema["classes"]["detection_finding"];
    for line in ocsf(&sample::scan()) {
        let finding: Value = serde_json::from_str(&line).unwrap();
        let mut problems = Vec::new();
        check(&schema, class, &finding, "finding", &mut problems);
        assert!(problems.is_empty(), "{problems:#?}");
    }
    let mut problems = Vec::new();
    check(&schema, class, &serde_json::json!({ "time": "noon" }), "empty", &mut problems);
    assert!(problems.len() > 5, "the check itself must find faults");
}

fn read_schema() -> Option<Value> {
    let packed = std::fs::File::open(SCHEMA).ok()?;
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

fn check(schema: &Value, class: &Value, value: &Value, path: &str, problems: &mut Vec<String>) {
    let (Some(attributes), Some(object)) = (class["attributes"].as_object(), value.as_object())
    else {
        return problems.push(format!("{path} is no object"));
    };
    for (name, attribute) in attributes {
        // Attributes of a profile are required only of events that declare the profile.
        let required = attribute["requirement"] == "required" && attribute["profile"].is_null();
        if required && !object.contains_key(name) {
            problems.push(format!("{path}.{name} is missing"));
        }
    }
    if let Some(any) = class["constraints"]["at_least_one"].as_array() {
        let met = any.iter().any(|name| object.contains_key(name.as_str().unwrap_or_default()));
        if !met {
            problems.push(format!("{path} has none of {any:?}"));
        }
    }
    for (name, value) in object {
        match attributes.get(name) {
            None => problems.push(format!("{path}.{name} is unknown")),
            Some(attribute) if !attribute["profile"].is_null() => {
                problems.push(format!("{path}.{name} needs a profile"));
            }
            Some(attribute) => {
                member(schema, attribute, value, &format!("{path}.{name}"), problems)
            }
        }
    }
}

fn member(
    schema: &Value,
    attribute: &Value,
    value: &Value,
    path: &str,
    problems: &mut Vec<String>,
) {
    if attribute["is_array"] == true {
        let Some(items) = value.as_array() else {
            return problems.push(format!("{path} is no array"));
        };
        let mut one = attribute.clone();
        one["is_array"] = Value::Bool(false);
        return items.iter().for_each(|item| member(schema, &one, item, path, problems));
    }
    let kind = attribute["type"].as_str().unwrap_or_default();
    if let Some(object) = schema["objects"].get(kind).filter(|_| kind != "object") {
        return check(schema, object, value, path, problems);
    }
    let known =
        attribute["enum"].as_object().is_none_or(|known| known.contains_key(&value.to_string()));
    let fits = match kind {
        "integer_t" | "long_t" | "timestamp_t" | "port_t" => value.is_i64() || value.is_u64(),
        "boolean_t" => value.is_boolean(),
        "float_t" => value.is_number(),
        "json_t" | "object" => true,
        _ => value.is_string(),
    };
    if !fits || (!known && !value.is_string()) {
        problems.push(format!("{path} cannot be {value}"));
    }
}
