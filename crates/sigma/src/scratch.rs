//! Working memory for matching, kept by the caller and reused: each field of a record is folded to
//! lower case at most once, however many rules look at it.

use std::fmt::Write;

use crate::limits;
use crate::record::{FieldId, Record, Value};
use crate::text::{self, Pairs};

/// Reusable working memory; one per thread. It grows to the largest record seen and then
/// allocates no more.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Slots of another generation are stale.
    generation: u32,
    slots: Vec<Slot>,
    texts: Vec<Folded>,
    pairs: Vec<Pairs>,
    folded: String,
    number: String,
    /// Bits for the rules of the route that are worth evaluating.
    pub(crate) candidates: Vec<u64>,
}

/// What a test reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    /// One field.
    Field(FieldId),
    /// The whole record as text.
    Record,
}

impl Target {
    pub(crate) fn field(self) -> Option<FieldId> {
        match self {
            Target::Field(field) => Some(field),
            Target::Record => None,
        }
    }
}

/// Stands before each folded text, so that a search can tell its beginning...
pub(crate) const START: char = '\u{2}';
/// ...and behind it, for its end. A text that holds them itself is looked at in vain, no more.
pub(crate) const END: char = '\u{3}';

/// The texts of one target: `count` of `Scratch::texts` from `first`.
#[derive(Debug, Default, Clone, Copy)]
struct Slot {
    generation: u32,
    first: usize,
    count: usize,
}

#[derive(Debug)]
struct Folded {
    start: usize,
    end: usize,
    /// Index into `Scratch::pairs`, once asked for.
    pairs: Option<usize>,
}

impl Scratch {
    /// Empty working memory.
    pub fn new() -> Self {
        Scratch::default()
    }

    /// Forgets the last record. `fields` is how many fields the rule set has.
    pub(crate) fn begin(&mut self, fields: usize) {
        self.texts.clear();
        self.pairs.clear();
        self.folded.clear();
        self.generation = self.generation.wrapping_add(1);
        if self.generation == 0 || self.slots.len() <= fields {
            self.slots.clear();
            self.slots.resize(fields + 1, Slot::default());
            self.generation = 1;
        }
    }

    /// The folded texts of a target, as a range for [`text`](Self::text).
    pub(crate) fn texts<R: Record + ?Sized>(
        &mut self,
        target: Target,
        record: &R,
    ) -> std::ops::Range<usize> {
        let index = match target {
            Target::Field(field) => field.0 as usize + 1,
            Target::Record => 0,
        };
        let Some(slot) = self.slots.get(index).copied() else {
            return 0..0;
        };
        if slot.generation == self.generation {
            return slot.first..slot.first + slot.count;
        }
        let first = self.texts.len();
        match target {
            Target::Field(field) => self.fold(record.value(field), limits::LIST_DEPTH),
            Target::Record => self.fold_text(record.text()),
        }
        let count = self.texts.len() - first;
        self.slots[index] = Slot { generation: self.generation, first, count };
        first..first + count
    }

    /// One folded text.
    pub(crate) fn text(&self, index: usize) -> &str {
        let range = self.texts.get(index).map_or(0..0, |text| text.start..text.end);
        self.folded.get(range).unwrap_or("")
    }

    /// One folded text between [`START`] and [`END`].
    pub(crate) fn bounded_text(&self, index: usize) -> &str {
        let range = self.texts.get(index).map_or(0..0, |text| text.start - 1..text.end + 1);
        self.folded.get(range).unwrap_or("")
    }

    /// One folded text and its pairs.
    pub(crate) fn text_and_pairs(&mut self, index: usize) -> (&str, &Pairs) {
        let at = match self.texts.get(index).and_then(|text| text.pairs) {
            Some(at) => at,
            None => self.add_pairs(index),
        };
        (self.text(index), self.pairs.get(at).unwrap_or(&Pairs::ALL))
    }

    /// True if `holds` for any text of the value, as it is written in the record.
    pub(crate) fn any_raw_text(
        &mut self,
        value: Value<'_>,
        holds: &mut dyn FnMut(&str) -> bool,
    ) -> bool {
        let number = &mut self.number;
        value.any(limits::LIST_DEPTH, &mut |single| match single {
            Value::Str(text) => holds(text),
            Value::Absent | Value::Null | Value::List(_) => false,
            other => {
                number.clear();
                write_scalar(number, other);
                holds(number)
            }
        })
    }

    fn add_pairs(&mut self, index: usize) -> usize {
        self.pairs.push(Pairs::of(self.text(index)));
        let at = self.pairs.len() - 1;
        if let Some(text) = self.texts.get_mut(index) {
            text.pairs = Some(at);
        }
        at
    }

    fn fold(&mut self, value: Value<'_>, depth: usize) {
        match value {
            Value::Absent | Value::Null => {}
            Value::Str(text) => self.fold_text(text),
            Value::List(items) if depth > 0 => {
                (0..items.count()).for_each(|index| self.fold(items.item(index), depth - 1));
            }
            Value::List(_) => {}
            other => self.fold_by(|folded| write_scalar(folded, other)),
        }
    }

    fn fold_text(&mut self, text: &str) {
        self.fold_by(|folded| text::fold(text, folded));
    }

    fn fold_by(&mut self, append: impl FnOnce(&mut String)) {
        self.folded.push(START);
        let start = self.folded.len();
        append(&mut self.folded);
        self.texts.push(Folded { start, end: self.folded.len(), pairs: None });
        self.folded.push(END);
    }
}

/// Appends a number or truth value as rules write it.
/// Appends a number or a truth value.
pub(crate) fn write_scalar(out: &mut String, value: Value<'_>) {
    // Writing to a String cannot fail.
    let _ = match value {
        Value::Int(number) => write!(out, "{number}"),
        Value::Float(number) => write!(out, "{number}"),
        Value::Bool(truth) => write!(out, "{truth}"),
        _ => Ok(()),
    };
}
