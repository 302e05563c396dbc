//! What detectors hand on: findings, and the growth of findings already made.

use std::fmt::{self, Write as _};

use tocsin_event::{Class, EventRef, Evidence, Field, Finding, FindingId, Time};

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
    let mut text = String::new();
    quote(event, &mut text);
    Evidence { source: event.source().clone(), record: event.record, text }
}

/// What evidence tells of a record that is a long document, the beginning of which says little.
const TOLD: &[Field] = &[
    Field::ApiOperation,
    Field::EventCode,
    Field::ActorUser,
    Field::ActorUid,
    Field::User,
    Field::UserUid,
    Field::ProcessPath,
    Field::ProcessCmdLine,
    Field::FilePath,
    Field::ServiceName,
    Field::MalwareName,
    Field::HttpMethod,
    Field::HttpHost,
    Field::UrlPath,
    Field::UrlQuery,
    Field::DnsQuery,
    Field::StatusDetail,
    Field::UserAgent,
];

/// Appends the record of an event as evidence quotes it: its beginning, or of a long document, and of
/// one record made of several, what the event says of it.
pub(crate) fn quote(event: &EventRef<'_>, out: &mut String) {
    let raw = event.raw();
    let is_document = raw.starts_with('{') || raw.starts_with("<Event");
    let is_long = raw.len() > EVIDENCE_MAX && is_document;
    let is_joined = raw.contains('\n') && event.class != Class::Base;
    if !(is_long || is_joined) || !tell(event, out) {
        out.push_str(beginning(raw));
    }
}

/// Whether there is anything to tell.
fn tell(event: &EventRef<'_>, out: &mut String) -> bool {
    let empty = out.len();
    let mut add = |name: &str, value: &dyn fmt::Display| {
        let between = if out.len() == empty { "" } else { ", " };
        // Writing to a String cannot fail.
        let _ = write!(out, "{between}{name}: {value}");
    };
    if let Some(source) = event.source_name() {
        add(Field::SrcEndpoint.path(), &source);
    }
    if let Some(target) = event.target_name() {
        add(Field::DstEndpoint.path(), &target);
    }
    if event.dst.port != 0 {
        add(Field::DstPort.path(), &event.dst.port);
    }
    for field in TOLD {
        match beginning(event.attribute(*field)) {
            "" => {}
            value => add(field.path(), &value),
        }
    }
    out.truncate(empty + beginning(out.get(empty..).unwrap_or_default()).len());
    out.len() > empty
}

/// As much of a text as is told.
pub(crate) fn beginning(text: &str) -> &str {
    let end = (0..=EVIDENCE_MAX.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    text.get(..end.unwrap_or_default()).unwrap_or_default()
}
