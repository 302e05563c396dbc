//! JSON: the whole scan as one document, or one finding a line. In the document each thing stands
//! once: incidents name their alerts by id, and alerts their findings.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

use serde::{Serialize, Serializer};
use tocsin_event::{Allowance, Finding, Skipped, SourceSummary, Time};

use crate::record::{self, AlertRecord, FindingRecord, IncidentRecord};
use crate::safe::PrintableJson;
use crate::{Learning, RuleNote, Scan, TechniqueNote};

#[derive(Serialize)]
struct Document<'s> {
    version: &'s str,
    summary: Summary,
    incidents: Vec<IncidentRecord<'s, &'s str>>,
    #[serde(serialize_with = "alerts")]
    alerts: &'s Scan,
    #[serde(serialize_with = "findings")]
    findings: &'s Scan,
    sources: &'s [SourceSummary],
    unread: &'s [Skipped],
    allowed: &'s [Allowance],
    learning: &'s [Learning],
    techniques: &'s BTreeMap<String, TechniqueNote>,
    rules: &'s BTreeMap<String, RuleNote>,
    countries: &'s BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Summary {
    records: u64,
    events: u64,
    skipped: u64,
    duplicates: u64,
    rules_used: u64,
    first: Option<Time>,
    last: Option<Time>,
    entities: u64,
    evicted: u64,
    late: u64,
    setbacks: u64,
    shed: u64,
    incidents: u64,
    alerts: u64,
    findings: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    elapsed_ns: Option<u64>,
}

/// Writes the whole scan as one indented document; of what there may be many, one at a time is in
/// memory.
///
/// # Errors
/// Those of `out`.
pub fn json(scan: &Scan, out: impl Write) -> io::Result<()> {
    let incidents = scan.ranked_incidents().into_iter();
    let document = Document {
        version: &scan.version,
        summary: summary(scan),
        incidents: incidents.map(|i| IncidentRecord::new(i, |a| a.id.as_str())).collect(),
        alerts: scan,
        findings: scan,
        sources: &scan.sources,
        unread: &scan.unread,
        allowed: &scan.allowed,
        learning: &scan.learning,
        techniques: &scan.techniques,
        rules: &scan.rules,
        countries: &scan.countries,
    };
    // Many small writes are made one, which is looked through much faster.
    let mut out = BufWriter::new(PrintableJson(out));
    serde_json::to_writer_pretty(&mut out, &document)?;
    out.write_all(b"\n")?;
    out.flush()
}

fn alerts<S: Serializer>(scan: &Scan, serializer: S) -> Result<S::Ok, S::Error> {
    let by_id = |finding: &Finding| finding.id.to_string();
    serializer.collect_seq(scan.alerts.iter().map(|alert| AlertRecord::new(alert, by_id)))
}

fn findings<S: Serializer>(scan: &Scan, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(record::findings(scan))
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
        rules_used: scan.rules_used,
        first: scan.first,
        last: scan.last,
        entities: scan.entities,
        evicted: scan.evicted,
        late: scan.late,
        setbacks: scan.setbacks,
        shed: scan.shed,
        incidents: scan.incidents.len() as u64,
        alerts: scan.alerts.len() as u64,
        findings: scan.findings.len() as u64,
        elapsed_ns: scan.elapsed_ns,
    }
}

/// `value` as one line of JSON with its newline.
pub(crate) fn line(value: &impl Serialize) -> String {
    printable(serde_json::to_string(value))
}

/// `value` as indented JSON with its newline.
pub(crate) fn indented(value: &impl Serialize) -> String {
    printable(serde_json::to_string_pretty(value))
}

fn printable(json: serde_json::Result<String>) -> String {
    // Serialising to a String fails only for maps with keys that are not text; there are none.
    let json = json.unwrap_or_default() + "\n";
    let mut out = Vec::with_capacity(json.len());
    // Nor does writing to memory fail, and what is passed on is text as before.
    let _ = PrintableJson(&mut out).write_all(json.as_bytes());
    String::from_utf8(out).unwrap_or_default()
}
