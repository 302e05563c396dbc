//! What a step of a pipeline is for: conditions on the rule, on its detection items, on names of fields,
//! and how several of them are linked.

use std::collections::BTreeSet;

use regex::Regex;

use super::State;
use crate::condition::{self, Condition};
use crate::detection::{Body, Detection, Item};
use crate::meta;
use crate::modifier::Written;
use crate::pattern;
use crate::problem::{Position, Report};
use crate::route::LogSource;
use crate::rule::Rule;
use crate::yaml::{Node, Yaml};

/// Conditions of one kind; without any, everything is meant.
#[derive(Debug)]
pub(super) struct Linked<C> {
    conditions: Vec<(String, C)>,
    link: Link,
    negated: bool,
}

#[derive(Debug)]
enum Link {
    All,
    Any,
    /// Conditions have names, which an expression links.
    Expression(Condition),
}

impl<C> Linked<C> {
    /// Reads `KIND_conditions`, `KIND_cond_op`, `KIND_cond_expr` and `KIND_cond_not`; none where one has a
    /// problem.
    pub(super) fn read(
        node: &Node,
        kind: &str,
        one: impl Fn(&Node, &mut Report<'_>) -> Option<C>,
        report: &mut Report<'_>,
    ) -> Option<Self> {
        let written = node.get(&format!("{kind}_conditions"));
        let named: Vec<(String, &Node)> = match written.map(|node| &node.yaml) {
            Some(Yaml::Map(entries)) => entries.iter().map(|e| (e.key.clone(), &e.value)).collect(),
            Some(Yaml::List(items)) => items.iter().map(|node| (String::new(), node)).collect(),
            _ => Vec::new(),
        };
        let read = |(name, node): (String, &Node)| Some((name, one(node, report)?));
        let conditions = named.into_iter().map(read).collect::<Option<Vec<_>>>()?;
        let negated = matches!(
            node.get(&format!("{kind}_cond_not")).map(|node| &node.yaml),
            Some(Yaml::Bool(true))
        );
        let link = link(node, kind, report)?;
        let known = |name: &String| conditions.iter().any(|(own, _)| own == name);
        if let Link::Expression(expression) = &link
            && !names(expression).is_some_and(|names| names.into_iter().all(known))
        {
            let message = format!("`{kind}_cond_expr` names a condition that is not there");
            report.add(node.position, message, "name conditions by the keys of a mapping");
            return None;
        }
        Some(Linked { conditions, link, negated })
    }

    pub(super) fn hold(&self, one: &dyn Fn(&C) -> bool) -> bool {
        let mut each = self.conditions.iter().map(|(_, condition)| condition);
        let hold = match &self.link {
            _ if self.conditions.is_empty() => true,
            Link::All => each.all(one),
            Link::Any => each.any(one),
            Link::Expression(expression) => self.holds(expression, one),
        };
        hold != self.negated
    }

    fn holds(&self, expression: &Condition, one: &dyn Fn(&C) -> bool) -> bool {
        match expression {
            Condition::Name(name) => {
                self.conditions.iter().any(|(own, condition)| own == name && one(condition))
            }
            Condition::Not(inner) => !self.holds(inner, one),
            Condition::All(parts) => parts.iter().all(|part| self.holds(part, one)),
            Condition::Any(parts) => parts.iter().any(|part| self.holds(part, one)),
            Condition::Of(..) => false,
        }
    }
}

fn link(node: &Node, kind: &str, report: &mut Report<'_>) -> Option<Link> {
    let (op, expression) = (format!("{kind}_cond_op"), format!("{kind}_cond_expr"));
    if let Some(text) = meta::text(node, &expression, report) {
        return match condition::parse(&text) {
            Ok(expression) => Some(Link::Expression(expression)),
            Err(reason) => {
                let message = format!("`{expression}` cannot be read: {reason}");
                report.add(node.position, message, "combine names with and, or, not, parentheses");
                None
            }
        };
    }
    match meta::text(node, &op, report).as_deref() {
        None | Some("and") => Some(Link::All),
        Some("or") => Some(Link::Any),
        Some(other) => {
            report.add(node.position, format!("`{op}` is `{other}`"), "write `and` or `or`");
            None
        }
    }
}

/// The names in an expression; none where it is about several at once.
fn names(expression: &Condition) -> Option<Vec<&String>> {
    match expression {
        Condition::Name(name) => Some(vec![name]),
        Condition::Not(inner) => names(inner),
        Condition::All(parts) | Condition::Any(parts) => {
            let named = parts.iter().map(names).collect::<Option<Vec<_>>>()?;
            Some(named.into_iter().flatten().collect())
        }
        Condition::Of(..) => None,
    }
}

/// What was done before, which conditions of every kind may ask for.
#[derive(Debug)]
pub(super) enum Before {
    Applied(String),
    State { key: String, value: String },
}

impl Before {
    fn read(kind: &str, node: &Node, report: &mut Report<'_>) -> Option<Before> {
        match kind {
            "processing_item_applied" => {
                Some(Before::Applied(required(node, "processing_item_id", report)?))
            }
            "processing_state" => {
                let key = required(node, "key", report)?;
                Some(Before::State { key, value: required(node, "val", report)? })
            }
            _ => {
                unknown(kind, node, report);
                None
            }
        }
    }

    fn holds(&self, applied: &BTreeSet<String>, state: &State) -> bool {
        match self {
            Before::Applied(id) => applied.contains(id),
            Before::State { key, value } => state.values.get(key) == Some(value),
        }
    }
}

fn unknown(kind: &str, node: &Node, report: &mut Report<'_>) {
    let message = format!("the condition `{kind}` is not known");
    report.add(node.position, message, "leave it out, or write the rules for these records");
}

const KEYS: [&str; 15] = [
    "type",
    "category",
    "cond",
    "field",
    "fields",
    "key",
    "mode",
    "negate",
    "pattern",
    "processing_item_id",
    "product",
    "service",
    "tag",
    "val",
    "value",
];

fn kind(node: &Node, report: &mut Report<'_>) -> Option<String> {
    meta::known_keys(node, "a condition", &KEYS, report);
    required(node, "type", report)
}

/// The text of a key that must be there.
pub(super) fn required(node: &Node, key: &str, report: &mut Report<'_>) -> Option<String> {
    let text = present(node, key, report)?.text();
    if text.is_none() {
        report.add(node.position, format!("`{key}` is no text"), "write it as text");
    }
    text
}

/// The value of a key that must be there.
pub(super) fn present(node: &Node, key: &str, report: &mut Report<'_>) -> Option<Node> {
    let value = node.get(key).cloned();
    if value.is_none() {
        report.add(node.position, format!("there is no `{key}`"), format!("add `{key}`"));
    }
    value
}

/// An expression of Python's that is one of ours as well.
pub(super) fn expression(text: &str, position: Position, report: &mut Report<'_>) -> Option<Regex> {
    let compiled = Regex::new(text);
    if let Err(error) = &compiled {
        let reason = error.to_string();
        let last = reason.lines().last().unwrap_or_default().trim().to_owned();
        let message = format!("the regular expression cannot be compiled: {last}");
        report.add(position, message, "rewrite it without look-around and back-references");
    }
    compiled.ok()
}

/// What is asked of a rule.
#[derive(Debug)]
pub(super) enum RuleCondition {
    LogSource(LogSource),
    Field(String),
    Item {
        field: String,
        value: String,
    },
    Tag(String),
    /// Only rules with a detection are changed by steps; correlations follow their rules.
    IsRule(bool),
    Before(Before),
}

impl RuleCondition {
    pub(super) fn read(node: &Node, report: &mut Report<'_>) -> Option<RuleCondition> {
        let kind = kind(node, report)?;
        Some(match kind.as_str() {
            "logsource" => RuleCondition::LogSource(LogSource {
                product: meta::text(node, "product", report),
                category: meta::text(node, "category", report),
                service: meta::text(node, "service", report),
            }),
            "contains_field" => RuleCondition::Field(required(node, "field", report)?),
            "contains_detection_item" => RuleCondition::Item {
                field: required(node, "field", report)?,
                value: required(node, "value", report)?,
            },
            "tag" => RuleCondition::Tag(required(node, "tag", report)?),
            "is_sigma_rule" => RuleCondition::IsRule(true),
            "is_sigma_correlation_rule" => RuleCondition::IsRule(false),
            kind => RuleCondition::Before(Before::read(kind, node, report)?),
        })
    }

    pub(super) fn holds(&self, rule: &Rule, detection: &Detection, state: &State) -> bool {
        match self {
            RuleCondition::LogSource(source) => is_of(&rule.logsource, source),
            RuleCondition::Field(field) => any_item(detection, &|item| item.fields.contains(field)),
            RuleCondition::Item { field, value } => any_item(detection, &|item| {
                let has = |node: &Node| node.text().as_ref() == Some(value);
                item.fields.contains(field) && item.values.iter().any(has)
            }),
            RuleCondition::Tag(tag) => rule.tags.contains(tag),
            RuleCondition::IsRule(is_rule) => *is_rule,
            RuleCondition::Before(before) => before.holds(&state.applied, state),
        }
    }
}

/// Whether a rule's log source has every part that is asked for.
fn is_of(own: &LogSource, asked: &LogSource) -> bool {
    let part = |own: &Option<String>, asked: &Option<String>| asked.is_none() || own == asked;
    part(&own.product, &asked.product)
        && part(&own.category, &asked.category)
        && part(&own.service, &asked.service)
}

fn any_item(detection: &Detection, wanted: &dyn Fn(&Item) -> bool) -> bool {
    fn of(body: &Body, wanted: &dyn Fn(&Item) -> bool) -> bool {
        match body {
            Body::All(items) => items.iter().any(wanted),
            Body::Any(bodies) => bodies.iter().any(|body| of(body, wanted)),
        }
    }
    detection.selections.iter().any(|selection| of(&selection.body, wanted))
}

/// What is asked of a detection item.
#[derive(Debug)]
pub(super) enum ItemCondition {
    /// Of any value, or of all.
    Values {
        all: bool,
        is: ValueCondition,
    },
    Before(Before),
}

/// What is asked of a value.
#[derive(Debug)]
pub(super) enum ValueCondition {
    Matches { expression: Regex, negated: bool },
    Equals(Node),
    HasWildcard,
    Null,
}

impl ItemCondition {
    pub(super) fn read(node: &Node, report: &mut Report<'_>) -> Option<ItemCondition> {
        let kind = kind(node, report)?;
        let is = match kind.as_str() {
            "match_string" => {
                let text = required(node, "pattern", report)?;
                // Python's `match` begins where the text does.
                let expression = expression(&format!("^(?:{text})"), node.position, report)?;
                let negated =
                    node.get("negate").is_some_and(|n| matches!(n.yaml, Yaml::Bool(true)));
                ValueCondition::Matches { expression, negated }
            }
            "match_value" => ValueCondition::Equals(present(node, "value", report)?),
            "contains_wildcard" => ValueCondition::HasWildcard,
            "is_null" => ValueCondition::Null,
            kind => return Some(ItemCondition::Before(Before::read(kind, node, report)?)),
        };
        let all = match meta::text(node, "cond", report).as_deref() {
            Some("any") => false,
            Some("all") => true,
            _ => {
                report.add(
                    node.position,
                    format!("`{kind}` has no `cond`"),
                    "write `cond: any` or `all`",
                );
                return None;
            }
        };
        Some(ItemCondition::Values { all, is })
    }

    pub(super) fn holds(&self, item: &Item, state: &State) -> bool {
        match self {
            ItemCondition::Values { all, is } => {
                let mut values = item.values.iter();
                let holds = |value: &Node| is.holds(&item.modifiers.written(value));
                if *all { values.all(holds) } else { values.any(holds) }
            }
            ItemCondition::Before(before) => before.holds(&item.changed_by, state),
        }
    }
}

impl ValueCondition {
    fn holds(&self, value: &Written<'_>) -> bool {
        match (self, value) {
            (ValueCondition::Matches { expression, negated }, Written::Text(text)) => {
                expression.is_match(text) != *negated
            }
            (ValueCondition::Matches { negated, .. }, _) => *negated,
            (ValueCondition::Equals(wanted), Written::Text(text)) => {
                matches!(&wanted.yaml, Yaml::Text(wanted) if wanted == text)
            }
            (ValueCondition::Equals(wanted), Written::Other(value)) => {
                value.kind() == wanted.kind() && value.text() == wanted.text()
            }
            (ValueCondition::HasWildcard, Written::Text(text)) => pattern::has_wildcard(text),
            (ValueCondition::Null, Written::Other(value)) => matches!(value.yaml, Yaml::Null),
            (ValueCondition::HasWildcard | ValueCondition::Null, _) => false,
        }
    }
}

/// What is asked of the name of a field.
#[derive(Debug)]
pub(super) enum FieldCondition {
    Named { names: Vec<String>, expressions: Vec<Regex>, excluded: bool },
    Before(Before),
}

impl FieldCondition {
    pub(super) fn read(node: &Node, report: &mut Report<'_>) -> Option<FieldCondition> {
        let kind = kind(node, report)?;
        let excluded = match kind.as_str() {
            "include_fields" => false,
            "exclude_fields" => true,
            kind => return Some(FieldCondition::Before(Before::read(kind, node, report)?)),
        };
        let names = meta::texts(node, "fields", report);
        let mode = meta::text(node, "mode", report).unwrap_or_default();
        if mode != "re" {
            return Some(FieldCondition::Named { names, expressions: Vec::new(), excluded });
        }
        let compiled =
            names.iter().map(|name| expression(&format!("^(?:{name})"), node.position, report));
        let expressions = compiled.collect::<Option<Vec<_>>>()?;
        Some(FieldCondition::Named { names: Vec::new(), expressions, excluded })
    }

    pub(super) fn holds(
        &self,
        name: Option<&str>,
        changed_by: &BTreeSet<String>,
        state: &State,
    ) -> bool {
        match self {
            FieldCondition::Named { names, expressions, excluded } => {
                let named = name.is_some_and(|name| {
                    names.iter().any(|own| own == name)
                        || expressions.iter().any(|expression| expression.is_match(name))
                });
                named != *excluded
            }
            FieldCondition::Before(before) => before.holds(changed_by, state),
        }
    }
}
