//! A compiled test of one field, and expressions over tests. Building them is the work of
//! `compile`, running them that of `evaluate`.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use crate::record::FieldId;
use crate::regexp::Expression;
use crate::scratch::Target;
use crate::text::TextSet;

/// A test of one target.
#[derive(Debug)]
pub(crate) struct Test {
    pub(crate) target: Target,
    pub(crate) check: Check,
}

/// What is asked of a target. Lists hold if any element does.
#[derive(Debug)]
pub(crate) enum Check {
    /// The field is there (or is not).
    Exists(bool),
    /// The field is null or absent.
    Null,
    /// The field is this truth value.
    Bool(bool),
    /// The field is one of these numbers.
    Ints(Box<[i64]>),
    /// The field compares so with a number.
    Compare(Comparison, Number),
    /// Any of these texts, letters folded.
    Folded(Box<TextSet>),
    /// Any of these texts, letters as they are.
    Cased(Box<TextSet>),
    /// The address is in one of these networks.
    Networks(Box<[Network]>),
    /// The pattern is found in the text as it is.
    Regex(Arc<Expression>),
    /// The field relates to another field of the record.
    Field(Relation, FieldId, Case),
}

/// How a number is compared with the rule's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
}

/// A number in a rule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    Int(i64),
    Float(f64),
}

/// How one field's text relates to another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    Equals,
    Contains,
    StartsWith,
    EndsWith,
}

/// Whether upper and lower case differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    Folded,
    Kept,
}

/// An address range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Network {
    pub(crate) address: IpAddr,
    pub(crate) prefix: u32,
}

/// A truth value made of tests, cheapest first.
#[derive(Debug)]
pub(crate) enum Expr {
    Test(Test),
    /// A named selection of the same rule, by index.
    Selection(usize),
    Not(Box<Expr>),
    All(Box<[Expr]>),
    Any(Box<[Expr]>),
    AtLeast(usize, Box<[Expr]>),
}

impl Expr {
    /// What must hold together for it to hold.
    pub(crate) fn parts(&self) -> &[Expr] {
        match self {
            Expr::All(parts) => parts,
            one => std::slice::from_ref(one),
        }
    }

    /// The selections it asks for.
    pub(crate) fn selections(&self) -> BTreeSet<usize> {
        match self {
            Expr::Test(_) => BTreeSet::new(),
            Expr::Selection(index) => [*index].into(),
            Expr::Not(inner) => inner.selections(),
            Expr::All(parts) | Expr::Any(parts) | Expr::AtLeast(_, parts) => {
                parts.iter().flat_map(Expr::selections).collect()
            }
        }
    }

    /// The fields it looks at.
    pub(crate) fn fields(&self) -> BTreeSet<FieldId> {
        match self {
            Expr::Test(test) => {
                let other = match test.check {
                    Check::Field(_, other, _) => Some(other),
                    _ => None,
                };
                test.target.field().into_iter().chain(other).collect()
            }
            // Selections do not refer to each other.
            Expr::Selection(_) => BTreeSet::new(),
            Expr::Not(inner) => inner.fields(),
            Expr::All(parts) | Expr::Any(parts) | Expr::AtLeast(_, parts) => {
                parts.iter().flat_map(Expr::fields).collect()
            }
        }
    }
}

impl Comparison {
    pub(crate) fn holds(self, left: Number, right: Number) -> bool {
        use std::cmp::Ordering;
        let Some(order) = left.compare(right) else {
            return false;
        };
        match self {
            Comparison::Less => order == Ordering::Less,
            Comparison::LessOrEqual => order != Ordering::Greater,
            Comparison::Greater => order == Ordering::Greater,
            Comparison::GreaterOrEqual => order != Ordering::Less,
            Comparison::Equal => order == Ordering::Equal,
        }
    }
}

impl Number {
    pub(crate) fn parse(text: &str) -> Option<Number> {
        let float = || text.parse::<f64>().ok().filter(|number| number.is_finite());
        text.parse().map(Number::Int).ok().or_else(|| float().map(Number::Float))
    }

    fn compare(self, other: Number) -> Option<std::cmp::Ordering> {
        match (self, other) {
            (Number::Int(a), Number::Int(b)) => Some(a.cmp(&b)),
            (a, b) => a.float().partial_cmp(&b.float()),
        }
    }

    fn float(self) -> f64 {
        match self {
            Number::Int(number) => number as f64,
            Number::Float(number) => number,
        }
    }
}

impl Relation {
    pub(crate) fn holds(self, text: &str, other: &str) -> bool {
        match self {
            Relation::Equals => text == other,
            Relation::Contains => text.contains(other),
            Relation::StartsWith => text.starts_with(other),
            Relation::EndsWith => text.ends_with(other),
        }
    }
}

impl Network {
    /// Reads `address/prefix`, or one address.
    pub(crate) fn parse(text: &str) -> Option<Network> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().ok()?;
        let widest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Some(widest), |prefix| prefix.trim().parse().ok())?;
        (prefix <= widest).then_some(Network { address, prefix })
    }

    /// True if the address lies in the range. IPv4 addresses written as IPv6 (`::ffff:1.2.3.4`)
    /// count as IPv4.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let differing = u64::from(u32::from(own) ^ u32::from(other));
                differing >> (32 - self.prefix) == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let differing = u128::from(own) ^ u128::from(other);
                differing.checked_shr(128 - self.prefix).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

impl Expr {
    /// One expression out of several of which any is enough.
    pub(crate) fn any(mut parts: Vec<Expr>) -> Expr {
        match parts.len() {
            1 => parts.swap_remove(0),
            _ => Expr::Any(parts.into()),
        }
    }

    /// One expression out of several that must all hold.
    pub(crate) fn all(mut parts: Vec<Expr>) -> Expr {
        match parts.len() {
            1 => parts.swap_remove(0),
            _ => Expr::All(parts.into()),
        }
    }

    /// Refers to selections that stand so many places further on.
    pub(crate) fn shift(&mut self, places: usize) {
        match self {
            Expr::Test(_) => {}
            Expr::Selection(index) => *index += places,
            Expr::Not(inner) => inner.shift(places),
            Expr::All(parts) | Expr::Any(parts) | Expr::AtLeast(_, parts) => {
                parts.iter_mut().for_each(|part| part.shift(places));
            }
        }
    }

    /// Sorts every `All`, `Any` and `AtLeast` cheapest first and returns the rough cost in
    /// nanoseconds; `selections` are the costs of the rule's selections.
    pub(crate) fn order(&mut self, selections: &[u32]) -> u32 {
        match self {
            Expr::Test(test) => test.cost(),
            Expr::Selection(index) => selections.get(*index).copied().unwrap_or(0),
            Expr::Not(inner) => inner.order(selections),
            Expr::All(parts) | Expr::Any(parts) | Expr::AtLeast(_, parts) => {
                let mut total = 0u32;
                for part in &mut *parts {
                    total = total.saturating_add(part.order(selections));
                }
                parts.sort_by_cached_key(|part| part.cost(selections));
                total
            }
        }
    }

    fn cost(&self, selections: &[u32]) -> u32 {
        match self {
            Expr::Test(test) => test.cost(),
            Expr::Selection(index) => selections.get(*index).copied().unwrap_or(0),
            Expr::Not(inner) => inner.cost(selections),
            Expr::All(parts) | Expr::Any(parts) | Expr::AtLeast(_, parts) => {
                parts.iter().fold(0, |sum, part| sum.saturating_add(part.cost(selections)))
            }
        }
    }
}

impl Test {
    fn cost(&self) -> u32 {
        let cost = match &self.check {
            Check::Exists(_) | Check::Null | Check::Bool(_) | Check::Ints(_) => 1,
            Check::Compare(..) => 2,
            Check::Folded(texts) => 2 + texts.cost(),
            Check::Cased(texts) => 4 + 2 * texts.cost(),
            Check::Field(..) => 10,
            Check::Networks(_) => 30,
            Check::Regex(_) => 200,
        };
        // The whole record is longer than any field.
        if self.target == Target::Record { cost * 8 } else { cost }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_hold_their_addresses_and_no_others() {
        let cases = [
            ("10.0.0.0/8", "10.255.1.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("192.0.2.7", "192.0.2.7", true),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true),
            ("::/0", "2001:db8::1", true),
            ("fe80::/10", "febf::1", true),
            ("fe80::/10", "fec0::1", false),
        ];
        for (network, address, expected) in cases {
            let network = Network::parse(network).unwrap();
            assert_eq!(network.contains(address.parse().unwrap()), expected, "{address}");
        }
        assert!(Network::parse("10.0.0.0/33").is_none());
    }

    #[test]
    fn numbers_compare_exactly_when_whole() {
        let big = Number::Int(i64::MAX);
        assert!(Comparison::Less.holds(Number::Int(i64::MAX - 1), big));
        assert!(Comparison::GreaterOrEqual.holds(Number::Float(1.5), Number::Int(1)));
        assert!(!Comparison::Equal.holds(Number::Float(f64::NAN), Number::Int(1)));
    }
}
