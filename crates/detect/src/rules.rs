//! The rule detector: matches each event once, and moves the state of what the matches feed.
//!
//! A rule that stands alone is counted per accused: it makes one finding an hour for each, which
//! then grows. A correlation keeps its own state per group key.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tocsin_event::{
    Activity, Basis, Class, Duration, EventRef, Evidence, FindingId, LogSource, Status, Time,
    Window,
};
use tocsin_sigma::{
    Correlation, Counted, Feed, FieldId, Hit, KeyState, Kind, Level, Record as _, Route, Rule,
    RuleIndex, RuleSet, Scratch, Span,
};

use crate::accused;
use crate::emission::{Emission, Growth, beginning, evidence};
use crate::key::{self, Key, KeyHasher};
use crate::keyed::Keyed;
use crate::places::{Places, Travels};
use crate::record::{Accessors, EventRecord, FieldKeys};
use crate::statement::Statement;

/// Sequences of which the first event is kept.
const BEGUN_MAX: usize = 50_000;
/// How long matches of a rule that stands alone belong to one finding.
const STANDALONE_SPAN: Duration = Duration::from_secs(3600);
/// A repeated message counts at most so often: what a log claims costs time to count.
const REPEATS_MAX: u32 = 4096;
/// The product under which rules find events of every log, by class.
const NORMALISED: &str = "ocsf";

/// What is derived from the rules: rebuilt at start, never part of a snapshot.
#[derive(Debug)]
pub(crate) struct Rules {
    set: Arc<RuleSet>,
    places: Option<Arc<dyn Places>>,
    accessors: Accessors,
    statements: Vec<Statement>,
    correlation_statements: Vec<Statement>,
    routes: Vec<((&'static LogSource, Class), Route)>,
    scratch: Scratch,
    hits: Vec<RuleIndex>,
    keys: FieldKeys,
}

/// The state of rules, per key.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RuleState {
    keys: Keyed<Entry>,
    /// What sequences began with, for their keys.
    begun: Keyed<Begun>,
    /// How often each source has signed in, of those that have.
    sign_ins: Keyed<u32>,
    travels: Travels,
}

/// The first event of a sequence, which is told beside the last.
#[derive(Debug, Serialize, Deserialize)]
struct Begun {
    time: Time,
    evidence: Evidence,
}

/// The state of one rule or correlation for one key. There may be millions, so it is small.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    progress: Progress,
    /// The finding made last.
    finding: Option<FindingId>,
    /// How much of its count has been told; more than fits is not counted.
    told: u32,
}

#[derive(Debug, Serialize, Deserialize)]
enum Progress {
    /// The span in which a standalone rule's matches are counted.
    Standalone(Span),
    /// A correlation's own state.
    Correlation(KeyState),
}

/// What one event did to one key, seen from the rule.
struct Step<'e> {
    event: EventRef<'e>,
    time: Time,
    says: &'e Statement,
    key: Key,
    /// The part of the key that is not the rule or correlation; 0 for a rule that stands alone.
    group: Key,
}

impl RuleState {
    pub(crate) fn new(keys_max: usize) -> Self {
        RuleState {
            keys: Keyed::new(keys_max),
            begun: Keyed::new(keys_max.min(BEGUN_MAX)),
            sign_ins: Keyed::new(keys_max),
            travels: Travels::new(keys_max),
        }
    }

    /// Keys kept now.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Keys that had to make room.
    pub(crate) fn evicted(&self) -> u64 {
        self.keys.evicted() + self.sign_ins.evicted() + self.travels.evicted()
    }

    /// Forgets what was being counted; from where accounts sign in is learnt, not counted.
    pub(crate) fn clear(&mut self) {
        self.keys.clear();
        self.begun.clear();
        self.sign_ins.clear();
    }

    /// How often the source of a sign-in has signed in before, and counts it if it does now.
    fn sign_ins_before(&mut self, event: &EventRef<'_>) -> u32 {
        if event.class != Class::Authentication || event.activity != Activity::LOGON {
            return 0;
        }
        let Some(source) = event.source_name().map(key::asker) else { return 0 };
        if event.status != Status::Success {
            return self.sign_ins.get(source).copied().unwrap_or_default();
        }
        let sign_ins = self.sign_ins.touch(source, || 0, drop);
        *sign_ins = sign_ins.saturating_add(1);
        *sign_ins - 1
    }

    /// The growth not yet told of every finding, to be told at the end.
    pub(crate) fn rest(&self) -> impl Iterator<Item = Emission> {
        self.keys.states().filter_map(Entry::growth).map(Emission::Grown)
    }

    /// The entry of a key; what an evicted one still had to tell is told first.
    fn entry(
        &mut self,
        key: Key,
        fresh: impl FnOnce() -> Progress,
        out: &mut Vec<Emission>,
    ) -> &mut Entry {
        let fresh = || Entry { progress: fresh(), finding: None, told: 0 };
        self.keys.touch(key, fresh, |evicted| out.extend(evicted.growth().map(Emission::Grown)))
    }

    fn standalone(&mut self, step: &Step<'_>, out: &mut Vec<Emission>) {
        let time = step.time.0;
        let none = Span { start_ns: time, end_ns: time, count: 0 };
        let entry = self.entry(step.key, || Progress::Standalone(none), out);
        let Progress::Standalone(span) = &mut entry.progress else { return };
        let (weight, before) = (u64::from(step.event.count), span.count);
        if before > 0 && step.time - Time(span.start_ns) < STANDALONE_SPAN {
            *span = Span { end_ns: span.end_ns.max(time), count: before + weight, ..*span };
            out.extend(entry.told_anew(step).map(Emission::Grown));
        } else {
            out.extend(entry.growth().map(Emission::Grown));
            entry.progress = Progress::Standalone(Span { count: weight, ..none });
            entry.found(step, step.time, weight, out);
        }
    }

    /// Moves a correlation's state; true when it fired.
    fn correlated(
        &mut self,
        step: &Step<'_>,
        correlation: &Correlation,
        (member, counted): (usize, Counted),
        out: &mut Vec<Emission>,
    ) -> bool {
        self.begin(step, correlation, member);
        let entry = self.entry(step.key, || Progress::Correlation(KeyState::new(correlation)), out);
        let (mut fired, before) = (false, out.len());
        for _ in 0..step.event.count.clamp(1, REPEATS_MAX) {
            let Progress::Correlation(state) = &mut entry.progress else { return false };
            let ended = state.ended(correlation, step.time.0);
            let hit = state.update(correlation, step.time.0, member, counted);
            out.extend(ended.and_then(|span| entry.growth_to(span)).map(Emission::Grown));
            match hit {
                Some(Hit::Fired(span)) => {
                    if speaks(&correlation.rule) {
                        entry.found(step, Time(span.start_ns), span.count, out);
                    }
                    fired = true;
                }
                Some(Hit::Continued(_)) => out.extend(entry.told_anew(step).map(Emission::Grown)),
                None => {}
            }
        }
        self.tell_begun(step.key, out.iter_mut().skip(before));
        fired
    }

    /// Keeps what a sequence may begin with: the first of its members or, where they have no order, the first
    /// for as long as it lasts.
    fn begin(&mut self, step: &Step<'_>, correlation: &Correlation, member: usize) {
        let (time, span) = (step.time, correlation.timespan_ns);
        let is_first = match (correlation.kind, correlation.order.first()) {
            (Kind::TemporalOrdered, Some(first)) => first.member == member,
            (Kind::Temporal, _) => self
                .begun
                .get(step.key)
                .is_none_or(|begun| begun.time.0.saturating_add(span) <= time.0),
            _ => false,
        };
        if is_first {
            let begun = || Begun { time, evidence: evidence(&step.event) };
            let kept = self.begun.touch(step.key, begun, drop);
            if kept.time != time {
                *kept = begun();
            }
        }
    }

    /// Adds to findings just made what their sequence began with, if that is known.
    fn tell_begun<'a>(&self, key: Key, made: impl Iterator<Item = &'a mut Emission>) {
        let Some(begun) = self.begun.get(key) else { return };
        for emission in made {
            if let Emission::Found(finding) = emission
                && finding.window.start == begun.time
                && !finding.evidence.contains(&begun.evidence)
            {
                finding.evidence.insert(0, begun.evidence.clone());
            }
        }
    }
}

/// Whether a correlation makes findings of its own: one that feeds others does too, since what led to
/// a finding is worth telling, unless it says that it informs only them.
fn speaks(correlation: &Rule) -> bool {
    correlation.standalone || correlation.level > Level::Informational
}

impl Entry {
    fn found(&mut self, step: &Step<'_>, start: Time, count: u64, out: &mut Vec<Emission>) {
        let window = Window { start, end: step.time };
        let finding = step.says.finding(&step.event, step.group, window, count);
        self.finding = Some(finding.id);
        self.told = saturated(count);
        out.push(Emission::Found(Box::new(finding)));
    }

    /// How far the finding made last has grown.
    fn growth(&self) -> Option<Growth> {
        self.growth_to(self.span()?)
    }

    fn span(&self) -> Option<Span> {
        match &self.progress {
            Progress::Standalone(span) => Some(*span),
            Progress::Correlation(state) => state.open(),
        }
    }

    fn growth_to(&self, Span { end_ns, count, .. }: Span) -> Option<Growth> {
        let (id, more) = (self.finding?, saturated(count).checked_sub(self.told)?);
        let growth = Growth { id, more: more.into(), end: Time(end_ns), evidence: None };
        (more > 0).then_some(growth)
    }

    /// Growth is told, with fresh evidence, whenever the count has passed a power of two: the cost
    /// of an attack of a million events stays that of twenty.
    fn told_anew(&mut self, step: &Step<'_>) -> Option<Growth> {
        let span = self.span()?;
        let growth = self.growth_to(span)?;
        if span.count.checked_ilog2() == self.told.checked_ilog2() {
            return None;
        }
        self.told = saturated(span.count);
        Some(Growth { evidence: Some(evidence(&step.event)), ..growth })
    }
}

fn saturated(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl Rules {
    pub(crate) fn new(set: Arc<RuleSet>, places: Option<Arc<dyn Places>>) -> Self {
        let (statements, correlation_statements) = Statement::of_all(&set);
        Rules {
            accessors: Accessors::of(&set),
            statements,
            correlation_statements,
            routes: Vec::new(),
            scratch: Scratch::new(),
            hits: Vec::new(),
            keys: FieldKeys::of(&set),
            set,
            places,
        }
    }

    /// Takes one event at `time`.
    pub(crate) fn step(
        &mut self,
        event: EventRef<'_>,
        time: Time,
        state: &mut RuleState,
        out: &mut Vec<Emission>,
    ) {
        let route = self.route(event.logsource, event.class);
        let before = state.sign_ins_before(&event);
        let places = self.places.as_deref();
        let origin = places.and_then(|places| state.travels.step(&event, time, places));
        let record = EventRecord::new(event, &self.accessors);
        let record = record.after_sign_ins(before).coming_from(origin);
        self.hits.clear();
        self.set.matches(&self.routes[route].1, &record, &mut self.scratch, &mut self.hits);
        if self.hits.is_empty() {
            return;
        }
        self.keys.forget();
        let (set, statements) = (&self.set, &self.correlation_statements);
        for index in &self.hits {
            let says = &self.statements[index.0 as usize];
            if set.rule(*index).is_some_and(|rule| rule.standalone) {
                let (key, before) = (standalone_key(says, &event), out.len());
                state.standalone(&Step { event, time, says, key, group: 0 }, out);
                let told = (says.fields.iter(), &says.sought[..]);
                tell_values(out.iter_mut().skip(before), set, &record, told);
            }
            let keys = &mut self.keys;
            let mut run = Run { set, statements, record: &record, keys, event, time, state, out };
            run.feed(set.fed_by_rule(*index));
        }
    }

    /// The index of the route for this kind of event, made when it is first seen: the rules for
    /// its log, and those for any log of its OCSF class.
    fn route(&mut self, source: &'static LogSource, class: Class) -> usize {
        // The very same place, which costs no look at its texts. A source written down twice has
        // two routes, and they are alike.
        let known = |((other, of), _): &((&'static LogSource, Class), Route)| {
            *of == class && std::ptr::eq(source, *other)
        };
        if let Some(at) = self.routes.iter().position(known) {
            return at;
        }
        let sources = logsources(source, class);
        let mut rules: Vec<RuleIndex> =
            sources.iter().flat_map(|source| self.set.concerning(source)).collect();
        rules.sort_unstable();
        rules.dedup();
        self.routes.push(((source, class), self.set.route_of(rules)));
        self.routes.len() - 1
    }
}

/// Where rules may look for an event of this log: there, and among those of any log of its class.
#[must_use]
pub fn logsources(source: &LogSource, class: Class) -> [tocsin_sigma::LogSource; 2] {
    let normalised = &LogSource { product: NORMALISED, category: class.name(), service: "" };
    [source, normalised].map(wanted)
}

fn wanted(source: &LogSource) -> tocsin_sigma::LogSource {
    let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    tocsin_sigma::LogSource {
        product: part(source.product),
        category: part(source.category),
        service: part(source.service),
    }
}

/// One event on its way through the correlations.
struct Run<'r, 'e> {
    set: &'r RuleSet,
    statements: &'r [Statement],
    record: &'r EventRecord<'e>,
    keys: &'r mut FieldKeys,
    event: EventRef<'e>,
    time: Time,
    state: &'r mut RuleState,
    out: &'r mut Vec<Emission>,
}

impl Run<'_, '_> {
    /// Feeds a match; correlations refer only to earlier ones, so this ends.
    fn feed(&mut self, feeds: &[Feed]) {
        for feed in feeds {
            let Some(correlation) = self.set.correlation(feed.correlation) else { continue };
            let Some((group, counted)) = self.group(feed, correlation) else { continue };
            let says = &self.statements[feed.correlation.0 as usize];
            let key = key::join(says.key, group);
            let step = Step { event: self.event, time: self.time, says, key, group };
            let before = self.out.len();
            let fired = self.state.correlated(&step, correlation, (feed.member, counted), self.out);
            let group_by = correlation.members.get(feed.member).map(|member| &member.group_by);
            let fields = group_by.into_iter().flatten().chain(&says.fields);
            tell_values(self.out.iter_mut().skip(before), self.set, self.record, (fields, &[]));
            if fired {
                self.feed(self.set.fed_by_correlation(feed.correlation));
            }
        }
    }

    /// The group key of a match, and what of it is counted; `None` where the event lacks a field of
    /// the group.
    fn group(&mut self, feed: &Feed, correlation: &Correlation) -> Option<(Key, Counted)> {
        let member = correlation.members.get(feed.member)?;
        let group = self.joined(&member.group_by)?;
        let counted = match (correlation.kind, &member.values[..]) {
            (_, []) => None,
            (Kind::Statistic(_), [field, ..]) => {
                self.record.value(*field).number().map(Counted::Number)
            }
            (_, values) => self.joined(values).map(Counted::Value),
        };
        Some((group, counted.unwrap_or(Counted::Nothing)))
    }

    fn joined(&mut self, fields: &[FieldId]) -> Option<Key> {
        fields.iter().try_fold(0, |key, field| {
            Some(key::join(key, self.keys.of_field(*field, self.record)?))
        })
    }
}

/// Adds to findings just made what their event has in these fields: of a correlation, what all its events
/// have in common, and what the rule itself wants told; and in those that it looks in, what the evidence
/// does not show.
fn tell_values<'a>(
    made: impl Iterator<Item = &'a mut Emission>,
    set: &RuleSet,
    record: &EventRecord<'_>,
    (fields, sought): (impl Iterator<Item = &'a FieldId> + Clone, &[FieldId]),
) {
    for emission in made {
        if let Emission::Found(finding) = emission
            && let Basis::Rule(rule) = &mut finding.basis
        {
            let evidence = finding.evidence.last().map_or("", |evidence| evidence.text.as_str());
            // Whom it is about is said already.
            let is_new = |value: &String, shown: bool| {
                *value != finding.entity.id && !(shown && evidence.contains(value.as_str()))
            };
            let fields = fields.clone().map(|field| (field, false));
            for (field, may_be_shown) in fields.chain(sought.iter().map(|field| (field, true))) {
                let name = set.fields().get(field.0 as usize).cloned();
                let value = record.value(*field).text().filter(|v| is_new(v, may_be_shown));
                rule.values.extend(name.zip(value.map(|value| beginning(&value).to_owned())));
            }
        }
    }
}

fn standalone_key(says: &Statement, event: &EventRef<'_>) -> Key {
    let mut hasher = KeyHasher::new();
    accused::hash(event, &mut hasher);
    key::join(says.key, hasher.finish())
}
