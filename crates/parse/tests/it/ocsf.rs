//! Events against the OCSF schema: known attributes, their types and values, what is required,
//! and the constraints. A subset of the schema lies beside the workspace.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};
use tocsin_event::ocsf;

use crate::reading::{Parsed, shared};

struct Schema {
    root: Value,
    /// What all classes have, which is what the base class has.
    base: Map<String, Value>,
}

impl Schema {
    fn load() -> Option<Schema> {
        let path = shared("ocsf/ocsf_schema_subset.json.gz")?;
        let file = flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap());
        let root: Value = serde_json::from_reader(file).unwrap();
        let classes: Vec<_> = root["classes"].as_object().unwrap().values().collect();
        let mut base = classes[0]["attributes"].as_object().unwrap().clone();
        base.retain(|name, _| classes.iter().all(|class| class["attributes"].get(name).is_some()));
        // Their values are a class's own.
        for name in ["activity_id", "class_uid", "category_uid", "type_uid"] {
            base[name].as_object_mut().unwrap().remove("enum");
        }
        Some(Schema { root, base })
    }

    fn event(&self, event: &Value) -> Vec<String> {
        let mut problems = Vec::new();
        let uid = &event["class_uid"];
        let class = self.root["classes"].as_object().unwrap().values().find(|c| &c["uid"] == uid);
        match class {
            Some(class) => {
                let attributes = class["attributes"].as_object().unwrap();
                self.object("", (attributes, &class["constraints"]), event, &mut problems);
            }
            None if uid == 0 => self.object("", (&self.base, &Value::Null), event, &mut problems),
            None => problems.push(format!("class {uid} is not in the schema")),
        }
        problems
    }

    fn object(
        &self,
        path: &str,
        (attributes, constraints): (&Map<String, Value>, &Value),
        object: &Value,
        problems: &mut Vec<String>,
    ) {
        let Some(members) = object.as_object() else {
            return problems.push(format!("{path}: no object"));
        };
        for (name, attribute) in attributes {
            let required = attribute["requirement"] == "required" && attribute["profile"].is_null();
            if required && !members.contains_key(name) {
                problems.push(format!("{path}.{name} is required"));
            }
        }
        for (kind, names) in constraints.as_object().into_iter().flatten() {
            let names = names.as_array().into_iter().flatten().filter_map(Value::as_str);
            let count = names.filter(|name| members.contains_key(*name)).count();
            if count == 0 || (kind == "just_one" && count > 1) {
                problems.push(format!("{path}: {kind} of its names, found {count}"));
            }
        }
        for (name, value) in members {
            let path = format!("{path}.{name}");
            match attributes.get(name) {
                Some(attribute) => self.attribute(&path, attribute, value, problems),
                None => problems.push(format!("{path} is unknown")),
            }
        }
    }

    fn attribute(&self, path: &str, attribute: &Value, value: &Value, problems: &mut Vec<String>) {
        match value {
            Value::Array(elements) if attribute["is_array"] == true => {
                elements.iter().for_each(|e| self.single(path, attribute, e, problems));
            }
            Value::Array(_) => problems.push(format!("{path} is an array")),
            _ if attribute["is_array"] == true => problems.push(format!("{path} is no array")),
            _ => self.single(path, attribute, value, problems),
        }
    }

    fn single(&self, path: &str, attribute: &Value, value: &Value, problems: &mut Vec<String>) {
        let kind = attribute["type"].as_str().unwrap_or_default();
        if kind == "object" || kind == "json_t" {
            return;
        }
        if let Some(object) = self.root["objects"].get(kind) {
            let attributes = object["attributes"].as_object().unwrap();
            return self.object(path, (attributes, &object["constraints"]), value, problems);
        }
        let Some(primitive) = self.root["types"].get(kind) else {
            return problems.push(format!("{path}: no type {kind}"));
        };
        let base = primitive["type"].as_str().unwrap_or(kind);
        let fits = match base {
            "string_t" => value.is_string(),
            "integer_t" | "long_t" => value.is_i64() || value.is_u64(),
            "float_t" => value.is_number(),
            "boolean_t" => value.is_boolean(),
            _ => false,
        };
        if !fits {
            problems.push(format!("{path}: {value} is no {kind}"));
        }
        if kind == "ip_t"
            && value.as_str().is_none_or(|text| text.parse::<std::net::IpAddr>().is_err())
        {
            problems.push(format!("{path}: {value} is no address"));
        }
        if let Some(range) = primitive["range"].as_array() {
            let number = value.as_i64().unwrap_or(-1);
            if number < range[0].as_i64().unwrap() || number > range[1].as_i64().unwrap() {
                problems.push(format!("{path}: {value} is out of range"));
            }
        }
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if attribute["enum"].as_object().is_some_and(|known| !known.contains_key(&text)) {
            problems.push(format!("{path}: {value} is none of its values"));
        }
    }
}

/// Every event of the text against the schema; problems with how often each was found.
fn check(
    schema: &Schema,
    parsed: &Parsed,
    problems: &mut BTreeMap<String, (usize, String)>,
) -> usize {
    let mut json = Vec::new();
    for event in parsed.batch.iter() {
        json.clear();
        ocsf::write(&event, &mut json);
        let value: Value = serde_json::from_slice(&json).unwrap();
        for problem in schema.event(&value) {
            let problem = format!("class {}: {problem}", value["class_uid"]);
            let line = String::from_utf8_lossy(&json).into_owned();
            problems.entry(problem).or_insert((0, line)).0 += 1;
        }
    }
    parsed.batch.len()
}

fn logs(path: &Path, found: &mut Vec<std::path::PathBuf>) {
    if path.is_dir() {
        std::fs::read_dir(path).unwrap().for_each(|entry| logs(&entry.unwrap().path(), found));
    } else {
        found.push(path.to_owned());
    }
}

fn text(path: &Path) -> Parsed {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).unwrap();
    if path.extension().is_some_and(|e| e == "gz") {
        // A sample is enough of the large ones.
        flate2::read::GzDecoder::new(file).take(4 << 20).read_to_end(&mut bytes).unwrap();
    } else {
        file.take(4 << 20).read_to_end(&mut bytes).map(drop).unwrap();
    }
    Parsed::text(&String::from_utf8_lossy(&bytes))
}

#[test]
fn every_event_is_valid_ocsf() {
    let Some(schema) = Schema::load() else { return };
    let mut paths = Vec::new();
    logs(Path::new("src/formats"), &mut paths);
    for folder in
        ["auth_ssh", "fail2ban_cases/logs", "crowdsec_cases/tests", "auditd", "linux_host_attacks"]
    {
        shared(folder).iter().for_each(|folder| logs(folder, &mut paths));
    }
    let mut problems = BTreeMap::new();
    let events: usize = paths.iter().map(|path| check(&schema, &text(path), &mut problems)).sum();
    let told: Vec<_> =
        problems.iter().map(|(p, (n, line))| format!("{n} x {p}\n  {line}")).collect();
    assert!(told.is_empty(), "of {events} events:\n{}", told.join("\n"));
    assert!(events > 100);
}

#[test]
fn the_check_finds_what_is_wrong() {
    let Some(schema) = Schema::load() else { return };
    let event = serde_json::json!({
        "class_uid": 3002, "category_uid": 3, "activity_id": 42, "type_uid": 300242, "severity_id": 1,
        "time": "today", "metadata": {"version": "1", "product": {}}, "nonsense": 1,
        "service": {"name": "x"}, "src_endpoint": {"port": 70000, "ip": "1.2.3"},
    });
    let problems = schema.event(&event).join("; ");
    for expected in [
        ".user is required",
        ".activity_id: 42 is none",
        ".time: \"today\" is no timestamp_t",
        ".metadata.product: at_least_one",
        ".nonsense is unknown",
        ".port: 70000 is out of range",
        ".ip: \"1.2.3\" is no address",
        ".src_endpoint: at_least_one",
    ] {
        assert!(problems.contains(expected), "{expected} not in {problems}");
    }
}
