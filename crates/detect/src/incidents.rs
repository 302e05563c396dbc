//! Alerts into incidents: what one attacker did, along shared entities and in time; and the mere
//! guessing of many sources at one machine as the one campaign it is.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};
use tocsin_event::{
    Action, Aims, Alert, Duration, Entity, EntityKind, Evidence, Incident, Severity, Time,
};

use crate::attack::AttackCatalog;

/// Alerts further apart than this belong to different incidents.
const QUIET: Duration = Duration::from_secs(86_400);
/// What a command does is told within this time of the command.
const AT_ONCE: Duration = Duration::from_secs(5);
/// Steps of the story that are told: as many as one takes in.
const STEPS_MAX: usize = 12;
/// Records shown.
const EVIDENCE_MAX: usize = 6;
/// The technique of someone who gets in with an account that is not theirs.
const VALID_ACCOUNTS: &str = "T1078";
/// The technique of someone who makes an account to come back with, and of giving it more rights.
const NEW_ACCOUNT: &str = "T1136";
const MORE_RIGHTS: &str = "T1098";

/// The incidents of these alerts, which come oldest first; gravest incidents first. Alerts below
/// `medium` join an incident but do not make one.
pub(crate) fn from_alerts(alerts: &[Arc<Alert>], catalog: &AttackCatalog) -> Vec<Incident> {
    let mut groups = Groups::new(alerts.len());
    along_entities(alerts, &mut groups);
    along_takeovers(alerts, &mut groups);
    along_new_accounts(alerts, &mut groups);
    into_campaigns(alerts, &mut groups);
    let mut incidents: Vec<Incident> = groups
        .members()
        .into_values()
        .map(|members| members.into_iter().map(|at| Arc::clone(&alerts[at])).collect::<Vec<_>>())
        .filter(|members| members.iter().any(|alert| alert.severity >= Severity::Medium))
        .map(|members| incident(members, catalog))
        .collect();
    incidents.sort_by(|a, b| (b.severity, b.count, &a.id).cmp(&(a.severity, a.count, &b.id)));
    incidents
}

/// What is looked up by entity and never walked in its order, which is nobody's.
type ByEntity<'a, T> = HashMap<&'a Entity, T, FixedState>;

/// Sets of alerts that belong together (union-find).
struct Groups(Vec<usize>);

impl Groups {
    fn new(len: usize) -> Self {
        Groups((0..len).collect())
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }

    fn members(&mut self) -> BTreeMap<usize, Vec<usize>> {
        let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for at in 0..self.0.len() {
            members.entry(self.root(at)).or_default().push(at);
        }
        members
    }
}

/// What one entity did within a day of its last doing.
fn along_entities(alerts: &[Arc<Alert>], groups: &mut Groups) {
    let mut latest: ByEntity<'_, (usize, Time)> = HashMap::default();
    for (at, alert) in alerts.iter().enumerate() {
        for entity in std::iter::once(&alert.entity).chain(further(alert)) {
            let (before, end) = *latest.get(entity).unwrap_or(&(at, alert.start));
            if alert.start - end <= QUIET {
                groups.join(before, at);
            }
            latest.insert(entity, (at, end.max(alert.end)));
        }
    }
}

/// What an account did after it was taken over belongs to who took it over.
fn along_takeovers(alerts: &[Arc<Alert>], groups: &mut Groups) {
    let mut taken: ByEntity<'_, (usize, Time)> = HashMap::default();
    for (at, alert) in alerts.iter().enumerate() {
        if let Some((takeover, since)) = taken.get(&alert.entity)
            && alert.end >= *since
            && alert.start - *since <= QUIET
        {
            groups.join(*takeover, at);
        }
        if is_takeover(alert) {
            for account in accounts(alert) {
                taken.insert(account, (at, alert.start));
            }
        }
    }
}

/// Who uses an account within a day of its making belongs with its making, and so does the command by
/// which it was made.
fn along_new_accounts(alerts: &[Arc<Alert>], groups: &mut Groups) {
    let mut made: ByEntity<'_, (usize, Time)> = HashMap::default();
    let mut before: Option<(usize, Option<&Entity>, Time)> = None;
    let is_about = |alert: &Alert| is_of(alert, NEW_ACCOUNT) || is_of(alert, MORE_RIGHTS);
    let about = alerts.iter().enumerate().filter(|(_, alert)| is_about(alert));
    let mut about: Vec<_> = about.collect();
    // Where both begin in the same second, the making is first.
    about.sort_by_key(|(_, alert)| (alert.start, alert.entity.kind != EntityKind::User));
    for (at, alert) in about {
        for account in accounts(alert) {
            if let Some((making, since)) = made.get(account)
                && alert.start - *since <= QUIET
            {
                groups.join(*making, at);
            }
        }
        if let Some((of, host, since)) = before
            && host.is_some()
            && host == machine(alert)
            && alert.start - since <= AT_ONCE
        {
            groups.join(of, at);
        }
        before = Some((at, machine(alert), alert.start));
        if alert.entity.kind == EntityKind::User {
            made.insert(&alert.entity, (at, alert.start));
        }
    }
}

/// Sources that did nothing worse than guess or probe at the same machine in the same way.
fn into_campaigns(alerts: &[Arc<Alert>], groups: &mut Groups) {
    let mut worst = vec![Severity::Info; alerts.len()];
    for (at, alert) in alerts.iter().enumerate() {
        let worst = &mut worst[groups.root(at)];
        *worst = (*worst).max(alert.severity);
    }
    let mut latest: BTreeMap<(&str, Option<&Entity>), (usize, Time)> = BTreeMap::new();
    for (at, alert) in alerts.iter().enumerate() {
        if alert.severity != Severity::Medium || worst[groups.root(at)] > Severity::Medium {
            continue;
        }
        let technique = alert.techniques.first().map_or(&*alert.title, |id| family(id));
        let host = machine(alert);
        let (before, end) = *latest.get(&(technique, host)).unwrap_or(&(at, alert.start));
        if alert.start - end <= QUIET {
            let worst_of_both = worst[groups.root(before)].max(worst[groups.root(at)]);
            groups.join(before, at);
            worst[groups.root(at)] = worst_of_both;
        }
        latest.insert((technique, host), (at, end.max(alert.end)));
    }
}

/// The technique that a sub-technique belongs to.
fn family(technique: &str) -> &str {
    technique.split('.').next().unwrap_or(technique)
}

fn is_takeover(alert: &Alert) -> bool {
    alert.findings.iter().any(|finding| finding.is_takeover())
}

/// Whether it tells of its victim: what many did, of whom none stands for the others.
fn is_of_victim(alert: &Alert) -> bool {
    targets(alert).any(|target| *target == alert.entity)
}

/// Whether its victim is an account into which the last of many got.
fn gave_way(alert: &Alert) -> bool {
    is_of_victim(alert) && is_of(alert, VALID_ACCOUNTS)
}

fn calls_out(alert: &Alert) -> bool {
    alert.findings.iter().all(|finding| finding.calls_out())
}

fn is_of(alert: &Alert, technique: &str) -> bool {
    alert.techniques.iter().any(|id| family(id) == technique)
}

/// The further accused of an alert; some more than once.
fn further(alert: &Alert) -> impl Iterator<Item = &Entity> {
    alert.findings.iter().flat_map(|finding| &finding.entities)
}

fn targets(alert: &Alert) -> impl Iterator<Item = &Entity> {
    alert.findings.iter().flat_map(|finding| &finding.targets)
}

/// The machine it happened on.
fn machine(alert: &Alert) -> Option<&Entity> {
    targets(alert).find(|target| target.kind == EntityKind::Host)
}

fn accounts(alert: &Alert) -> impl Iterator<Item = &Entity> {
    targets(alert).filter(|target| target.kind == EntityKind::User)
}

fn incident(mut alerts: Vec<Arc<Alert>>, catalog: &AttackCatalog) -> Incident {
    alerts.sort_by(|a, b| (a.start, &a.id).cmp(&(b.start, &b.id)));
    let leaders = by_events(&alerts);
    let further = alerts.iter().flat_map(|alert| further(alert)).filter(|e| !leaders.contains(e));
    let entities = [&leaders[..], &sorted(further)].concat();
    Incident {
        id: id(&alerts[0]),
        title: title(&alerts, &leaders),
        severity: alerts.iter().map(|alert| alert.severity).max().unwrap_or_default(),
        targets: victims(&alerts, &entities),
        start: alerts.iter().map(|alert| alert.start).min().unwrap_or_default(),
        end: alerts.iter().map(|alert| alert.end).max().unwrap_or_default(),
        count: events(&alerts),
        story: story(&alerts),
        techniques: techniques(&alerts, catalog),
        evidence: evidence(&alerts),
        actions: actions(&alerts, &leaders),
        entities,
        alerts,
    }
}

/// What to do against the leaders, or whom they called if that is all they did, and for the accounts
/// that were taken over or did something grave.
fn actions(alerts: &[Arc<Alert>], leaders: &[Entity]) -> Vec<Action> {
    let (calls, attacks): (Vec<_>, Vec<_>) = alerts.iter().partition(|alert| calls_out(alert));
    let attackers: HashSet<&Entity, FixedState> =
        attacks.iter().map(|alert| &alert.entity).collect();
    let called = sorted(calls.iter().flat_map(|alert| targets(alert)));
    let takeovers = alerts.iter().filter(|alert| is_takeover(alert) || gave_way(alert));
    let grave = alerts.iter().filter(|alert| alert.severity >= Severity::High);
    let actors = grave.map(|alert| &alert.entity).filter(|e| e.kind == EntityKind::User);
    let taken_over = sorted(takeovers.flat_map(|alert| accounts(alert)).chain(actors));
    let last = sorted(alerts.iter().filter(|a| gave_way(a)).flat_map(|alert| further(alert)));
    let leaders = leaders.iter().filter(|leader| attackers.contains(leader));
    Action::recommended(&Aims {
        accused: leaders.chain(last.iter().filter(|last| !attackers.contains(last))).collect(),
        called: called.iter().collect(),
        taken_over: taken_over.iter().collect(),
    })
}

/// Records by source and number.
type Records<'a> = HashSet<(&'a str, u64), FixedState>;

/// How many events the alerts count. Those on one entity often count the same ones, so of each entity
/// only its busiest alert is taken, or as many records as are shown where those are more.
fn events(alerts: &[Arc<Alert>]) -> u64 {
    let mut of_entity: ByEntity<'_, (u64, Records<'_>)> = HashMap::default();
    for alert in alerts {
        let (busiest, shown) = of_entity.entry(&alert.entity).or_default();
        *busiest = alert.count.max(*busiest);
        let records = alert.findings.iter().flat_map(|finding| &finding.evidence);
        shown.extend(records.map(|record| (&*record.source, record.record)));
    }
    let counts = of_entity.values().map(|(busiest, shown)| (*busiest).max(shown.len() as u64));
    counts.fold(0, u64::saturating_add)
}

fn victims(alerts: &[Arc<Alert>], accused: &[Entity]) -> Vec<Entity> {
    let accused: HashSet<&Entity, FixedState> = accused.iter().collect();
    let targets = alerts.iter().flat_map(|alert| targets(alert));
    sorted(targets.filter(|target| !accused.contains(target)))
}

/// Each entity once, in order.
fn sorted<'e>(entities: impl Iterator<Item = &'e Entity>) -> Vec<Entity> {
    let once: HashSet<&Entity, FixedState> = entities.collect();
    let mut once: Vec<Entity> = once.into_iter().cloned().collect();
    once.sort_unstable();
    once
}

fn id(first: &Alert) -> String {
    let (year, month, day) = first.start.date();
    let hash = first.id.get(..8).unwrap_or(&first.id);
    format!("INC-{year:04}{month:02}{day:02}-{hash}")
}

/// The accused, the one with most events first.
fn by_events(alerts: &[Arc<Alert>]) -> Vec<Entity> {
    let mut counts: ByEntity<'_, u64> = HashMap::default();
    for alert in alerts {
        *counts.entry(&alert.entity).or_default() += alert.count;
    }
    let mut entities: Vec<_> = counts.into_iter().collect();
    entities.sort_by(|a, b| (b.1, a.0).cmp(&(a.1, b.0)));
    entities.into_iter().map(|(entity, _)| entity.clone()).collect()
}

/// What the gravest alert says, and of whom; of equals the first one.
fn title(alerts: &[Arc<Alert>], entities: &[Entity]) -> String {
    let Some(gravest) = alerts.iter().rev().max_by_key(|alert| alert.severity) else {
        return String::new();
    };
    let (what, who) = (&gravest.title, name(&gravest.entity));
    match entities {
        _ if is_of_victim(gravest) => format!("{what}: {who}"),
        [_] => format!("{what} by {who}"),
        _ => format!("{what} by {who} and {} more", entities.len() - 1),
    }
}

/// An entity as people say it: an account is often known by its number alone.
fn name(entity: &Entity) -> Cow<'_, str> {
    let numbered = entity.kind == EntityKind::User && entity.id.bytes().all(|b| b.is_ascii_digit());
    if numbered { format!("user {}", entity.id).into() } else { entity.id.as_str().into() }
}

/// The gravest alerts, in order of the moments in which they came about.
fn story(alerts: &[Arc<Alert>]) -> Vec<String> {
    let mut gravest: Vec<&Alert> = alerts.iter().map(|alert| &**alert).collect();
    gravest.sort_by_key(|alert| std::cmp::Reverse(alert.severity));
    gravest.truncate(STEPS_MAX);
    gravest.sort_by_key(|alert| moment(alert));
    gravest.into_iter().map(step).collect()
}

/// When enough had happened: an account is taken over when someone signs in, not when they begin to
/// guess.
fn moment(alert: &Alert) -> Time {
    alert.findings.iter().map(|finding| finding.time).min().unwrap_or(alert.start)
}

fn step(alert: &Alert) -> String {
    let events =
        if alert.count == 1 { "1 event".to_owned() } else { format!("{} events", alert.count) };
    let victims: BTreeSet<String> = targets(alert).map(ToString::to_string).collect();
    let against = match victims.len() {
        0 => String::new(),
        1..=3 => format!(" against {}", victims.into_iter().collect::<Vec<_>>().join(", ")),
        more => format!(" against {more} targets"),
    };
    let second = moment(alert).window_start(Duration::from_secs(1));
    format!("{second} {}: {} ({events}){against}", alert.entity, alert.title)
}

/// Techniques in kill-chain order.
fn techniques(alerts: &[Arc<Alert>], catalog: &AttackCatalog) -> Vec<String> {
    let all: BTreeSet<&String> = alerts.iter().flat_map(|alert| &*alert.techniques).collect();
    let mut ordered: Vec<String> = all.into_iter().cloned().collect();
    ordered.sort_by_key(|id| catalog.stage(id));
    ordered
}

/// Records of the gravest alerts first, each once.
fn evidence(alerts: &[Arc<Alert>]) -> Vec<Evidence> {
    let mut order: Vec<&Arc<Alert>> = alerts.iter().collect();
    order.sort_by_key(|alert| std::cmp::Reverse(alert.severity));
    let mut shown: Vec<Evidence> = Vec::new();
    for record in order.into_iter().flat_map(|alert| &alert.findings).flat_map(|f| &f.evidence) {
        if shown.len() == EVIDENCE_MAX {
            break;
        }
        if !shown.contains(record) {
            shown.push(record.clone());
        }
    }
    shown
}
