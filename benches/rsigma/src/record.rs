//! A JSON object as a record of ours.

use serde_json::{Map, Value as Json};
use tocsin_sigma::{FieldId, Items, Record, RuleSet, Value};

/// The values of an object at the places of their fields.
pub(crate) struct JsonRecord<'j> {
    values: Vec<Option<Member<'j>>>,
    text: String,
}

#[derive(Clone)]
enum Member<'j> {
    One(&'j Json),
    Several(Elements<'j>),
}

#[derive(Clone)]
struct Elements<'j>(&'j [Json]);

impl<'j> JsonRecord<'j> {
    pub(crate) fn new(set: &RuleSet, object: &'j Map<String, Json>) -> Self {
        let mut values = vec![None; set.fields().len()];
        for (name, value) in object {
            if let Some(FieldId(at)) = set.field(name) {
                values[at as usize] = Some(match value {
                    Json::Array(items) => Member::Several(Elements(items)),
                    value => Member::One(value),
                });
            }
        }
        // Keywords are looked for in the values of a record.
        let texts: Vec<String> = object.values().map(shown).collect();
        JsonRecord { values, text: texts.join("\n") }
    }
}

fn shown(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join("\n"),
        value => value.to_string(),
    }
}

impl Record for JsonRecord<'_> {
    fn value(&self, field: FieldId) -> Value<'_> {
        match &self.values[field.0 as usize] {
            None => Value::Absent,
            Some(Member::One(value)) => scalar(value),
            Some(Member::Several(elements)) => Value::List(elements),
        }
    }

    fn text(&self) -> &str {
        &self.text
    }
}

impl Items for Elements<'_> {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn item(&self, index: usize) -> Value<'_> {
        self.0.get(index).map_or(Value::Absent, scalar)
    }
}

fn scalar(json: &Json) -> Value<'_> {
    match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => match number.as_i64() {
            Some(number) => Value::Int(number),
            None => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::Str(text),
        Json::Array(_) | Json::Object(_) => Value::Absent,
    }
}
