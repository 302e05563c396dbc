//! OpenTelemetry's logs as JSON (OTLP): an object holds the records of many resources. Each record becomes
//! a line, its attributes and those of its resource under their names.

use serde_json::{Map, Value};

use super::convert::{Convert, converted};
use super::input::Bytes;

/// A longer object is given on as it is; nobody understands it.
const OBJECT_MAX: usize = 4 << 20;

/// Whether a file that begins like this holds such logs.
pub(super) fn is_otel(head: &[u8]) -> bool {
    let rest = head.trim_ascii_start().strip_prefix(b"{").unwrap_or_default();
    let rest = rest.trim_ascii_start().strip_prefix(b"\"resourceLogs\"").unwrap_or_default();
    rest.trim_ascii_start().starts_with(b":")
}

/// Its records as text.
pub(super) fn text(bytes: Bytes) -> Bytes {
    converted(bytes, Objects)
}

struct Objects;

impl Convert for Objects {
    fn convert(&mut self, raw: &mut Vec<u8>, ended: bool, out: &mut String) {
        let mut taken = 0;
        loop {
            taken += objects(raw.get(taken..).unwrap_or_default(), out);
            let rest = raw.get(taken..).unwrap_or_default();
            let blanks = rest.len() - rest.trim_ascii_start().len();
            let rest = rest.trim_ascii_start();
            if rest.is_empty() || !(ended || rest.len() > OBJECT_MAX) {
                break;
            }
            // Whatever is wrong with this line, the next one may be right.
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            let line = String::from_utf8_lossy(rest.get(..end).unwrap_or_default());
            out.push_str(line.trim_ascii_end());
            out.push('\n');
            taken += blanks + end;
        }
        raw.drain(..taken);
    }
}

/// Tells the objects that these bytes begin with, and gives how many bytes they take.
fn objects(bytes: &[u8], out: &mut String) -> usize {
    let mut objects = serde_json::Deserializer::from_slice(bytes).into_iter::<Value>();
    let mut taken = 0;
    while let Some(Ok(object)) = objects.next() {
        taken = objects.byte_offset();
        records(&object, out);
    }
    taken
}

/// The elements of a member that is an array.
fn elements<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

fn records(object: &Value, out: &mut String) {
    for resource in elements(object, "resourceLogs") {
        let scopes =
            [elements(resource, "scopeLogs"), elements(resource, "instrumentationLibraryLogs")];
        for scope in scopes.concat() {
            for record in elements(&scope, "logRecords").iter().chain(elements(&scope, "logs")) {
                out.push_str(&line(&resource["resource"], record).to_string());
                out.push('\n');
            }
        }
    }
}

/// A record with what is its own first: where both have an attribute, the record knows better.
fn line(resource: &Value, record: &Value) -> Value {
    let mut members = Map::new();
    for (name, theirs) in [
        ("timestamp", "timeUnixNano"),
        ("observed_timestamp", "observedTimeUnixNano"),
        ("level", "severityText"),
        ("trace_id", "traceId"),
        ("span_id", "spanId"),
    ] {
        let value = &record[theirs];
        let is_told = !value.is_null() && value != "" && value != "0";
        if is_told {
            members.insert(name.to_owned(), value.clone());
        }
    }
    if let Some(body) = meant(&record["body"]) {
        members.insert("message".to_owned(), body);
    }
    let attributes = elements(record, "attributes").iter().chain(elements(resource, "attributes"));
    for attribute in attributes {
        if let (Some(name), Some(value)) = (attribute["key"].as_str(), meant(&attribute["value"])) {
            members.entry(name).or_insert(value);
        }
    }
    members.into()
}

/// The value that is wrapped in one named after its type.
fn meant(value: &Value) -> Option<Value> {
    let (kind, value) = value.as_object()?.iter().next()?;
    match kind.as_str() {
        "arrayValue" => Some(elements(value, "values").iter().filter_map(meant).collect()),
        "kvlistValue" => {
            let pairs = elements(value, "values").iter().filter_map(|pair| {
                Some((pair["key"].as_str()?.to_owned(), meant(&pair["value"])?))
            });
            Some(Value::Object(pairs.collect()))
        }
        _ => Some(value.clone()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;

    #[test]
    fn each_record_becomes_a_line_with_the_attributes_of_its_resource() {
        let log = r#"{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},
            "scopeLogs":[{"logRecords":[{"timeUnixNano":"1544712660300000000","severityText":"WARN",
            "body":{"stringValue":"login failed"},"attributes":[{"key":"client.address","value":{"stringValue":"192.0.2.7"}},
            {"key":"tags","value":{"arrayValue":{"values":[{"stringValue":"a"},{"intValue":"2"}]}}}]}]}]}]}
            {"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"kvlistValue":{"values":[{"key":"a","value":{"boolValue":true}}]}}}]}]}]}
            {"resourceLogs":[{"cut"#;
        let mut lines = String::new();
        text(Box::new(Cursor::new(log))).read_to_string(&mut lines).unwrap();
        assert!(is_otel(log.as_bytes()));
        let lines: Vec<&str> = lines.lines().collect();
        assert_eq!(
            lines,
            [
                r#"{"timestamp":"1544712660300000000","level":"WARN","message":"login failed","client.address":"192.0.2.7","tags":["a","2"],"service.name":"shop"}"#,
                r#"{"message":{"a":true}}"#,
                r#"{"resourceLogs":[{"cut"#,
            ]
        );
    }
}
