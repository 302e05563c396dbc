//! Whether a pattern holds of an observation: of its objects, as JSON.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde_json::Value;

use super::PatternError;
use super::observed::OBSERVED;
use super::pattern::{Check, Comparison, Constant, Order, Path, Step, Test};
use crate::intel::End;
use crate::intel::network::Network;

/// The objects that hold, by their types; what is asked of one type is asked of one object.
type Holding<'o> = BTreeMap<&'o str, BTreeSet<usize>>;

impl Comparison {
    /// Whether this holds of an observation. Its objects have a `type`; what they refer to stands within
    /// them, or among them under its `id`.
    ///
    /// # Errors
    /// [`PatternError::NoTime`] where a time is compared with a text that is none.
    pub fn holds(&self, objects: &[Value]) -> Result<bool, PatternError> {
        Ok(self.holding(objects)?.is_some())
    }

    fn holding<'o>(&'o self, objects: &[Value]) -> Result<Option<Holding<'o>>, PatternError> {
        match self {
            Comparison::Test(test) => test.holding(objects),
            Comparison::Or(any) => {
                let mut found: Option<Holding<'o>> = None;
                for comparison in any {
                    for (kind, holding) in comparison.holding(objects)?.into_iter().flatten() {
                        found.get_or_insert_default().entry(kind).or_default().extend(holding);
                    }
                }
                Ok(found)
            }
            Comparison::And(all) => {
                let mut found = Holding::new();
                for comparison in all {
                    let Some(holding) = comparison.holding(objects)? else { return Ok(None) };
                    for (kind, holding) in holding {
                        let both = match found.get(kind) {
                            Some(before) => before & &holding,
                            None => holding,
                        };
                        if both.is_empty() {
                            return Ok(None);
                        }
                        found.insert(kind, both);
                    }
                }
                Ok(Some(found))
            }
        }
    }
}

impl Test {
    fn holding<'o>(&'o self, objects: &[Value]) -> Result<Option<Holding<'o>>, PatternError> {
        let mut holding = BTreeSet::new();
        for (index, object) in objects.iter().enumerate() {
            if object["type"] == *self.path.object {
                let mut values = Vec::new();
                values_at(object, &self.path.steps, objects, &mut values);
                for value in values {
                    if self.check.holds(value)? != self.negated {
                        holding.insert(index);
                    }
                }
            }
        }
        let found = (!holding.is_empty()).then(|| BTreeMap::from([(&*self.path.object, holding)]));
        Ok(found)
    }
}

/// The values at the end of a path.
fn values_at<'v>(
    value: &'v Value,
    steps: &[Step],
    objects: &'v [Value],
    found: &mut Vec<&'v Value>,
) {
    let Some((step, rest)) = steps.split_first() else {
        found.push(value);
        return;
    };
    match step {
        Step::Index(index) => {
            if let Some(value) = value.get(index) {
                values_at(value, rest, objects, found);
            }
        }
        Step::Any => {
            for value in value.as_array().into_iter().flatten() {
                values_at(referred(value, objects), rest, objects, found);
            }
        }
        Step::Key(key) => {
            let member = value.get(key).or_else(|| {
                // Hashes are called in many ways: `md5`, `MD5`, `SHA-256`.
                value
                    .as_object()?
                    .iter()
                    .find(|(name, _)| name.eq_ignore_ascii_case(key))
                    .map(|m| m.1)
            });
            if let Some(member) = member {
                let member = if key.ends_with("_ref") { referred(member, objects) } else { member };
                values_at(member, rest, objects, found);
            }
        }
    }
}

/// What an id stands for, where it is one.
fn referred<'v>(value: &'v Value, objects: &'v [Value]) -> &'v Value {
    let id = value.as_str().filter(|id| id.contains("--"));
    let object = id.and_then(|id| objects.iter().find(|object| object["id"] == *id));
    object.unwrap_or(value)
}

impl Check {
    fn holds(&self, value: &Value) -> Result<bool, PatternError> {
        let text = value.as_str();
        Ok(match self {
            Check::Exists => true,
            Check::Compare(order, constant) => {
                let compared = compare(value, constant)?;
                match order {
                    Order::Equal => compared == Some(Ordering::Equal),
                    Order::NotEqual => compared != Some(Ordering::Equal),
                    Order::Less => compared == Some(Ordering::Less),
                    Order::Greater => compared == Some(Ordering::Greater),
                    Order::AtMost => matches!(compared, Some(Ordering::Less | Ordering::Equal)),
                    Order::AtLeast => matches!(compared, Some(Ordering::Greater | Ordering::Equal)),
                }
            }
            Check::In(constants) => {
                for constant in constants {
                    if compare(value, constant)? == Some(Ordering::Equal) {
                        return Ok(true);
                    }
                }
                false
            }
            Check::Like(expression) | Check::Matches(expression) => {
                text.is_some_and(|text| expression.is_match(text))
            }
            Check::IsSubset(network) => text.is_some_and(|text| is_within(text, network)),
            Check::IsSuperset(network) => text.is_some_and(|text| is_within(network, text)),
        })
    }
}

/// How a value compares with a constant; `None` for what cannot be compared.
fn compare(value: &Value, constant: &Constant) -> Result<Option<Ordering>, PatternError> {
    Ok(match (value, constant) {
        (Value::Number(number), Constant::Int(constant)) => match number.as_i64() {
            Some(number) => Some(number.cmp(constant)),
            None => number.as_f64().and_then(|number| number.partial_cmp(&(*constant as f64))),
        },
        (Value::Number(number), Constant::Float(constant)) => {
            number.as_f64().and_then(|number| number.partial_cmp(constant))
        }
        (Value::Bool(value), Constant::Bool(constant)) => Some(value.cmp(constant)),
        (Value::String(text), Constant::Text(constant)) => match network_of(text, constant) {
            Some(same) => Some(if same { Ordering::Equal } else { text.as_str().cmp(constant) }),
            None => Some(text.as_str().cmp(constant)),
        },
        (Value::String(text), Constant::Bytes(constant)) => Some(text.as_bytes().cmp(constant)),
        (Value::String(text), Constant::Time(constant)) => match super::time(text) {
            Some(time) => Some(time.cmp(constant)),
            None => return Err(PatternError::NoTime),
        },
        _ => None,
    })
}

/// `ipv4-addr:value = '198.51.100.0/24'` is asked of addresses, too: whether one is within.
fn network_of(text: &str, constant: &str) -> Option<bool> {
    constant.contains('/').then_some(())?;
    let network = Network::parse(constant)?;
    let address: IpAddr = text.parse().ok()?;
    Some(network.contains(address))
}

/// Whether an address or network is within another.
fn is_within(inner: &str, outer: &str) -> bool {
    match (Network::parse(inner), Network::parse(outer)) {
        (Some(inner), Some(outer)) => inner.is_within(&outer),
        _ => false,
    }
}

impl Comparison {
    /// Texts of which one stands in every observation that this holds of; `None` where there are none.
    pub(super) fn needed(&self) -> Option<Vec<&str>> {
        match self {
            Comparison::And(all) => all.iter().find_map(Comparison::needed),
            Comparison::Or(any) => {
                let needed: Option<Vec<_>> = any.iter().map(Comparison::needed).collect();
                needed.map(|needed| needed.concat())
            }
            Comparison::Test(Test { negated: true, .. }) => None,
            Comparison::Test(test) => match &test.check {
                Check::Compare(Order::Equal, Constant::Text(text)) => {
                    (!text.contains('/') || Network::parse(text).is_none()).then(|| vec![&**text])
                }
                Check::In(constants) => constants.iter().map(Constant::text).collect(),
                _ => None,
            },
        }
    }

    /// The values of which any is asked for, where that is all: addresses, domains, URLs, hashes; and which
    /// end of a connection each must be.
    pub(super) fn only_values(&self) -> Option<Vec<(&str, Option<End>)>> {
        match self {
            Comparison::Or(any) => {
                let values: Option<Vec<_>> = any.iter().map(Comparison::only_values).collect();
                Some(values?.concat())
            }
            Comparison::Test(Test { path, negated: false, check }) => {
                let end = path.plain()?;
                let constants = match check {
                    Check::Compare(Order::Equal, constant) => std::slice::from_ref(constant),
                    Check::In(constants) => constants,
                    _ => return None,
                };
                let value = |constant| Some((Constant::text(constant)?, end));
                constants.iter().map(value).collect()
            }
            _ => None,
        }
    }

    /// A type of objects that it asks for and that events never tell of, if it cannot hold for that.
    pub(super) fn unseen(&self) -> Option<&str> {
        match self {
            Comparison::Test(test) => {
                (!OBSERVED.contains(&&*test.path.object)).then_some(&*test.path.object)
            }
            Comparison::And(all) => all.iter().find_map(Comparison::unseen),
            Comparison::Or(any) => {
                let unseen: Option<Vec<_>> = any.iter().map(Comparison::unseen).collect();
                unseen?.first().copied()
            }
        }
    }

    /// Whether nearly everything is asked for: all but some value, or any text.
    pub(super) fn is_of_anything(&self) -> bool {
        match self {
            Comparison::And(all) => all.iter().all(Comparison::is_of_anything),
            Comparison::Or(any) => any.iter().any(Comparison::is_of_anything),
            Comparison::Test(Test { negated: true, .. }) => true,
            Comparison::Test(test) => match &test.check {
                Check::Compare(Order::NotEqual, _) | Check::Exists => true,
                Check::Like(regex) | Check::Matches(regex) => regex.is_match(""),
                _ => false,
            },
        }
    }
}

impl Constant {
    fn text(&self) -> Option<&str> {
        match self {
            Constant::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Path {
    /// Which end of a connection it is that has the property, where it is an address, a domain, a URL or a
    /// hash; `None` for anything else.
    fn plain(&self) -> Option<Option<End>> {
        let (Some(Step::Key(first)), Some(Step::Key(last))) =
            (self.steps.first(), self.steps.last())
        else {
            return None;
        };
        let is_value = last == "value";
        match (self.object.as_str(), first.as_str()) {
            ("ipv4-addr" | "ipv6-addr" | "domain-name" | "url", _) => is_value.then_some(None),
            ("network-traffic", "src_ref") => is_value.then_some(Some(End::Source)),
            ("network-traffic", "dst_ref") => is_value.then_some(Some(End::Target)),
            ("file", "hashes") => Some(None),
            _ => None,
        }
    }
}
