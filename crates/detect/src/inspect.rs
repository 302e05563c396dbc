//! Asks a rule about single events, outside any engine: why it matches one, or why not.

use tocsin_event::EventRef;
use tocsin_sigma::{RuleIndex, RuleSet, Scratch};

use crate::record::{Accessors, EventRecord};
use crate::rules;

/// Rules that can be asked.
#[derive(Debug)]
pub struct Inspector {
    set: RuleSet,
    accessors: Accessors,
    scratch: Scratch,
}

/// What a rule says of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the rule is for the event's kind of log; the others are only told as if it were.
    pub concerned: bool,
    /// Whether its condition holds.
    pub matches: bool,
    /// Its selections, in order, and whether each holds.
    pub selections: Vec<(String, bool)>,
}

impl Inspector {
    /// Makes rules ready.
    #[must_use]
    pub fn new(set: RuleSet) -> Self {
        Inspector { accessors: Accessors::of(&set), set, scratch: Scratch::new() }
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &RuleSet {
        &self.set
    }

    /// Asks one rule about an event.
    pub fn ask(&mut self, rule: RuleIndex, event: EventRef<'_>) -> Verdict {
        let sources = rules::logsources(event.logsource, event.class);
        let wanted = self.set.rule(rule).map(|rule| &rule.logsource);
        let concerned = sources.iter().any(|source| wanted.is_some_and(|w| w.covers(source)));
        let record = EventRecord::new(event, &self.accessors);
        let route = self.set.route_of(vec![rule]);
        let mut hits = Vec::new();
        self.set.matches(&route, &record, &mut self.scratch, &mut hits);
        let holding = self.set.explain(rule, &record, &mut self.scratch);
        let names = self.set.selections(rule).into_iter();
        let selections = names.map(|name| (name.to_owned(), holding.contains(&name))).collect();
        Verdict { concerned, matches: !hits.is_empty(), selections }
    }
}
