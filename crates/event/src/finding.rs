//! What one detector says about one entity, and why. A score cannot be had without its reasons,
//! nor an action without its undo.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Entity, Severity, Time};

/// Names a finding for ever: a hash of what it is about, so emitting it again changes nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FindingId([u8; 8]);

impl FindingId {
    /// The id of a detector's finding on an entity in the window that starts at `start`. The
    /// `version` is that of the rule or model. The `group` is the key of what a correlation counts
    /// apart within the entity, such as each service; 0 where there is no such thing.
    #[must_use]
    pub fn new(detector: &str, version: &str, entity: &Entity, group: u64, start: Time) -> Self {
        let mut hash = Sha256::new();
        for part in [detector, version, entity.kind.name(), &entity.id] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        hash.update(group.to_le_bytes());
        hash.update(start.0.to_le_bytes());
        let digest = hash.finalize();
        let mut id = [0; 8];
        id.copy_from_slice(&digest[..8]);
        FindingId(id)
    }
}

impl fmt::Display for FindingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

impl fmt::Debug for FindingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Which kind of detector found it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DetectorKind {
    /// A Sigma rule or correlation.
    Rule,
    /// An anomaly model.
    Model,
    /// A list of known bad values.
    Intel,
}

impl DetectorKind {
    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            DetectorKind::Rule => "rule",
            DetectorKind::Model => "model",
            DetectorKind::Intel => "intel",
        }
    }
}

/// The span of event time a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Its first instant.
    pub start: Time,
    /// Its last instant.
    pub end: Time,
}

/// One record that shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The source's name, usually a path.
    pub source: Arc<str>,
    /// The record's number in the source, from 1.
    pub record: u64,
    /// The record as read, cut to a printable length. Hostile text: escape it on every screen.
    pub text: String,
}

/// How much one feature moved a score away from the baseline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attribution {
    /// The feature's name.
    pub feature: String,
    /// Its value in this window.
    pub value: f64,
    /// What is usual: the median of the baseline.
    pub baseline: f64,
    /// Its part of the raw score (Shapley value); positive makes the window more anomalous.
    pub contribution: f64,
}

/// What a model says: a score, always with its reasons.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Models {
    score: f64,
    p_value: f64,
    attributions: Vec<Attribution>,
    names: Vec<String>,
}

impl Models {
    /// A score with its calibrated p-value, the attributions that explain it and the names of the
    /// models that agree; `None` without any attribution or model.
    #[must_use]
    pub fn new(
        score: f64,
        p_value: f64,
        attributions: Vec<Attribution>,
        names: Vec<String>,
    ) -> Option<Self> {
        let explained = !attributions.is_empty() && !names.is_empty();
        explained.then_some(Models { score, p_value, attributions, names })
    }

    /// The raw score: higher is more anomalous.
    #[must_use]
    pub fn score(&self) -> f64 {
        self.score
    }

    /// The chance of a score at least this high on normal data.
    #[must_use]
    pub fn p_value(&self) -> f64 {
        self.p_value
    }

    /// Why, largest contribution first. Never empty.
    #[must_use]
    pub fn attributions(&self) -> &[Attribution] {
        &self.attributions
    }

    /// The models that agree. Never empty.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }
}

/// The rule that matched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleRef {
    /// The rule's id.
    pub id: Arc<str>,
    /// The rule's title.
    pub title: Arc<str>,
    /// Who wrote the rule, empty where it does not say: its licence may want them named beside matches.
    pub author: Arc<str>,
    /// What the event has in the fields that the rule wants told, and what the events that a correlation
    /// counts together have in common, by the names of the fields.
    pub values: BTreeMap<String, String>,
}

/// A value that somebody lists as bad.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntelHit {
    /// The list's name, and whose it is where that is said.
    pub list: String,
    /// The value found, as the list writes it.
    pub indicator: String,
    /// How sure the list is, from 0 to 100.
    pub confidence: Option<u8>,
    /// Since when it is said to hold.
    pub valid_from: Option<Time>,
    /// From when on it no longer holds.
    pub valid_until: Option<Time>,
}

/// Why a detector says so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Basis {
    /// A rule matched.
    Rule(RuleRef),
    /// Models find it unlikely.
    Model(Models),
    /// An observable is on a list.
    Intel(IntelHit),
}

impl Basis {
    /// The kind of detector that gives such a reason.
    #[must_use]
    pub fn kind(&self) -> DetectorKind {
        match self {
            Basis::Rule(_) => DetectorKind::Rule,
            Basis::Model(_) => DetectorKind::Model,
            Basis::Intel(_) => DetectorKind::Intel,
        }
    }
}

/// One detector's statement on one entity and window. What every finding of a detector says alike
/// is shared, as a long attack makes many.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable: see [`FindingId`].
    pub id: FindingId,
    /// When its threshold was reached.
    pub time: Time,
    /// The accused.
    pub entity: Entity,
    /// Further accused.
    pub entities: Vec<Entity>,
    /// The victims.
    pub targets: Vec<Entity>,
    /// The detector's name: a rule's id, `model/ip`, `intel/NAME`.
    pub detector: Arc<str>,
    /// What happened, in a few words.
    pub title: Arc<str>,
    /// How grave.
    pub severity: Severity,
    /// Why.
    pub basis: Basis,
    /// ATT&CK technique ids, such as `T1110.001`.
    pub techniques: Arc<[String]>,
    /// The span it is about.
    pub window: Window,
    /// How many events it counts.
    pub count: u64,
    /// Whether its detector counts apart what several records tell of the same event, as PAM and
    /// sshd do of a sign-in: findings at the same time then count the same.
    pub by_voice: bool,
    /// Records that show it: the first ones and the last.
    pub evidence: Vec<Evidence>,
}

/// The technique of someone who gets in with an account that is not theirs.
const VALID_ACCOUNTS: &str = "T1078";

impl Finding {
    /// Whether it says that its accused got in with an account of its targets.
    #[must_use]
    pub fn is_takeover(&self) -> bool {
        let is_of = |id: &String| id.split('.').next() == Some(VALID_ACCOUNTS);
        self.severity >= Severity::High && self.techniques.iter().any(is_of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EntityKind;

    #[test]
    fn a_finding_about_the_same_thing_has_the_same_id() {
        let entity = Entity::new(EntityKind::Ip, "192.0.2.1");
        let id = |group, start| FindingId::new("rule", "1", &entity, group, Time::from_secs(start));
        assert_eq!(id(0, 300), id(0, 300));
        assert_ne!(id(0, 300), id(0, 600));
        assert_ne!(id(0, 300), id(1, 300));
        let other = FindingId::new("rul", "e1", &entity, 0, Time::from_secs(300));
        assert_ne!(id(0, 300), other, "parts must not run into each other");
    }

    #[test]
    fn a_score_without_reasons_cannot_be_had() {
        assert!(Models::new(0.9, 0.001, vec![], vec!["forest".into()]).is_none());
    }
}
