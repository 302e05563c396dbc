//! From a detection as written to a program: values transformed by their modifiers, names resolved,
//! tests put in order of cost.

use data_encoding::BASE64;

use crate::condition::{Condition, Quantity, Selector};
use crate::detection::{Body, Detection, Item, Selection};
use crate::encode;
use crate::evaluate::{self, Program};
use crate::fields::Fields;
use crate::glob::Glob;
use crate::modifier::{Encoding, How};
use crate::pattern::Pattern;
use crate::placeholder::Placeholders;
use crate::problem::{Position, Report, nearest};
use crate::regexp::Expressions;
use crate::scratch::Target;
use crate::test::{Case, Check, Comparison, Expr, Network, Number, Relation, Test};
use crate::text::TextSet;
use crate::yaml::{Node, Yaml};

/// What compiling needs besides the rule.
pub(crate) struct Compiler<'a, 'r> {
    pub(crate) fields: &'a mut Fields,
    pub(crate) placeholders: &'a Placeholders,
    pub(crate) expressions: &'a mut Expressions,
    pub(crate) report: &'a mut Report<'r>,
}

/// A value to compare with, after its transformations.
enum Operand {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    /// Any of these.
    Texts(Vec<Pattern>),
}

impl Compiler<'_, '_> {
    /// Compiles a detection. What cannot be compiled is reported and left out, so the program is
    /// only of use if the report stays clean.
    pub(crate) fn compile(&mut self, detection: &Detection) -> Program {
        let mut costs = Vec::new();
        let mut selections = Vec::new();
        for selection in &detection.selections {
            let mut expr = self.body(&selection.body);
            costs.push(expr.order(&[]));
            selections.push(evaluate::Selection { name: selection.name.clone(), expr });
        }
        let conditions = detection.conditions.iter();
        let parts = conditions
            .filter_map(|(condition, position)| {
                self.condition(condition, &detection.selections, *position)
            })
            .collect();
        let mut condition = Expr::any(parts);
        condition.order(&costs);
        Program { condition, selections }
    }

    fn body(&mut self, body: &Body) -> Expr {
        match body {
            Body::All(items) => Expr::all(items.iter().filter_map(|i| self.item(i)).collect()),
            Body::Any(bodies) => Expr::any(bodies.iter().map(|b| self.body(b)).collect()),
        }
    }

    fn item(&mut self, item: &Item) -> Option<Expr> {
        let values = self.expanded(item)?;
        if item.fields.is_empty() {
            return self.tests_of(item, Target::Record, &values);
        }
        let one = |name: &String| {
            let target = Target::Field(self.fields.intern(name));
            self.tests_of(item, target, &values)
        };
        Some(Expr::any(item.fields.iter().map(one).collect::<Option<_>>()?))
    }

    fn tests_of(&mut self, item: &Item, target: Target, values: &[Node]) -> Option<Expr> {
        let tests: Option<Vec<Expr>> = match item.modifiers.how {
            How::Regex => each(values, |value| self.regex(item, target, value)),
            How::Cidr => each(values, |value| self.network(target, value)),
            How::Exists => each(values, |value| self.exists(target, value)),
            How::Compare(how) => each(values, |value| self.compare(target, how, value)),
            _ if item.modifiers.fieldref => each(values, |value| self.field(item, target, value)),
            _ => self.texts(item, target, values),
        };
        let joined = if item.modifiers.all { Expr::all(tests?) } else { Expr::any(tests?) };
        Some(if item.modifiers.negated { Expr::Not(Box::new(joined)) } else { joined })
    }

    /// The item's values, placeholders replaced where `expand` asks for it.
    fn expanded(&mut self, item: &Item) -> Option<Vec<Node>> {
        if !item.modifiers.expand {
            return Some(item.values.clone());
        }
        let mut expanded = Vec::new();
        for value in &item.values {
            let Yaml::Text(text) = &value.yaml else {
                expanded.push(value.clone());
                continue;
            };
            match self.placeholders.expand(text) {
                Ok(texts) => expanded.extend(
                    texts
                        .into_iter()
                        .map(|t| Node { position: value.position, yaml: Yaml::Text(t) }),
                ),
                Err(message) => {
                    self.report.add(value.position, message, "configure it, or leave the rule out");
                    return None;
                }
            }
        }
        Some(expanded)
    }

    fn regex(&mut self, item: &Item, target: Target, value: &Node) -> Option<Expr> {
        let pattern = self.text(value, "a regular expression")?;
        match self.expressions.compiled(&pattern, &item.modifiers.flags) {
            Ok(expression) => Some(test(target, Check::Regex(expression))),
            Err(reason) => {
                let message = format!("the regular expression cannot be compiled: {reason}");
                let remedy = "rewrite it without look-around, back-references and large counts";
                self.report.add(value.position, message, remedy);
                None
            }
        }
    }

    fn network(&mut self, target: Target, value: &Node) -> Option<Expr> {
        let text = self.text(value, "a network")?;
        let network = Network::parse(&text);
        if network.is_none() {
            let message = format!("`{text}` is not a network");
            self.report.add(value.position, message, "write it as 192.0.2.0/24 or 2001:db8::/32");
        }
        Some(test(target, Check::Networks([network?].into())))
    }

    fn exists(&mut self, target: Target, value: &Node) -> Option<Expr> {
        match (target, &value.yaml) {
            (Target::Field(_), Yaml::Bool(expected)) => {
                Some(test(target, Check::Exists(*expected)))
            }
            _ => {
                let message = "`exists` takes a field, and true or false";
                self.report.add(value.position, message, "write `field|exists: true`");
                None
            }
        }
    }

    fn compare(&mut self, target: Target, how: Comparison, value: &Node) -> Option<Expr> {
        let number = value.text().and_then(|text| Number::parse(&text));
        if number.is_none() {
            let message = format!("a comparison with {}, not a number", value.kind());
            self.report.add(value.position, message, "write a number without quotes");
        }
        Some(test(target, Check::Compare(how, number?)))
    }

    fn field(&mut self, item: &Item, target: Target, value: &Node) -> Option<Expr> {
        let name = self.text(value, "a field name")?;
        let relation = match item.modifiers.how {
            How::Contains => Relation::Contains,
            How::StartsWith => Relation::StartsWith,
            How::EndsWith => Relation::EndsWith,
            _ => Relation::Equals,
        };
        let case = if item.modifiers.cased { Case::Kept } else { Case::Folded };
        Some(test(target, Check::Field(relation, self.fields.intern(&name), case)))
    }

    /// Tests on text and plain values: one for each value under `all`, else as few as possible.
    fn texts(&mut self, item: &Item, target: Target, values: &[Node]) -> Option<Vec<Expr>> {
        let operands: Vec<Operand> = each(values, |value| self.operand(item, value))?;
        let cased = item.modifiers.cased;
        Some(if item.modifiers.all {
            let single = |operand| Expr::any(tests(target, vec![operand], cased));
            operands.into_iter().map(single).collect()
        } else {
            tests(target, operands, cased)
        })
    }

    fn operand(&mut self, item: &Item, value: &Node) -> Option<Operand> {
        let modifiers = &item.modifiers;
        let plain = modifiers.how == How::Equals
            && modifiers.encodings.is_empty()
            && !item.fields.is_empty();
        match &value.yaml {
            Yaml::Null if plain => Some(Operand::Null),
            Yaml::Bool(truth) if plain => Some(Operand::Bool(*truth)),
            Yaml::Int(number) if plain => Some(Operand::Int(*number)),
            Yaml::Float(number) if plain => Some(Operand::Float(*number)),
            _ => self.patterns(item, value).map(Operand::Texts),
        }
    }

    fn patterns(&mut self, item: &Item, value: &Node) -> Option<Vec<Pattern>> {
        let modifiers = &item.modifiers;
        let text = self.text(value, "text")?;
        let mut patterns = vec![Pattern::parse(&text)];
        if !modifiers.encodings.is_empty() {
            patterns = self.encoded(&patterns[0], &modifiers.encodings, value.position)?;
        }
        if modifiers.windash {
            patterns = patterns.iter().map(Pattern::windash).collect();
        }
        let anywhere = modifiers.how == How::Contains || item.fields.is_empty();
        for pattern in &mut patterns {
            if anywhere || modifiers.how == How::EndsWith {
                pattern.open_start();
            }
            if anywhere || modifiers.how == How::StartsWith {
                pattern.open_end();
            }
            if !modifiers.cased {
                pattern.fold();
            }
        }
        Some(patterns)
    }

    fn encoded(
        &mut self,
        pattern: &Pattern,
        encodings: &[Encoding],
        position: Position,
    ) -> Option<Vec<Pattern>> {
        let Some(plain) = pattern.plain() else {
            let message = "a value with wildcards cannot be encoded";
            self.report.add(position, message, "escape the wildcards with a backslash");
            return None;
        };
        let mut values = vec![plain.as_bytes().to_vec()];
        for encoding in encodings {
            values = values.iter().flat_map(|value| encode(*encoding, value)).collect();
        }
        let texts: Result<Vec<String>, _> = values.into_iter().map(String::from_utf8).collect();
        let Ok(texts) = texts else {
            let message = "the encoded value is not text and can never be found";
            self.report.add(position, message, "add `base64` or `base64offset`");
            return None;
        };
        Some(texts.iter().map(|text| Pattern::literal(text)).collect())
    }

    fn text(&mut self, value: &Node, wanted: &str) -> Option<String> {
        let text = value.text();
        if text.is_none() {
            let message = format!("{} stands where {wanted} is wanted", value.kind());
            self.report.add(value.position, message, "write it as text");
        }
        text
    }

    fn condition(
        &mut self,
        condition: &Condition,
        selections: &[Selection],
        position: Position,
    ) -> Option<Expr> {
        let parts = |compiler: &mut Self, parts: &[Condition]| -> Option<Vec<Expr>> {
            each(parts, |part| compiler.condition(part, selections, position))
        };
        match condition {
            Condition::Name(name) => self.named(name, selections, position),
            Condition::Of(quantity, selector) => {
                self.several(*quantity, selector, (selections, position))
            }
            Condition::Not(inner) => {
                Some(Expr::Not(Box::new(self.condition(inner, selections, position)?)))
            }
            Condition::All(conditions) => Some(Expr::all(parts(self, conditions)?)),
            Condition::Any(conditions) => Some(Expr::any(parts(self, conditions)?)),
        }
    }

    fn named(&mut self, name: &str, selections: &[Selection], position: Position) -> Option<Expr> {
        if let Some(index) = selections.iter().position(|selection| selection.name == name) {
            return Some(Expr::Selection(index));
        }
        let names: Vec<&str> = selections.iter().map(|selection| selection.name.as_str()).collect();
        let remedy = match nearest(name, &names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the selections are {}", names.join(", ")),
        };
        self.report.add(position, format!("the condition names no selection `{name}`"), remedy);
        None
    }

    fn several(
        &mut self,
        quantity: Quantity,
        selector: &Selector,
        (selections, position): (&[Selection], Position),
    ) -> Option<Expr> {
        let chosen: Vec<Expr> = selections
            .iter()
            .enumerate()
            .filter(|(_, selection)| selector.chooses(&selection.name))
            .map(|(index, _)| Expr::Selection(index))
            .collect();
        let least = match quantity {
            Quantity::All => chosen.len().max(1),
            Quantity::AtLeast(count) => count,
        };
        if chosen.len() < least {
            let message = match selector {
                Selector::Them => format!("the condition wants {least} of {}", chosen.len()),
                Selector::Pattern(pattern) => {
                    format!("`{pattern}` fits {} selections of at least {least}", chosen.len())
                }
            };
            self.report.add(position, message, "correct the name or the count");
            return None;
        }
        Some(match (quantity, least) {
            (Quantity::All, _) => Expr::all(chosen),
            (_, 1) => Expr::any(chosen),
            _ => Expr::AtLeast(least, chosen.into()),
        })
    }
}

impl Selector {
    fn chooses(&self, name: &str) -> bool {
        match self {
            Selector::Them => !name.starts_with('_'),
            Selector::Pattern(pattern) => Glob::new(&Pattern::parse(pattern)).matches(name),
        }
    }
}

/// All results, or none if any is missing; every item is tried, so that every problem is reported.
fn each<T, U>(items: &[T], mut convert: impl FnMut(&T) -> Option<U>) -> Option<Vec<U>> {
    let converted: Vec<Option<U>> = items.iter().map(&mut convert).collect();
    converted.into_iter().collect()
}

/// The fewest tests that hold if any operand matches.
fn tests(target: Target, operands: Vec<Operand>, cased: bool) -> Vec<Expr> {
    let mut checks = Vec::new();
    let mut ints = Vec::new();
    let mut texts = TextSet::default();
    let mut patterns = operands.len();
    for operand in operands {
        match operand {
            Operand::Null => checks.push(Check::Null),
            Operand::Bool(truth) => checks.push(Check::Bool(truth)),
            Operand::Int(number) => ints.push(number),
            Operand::Float(number) => {
                checks.push(Check::Compare(Comparison::Equal, Number::Float(number)));
            }
            Operand::Texts(several) => {
                several.iter().for_each(|pattern| texts.add(pattern));
                continue;
            }
        }
        patterns -= 1;
    }
    if !ints.is_empty() {
        checks.push(Check::Ints(ints.into()));
    }
    if patterns > 0 {
        let texts = Box::new(texts);
        checks.push(if cased { Check::Cased(texts) } else { Check::Folded(texts) });
    }
    checks.into_iter().map(|check| test(target, check)).collect()
}

fn test(target: Target, check: Check) -> Expr {
    Expr::Test(Test { target, check })
}

fn encode(encoding: Encoding, value: &[u8]) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(value);
    match encoding {
        Encoding::Base64 => vec![BASE64.encode(value).into_bytes()],
        Encoding::Base64Offset => {
            encode::base64_offsets(value).map(String::into_bytes).into_iter().collect()
        }
        Encoding::Utf16 => vec![encode::utf16(&text)],
        Encoding::Utf16Le => vec![encode::utf16le(&text)],
        Encoding::Utf16Be => vec![encode::utf16be(&text)],
    }
}
