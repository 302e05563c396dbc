//! Asks a rule about single events, outside any engine: why it matches one, or why not.

use tocsin_event::EventRef;
use tocsin_sigma::{Route, RuleIndex, RuleSet, Scratch};

use crate::record::{Accessors, EventRecord};
use crate::rules;

/// A rule that can be asked.
#[derive(Debug)]
pub struct Inspector {
    set: RuleSet,
    rule: RuleIndex,
    route: Route,
    accessors: Accessors,
    scratch: Scratch,
}

/// What the rule says of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the rule is for the event's kind of log. An engine asks it about no others.
    pub concerned: bool,
    /// Whether its condition holds.
    pub matches: bool,
    /// Its selections, in order, and whether each holds.
    pub selections: Vec<(String, bool)>,
}

impl Inspector {
    /// Makes one rule of a set ready.
    #[must_use]
    pub fn new(set: RuleSet, rule: RuleIndex) -> Self {
        let (accessors, route) = (Accessors::of(&set), set.route_of(vec![rule]));
        Inspector { set, rule, route, accessors, scratch: Scratch::new() }
    }

    /// Asks the rule about an event.
    pub fn ask(&mut self, event: EventRef<'_>) -> Verdict {
        let sources = rules::logsources(event.logsource, event.class);
        let wanted = self.set.rule(self.rule).map(|rule| &rule.logsource);
        let concerned = sources.iter().any(|source| wanted.is_some_and(|w| w.covers(source)));
        let record = EventRecord::new(event, &self.accessors);
        let mut hits = Vec::new();
        self.set.matches(&self.route, &record, &mut self.scratch, &mut hits);
        let holding = self.set.explain(self.rule, &record, &mut self.scratch);
        let names = self.set.selections(self.rule).into_iter();
        let selections = names.map(|name| (name.to_owned(), holding.contains(&name))).collect();
        Verdict { concerned, matches: !hits.is_empty(), selections }
    }
}
