//! Reads a rule's description out of YAML, reporting what is wrong with it.

use crate::problem::{Report, nearest};
use crate::route::LogSource;
use crate::rule::{Attribute, Level, Rule, Sequence, Status, Tests};
use crate::yaml::{Node, Yaml};

/// The keys of a rule that mean something; all others are custom.
pub const KEYS: &[&str] = &[
    "title",
    "id",
    "name",
    "related",
    "taxonomy",
    "status",
    "description",
    "license",
    "author",
    "references",
    "date",
    "modified",
    "logsource",
    "detection",
    "fields",
    "falsepositives",
    "level",
    "tags",
    "scope",
    "correlation",
    "filter",
    "tests",
];

/// Reads everything but `detection` and `correlation`.
pub(crate) fn read(node: &Node, path: &str, report: &mut Report<'_>) -> Rule {
    let title = text(node, "title", report).unwrap_or_default();
    report.about(if title.is_empty() { "untitled rule" } else { &title });
    if title.is_empty() {
        report.add(node.position, "the rule has no title", "add `title`");
    }
    let name = text(node, "name", report);
    let id = text(node, "id", report).or_else(|| name.clone()).unwrap_or_else(|| title.clone());
    let tags = texts(node, "tags", report);
    Rule {
        id,
        title,
        name,
        level: choice(node, "level", Level::parse, &Level::NAMES, report).unwrap_or_default(),
        status: choice(node, "status", Status::parse, &Status::NAMES, report),
        description: text(node, "description", report).unwrap_or_default(),
        author: texts(node, "author", report).join(", "),
        license: text(node, "license", report),
        date: text(node, "date", report),
        modified: text(node, "modified", report),
        references: texts(node, "references", report),
        falsepositives: texts(node, "falsepositives", report),
        fields: texts(node, "fields", report),
        techniques: tags.iter().filter_map(|tag| technique(tag)).collect(),
        tags,
        logsource: logsource(node, report),
        custom: node
            .entries()
            .iter()
            .filter(|entry| !KEYS.contains(&entry.key.as_str()))
            .map(|entry| (entry.key.clone(), attribute(&entry.value)))
            .collect(),
        tests: node.get("tests").map(|tests| read_tests(tests, report)).unwrap_or_default(),
        standalone: true,
        path: path.to_owned(),
        position: node.position,
    }
}

/// The text under `key`; none where the key is missing or null.
pub(crate) fn text(node: &Node, key: &str, report: &mut Report<'_>) -> Option<String> {
    let value = node.get(key).filter(|value| !matches!(value.yaml, Yaml::Null))?;
    let text = value.text();
    if text.is_none() {
        report.add(value.position, format!("`{key}` is {}", value.kind()), "write it as text");
    }
    text
}

/// The texts under `key`, one or a list.
pub(crate) fn texts(node: &Node, key: &str, report: &mut Report<'_>) -> Vec<String> {
    let Some(value) = node.get(key).filter(|value| !matches!(value.yaml, Yaml::Null)) else {
        return Vec::new();
    };
    let mut texts = Vec::new();
    for item in value.items() {
        match item.text() {
            Some(text) => texts.push(text),
            None => {
                let message = format!("`{key}` holds {}", item.kind());
                report.add(item.position, message, "write a list of texts");
            }
        }
    }
    texts
}

fn choice<T>(
    node: &Node,
    key: &str,
    parse: fn(&str) -> Option<T>,
    names: &[&str],
    report: &mut Report<'_>,
) -> Option<T> {
    let written = text(node, key, report)?;
    let value = parse(&written);
    if value.is_none() {
        let position = node.get(key).map_or(node.position, |value| value.position);
        report.add(position, format!("unknown {key} `{written}`"), did_you_mean(&written, names));
    }
    value
}

/// More words than that are not listed.
const LISTED_MAX: usize = 8;

/// The remedy for a word that is none of these.
pub(crate) fn did_you_mean(word: &str, known: &[&str]) -> String {
    match nearest(word, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.len() > LISTED_MAX => "see which there are in its specification".to_owned(),
        None => format!("use one of {}", known.join(", ")),
    }
}

/// Tells of the keys of a mapping that it cannot have.
pub(crate) fn known_keys(node: &Node, what: &str, known: &[&str], report: &mut Report<'_>) {
    for entry in node.entries().iter().filter(|entry| !known.contains(&entry.key.as_str())) {
        let message = format!("unknown key `{}` in {what}", entry.key);
        report.add(entry.position, message, did_you_mean(&entry.key, known));
    }
}

/// `attack.t1110.001` names the technique `T1110.001`.
fn technique(tag: &str) -> Option<String> {
    let name = tag.strip_prefix("attack.")?.to_ascii_uppercase();
    let digits = name.strip_prefix('T')?;
    let numeric = digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    (numeric && digits.starts_with(|c: char| c.is_ascii_digit())).then_some(name)
}

fn logsource(node: &Node, report: &mut Report<'_>) -> LogSource {
    let Some(source) = node.get("logsource") else {
        if node.get("detection").is_some() {
            report.add(
                node.position,
                "the rule has no `logsource`",
                "add product, category or service",
            );
        }
        return LogSource::default();
    };
    if !matches!(source.yaml, Yaml::Map(_)) {
        let message = format!("`logsource` is {}", source.kind());
        report.add(source.position, message, "make it a mapping of product, category and service");
    }
    LogSource {
        product: text(source, "product", report),
        category: text(source, "category", report),
        service: text(source, "service", report),
    }
}

pub(crate) fn attribute(node: &Node) -> Attribute {
    match &node.yaml {
        Yaml::Null => Attribute::Null,
        Yaml::Bool(value) => Attribute::Bool(*value),
        Yaml::Int(value) => Attribute::Int(*value),
        Yaml::Float(value) => Attribute::Float(*value),
        Yaml::Text(value) => Attribute::Text(value.clone()),
        Yaml::List(items) => Attribute::List(items.iter().map(attribute).collect()),
        Yaml::Map(entries) => Attribute::Map(
            entries.iter().map(|entry| (entry.key.clone(), attribute(&entry.value))).collect(),
        ),
    }
}

fn read_tests(node: &Node, report: &mut Report<'_>) -> Tests {
    match &node.yaml {
        Yaml::Map(_) => {
            known_keys(node, "`tests`", &["format", "match", "ignore"], report);
            Tests {
                format: text(node, "format", report),
                matching: texts(node, "match", report),
                ignored: texts(node, "ignore", report),
                sequences: Vec::new(),
            }
        }
        Yaml::List(items) => {
            let sequences = items.iter().map(|item| read_sequence(item, report)).collect();
            Tests { sequences, ..Tests::default() }
        }
        _ => {
            let message = format!("`tests` is {}", node.kind());
            report.add(node.position, message, "write `match` and `ignore`, or a list of `lines`");
            Tests::default()
        }
    }
}

fn read_sequence(node: &Node, report: &mut Report<'_>) -> Sequence {
    known_keys(node, "`tests`", &["format", "lines", "expect"], report);
    let expect = match node.get("expect").map(|expect| &expect.yaml) {
        Some(Yaml::Int(count)) => u64::try_from(*count).ok(),
        _ => None,
    };
    if expect.is_none() {
        report.add(node.position, "a test has no count in `expect`", "say how many hits there are");
    }
    let (format, lines) = (text(node, "format", report), texts(node, "lines", report));
    Sequence { format, lines, expect: expect.unwrap_or_default(), position: node.position }
}
