//! Runs a compiled rule over one record. Allocates nothing once the scratch memory has grown.

use std::net::IpAddr;

use crate::limits;
use crate::record::{FieldId, Record, Value};
use crate::scratch::{Scratch, Target};
use crate::test::{Case, Check, Comparison, Expr, Network, Number, Relation, Test};
use crate::text::{Pairs, TextSet};

/// A rule ready to run: its condition over its named selections.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) condition: Expr,
    pub(crate) selections: Vec<Selection>,
}

/// A named part of a rule.
#[derive(Debug)]
pub(crate) struct Selection {
    pub(crate) name: String,
    pub(crate) expr: Expr,
}

impl Program {
    /// True if the rule matches.
    pub(crate) fn matches<R: Record + ?Sized>(&self, record: &R, scratch: &mut Scratch) -> bool {
        let mut evaluation = Evaluation { record, selections: &self.selections, scratch };
        evaluation.holds(&self.condition)
    }
}

/// One record being looked at by one rule.
pub(crate) struct Evaluation<'a, R: ?Sized> {
    pub(crate) record: &'a R,
    pub(crate) selections: &'a [Selection],
    pub(crate) scratch: &'a mut Scratch,
}

impl<'a, R: Record + ?Sized> Evaluation<'a, R> {
    pub(crate) fn holds(&mut self, expr: &Expr) -> bool {
        match expr {
            Expr::Test(test) => self.test(test),
            Expr::Selection(index) => {
                let selections = self.selections;
                selections.get(*index).is_some_and(|selection| self.holds(&selection.expr))
            }
            Expr::Not(inner) => !self.holds(inner),
            Expr::All(parts) => parts.iter().all(|part| match part {
                Expr::Test(test) => self.test(test),
                other => self.holds(other),
            }),
            Expr::Any(parts) => parts.iter().any(|part| self.holds(part)),
            Expr::AtLeast(count, parts) => {
                parts.iter().filter(|part| self.holds(part)).take(*count).count() == *count
            }
        }
    }

    fn test(&mut self, test: &Test) -> bool {
        match &test.check {
            Check::Ints(numbers) => match self.value(test.target) {
                Value::Int(number) => numbers.contains(&number),
                other => other.any(limits::LIST_DEPTH, &mut |v| is_one_of(numbers, v)),
            },
            Check::Folded(texts) => self.folded(test.target, texts),
            Check::Cased(texts) => self.raw(test.target, &mut |text| {
                texts.matches_anchored(text) || texts.matches_searched(text, &Pairs::ALL)
            }),
            Check::Regex(expression) => {
                self.raw(test.target, &mut |text| expression.is_match(text))
            }
            Check::Networks(networks) => {
                self.raw(test.target, &mut |text| in_networks(networks, text))
            }
            Check::Field(relation, other, case) => {
                self.relates(test.target, *relation, *other, *case)
            }
            Check::Exists(expected) => {
                *expected != matches!(self.value(test.target), Value::Absent)
            }
            check => match self.value(test.target) {
                list @ Value::List(_) => list.any(limits::LIST_DEPTH, &mut |v| scalar(check, v)),
                single => scalar(check, single),
            },
        }
    }

    fn folded(&mut self, target: Target, texts: &TextSet) -> bool {
        for index in self.scratch.texts(target, self.record) {
            if texts.matches_anchored(self.scratch.text(index)) {
                return true;
            }
            if texts.searches() {
                let (text, pairs) = self.scratch.text_and_pairs(index);
                if texts.matches_searched(text, pairs) {
                    return true;
                }
            }
        }
        false
    }

    fn raw(&mut self, target: Target, holds: &mut dyn FnMut(&str) -> bool) -> bool {
        let value = self.value(target);
        self.scratch.any_raw_text(value, holds)
    }

    fn relates(&mut self, target: Target, relation: Relation, other: FieldId, case: Case) -> bool {
        let other = Target::Field(other);
        if case == Case::Folded {
            let left = self.scratch.texts(target, self.record);
            let right = self.scratch.texts(other, self.record);
            let scratch = &*self.scratch;
            return left
                .clone()
                .any(|a| right.clone().any(|b| relation.holds(scratch.text(a), scratch.text(b))));
        }
        let (left, right) = (self.value(target), self.value(other));
        left.any(limits::LIST_DEPTH, &mut |a| match a {
            Value::Str(a) => right.any(
                limits::LIST_DEPTH,
                &mut |b| matches!(b, Value::Str(b) if relation.holds(a, b)),
            ),
            _ => false,
        })
    }

    fn value(&self, target: Target) -> Value<'a> {
        let record = self.record;
        match target {
            Target::Field(field) => record.value(field),
            Target::Record => Value::Str(record.text()),
        }
    }
}

/// The checks that look at one value as it is.
fn scalar(check: &Check, value: Value<'_>) -> bool {
    match check {
        Check::Null => matches!(value, Value::Absent | Value::Null),
        Check::Bool(expected) => is_bool(*expected, value),
        Check::Compare(comparison, number) => compares(*comparison, *number, value),
        Check::Exists(_)
        | Check::Ints(_)
        | Check::Folded(_)
        | Check::Cased(_)
        | Check::Regex(_)
        | Check::Networks(_)
        | Check::Field(..) => false,
    }
}

fn is_bool(expected: bool, value: Value<'_>) -> bool {
    match value {
        Value::Bool(truth) => truth == expected,
        Value::Str(text) => text.eq_ignore_ascii_case(if expected { "true" } else { "false" }),
        _ => false,
    }
}

/// True if the value is one of the numbers, or a text that reads as one.
pub(crate) fn is_one_of(numbers: &[i64], value: Value<'_>) -> bool {
    match value {
        Value::Int(number) => numbers.contains(&number),
        Value::Str(text) => text.parse().is_ok_and(|number| numbers.contains(&number)),
        Value::Float(number) => numbers.iter().any(|own| *own as f64 == number),
        _ => false,
    }
}

fn compares(comparison: Comparison, number: Number, value: Value<'_>) -> bool {
    let left = match value {
        Value::Int(value) => Some(Number::Int(value)),
        Value::Float(value) => Some(Number::Float(value)),
        Value::Str(text) => Number::parse(text),
        _ => None,
    };
    left.is_some_and(|left| comparison.holds(left, number))
}

fn in_networks(networks: &[Network], text: &str) -> bool {
    let address = text.trim().parse::<IpAddr>();
    address.is_ok_and(|address| networks.iter().any(|network| network.contains(address)))
}
