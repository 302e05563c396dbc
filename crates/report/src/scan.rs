//! What a scan found: the input of every report, and the questions every report asks of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tocsin_event::{
    Alert, Allowance, Entity, EntityKind, Finding, Incident, Severity, Skipped, SourceSummary, Time,
};

use crate::phrase::{count, counted};

/// Everything a report can tell. The caller gathers it; nothing here is looked up elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    /// The incidents.
    pub incidents: Vec<Incident>,
    /// Every alert, those that belong to an incident too.
    pub alerts: Vec<Arc<Alert>>,
    /// Every finding, those that became no alert too.
    pub findings: Vec<Arc<Finding>>,
    /// What became of each source's records.
    pub sources: Vec<SourceSummary>,
    /// What was asked for and not read.
    pub unread: Vec<Skipped>,
    /// How far each model has learned what is normal.
    pub learning: Vec<Learning>,
    /// What the allowlist kept from being alerts.
    pub allowed: Vec<Allowance>,
    /// Events the engine saw.
    pub events: u64,
    /// Time of the earliest event.
    pub first: Option<Time>,
    /// Time of the latest event.
    pub last: Option<Time>,
    /// Entities seen.
    pub entities: u64,
    /// Entities forgotten to keep memory bounded.
    pub evicted: u64,
    /// Events that came a minute or more after newer ones.
    pub late: u64,
    /// How often time was set back, and counting began anew.
    pub setbacks: u64,
    /// Findings beyond the cap, not kept.
    pub shed: u64,
    /// Records that became no event.
    pub skipped: u64,
    /// Records left out because the same record was read before.
    pub duplicates: u64,
    /// Rules and correlations that events were held against.
    pub rules_used: u64,
    /// What is known of the ATT&CK techniques named here, by id.
    pub techniques: BTreeMap<String, TechniqueNote>,
    /// What is known of the rules of the findings, by id.
    pub rules: BTreeMap<String, RuleNote>,
    /// Where addresses are, such as `DE AS3320 Deutsche Telekom`.
    pub countries: BTreeMap<String, String>,
    /// Tocsin's version.
    pub version: String,
    /// How long it took in nanoseconds, where the caller measured it.
    pub elapsed_ns: Option<u64>,
}

/// A model's calibration: until it has what it needs, its findings are only `info`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Learning {
    /// The model's name.
    pub model: String,
    /// Windows of normal data it has.
    pub have: u64,
    /// Windows it needs to keep the alert budget.
    pub need: u64,
}

/// What is known of an ATT&CK technique.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct TechniqueNote {
    /// Its name, such as `Password Guessing`.
    pub name: String,
    /// Its tactics by ATT&CK's short names, such as `credential-access`.
    pub tactics: Vec<String>,
    /// What helps against it, such as `M1032 Multi-factor Authentication`.
    pub mitigations: Vec<String>,
    /// Its page.
    pub url: String,
}

/// What a rule says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct RuleNote {
    /// What it finds and why that matters.
    pub description: String,
    /// Who wrote it.
    pub author: String,
    /// Known harmless causes.
    pub falsepositives: Vec<String>,
    /// Where the knowledge comes from.
    pub references: Vec<String>,
    /// Where it is written: file and line.
    pub place: String,
}

impl Scan {
    /// Incidents, gravest first, then oldest first.
    pub(crate) fn ranked_incidents(&self) -> Vec<&Incident> {
        let mut ranked: Vec<_> = self.incidents.iter().collect();
        ranked.sort_by(|a, b| (b.severity, a.start, &a.id).cmp(&(a.severity, b.start, &b.id)));
        ranked
    }

    /// Alerts that belong to no incident, gravest first, then the one with most events.
    pub(crate) fn lone_alerts(&self) -> Vec<&Alert> {
        let told: BTreeSet<&str> =
            self.incidents.iter().flat_map(|i| &i.alerts).map(|a| a.id.as_str()).collect();
        let mut lone: Vec<&Alert> = self
            .alerts
            .iter()
            .map(AsRef::as_ref)
            .filter(|a| !told.contains(a.id.as_str()))
            .collect();
        lone.sort_by(|a, b| (b.severity, b.count, &a.id).cmp(&(a.severity, a.count, &b.id)));
        lone
    }

    /// Records read from all sources.
    pub(crate) fn records(&self) -> u64 {
        self.sources.iter().map(|s| s.read).sum()
    }

    /// Why silence is no all-clear: a sentence each.
    pub(crate) fn reservations(&self) -> Vec<String> {
        let mut told = Vec::new();
        let broken = self.sources.iter().filter(|s| s.error.is_some()).count() as u64;
        if broken > 0 {
            told.push(format!("{} could not be read to the end.", counted(broken, "source")));
        }
        let parsed: u64 = self.sources.iter().map(|s| s.parsed).sum();
        if parsed < self.records() / 2 + self.records() % 2 {
            let (parsed, records) = (count(parsed), counted(self.records(), "record"));
            told.push(format!("Only {parsed} of {records} could be understood."));
        }
        let allowed = self.allowed.iter().map(|of| of.findings).sum();
        if allowed > 0 {
            told.push(format!("{} allowed.", counted(allowed, "finding")));
        }
        told
    }

    /// What does not count as it might, and why: a remark each.
    pub fn losses(&self) -> impl Iterator<Item = String> {
        let losses = [
            (self.duplicates, "record", "read before and left out"),
            (self.late, "event", "a minute or more late: what they tell in sequence may be missed"),
            (self.setbacks, "step", "back in time: what came before and after is counted apart"),
            (self.evicted, "idle entity", "forgotten to bound memory"),
            (self.shed, "finding", "not kept to bound memory"),
        ];
        let told = losses.into_iter().filter(|(times, ..)| *times > 0);
        let told = told.map(|(times, what, why)| format!("{} {why}", counted(times, what)));
        told.chain(self.allowed.iter().flat_map(allowed))
    }

    /// Whether anything is above low.
    pub(crate) fn is_calm(&self) -> bool {
        let grave = |s: Severity| s > Severity::Low;
        !self.incidents.iter().any(|i| grave(i.severity))
            && !self.alerts.iter().any(|a| grave(a.severity))
    }

    /// Where an entity is, if it is an address and that is known.
    pub(crate) fn country(&self, entity: &Entity) -> Option<&str> {
        let known =
            self.countries.get(entity.id.as_str()).filter(|_| entity.kind == EntityKind::Ip)?;
        Some(known)
    }

    /// An entity with its place, where that is known: `ip:203.0.113.9 (DE AS64500 Example)`.
    pub(crate) fn named(&self, entity: &Entity) -> String {
        match self.country(entity) {
            Some(place) => format!("{entity} ({place})"),
            None => entity.to_string(),
        }
    }

    /// What helps against these techniques, each thing once.
    pub(crate) fn mitigations(&self, techniques: &[String]) -> BTreeSet<&str> {
        let notes = techniques.iter().filter_map(|id| self.techniques.get(id));
        notes.flat_map(|note| &note.mitigations).map(String::as_str).collect()
    }

    /// The incident that a finding belongs to.
    pub(crate) fn incident_of(&self, finding: &Finding) -> Option<&Incident> {
        let holds = |alert: &Arc<Alert>| alert.findings.iter().any(|f| f.id == finding.id);
        self.incidents.iter().find(|incident| incident.alerts.iter().any(holds))
    }
}

/// What an entry of the allowlist kept back, or no longer does.
fn allowed(of: &Allowance) -> impl Iterator<Item = String> {
    let Allowance { entry, reason, until, findings, severity, after_end } = of;
    let kept = severity.map(|worst| {
        let findings = counted(*findings, "finding");
        format!("{findings} allowed until {until}, the gravest {worst}: {reason} ({entry})")
    });
    let ended = (*after_end > 0).then(|| {
        let findings = counted(*after_end, "finding");
        format!("{findings} not allowed since {until}: {reason} ({entry})")
    });
    let nothing = (kept.is_none() && ended.is_none())
        .then(|| format!("nothing was there to be allowed: {reason} ({entry})"));
    [kept, ended, nothing].into_iter().flatten()
}
