//! What detectors hand on: findings, and the growth of findings already made.

use tocsin_event::{EventRef, Evidence, Finding, FindingId, Time};

/// The longest evidence text kept; logs are hostile and records can be huge.
const EVIDENCE_MAX: usize = 256;

/// Something a detector says.
#[derive(Clone, Debug)]
pub(crate) enum Emission {
    /// A new finding.
    Found(Box<Finding>),
    /// More of the same.
    Grown(Growth),
}

/// How a finding has grown since it was made.
#[derive(Clone, Debug)]
pub(crate) struct Growth {
    pub(crate) id: FindingId,
    /// Events that were not told before.
    pub(crate) more: u64,
    pub(crate) end: Time,
    pub(crate) evidence: Option<Evidence>,
}

/// The record of an event as evidence.
pub(crate) fn evidence(event: &EventRef<'_>) -> Evidence {
    let text = excerpt(event).to_owned();
    Evidence { source: event.source().clone(), record: event.record, text }
}

/// The beginning of the record of an event, as evidence quotes it.
pub(crate) fn excerpt<'e>(event: &EventRef<'e>) -> &'e str {
    let raw = event.raw();
    let end = (0..=EVIDENCE_MAX.min(raw.len())).rev().find(|at| raw.is_char_boundary(*at));
    raw.get(..end.unwrap_or_default()).unwrap_or_default()
}
