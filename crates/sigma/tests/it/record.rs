//! A record made of JSON, for tests.

use serde_json::Value as Json;
use tocsin_sigma::{Document, FieldId, Items, Record, RuleSet, Scratch, Value};

pub(crate) struct JsonRecord {
    values: Vec<Option<JsonItem>>,
    text: String,
}

struct JsonItem(Json);

impl JsonRecord {
    /// Resolves the rule set's fields in `json`: by path with dots, first as one key.
    pub(crate) fn new(set: &RuleSet, json: &Json) -> Self {
        let values = set.fields().iter().map(|name| find(json, name).cloned().map(JsonItem));
        JsonRecord { values: values.collect(), text: json.to_string() }
    }
}

pub(crate) fn find<'a>(json: &'a Json, name: &str) -> Option<&'a Json> {
    json.get(name).or_else(|| name.split('.').try_fold(json, |node, key| node.get(key)))
}

impl Record for JsonRecord {
    fn value(&self, field: FieldId) -> Value<'_> {
        match &self.values[field.0 as usize] {
            None => Value::Absent,
            Some(item) => item.value(),
        }
    }

    fn text(&self) -> &str {
        &self.text
    }
}

impl JsonItem {
    fn value(&self) -> Value<'_> {
        match &self.0 {
            Json::Null => Value::Null,
            Json::Bool(truth) => Value::Bool(*truth),
            Json::Number(n) => match n.as_i64() {
                Some(number) => Value::Int(number),
                None => Value::Float(n.as_f64().unwrap_or(f64::NAN)),
            },
            Json::String(text) => Value::Str(text),
            Json::Array(_) => Value::List(self),
            Json::Object(_) => Value::Absent,
        }
    }
}

impl Items for JsonItem {
    fn count(&self) -> usize {
        self.0.as_array().map_or(0, Vec::len)
    }

    fn item(&self, index: usize) -> Value<'_> {
        match &self.0[index] {
            Json::Null => Value::Null,
            Json::Bool(truth) => Value::Bool(*truth),
            Json::Number(n) => n.as_i64().map_or(Value::Absent, Value::Int),
            Json::String(text) => Value::Str(text),
            Json::Array(_) | Json::Object(_) => Value::Absent,
        }
    }
}

pub(crate) fn document(text: &str) -> Document {
    Document { path: "test.yml".to_owned(), text: text.to_owned() }
}

/// Compiles text that must have no problem.
pub(crate) fn compiled(text: &str) -> RuleSet {
    let (set, problems) = RuleSet::compile(&[document(text)]);
    assert!(problems.is_empty(), "{}", problems[0]);
    set
}

/// A rule out of its detection section.
pub(crate) fn rule(detection: &str) -> String {
    let indented = detection.replace('\n', "\n  ");
    format!("title: t\nlogsource: {{product: test}}\ndetection:\n  {indented}\n")
}

/// Titles of the rules that match.
pub(crate) fn matching<'s>(set: &'s RuleSet, json: &Json) -> Vec<&'s str> {
    let all = (0u32..).zip(set.rules()).map(|(index, _)| tocsin_sigma::RuleIndex(index));
    let route = set.route_of(all.collect());
    let mut hits = Vec::new();
    set.matches(&route, &JsonRecord::new(set, json), &mut Scratch::new(), &mut hits);
    hits.into_iter().map(|index| set.rule(index).unwrap().title.as_str()).collect()
}

pub(crate) fn holds(detection: &str, json: &Json) -> bool {
    !matching(&compiled(&rule(detection)), json).is_empty()
}
