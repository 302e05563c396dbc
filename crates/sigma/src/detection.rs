//! The `detection` section as written: selections of field items or keywords, and conditions.
//! A tree with problems reported, never a failure; nothing is resolved yet.

use std::collections::BTreeSet;

use crate::condition::{self, Condition};
use crate::modifier::{self, Modifiers};
use crate::problem::{Position, Report};
use crate::yaml::{Entry, Node, Yaml};

/// A detection section.
#[derive(Debug, Clone)]
pub(crate) struct Detection {
    pub(crate) selections: Vec<Selection>,
    /// Any of them is enough.
    pub(crate) conditions: Vec<(Condition, Position)>,
}

/// A named part of the detection.
#[derive(Debug, Clone)]
pub(crate) struct Selection {
    pub(crate) name: String,
    pub(crate) body: Body,
}

/// What a selection says.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// Items that must all hold.
    All(Vec<Item>),
    /// Bodies of which one is enough.
    Any(Vec<Body>),
}

/// Any of these fields, or the whole record where there is none, and the values looked for.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) fields: Vec<String>,
    pub(crate) modifiers: Modifiers,
    pub(crate) values: Vec<Node>,
    /// The steps of pipelines that have changed it.
    pub(crate) changed_by: BTreeSet<String>,
}

impl Detection {
    pub(crate) fn read(node: &Node, report: &mut Report<'_>) -> Detection {
        let mut detection = Detection { selections: Vec::new(), conditions: Vec::new() };
        if !matches!(node.yaml, Yaml::Map(_)) {
            let message = format!("`detection` is {}", node.kind());
            report.add(node.position, message, "make it a mapping of selections and a `condition`");
            return detection;
        }
        for entry in node.entries() {
            match entry.key.as_str() {
                "condition" => detection.read_conditions(&entry.value, report),
                "timeframe" => report.add(
                    entry.position,
                    "`timeframe` is obsolete",
                    "write a correlation with `timespan`",
                ),
                name => {
                    let body = body(&entry.value, report);
                    detection.selections.push(Selection { name: name.to_owned(), body });
                }
            }
        }
        if node.get("condition").is_none() {
            report.add(node.position, "the detection has no `condition`", "add one");
        }
        detection
    }

    fn read_conditions(&mut self, node: &Node, report: &mut Report<'_>) {
        for item in node.items() {
            let Yaml::Text(text) = &item.yaml else {
                let message = format!("a condition is {}", item.kind());
                report.add(item.position, message, "write it as text");
                continue;
            };
            match condition::parse(text) {
                Ok(condition) => self.conditions.push((condition, item.position)),
                Err(reason) => {
                    let message = format!("the condition cannot be read: {reason}");
                    report.add(item.position, message, remedy(text));
                }
            }
        }
    }
}

fn remedy(condition: &str) -> &'static str {
    if condition.contains('|') {
        "count with a correlation rule"
    } else {
        "combine selections with and, or, not, parentheses, `1 of x*` and `all of x*`"
    }
}

/// What a selection says, as written.
pub(crate) fn body(node: &Node, report: &mut Report<'_>) -> Body {
    match &node.yaml {
        Yaml::Map(entries) => {
            if entries.is_empty() {
                report.add(node.position, "a selection is empty", "give it a field to look at");
            }
            let items = entries.iter().filter_map(|entry| item(entry, report));
            Body::All(items.collect())
        }
        Yaml::List(items) => list(items, node.position, report),
        _ => keywords(vec![node.clone()]),
    }
}

/// Keywords are gathered into one item; mappings stand for themselves.
fn list(nodes: &[Node], position: Position, report: &mut Report<'_>) -> Body {
    let mut bodies = Vec::new();
    let mut words = Vec::new();
    for node in nodes {
        match &node.yaml {
            Yaml::Map(_) => bodies.push(body(node, report)),
            Yaml::List(_) => report.add(
                node.position,
                "a list stands directly in a list",
                "a selection is a list of words or a list of mappings",
            ),
            _ => words.push(node.clone()),
        }
    }
    if !words.is_empty() {
        bodies.push(keywords(words));
    }
    if bodies.is_empty() {
        report.add(position, "a selection is empty", "give it a field or a word to look for");
    }
    Body::Any(bodies)
}

fn keywords(values: Vec<Node>) -> Body {
    Body::All(vec![Item {
        fields: Vec::new(),
        modifiers: Modifiers::default(),
        values,
        changed_by: BTreeSet::new(),
    }])
}

fn item(entry: &Entry, report: &mut Report<'_>) -> Option<Item> {
    let (key, position) = (entry.key.as_str(), entry.position);
    let (field, modifiers) = modifier::parse(key);
    let values = entry.value.items().to_vec();
    if values.is_empty() {
        report.add(position, format!("`{key}` has no value"), "give it one, or remove it");
        return None;
    }
    let nested = |node: &&Node| matches!(node.yaml, Yaml::List(_) | Yaml::Map(_));
    if let Some(node) = values.iter().find(nested) {
        let message = format!("a value of `{key}` is {}", node.kind());
        report.add(node.position, message, "values are text, numbers, true, false or null");
        return None;
    }
    match modifiers {
        Ok(modifiers) => Some(Item {
            fields: field.map(str::to_owned).into_iter().collect(),
            modifiers,
            values,
            changed_by: BTreeSet::new(),
        }),
        Err(bad) => {
            report.add(position, bad.message, bad.remedy);
            None
        }
    }
}
