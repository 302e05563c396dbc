//! What rules look at: a record that hands out values by field. Records belong to the caller;
//! nothing here copies them.

use crate::scratch::write_scalar;

/// A field name, interned by the rule set: an index into [`RuleSet::fields`](crate::RuleSet::fields).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldId(pub u32);

/// One record, as rules see it.
pub trait Record {
    /// The value of a field; [`Value::Absent`] where the record has no such field.
    fn value(&self, field: FieldId) -> Value<'_>;

    /// The whole record as text, for keyword searches.
    fn text(&self) -> &str;
}

/// A field's value.
#[derive(Clone, Copy)]
pub enum Value<'a> {
    /// The record has no such field.
    Absent,
    /// The field is there and is null.
    Null,
    /// Text.
    Str(&'a str),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// Several values: a test holds if it holds for any of them.
    List(&'a dyn Items),
}

/// The values of a list.
pub trait Items {
    /// How many there are.
    fn count(&self) -> usize;

    /// The value at `index`, which is below [`count`](Items::count).
    fn item(&self, index: usize) -> Value<'_>;
}

impl<T: AsRef<str>> Items for Vec<T> {
    fn count(&self) -> usize {
        self.len()
    }

    fn item(&self, index: usize) -> Value<'_> {
        self.get(index).map_or(Value::Absent, |text| Value::Str(text.as_ref()))
    }
}

impl std::fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Absent => f.write_str("Absent"),
            Value::Null => f.write_str("Null"),
            Value::Str(text) => write!(f, "Str({text:?})"),
            Value::Int(number) => write!(f, "Int({number})"),
            Value::Float(number) => write!(f, "Float({number})"),
            Value::Bool(truth) => write!(f, "Bool({truth})"),
            Value::List(items) => write!(f, "List({} items)", items.count()),
        }
    }
}

impl Value<'_> {
    /// The number that this is, or that this text says.
    pub fn number(self) -> Option<f64> {
        match self {
            Value::Int(number) => Some(number as f64),
            Value::Float(number) => Some(number),
            Value::Str(text) => text.trim().parse().ok(),
            Value::Absent | Value::Null | Value::Bool(_) | Value::List(_) => None,
        }
    }

    /// A single value as text.
    pub fn text(self) -> Option<String> {
        match self {
            Value::Str(text) => Some(text.to_owned()),
            Value::Absent | Value::Null | Value::List(_) => None,
            other => {
                let mut text = String::new();
                write_scalar(&mut text, other);
                Some(text)
            }
        }
    }

    /// True if `holds` for this value or, in a list, for any element; lists nested deeper than
    /// `depth` hold nothing.
    pub(crate) fn any(self, depth: usize, holds: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
        match self {
            Value::List(_) if depth == 0 => false,
            Value::List(items) => {
                (0..items.count()).any(|index| items.item(index).any(depth - 1, holds))
            }
            single => holds(single),
        }
    }
}
