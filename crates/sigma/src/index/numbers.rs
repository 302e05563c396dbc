//! Rules by the numbers they need.

use super::set;
use crate::evaluate::is_one_of;
use crate::limits;
use crate::record::{Record, Value};
use crate::scratch::Target;

/// A number that a rule needs in a target.
#[derive(Debug, Clone)]
pub(super) struct NumberNeed {
    pub(super) target: Target,
    pub(super) number: i64,
}

/// The numbers looked for in one target.
#[derive(Debug, Clone)]
pub(super) struct TargetNumbers {
    target: Target,
    /// A number and a rule that it is enough for, sorted.
    filed: Vec<(i64, u32)>,
}

impl TargetNumbers {
    pub(super) fn new(target: Target, needs: Vec<(NumberNeed, u32)>) -> TargetNumbers {
        let mut filed: Vec<_> = needs.into_iter().map(|(need, rule)| (need.number, rule)).collect();
        filed.sort_unstable();
        TargetNumbers { target, filed }
    }

    /// Sets the rules of which a number is the record's.
    pub(super) fn look<R: Record + ?Sized>(&self, record: &R, candidates: &mut [u64]) {
        let value = match self.target {
            Target::Field(field) => record.value(field),
            Target::Record => Value::Str(record.text()),
        };
        match value {
            Value::Absent | Value::Null => {}
            Value::Int(number) => self.find(number, candidates),
            other => self.compare(other, candidates),
        }
    }

    fn find(&self, number: i64, candidates: &mut [u64]) {
        let first = self.filed.partition_point(|(own, _)| *own < number);
        let equal = self.filed.iter().skip(first).take_while(|(own, _)| *own == number);
        equal.for_each(|(_, rule)| set(candidates, *rule));
    }

    /// The same for what is no number but may be equal to one.
    fn compare(&self, value: Value<'_>, candidates: &mut [u64]) {
        for (number, rule) in &self.filed {
            if value.any(limits::LIST_DEPTH, &mut |single| is_one_of(&[*number], single)) {
                set(candidates, *rule);
            }
        }
    }
}
