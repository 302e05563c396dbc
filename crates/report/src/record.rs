//! Findings, alerts and incidents as the JSON objects that reports promise. Field order is part of
//! the promise; the names are never changed, only added to.

use std::collections::BTreeMap;

use serde::Serialize;
use tocsin_event::{
    Action, Alert, AlertStatus, Attribution, Basis, DetectorKind, Entity, Evidence, Finding,
    Incident, IntelHit, RuleRef, Severity, Time, Window,
};

use crate::Scan;

/// A finding as one object.
#[derive(Serialize)]
pub(crate) struct FindingRecord<'f> {
    id: String,
    time: Time,
    entity: &'f Entity,
    entities: &'f [Entity],
    targets: &'f [Entity],
    detector: &'f str,
    kind: DetectorKind,
    title: &'f str,
    severity: Severity,
    score: Option<f64>,
    p_value: Option<f64>,
    technique: &'f [String],
    window: Window,
    attributions: &'f [Attribution],
    evidence: &'f [Evidence],
    actions: Vec<Action>,
    count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    models: Option<&'f [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<RuleRecord<'f>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    intel: Option<Intel<'f>>,
}

#[derive(Serialize)]
struct Intel<'f> {
    list: &'f str,
    indicator: &'f str,
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_from: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<Time>,
}

impl<'f> From<&'f IntelHit> for Intel<'f> {
    fn from(hit: &'f IntelHit) -> Self {
        let IntelHit { list, indicator, confidence, valid_from, valid_until } = hit;
        Intel {
            list,
            indicator,
            confidence: *confidence,
            valid_from: *valid_from,
            valid_until: *valid_until,
        }
    }
}

/// The rule of a finding.
#[derive(Serialize)]
struct RuleRecord<'f> {
    id: &'f str,
    title: &'f str,
    #[serde(skip_serializing_if = "str::is_empty")]
    author: &'f str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    values: &'f BTreeMap<String, String>,
}

impl<'f> From<&'f RuleRef> for RuleRecord<'f> {
    fn from(rule: &'f RuleRef) -> Self {
        RuleRecord { id: &rule.id, title: &rule.title, author: &rule.author, values: &rule.values }
    }
}

impl<'f> FindingRecord<'f> {
    /// The finding with what can be done about it.
    pub(crate) fn new(finding: &'f Finding) -> Self {
        let (mut models, mut rule, mut intel) = (None, None, None);
        match &finding.basis {
            Basis::Model(found) => models = Some(found),
            Basis::Rule(found) => rule = Some(found.into()),
            Basis::Intel(hit) => intel = Some(hit.into()),
        }
        FindingRecord {
            id: finding.id.to_string(),
            time: finding.time,
            entity: &finding.entity,
            entities: &finding.entities,
            targets: &finding.targets,
            detector: &finding.detector,
            kind: finding.basis.kind(),
            title: &finding.title,
            severity: finding.severity,
            score: models.map(|m| m.score()),
            p_value: models.map(|m| m.p_value()),
            technique: &finding.techniques,
            window: finding.window,
            attributions: models.map_or(&[], |m| m.attributions()),
            evidence: &finding.evidence,
            actions: finding.actions(),
            count: finding.count,
            models: models.map(|m| m.names()),
            rule,
            intel,
        }
    }
}

/// An alert as one object; `F` is how its findings are given: whole, or by id.
#[derive(Serialize)]
pub(crate) struct AlertRecord<'a, F> {
    id: &'a str,
    status: AlertStatus,
    title: &'a str,
    severity: Severity,
    entity: &'a Entity,
    start: Time,
    end: Time,
    count: u64,
    technique: &'a [String],
    findings: Vec<F>,
}

impl<'a, F> AlertRecord<'a, F> {
    /// The alert, each of its findings as `finding` gives it.
    pub(crate) fn new(alert: &'a Alert, finding: impl Fn(&'a Finding) -> F) -> Self {
        AlertRecord {
            id: &alert.id,
            status: alert.status,
            title: &alert.title,
            severity: alert.severity,
            entity: &alert.entity,
            start: alert.start,
            end: alert.end,
            count: alert.count,
            technique: &alert.techniques,
            findings: alert.findings.iter().map(|f| finding(f)).collect(),
        }
    }
}

/// An incident as one object; `A` is how its alerts are given: whole, or by id.
#[derive(Serialize)]
pub(crate) struct IncidentRecord<'i, A> {
    id: &'i str,
    title: &'i str,
    severity: Severity,
    entities: &'i [Entity],
    targets: &'i [Entity],
    start: Time,
    end: Time,
    count: u64,
    story: &'i [String],
    technique: &'i [String],
    evidence: &'i [Evidence],
    actions: &'i [Action],
    alerts: Vec<A>,
}

impl<'i, A> IncidentRecord<'i, A> {
    /// The incident, each of its alerts as `alert` gives it.
    pub(crate) fn new(incident: &'i Incident, alert: impl Fn(&'i Alert) -> A) -> Self {
        IncidentRecord {
            id: &incident.id,
            title: &incident.title,
            severity: incident.severity,
            entities: &incident.entities,
            targets: &incident.targets,
            start: incident.start,
            end: incident.end,
            count: incident.count,
            story: &incident.story,
            technique: &incident.techniques,
            evidence: &incident.evidence,
            actions: &incident.actions,
            alerts: incident.alerts.iter().map(|a| alert(a)).collect(),
        }
    }
}

/// The records of all findings, in order.
pub(crate) fn findings(scan: &Scan) -> impl Iterator<Item = FindingRecord<'_>> {
    scan.findings.iter().map(|finding| FindingRecord::new(finding))
}
