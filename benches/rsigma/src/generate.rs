//! Events made from a rule's own literals: such as it should match, and others that miss it narrowly.
//! Nothing depends on whether they do; both engines are asked.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rsigma_parser::value::{SigmaString, SigmaValue, SpecialChar, StringPart};
use rsigma_parser::{
    ConditionExpr, Detection, DetectionItem, Modifier, Quantifier, SelectorPattern, SigmaRule,
};
use serde_json::{Map, Value as Json, json};

/// An event: names of fields and their values.
pub(crate) type Event = Map<String, Json>;

/// Events for a rule, the same for the same number; every other one is bent.
pub(crate) fn events(rule: &SigmaRule, number: u64, count: usize) -> Vec<Event> {
    let mut made = Maker { rule, rng: StdRng::seed_from_u64(number), event: Event::new() };
    (0..count).map(|at| made.event(at % 2 == 1)).collect()
}

struct Maker<'r> {
    rule: &'r SigmaRule,
    rng: StdRng,
    event: Event,
}

impl Maker<'_> {
    fn event(&mut self, bent: bool) -> Event {
        self.event = Event::new();
        let condition = self.rule.detection.conditions.choose(&mut self.rng).cloned();
        if let Some(condition) = condition {
            self.fulfil(&condition);
        }
        if bent {
            self.bend();
        }
        std::mem::take(&mut self.event)
    }

    fn fulfil(&mut self, condition: &ConditionExpr) {
        match condition {
            ConditionExpr::And(all) => all.iter().for_each(|one| self.fulfil(one)),
            ConditionExpr::Or(any) => {
                if let Some(one) = any.choose(&mut self.rng).cloned() {
                    self.fulfil(&one);
                }
            }
            ConditionExpr::Not(_) => {}
            ConditionExpr::Identifier(name) => self.select(name),
            ConditionExpr::Selector { quantifier, pattern } => {
                let mut names = self.named(pattern);
                if let Quantifier::Any = quantifier {
                    let one = names.choose(&mut self.rng).cloned();
                    names = one.into_iter().collect();
                }
                names.iter().for_each(|name| self.select(name));
            }
        }
    }

    fn named(&self, pattern: &SelectorPattern) -> Vec<String> {
        let begins = match pattern {
            SelectorPattern::Them => "",
            SelectorPattern::Pattern(pattern) => pattern.trim_end_matches('*'),
        };
        let names = self.rule.detection.named.keys();
        let mut names: Vec<String> =
            names.filter(|name| name.starts_with(begins)).cloned().collect();
        names.sort();
        names
    }

    fn select(&mut self, name: &str) {
        if let Some(detection) = self.rule.detection.named.get(name) {
            self.detect(detection);
        }
    }

    fn detect(&mut self, detection: &Detection) {
        match detection {
            Detection::AllOf(items) => items.iter().for_each(|item| self.item(item)),
            Detection::AnyOf(any) => {
                if let Some(one) = any.choose(&mut self.rng) {
                    self.detect(one);
                }
            }
            Detection::And(all) => all.iter().for_each(|one| self.detect(one)),
            Detection::Keywords(values) => {
                if let Some(value) = values.choose(&mut self.rng) {
                    let text = format!("x {} y", self.text(value));
                    self.event.insert("Message".to_owned(), Json::String(text));
                }
            }
            Detection::ArrayMatch { .. } | Detection::Conditional { .. } => {}
        }
    }

    fn item(&mut self, item: &DetectionItem) {
        let has = |modifier| item.field.modifiers.contains(&modifier);
        let name = item.field.name.clone().unwrap_or_else(|| "Message".to_owned());
        let values: Vec<&SigmaValue> = match has(Modifier::All) {
            true => item.values.iter().collect(),
            false => item.values.choose(&mut self.rng).into_iter().collect(),
        };
        if let [value] = values[..]
            && let Some(value) = self.special(value, &item.field.modifiers)
        {
            if !value.is_null() || !has(Modifier::Exists) {
                self.event.insert(name, value);
            }
            return;
        }
        let mut texts: Vec<String> = values.iter().map(|value| self.text(value)).collect();
        let (contains, starts, ends) =
            (has(Modifier::Contains), has(Modifier::StartsWith), has(Modifier::EndsWith));
        if let Some(Json::String(before)) = self.event.get(&name)
            && (contains || texts.len() > 1)
        {
            texts.insert(0, before.clone());
        }
        let text = texts.join(" ");
        let text = match (contains, starts, ends) {
            (true, ..) => format!("q{text}z"),
            (_, true, _) => format!("{text}z"),
            (_, _, true) => format!("q{text}"),
            _ => text,
        };
        let number = values.first().is_some_and(|value| matches!(value, SigmaValue::Integer(_)));
        let number = text.parse::<i64>().ok().filter(|_| number && self.rng.random_bool(0.5));
        self.event.insert(name, number.map_or(Json::String(text), Json::from));
    }

    /// Values that are no text: numbers compared, members that exist, networks, expressions.
    fn special(&mut self, value: &SigmaValue, modifiers: &[Modifier]) -> Option<Json> {
        let number = match value {
            SigmaValue::Integer(number) => Some(*number),
            _ => None,
        };
        for modifier in modifiers {
            match (modifier, number) {
                (Modifier::Gt, Some(number)) => return Some(json!(number + 1)),
                (Modifier::Lt, Some(number)) => return Some(json!(number - 1)),
                (Modifier::Gte | Modifier::Lte, Some(number)) => return Some(json!(number)),
                (Modifier::Exists, _) => {
                    let there = matches!(value, SigmaValue::Bool(true));
                    return Some(if there { json!("there") } else { Json::Null });
                }
                (Modifier::Cidr, _) => {
                    let network = self.text(value);
                    let address = network.split('/').next().unwrap_or_default().to_owned();
                    return Some(Json::String(address));
                }
                (Modifier::Re, _) => return self.matching(value).map(Json::String),
                _ => {}
            }
        }
        match value {
            SigmaValue::Null => Some(Json::Null),
            SigmaValue::Bool(truth) => Some(json!(truth)),
            _ => None,
        }
    }

    fn matching(&mut self, value: &SigmaValue) -> Option<String> {
        let SigmaValue::String(expression) = value else { return None };
        let expression = expression.original.replace("(?i)", "");
        let made = rand_regex::Regex::compile(&expression, 4).ok()?;
        Some(self.rng.sample(&made))
    }

    fn text(&mut self, value: &SigmaValue) -> String {
        match value {
            SigmaValue::String(text) => self.without_wildcards(text),
            SigmaValue::Integer(number) => number.to_string(),
            SigmaValue::Float(number) => number.to_string(),
            SigmaValue::Bool(truth) => truth.to_string(),
            SigmaValue::Null => String::new(),
        }
    }

    fn without_wildcards(&mut self, text: &SigmaString) -> String {
        let mut out = String::new();
        for part in &text.parts {
            match part {
                StringPart::Plain(text) => out.push_str(text),
                StringPart::Special(SpecialChar::WildcardSingle) => out.push('w'),
                StringPart::Special(SpecialChar::WildcardMulti) => {
                    out.push_str(["", "w", "w\\w"].choose(&mut self.rng).unwrap_or(&""));
                }
            }
        }
        out
    }

    /// Changes one value a little.
    fn bend(&mut self) {
        let names: Vec<String> = self.event.keys().cloned().collect();
        let Some(name) = names.choose(&mut self.rng) else { return };
        let Some(value) = self.event.get(name).cloned() else { return };
        let bent = match (value, self.rng.random_range(0..8)) {
            (_, 0) => return drop(self.event.remove(name)),
            (value, 1) => json!(["other", value]),
            (_, 2) => Json::Null,
            (Json::String(text), 3) => json!(text.to_uppercase()),
            (Json::String(text), 4) => json!(format!("{text}+")),
            (Json::String(text), 5) => json!(format!("+{text}")),
            (Json::String(text), _) => {
                let chars: Vec<char> = text.chars().collect();
                let at = self.rng.random_range(0..chars.len().max(1));
                let kept = chars.iter().enumerate().filter(|(place, _)| *place != at);
                json!(kept.map(|(_, char)| *char).collect::<String>())
            }
            (Json::Number(number), 3) => json!(number.to_string()),
            (Json::Number(number), _) => json!(number.as_i64().unwrap_or_default() + 1),
            (value, _) => value,
        };
        self.event.insert(name.clone(), bent);
    }
}
