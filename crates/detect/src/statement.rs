//! What a rule says in every finding it makes, put into words once and shared by all of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use tocsin_event::{Basis, EventRef, Finding, FindingId, RuleRef, Severity, Window};
use tocsin_sigma::{Correlation, FieldId, Kind, Level, Rule, RuleIndex, RuleSet};

use crate::accused::Parties;
use crate::emission::evidence;
use crate::key::{Key, KeyHasher};
use crate::record::field_names;

/// The part of a finding that its rule alone decides.
#[derive(Debug)]
pub(crate) struct Statement {
    /// Its part of the keys of what it counts: the same for all rule sets that count the same for it.
    pub(crate) key: Key,
    id: Arc<str>,
    title: Arc<str>,
    author: Arc<str>,
    techniques: Arc<[String]>,
    version: String,
    severity: Severity,
    /// Whether it counts apart what several records tell of the same event.
    by_voice: bool,
    about: About,
    /// The fields that it tells of an event.
    pub(crate) fields: Vec<FieldId>,
    /// Where it names none: the records' own fields in which it looks for texts, told where the evidence does
    /// not have them.
    pub(crate) sought: Vec<FieldId>,
}

/// Of whom a finding is told.
#[derive(Clone, Copy, Debug)]
enum About {
    /// Of who did it.
    Accused,
    /// Of the victim to whom many did it.
    Victim,
    /// Of the account to which many did it, and of who was the last of them.
    VictimAndLast,
}

/// The field of a group that tells apart what several records say.
const VOICE: &str = "metadata.log_provider";
const ACCOUNT: &str = "user.name";
const SOURCE: &str = "src_endpoint";
/// The fields that tell from where it was done.
const FROM: &[&str] =
    &[SOURCE, "src_endpoint.location.country", "src_endpoint.autonomous_system.number"];
/// The fields of a group that tell apart who did it.
const WHO: &[&str] = &[SOURCE, "src_endpoint.ip", "actor.user.name", "actor.user.uid"];

impl About {
    /// What counts sources, or belongs together by its account alone, was done by many.
    fn of(rules: &RuleSet, correlation: &Correlation) -> Self {
        let grouped = |name: &&str| groups_by(rules, correlation, name);
        let counts = |field| correlation.members.iter().any(|m| m.values.contains(&field));
        let counts_sources = FROM.iter().filter_map(|name| rules.field(name)).any(counts);
        match correlation.kind {
            _ if WHO.iter().any(grouped) => About::Accused,
            Kind::ValueCount if counts_sources => About::Victim,
            Kind::TemporalOrdered if grouped(&ACCOUNT) => About::VictimAndLast,
            _ => About::Accused,
        }
    }
}

/// Whether a field is the records' own, and not one that events of any log may have.
fn is_own(rules: &RuleSet, FieldId(field): FieldId) -> bool {
    rules.fields().get(field as usize).is_some_and(|name| !field_names().any(|known| known == name))
}

/// The key of a correlation: of its id and of what it counts, so that state of one that was changed is not
/// taken for that of the other.
fn key_of(rules: &RuleSet, correlation: &Correlation) -> Key {
    let Correlation {
        rule, kind, members, timespan_ns, threshold, presence, order, bounds, ..
    } = correlation;
    let mut key = KeyHasher::new();
    key.text(&rule.id);
    key.text(&format!("{kind:?} {timespan_ns} {threshold:?} {presence:?} {order:?} {bounds:?}"));
    for member in members {
        key.text(rules.described(member.of).map_or("", |rule| rule.id.as_str()));
        for FieldId(field) in member.group_by.iter().chain(&member.values) {
            key.text(rules.fields().get(*field as usize).map_or("", String::as_str));
        }
    }
    key.finish()
}

/// Whether this field is part of what a correlation groups by.
fn groups_by(rules: &RuleSet, correlation: &Correlation, name: &str) -> bool {
    let field = rules.field(name);
    let mut fields = correlation.members.iter().flat_map(|member| &member.group_by);
    field.is_some() && fields.any(|grouped| Some(*grouped) == field)
}

impl Statement {
    /// What each rule says, and what each correlation says, in their orders.
    pub(crate) fn of_all(rules: &RuleSet) -> (Vec<Self>, Vec<Self>) {
        let correlations = rules.correlations().iter().map(|c| Statement {
            key: key_of(rules, c),
            by_voice: groups_by(rules, c, VOICE),
            about: About::of(rules, c),
            ..Statement::of(rules, &c.rule)
        });
        let of_rules = (0..).map(RuleIndex).zip(rules.rules()).map(|(index, rule)| {
            let statement = Statement::of(rules, rule);
            let sought = rules.sought(index).into_iter().filter(|field| is_own(rules, *field));
            let sought = sought.filter(|_| statement.fields.is_empty()).collect();
            Statement { sought, ..statement }
        });
        (of_rules.collect(), correlations.collect())
    }

    fn of(rules: &RuleSet, rule: &Rule) -> Self {
        let version = rule.modified.as_deref().or(rule.date.as_deref()).unwrap_or_default();
        let mut key = KeyHasher::new();
        key.text(&rule.id);
        Statement {
            key: key.finish(),
            id: rule.id.as_str().into(),
            title: rule.title.as_str().into(),
            author: rule.author.as_str().into(),
            techniques: rule.techniques.as_slice().into(),
            version: version.to_owned(),
            severity: severity(rule.level),
            by_voice: false,
            about: About::Accused,
            fields: rule.fields.iter().filter_map(|name| rules.field(name)).collect(),
            sought: Vec::new(),
        }
    }

    /// The finding that `event` made for its `group` at the end of `window`.
    pub(crate) fn finding(
        &self,
        event: &EventRef<'_>,
        group: Key,
        window: Window,
        count: u64,
    ) -> Finding {
        let Parties { accused, others, targets } = match self.about {
            About::Accused => Parties::of(event),
            About::Victim => Parties::of_victim(event, false),
            About::VictimAndLast => Parties::of_victim(event, true),
        };
        Finding {
            id: FindingId::new(&self.id, &self.version, &accused, group, window.start),
            time: window.end,
            entity: accused,
            entities: others,
            targets,
            detector: self.id.clone(),
            title: self.title.clone(),
            severity: self.severity,
            basis: Basis::Rule(RuleRef {
                id: self.id.clone(),
                title: self.title.clone(),
                author: self.author.clone(),
                values: BTreeMap::new(),
            }),
            techniques: self.techniques.clone(),
            window,
            count,
            by_voice: self.by_voice,
            evidence: vec![evidence(event)],
        }
    }
}

fn severity(level: Level) -> Severity {
    match level {
        Level::Informational => Severity::Info,
        Level::Low => Severity::Low,
        Level::Medium => Severity::Medium,
        Level::High => Severity::High,
        Level::Critical => Severity::Critical,
    }
}
