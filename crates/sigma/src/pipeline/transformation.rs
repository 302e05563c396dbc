//! What a step of a pipeline does.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use super::condition::{expression, present, required};
use super::{State, Step, Subject};
use crate::condition::Condition;
use crate::detection::{self, Body, Detection, Item, Selection};
use crate::limits;
use crate::meta;
use crate::modifier::{How, Modifiers, Written};
use crate::placeholder::{self, Part};
use crate::problem::{Position, Report, nearest};
use crate::route::LogSource;
use crate::rule::Attribute;
use crate::yaml::{Entry, Node, Yaml};

#[derive(Debug)]
pub(super) enum Transformation {
    /// New names of fields; several where any of them is meant.
    Names(BTreeMap<String, Vec<String>>),
    /// New beginnings of names.
    Beginnings(Vec<(String, Vec<String>)>),
    Prefix(String),
    Suffix(String),
    DropItem,
    /// A selection that must hold, or must not, as well.
    AddCondition {
        name: String,
        body: Node,
        negated: bool,
    },
    LogSource(LogSource),
    ReplaceText {
        expression: Regex,
        replacement: String,
    },
    /// New texts for whole ones.
    MapText(BTreeMap<String, Vec<Node>>),
    SetValue(Node),
    ToNumber,
    ToText,
    Lower,
    Upper,
    Placeholders {
        values: Values,
        include: Vec<String>,
        exclude: Vec<String>,
    },
    FailRule(String),
    FailItem(String),
    SetState {
        key: String,
        value: String,
    },
    SetAttribute {
        name: String,
        value: Attribute,
    },
    Nested(Vec<Step>),
    /// Of fields that are only shown, or of queries.
    Nothing,
}

/// What placeholders stand for.
#[derive(Debug)]
pub(super) enum Values {
    /// A text of any kind.
    Wildcard,
    Given(BTreeMap<String, Vec<String>>),
}

const KNOWN: [&str; 22] = [
    "field_name_mapping",
    "field_name_prefix_mapping",
    "field_name_prefix",
    "field_name_suffix",
    "drop_detection_item",
    "add_condition",
    "change_logsource",
    "replace_string",
    "map_string",
    "set_value",
    "convert_type",
    "case",
    "value_placeholders",
    "wildcard_placeholders",
    "rule_failure",
    "detection_item_failure",
    "set_state",
    "set_custom_attribute",
    "nest",
    "add_field",
    "remove_field",
    "set_field",
];

impl Transformation {
    pub(super) fn read(
        node: &Node,
        vars: &[Entry],
        report: &mut Report<'_>,
    ) -> Option<Transformation> {
        let kind = required(node, "type", report)?;
        Some(match kind.as_str() {
            "field_name_mapping" => Transformation::Names(mapping(node, report)?),
            "field_name_prefix_mapping" => {
                Transformation::Beginnings(mapping(node, report)?.into_iter().collect())
            }
            "field_name_prefix" => Transformation::Prefix(required(node, "prefix", report)?),
            "field_name_suffix" => Transformation::Suffix(required(node, "suffix", report)?),
            "drop_detection_item" => Transformation::DropItem,
            "add_condition" => added(node, report)?,
            "change_logsource" => Transformation::LogSource(LogSource {
                product: meta::text(node, "product", report),
                category: meta::text(node, "category", report),
                service: meta::text(node, "service", report),
            }),
            "replace_string" => Transformation::ReplaceText {
                expression: expression(&required(node, "regex", report)?, node.position, report)?,
                replacement: replacement(&required(node, "replacement", report)?),
            },
            "map_string" => Transformation::MapText(texts(node, report)?),
            "set_value" => Transformation::SetValue(forced(node, report)?),
            "convert_type" => match required(node, "target_type", report)?.as_str() {
                "num" => Transformation::ToNumber,
                "str" => Transformation::ToText,
                other => return unknown(&format!("convert_type` to `{other}"), node, report),
            },
            "case" => match meta::text(node, "method", report).as_deref() {
                None | Some("lower") => Transformation::Lower,
                Some("upper") => Transformation::Upper,
                Some(other) => return unknown(&format!("case` by `{other}"), node, report),
            },
            "value_placeholders" => placeholders(Values::Given(variables(vars)), node, report),
            "wildcard_placeholders" => placeholders(Values::Wildcard, node, report),
            "rule_failure" => Transformation::FailRule(required(node, "message", report)?),
            "detection_item_failure" => {
                Transformation::FailItem(required(node, "message", report)?)
            }
            "set_state" => Transformation::SetState {
                key: required(node, "key", report)?,
                value: required(node, "val", report)?,
            },
            "set_custom_attribute" => Transformation::SetAttribute {
                name: required(node, "attribute", report)?,
                value: meta::attribute(&present(node, "value", report)?),
            },
            "nest" => {
                let steps = node.get("items").map(Node::items).unwrap_or_default();
                let steps: Option<Vec<Step>> =
                    steps.iter().map(|step| Step::read(step, vars, report)).collect();
                Transformation::Nested(steps?)
            }
            "add_field" | "remove_field" | "set_field" => Transformation::Nothing,
            kind => return unknown(kind, node, report),
        })
    }

    /// The new names of a field; none where it keeps its own.
    pub(super) fn names(&self, name: &str) -> Option<Vec<String>> {
        match self {
            Transformation::Names(names) => names.get(name).cloned(),
            Transformation::Beginnings(beginnings) => {
                let (rest, new) = beginnings
                    .iter()
                    .find_map(|(old, new)| Some((name.strip_prefix(old.as_str())?, new)))?;
                Some(new.iter().map(|beginning| format!("{beginning}{rest}")).collect())
            }
            Transformation::Prefix(prefix) => Some(vec![format!("{prefix}{name}")]),
            Transformation::Suffix(suffix) => Some(vec![format!("{name}{suffix}")]),
            _ => None,
        }
    }

    pub(super) fn apply(&self, step: &Step, subject: &mut Subject<'_, '_>) {
        let Subject { rule, detection, state, report } = subject;
        match self {
            Transformation::AddCondition { name, body, negated } => {
                add(name, body, *negated, detection, report);
            }
            Transformation::LogSource(source) => rule.logsource = source.clone(),
            Transformation::FailRule(message) => {
                report.add(
                    rule.position,
                    message.as_str(),
                    "the pipeline does not want such a rule",
                );
            }
            Transformation::SetState { key, value } => {
                state.values.insert(key.clone(), value.clone());
            }
            Transformation::SetAttribute { name, value } => {
                rule.custom.insert(name.clone(), value.clone());
            }
            Transformation::Nested(steps) => {
                for inner in steps {
                    inner.apply(subject);
                }
            }
            Transformation::Nothing => {}
            _ => {
                for selection in &mut detection.selections {
                    self.change_items(&mut selection.body, step, (state, rule.position), report);
                }
            }
        }
    }

    fn change_items(
        &self,
        body: &mut Body,
        step: &Step,
        (state, position): (&State, Position),
        report: &mut Report<'_>,
    ) {
        let items = match body {
            Body::All(items) => items,
            Body::Any(bodies) => {
                bodies
                    .iter_mut()
                    .for_each(|b| self.change_items(b, step, (state, position), report));
                return;
            }
        };
        let mut change = |item: &mut Item| {
            if !step.concerns_item(item, state) {
                return true;
            }
            if let Transformation::FailItem(message) = self {
                report.add(position, message.as_str(), "the pipeline does not want such an item");
            }
            if self.change(item, step, state) {
                item.changed_by.insert(step.id.clone());
            }
            let long = |value: &Node| matches!(&value.yaml, Yaml::Text(text) if text.len() > limits::VALUE_BYTES);
            if item.values.len() > limits::EXPANDED_VALUES || item.values.iter().any(long) {
                let message =
                    format!("the pipeline makes too much of a value (step `{}`)", step.id);
                report.add(position, message, "leave the step out, or the rule");
                item.values.clear();
            }
            !matches!(self, Transformation::DropItem)
        };
        items.retain_mut(&mut change);
    }

    /// Whether the item is another one now.
    fn change(&self, item: &mut Item, step: &Step, state: &State) -> bool {
        let before = (item.fields.clone(), shown(&item.values));
        let names: BTreeSet<String> =
            item.fields.iter().flat_map(|name| step.names(name, state)).collect();
        item.fields = names.into_iter().collect();
        if item.modifiers.fieldref {
            let named = item.values.iter().flat_map(|value| self.named(value, step, state));
            item.values = named.collect();
        } else {
            if let Transformation::ReplaceText { .. } = self {
                write_wildcards(item);
            }
            let values = std::mem::take(&mut item.values);
            let modifiers = &mut item.modifiers;
            item.values = values.into_iter().flat_map(|v| self.values(v, modifiers)).collect();
        }
        before != (item.fields.clone(), shown(&item.values))
    }

    /// The new names of a field that a value names.
    fn named(&self, value: &Node, step: &Step, state: &State) -> Vec<Node> {
        let Yaml::Text(name) = &value.yaml else { return vec![value.clone()] };
        let new = step.names(name, state).into_iter();
        new.map(|name| Node { position: value.position, yaml: Yaml::Text(name) }).collect()
    }

    /// What becomes of a value.
    fn values(&self, value: Node, modifiers: &mut Modifiers) -> Vec<Node> {
        let position = value.position;
        let one = |yaml| vec![Node { position, yaml }];
        let number = |text: &str| {
            text.parse().map(Yaml::Int).or_else(|_| text.parse().map(Yaml::Float)).ok()
        };
        match (self, &value.yaml) {
            (Transformation::SetValue(new), _) => {
                modifiers.how = How::Equals;
                one(new.yaml.clone())
            }
            (Transformation::ReplaceText { expression, replacement }, Yaml::Text(text))
                if modifiers.how == How::Equals =>
            {
                one(Yaml::Text(expression.replace_all(text, replacement).into_owned()))
            }
            (Transformation::MapText(new), Yaml::Text(text)) if modifiers.how == How::Equals => {
                new.get(text).cloned().unwrap_or_else(|| vec![value])
            }
            (Transformation::ToNumber, Yaml::Text(text)) => {
                number(text).map_or_else(|| vec![value.clone()], one)
            }
            (Transformation::ToText, Yaml::Int(_) | Yaml::Float(_)) => {
                one(value.text().map_or(Yaml::Null, Yaml::Text))
            }
            (Transformation::Lower, Yaml::Text(text)) => one(Yaml::Text(text.to_lowercase())),
            (Transformation::Upper, Yaml::Text(text)) => one(Yaml::Text(text.to_uppercase())),
            (Transformation::Placeholders { values, include, exclude }, Yaml::Text(text))
                if modifiers.expand =>
            {
                let meant = |name: &str| {
                    let named = |names: &[String]| names.iter().any(|own| own == name);
                    (include.is_empty() || named(include)) && !named(exclude)
                };
                let new = values.of(text, &meant).into_iter();
                new.map(|text| Node { position, yaml: Yaml::Text(text) }).collect()
            }
            _ => vec![value],
        }
    }
}

impl Values {
    /// The texts with their placeholders replaced, of those that are meant and have a value.
    fn of(&self, text: &str, meant: &dyn Fn(&str) -> bool) -> Vec<String> {
        let mut texts = vec![String::new()];
        for part in placeholder::split(text) {
            let values = match &part {
                // What is left is split once more.
                Part::Plain(plain) => vec![plain.replace('%', "\\%")],
                Part::Name(name) => self.named(name, meant),
            };
            let with = |start: &String| {
                let start = start.clone();
                values.iter().map(move |value| format!("{start}{value}"))
            };
            texts = texts.iter().flat_map(with).take(limits::EXPANDED_VALUES + 1).collect();
        }
        texts
    }

    fn named(&self, name: &str, meant: &dyn Fn(&str) -> bool) -> Vec<String> {
        let own = || vec![format!("%{name}%")];
        match self {
            _ if !meant(name) => own(),
            Values::Wildcard => vec!["*".to_owned()],
            Values::Given(all) => all.get(name).cloned().unwrap_or_else(own),
        }
    }
}

fn unknown(kind: &str, node: &Node, report: &mut Report<'_>) -> Option<Transformation> {
    let message = format!("the transformation `{kind}` is not known");
    let remedy = match nearest(kind, &KNOWN) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "leave it out, or write the rules for these records".to_owned(),
    };
    report.add(node.position, message, remedy);
    None
}

fn mapping(node: &Node, report: &mut Report<'_>) -> Option<BTreeMap<String, Vec<String>>> {
    let entries = node.get("mapping").map(Node::entries).unwrap_or_default();
    if entries.is_empty() {
        report.add(node.position, "there is no `mapping`", "add `mapping`, old names to new ones");
        return None;
    }
    let new = |entry: &Entry| entry.value.items().iter().filter_map(Node::text).collect();
    Some(entries.iter().map(|entry| (entry.key.clone(), new(entry))).collect())
}

fn texts(node: &Node, report: &mut Report<'_>) -> Option<BTreeMap<String, Vec<Node>>> {
    let mapped = mapping(node, report)?;
    let node_of = |text: String| Node { position: node.position, yaml: Yaml::Text(text) };
    let nodes = mapped.into_iter().map(|(old, new)| (old, new.into_iter().map(node_of).collect()));
    Some(nodes.collect())
}

fn added(node: &Node, report: &mut Report<'_>) -> Option<Transformation> {
    let flag = |key: &str| matches!(node.get(key).map(|node| &node.yaml), Some(Yaml::Bool(true)));
    if flag("template") {
        return unknown("add_condition` with `template", node, report);
    }
    let Some(body) = node.get("conditions") else {
        report.add(node.position, "there is no `conditions`", "add fields and their values");
        return None;
    };
    // No other selection has such a name.
    let name =
        meta::text(node, "name", report).unwrap_or_else(|| format!("_added {}", node.position));
    Some(Transformation::AddCondition { name, body: body.clone(), negated: flag("negated") })
}

fn add(name: &str, body: &Node, negated: bool, detection: &mut Detection, report: &mut Report<'_>) {
    let body = detection::body(body, report);
    detection.selections.push(Selection { name: name.to_owned(), body });
    for (condition, _) in &mut detection.conditions {
        let own = std::mem::replace(condition, Condition::Any(Vec::new()));
        let added = Condition::Name(name.to_owned());
        let added = if negated { Condition::Not(Box::new(added)) } else { added };
        // However many are added, they lie no deeper.
        *condition = match own {
            Condition::All(mut parts) => {
                parts.push(added);
                Condition::All(parts)
            }
            own => Condition::All(vec![added, own]),
        };
    }
}

fn forced(node: &Node, report: &mut Report<'_>) -> Option<Node> {
    let value = present(node, "value", report)?;
    let yaml = match (meta::text(node, "force_type", report).as_deref(), value.text()) {
        (Some("str"), Some(text)) => Yaml::Text(text),
        (Some("num"), Some(text)) => text.parse().map_or(value.yaml, Yaml::Int),
        _ => value.yaml,
    };
    Some(Node { position: value.position, yaml })
}

fn placeholders(values: Values, node: &Node, report: &mut Report<'_>) -> Transformation {
    let include = meta::texts(node, "include", report);
    Transformation::Placeholders { values, include, exclude: meta::texts(node, "exclude", report) }
}

fn variables(vars: &[Entry]) -> BTreeMap<String, Vec<String>> {
    let values = |entry: &Entry| entry.value.items().iter().filter_map(Node::text).collect();
    vars.iter().map(|entry| (entry.key.clone(), values(entry))).collect()
}

/// Python writes `\1` and `\g<name>` where we write `${1}` and `${name}`.
fn replacement(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let named = rest.strip_prefix("\\g<").and_then(|rest| rest.split_once('>'));
        let digit = rest.strip_prefix('\\').and_then(|rest| rest.split_at_checked(1));
        let digit = digit.filter(|(digit, _)| digit.bytes().all(|byte| byte.is_ascii_digit()));
        rest = match (named.or(digit), rest.strip_prefix("\\\\")) {
            (Some((group, after)), _) => {
                out.push_str(&format!("${{{group}}}"));
                after
            }
            (None, Some(after)) => {
                out.push('\\');
                after
            }
            (None, None) => {
                out.push_str(if first == '$' { "$$" } else { "" });
                out.extend((first != '$').then_some(first));
                rest.get(first.len_utf8()..).unwrap_or_default()
            }
        };
    }
    out
}

/// Writes the wildcards that modifiers stand for into the values: what replaces a text sees them.
fn write_wildcards(item: &mut Item) {
    if !item.modifiers.encodings.is_empty() {
        return;
    }
    let written = |value: &Node| match item.modifiers.written(value) {
        Written::Text(text) => {
            Node { position: value.position, yaml: Yaml::Text(text.into_owned()) }
        }
        Written::Other(value) => value.clone(),
    };
    item.values = item.values.iter().map(written).collect();
    if matches!(item.modifiers.how, How::Contains | How::StartsWith | How::EndsWith) {
        item.modifiers.how = How::Equals;
    }
}

fn shown(values: &[Node]) -> Vec<(&'static str, Option<String>)> {
    values.iter().map(|value| (value.kind(), value.text())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replacements_of_python_are_rewritten() {
        assert_eq!(replacement(r"\1-\g<name>\\x$"), r"${1}-${name}\x$$");
    }
}
