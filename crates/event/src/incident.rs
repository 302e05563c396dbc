//! Alerts and incidents: what an analyst reads, made from findings.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Action, Entity, Evidence, Finding, Severity, Time};

/// Where an alert stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlertStatus {
    /// Nobody has looked.
    #[default]
    New,
    /// Someone is looking.
    Investigating,
    /// It was handled.
    Resolved,
    /// It was not worth handling.
    Dismissed,
    /// It was handed on.
    Escalated,
}

/// Findings about one entity and one behaviour, deduplicated and counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// Stable: the id of its first finding.
    pub id: String,
    /// Where it stands.
    pub status: AlertStatus,
    /// What was done.
    pub title: Arc<str>,
    /// The gravest of its findings.
    pub severity: Severity,
    /// The accused.
    pub entity: Entity,
    /// Time of its first event.
    pub start: Time,
    /// Time of its last event.
    pub end: Time,
    /// How many events its findings count.
    pub count: u64,
    /// ATT&CK techniques, sorted.
    pub techniques: Arc<[String]>,
    /// Its findings, oldest first. Never empty.
    pub findings: Vec<Arc<Finding>>,
}

/// Alerts that belong to one attack: what an analyst works on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// `INC-<yyyymmdd>-<hash>`, stable.
    pub id: String,
    /// What happened, in one line.
    pub title: String,
    /// How grave.
    pub severity: Severity,
    /// The accused, the one with most events first.
    pub entities: Vec<Entity>,
    /// The victims.
    pub targets: Vec<Entity>,
    /// Time of its first event.
    pub start: Time,
    /// Time of its last event.
    pub end: Time,
    /// How many events its alerts count: of each accused, those of its busiest alert.
    pub count: u64,
    /// What happened, step by step, oldest first: the gravest of its alerts.
    pub story: Vec<String>,
    /// ATT&CK techniques in kill-chain order.
    pub techniques: Vec<String>,
    /// Two or more records that show it best.
    pub evidence: Vec<Evidence>,
    /// What to do about it, most urgent first.
    pub actions: Vec<Action>,
    /// Its alerts, oldest first. Never empty.
    pub alerts: Vec<Arc<Alert>>,
}
