//! Asks a rule about single events, outside any engine: why it matches one, or why not.

use std::sync::Arc;

use tocsin_event::{EventRef, Time};
use tocsin_sigma::{FieldId, Record as _, Route, RuleIndex, RuleSet, Scratch, Value};

use crate::config::Config;
use crate::places::{Places, Travels};
use crate::record::{Accessors, EventRecord};
use crate::rules;

/// A rule that can be asked.
#[derive(Debug)]
pub struct Inspector<'s> {
    set: &'s RuleSet,
    rule: RuleIndex,
    route: Route,
    accessors: Accessors,
    scratch: Scratch,
    places: Arc<dyn Places>,
    travels: Travels,
}

/// What the rule says of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the rule is for the event's kind of log. An engine asks it about no others, and
    /// nothing else is told of them here.
    pub concerned: bool,
    /// Whether its condition holds.
    pub matches: bool,
    /// Its selections, in order.
    pub selections: Vec<Selection>,
}

/// A named part of a rule, asked about an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Its name.
    pub name: String,
    /// Whether it holds.
    pub holds: bool,
    /// How many of the parts that it asks for together do.
    pub parts: usize,
    /// The fields it looks at, and what the event has there, if anything.
    pub fields: Vec<(String, Option<String>)>,
}

impl<'s> Inspector<'s> {
    /// Makes one rule of a set ready, which may want to know where addresses are.
    #[must_use]
    pub fn new(set: &'s RuleSet, rule: RuleIndex, places: Arc<dyn Places>) -> Self {
        Inspector {
            set,
            rule,
            route: set.route_of(vec![rule]),
            accessors: Accessors::of(set),
            scratch: Scratch::new(),
            places,
            travels: Travels::new(Config::default().rule_keys_max),
        }
    }

    /// Asks the rule about an event, which comes after all it was asked about before.
    pub fn ask(&mut self, event: EventRef<'_>) -> Verdict {
        let origin = self.travels.step(&event, event.time_or(Time(0)), &*self.places);
        let sources = rules::logsources(event.logsource, event.class);
        let wanted = self.set.rule(self.rule).map(|rule| &rule.logsource);
        if !sources.iter().any(|source| wanted.is_some_and(|w| w.covers(source))) {
            return Verdict::default();
        }
        let record = EventRecord::new(event, &self.accessors).coming_from(origin);
        let mut hits = Vec::new();
        self.set.matches(&self.route, &record, &mut self.scratch, &mut hits);
        let names = self.set.fields();
        let value = |field: FieldId| {
            let name = names.get(field.0 as usize).cloned().unwrap_or_default();
            (name, shown(record.value(field)))
        };
        let outcomes = self.set.explain(self.rule, &record, &mut self.scratch);
        let selections = outcomes.map(|outcome| Selection {
            name: outcome.selection.to_owned(),
            holds: outcome.holds,
            parts: outcome.parts,
            fields: outcome.fields.into_iter().map(value).collect(),
        });
        Verdict { concerned: true, matches: !hits.is_empty(), selections: selections.collect() }
    }
}

/// A value as a rule would write it.
fn shown(value: Value<'_>) -> Option<String> {
    match value {
        Value::Absent => None,
        Value::Null => Some("null".to_owned()),
        Value::Str(text) => Some(text.to_owned()),
        Value::Int(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::List(items) => {
            let each = (0..items.count()).filter_map(|index| shown(items.item(index)));
            Some(each.collect::<Vec<_>>().join(", "))
        }
    }
}
