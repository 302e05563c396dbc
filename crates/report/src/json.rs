//! JSON: the whole scan as one document, or one finding a line. In the document each thing stands
//! once: incidents name their alerts by id, and alerts their findings.

use std::collections::BTreeMap;

use serde::Serialize;
use tocsin_event::{Finding, SourceSummary, Time};

use crate::record::{self, AlertRecord, FindingRecord, IncidentRecord};
use crate::safe::printable_json;
use crate::{Learning, Scan, TechniqueNote};

#[derive(Serialize)]
struct Document<'s> {
    version: &'s str,
    summary: Summary,
    incidents: Vec<IncidentRecord<'s, &'s str>>,
    alerts: Vec<AlertRecord<'s, String>>,
    findings: Vec<FindingRecord<'s>>,
    sources: &'s [SourceSummary],
    learning: &'s [Learning],
    techniques: &'s BTreeMap<String, TechniqueNote>,
    countries: &'s BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Summary {
    records: u64,
    events: u64,
    skipped: u64,
    duplicates: u64,
    first: Option<Time>,
    last: Option<Time>,
    entities: u64,
    evicted: u64,
    incidents: u64,
    alerts: u64,
    findings: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    elapsed_ns: Option<u64>,
}

/// The whole scan as one indented document.
#[must_use]
pub fn json(scan: &Scan) -> String {
    let document = Document {
        version: &scan.version,
        summary: summary(scan),
        incidents: scan
            .ranked_incidents()
            .into_iter()
            .map(|i| IncidentRecord::new(i, |a| a.id.as_str()))
            .collect(),
        alerts: scan.alerts.iter().map(|a| AlertRecord::new(a, |f| f.id.to_string())).collect(),
        findings: record::findings(scan).collect(),
        sources: &scan.sources,
        learning: &scan.learning,
        techniques: &scan.techniques,
        countries: &scan.countries,
    };
    indented(&document)
}

/// One finding a line, in the order found, each line made when it is asked for.
pub fn jsonl(scan: &Scan) -> impl Iterator<Item = String> {
    record::findings(scan).map(|finding| line(&finding))
}

/// One finding as one line, its newline included.
#[must_use]
pub fn finding_line(finding: &Finding) -> String {
    line(&FindingRecord::new(finding))
}

fn summary(scan: &Scan) -> Summary {
    Summary {
        records: scan.records(),
        events: scan.events,
        skipped: scan.skipped,
        duplicates: scan.duplicates,
        first: scan.first,
        last: scan.last,
        entities: scan.entities,
        evicted: scan.evicted,
        incidents: scan.incidents.len() as u64,
        alerts: scan.alerts.len() as u64,
        findings: scan.findings.len() as u64,
        elapsed_ns: scan.elapsed_ns,
    }
}

/// `value` as one line of JSON with its newline.
pub(crate) fn line(value: &impl Serialize) -> String {
    // Serialising to a String fails only for maps with keys that are not text; there are none.
    printable_json(serde_json::to_string(value).unwrap_or_default()) + "\n"
}

/// `value` as indented JSON with its newline.
pub(crate) fn indented(value: &impl Serialize) -> String {
    printable_json(serde_json::to_string_pretty(value).unwrap_or_default()) + "\n"
}
