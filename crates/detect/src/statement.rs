//! What a rule says in every finding it makes, put into words once and shared by all of them.

use std::sync::Arc;

use tocsin_event::{Basis, EventRef, Finding, FindingId, RuleRef, Severity, Window};
use tocsin_sigma::{Correlation, Level, Rule, RuleSet};

use crate::accused::Parties;
use crate::emission::evidence;
use crate::key::Key;

/// The part of a finding that its rule alone decides.
#[derive(Debug)]
pub(crate) struct Statement {
    id: Arc<str>,
    title: Arc<str>,
    techniques: Arc<[String]>,
    version: String,
    severity: Severity,
    /// Whether it counts apart what several records tell of the same event.
    by_voice: bool,
}

/// The field of the group by which that is told.
const VOICE: &str = "metadata.log_provider";

impl Statement {
    /// What each rule says, and what each correlation says, in their orders.
    pub(crate) fn of_all(rules: &RuleSet) -> (Vec<Self>, Vec<Self>) {
        let voice = rules.field(VOICE);
        let by_voice = |correlation: &Correlation| {
            let mut groups = correlation.members.iter().flat_map(|member| &member.group_by);
            groups.any(|field| Some(*field) == voice)
        };
        let correlations = rules
            .correlations()
            .iter()
            .map(|c| Statement { by_voice: by_voice(c), ..Statement::of(&c.rule) });
        (rules.rules().iter().map(Statement::of).collect(), correlations.collect())
    }

    fn of(rule: &Rule) -> Self {
        let version = rule.modified.as_deref().or(rule.date.as_deref()).unwrap_or_default();
        Statement {
            id: rule.id.as_str().into(),
            title: rule.title.as_str().into(),
            techniques: rule.techniques.as_slice().into(),
            version: version.to_owned(),
            severity: severity(rule.level),
            by_voice: false,
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
        let Parties { accused, others, targets } = Parties::of(event);
        Finding {
            id: FindingId::new(&self.id, &self.version, &accused, group, window.start),
            time: window.end,
            entity: accused,
            entities: others,
            targets,
            detector: self.id.clone(),
            title: self.title.clone(),
            severity: self.severity,
            basis: Basis::Rule(RuleRef { id: self.id.clone(), title: self.title.clone() }),
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
