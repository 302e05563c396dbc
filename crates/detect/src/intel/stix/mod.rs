//! STIX 2.1: indicators of a bundle, and patterns (OASIS, STIX Version 2.1).

mod evaluate;
mod lexer;
mod observed;
mod pattern;

use compact_str::CompactString;
use serde_json::Value;
use tocsin_event::{EventRef, Time};

use super::{End, Facts, Indicator, Intel, Map, Read};
pub use pattern::{Comparison, Pattern};

/// Patterns that every event must be looked at with, at most: those that ask for no text.
const UNINDEXED_MAX: usize = 1000;

/// Why something is no pattern, or does not hold or fail to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Something else was expected here, counted in bytes from 1.
    #[error("the pattern is not understood at {at}")]
    Syntax {
        /// Where.
        at: usize,
    },
    /// Longer or deeper than anybody writes.
    #[error("the pattern is too long or too deep")]
    TooLong,
    /// A set has constants of several kinds.
    #[error("a set has constants of one kind")]
    MixedSet,
    /// A text is compared with a time, or a time is none.
    #[error("a time is no time")]
    NoTime,
    /// A regular expression is none, or too large.
    #[error("a regular expression cannot be used")]
    Expression,
}

/// Nanoseconds since 1970 of a time as STIX writes them (RFC 3339).
fn time(text: &str) -> Option<i64> {
    let time: jiff::Timestamp = text.parse().ok()?;
    Some(i64::try_from(time.as_nanosecond()).unwrap_or(i64::MAX))
}

/// Patterns that ask for more than one value.
#[derive(Clone, Debug, Default)]
pub(super) struct Patterns {
    patterns: Vec<(Comparison, String, Indicator)>,
    /// Patterns by texts of which one must be there.
    by_text: Map<CompactString, Vec<u32>>,
    unindexed: Vec<u32>,
}

impl Patterns {
    pub(super) fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Adds a pattern; false where there are too many of its kind.
    fn add(&mut self, comparison: Comparison, text: &str, indicator: Indicator) -> bool {
        let number = self.patterns.len() as u32;
        match comparison.needed() {
            Some(needed) => {
                for text in needed {
                    let text = CompactString::from(text.to_ascii_lowercase());
                    self.by_text.entry(text).or_default().push(number);
                }
            }
            None if self.unindexed.len() < UNINDEXED_MAX => self.unindexed.push(number),
            None => return false,
        }
        self.patterns.push((comparison, text.to_owned(), indicator));
        true
    }

    /// The first pattern that holds of an event, of those that still hold at all.
    pub(super) fn hit(
        &self,
        event: &EventRef<'_>,
        still_holds: impl Fn(Indicator) -> bool,
    ) -> Option<(&str, Indicator)> {
        let objects = observed::objects(event);
        let mut candidates = self.unindexed.clone();
        objects.iter().for_each(|object| self.asked_for(object, &mut candidates));
        candidates.sort_unstable();
        candidates.dedup();
        candidates.into_iter().find_map(|number| {
            let (comparison, text, indicator) = self.patterns.get(number as usize)?;
            // What cannot be compared does not hold.
            let holds = still_holds(*indicator) && comparison.holds(&objects).unwrap_or(false);
            holds.then_some((text.as_str(), *indicator))
        })
    }

    /// Adds the patterns that ask for a text within a value.
    fn asked_for(&self, value: &Value, candidates: &mut Vec<u32>) {
        match value {
            Value::String(text) => {
                let text = CompactString::from(text.to_ascii_lowercase());
                candidates.extend(self.by_text.get(&text).into_iter().flatten());
            }
            Value::Array(values) => values.iter().for_each(|v| self.asked_for(v, candidates)),
            Value::Object(members) => {
                members.values().for_each(|value| self.asked_for(value, candidates));
            }
            _ => {}
        }
    }
}

/// Adds the indicators of a bundle; what was revoked is left out.
pub(super) fn add_bundle(intel: &mut Intel, name: &str, bundle: &Value) -> Read {
    let objects = bundle["objects"].as_array().map_or(&[][..], Vec::as_slice);
    let mut read = Read::default();
    let indicators = objects.iter().filter(|object| object["type"] == "indicator");
    let (revoked, used): (Vec<_>, Vec<_>) =
        indicators.partition(|object| object["revoked"] == true);
    for object in &used {
        let source = object["created_by_ref"].as_str().and_then(|id| {
            let creator = objects.iter().find(|object| object["id"] == *id)?;
            creator["name"].as_str()
        });
        let at = |member: &str| object[member].as_str().and_then(time).map(Time);
        let confidence = object["confidence"].as_u64().and_then(|number| u8::try_from(number).ok());
        let facts =
            Facts { confidence, from: at("valid_from"), until: at("valid_until"), end: None };
        let list = source.map_or_else(|| name.to_owned(), |source| format!("{name}: {source}"));
        let pattern = object["pattern"].as_str().unwrap_or_default();
        match add_pattern(intel, pattern, &list, facts) {
            Ok(()) => read.took(),
            Err(why) => read.missed(|| {
                let id = object["id"].as_str().unwrap_or("an indicator");
                format!("{id}: {why}")
            }),
        }
    }
    if used.is_empty() {
        let why = format!("the bundle has no indicator that holds; {} are revoked", revoked.len());
        read.why = Some(why);
    }
    read
}

/// Adds what a pattern asks for, or says why not.
fn add_pattern(intel: &mut Intel, text: &str, list: &str, facts: Facts) -> Result<(), String> {
    let Pattern::One(comparison) = Pattern::parse(text).map_err(|error| error.to_string())? else {
        return Err("the pattern asks for several observations, which is not supported".to_owned());
    };
    if let Some(kind) = comparison.unseen() {
        return Err(format!("`{text}` asks for `{kind}`, which events do not tell of"));
    }
    if comparison.is_of_anything() {
        return Err(format!("`{text}` holds of nearly everything"));
    }
    let added = match comparison.only_values() {
        Some(values) => {
            let add = |(value, end): (&str, Option<End>)| {
                let indicator = intel.indicator(list, Facts { end, ..facts });
                intel.add_value(value, indicator)
            };
            values.into_iter().map(add).filter(|added| *added).count() > 0
        }
        None => {
            let indicator = intel.indicator(list, facts);
            intel.patterns.add(comparison, text, indicator)
        }
    };
    if added { Ok(()) } else { Err(format!("`{text}` asks for nothing that can be looked for")) }
}
