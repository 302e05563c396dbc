//! Findings as OCSF detection findings (class 2004), one a line. What OCSF has no place for
//! (p-value, attributions, undo) goes under `unmapped`.

use serde_json::{Map, Value, json};
use tocsin_event::ocsf::VERSION;
use tocsin_event::{Action, Basis, Entity, EntityKind, Finding, Severity};

use crate::Scan;
use crate::json::line;

const CLASS: u32 = 2004;
const CREATE: u32 = 1;
const NEW: u32 = 1;

/// Every finding of the scan, one OCSF object a line, each made when it is asked for.
pub fn ocsf(scan: &Scan) -> impl Iterator<Item = String> {
    scan.findings.iter().map(|finding| ocsf_line(scan, finding))
}

/// One finding as one line, its newline included. Of the scan, only the version and the notes on
/// techniques are used.
#[must_use]
pub fn ocsf_line(scan: &Scan, finding: &Finding) -> String {
    let actions = finding.actions();
    let mut event = json!({
        "activity_id": CREATE,
        "activity_name": "Create",
        "category_uid": CLASS / 1000,
        "category_name": "Findings",
        "class_uid": CLASS,
        "class_name": "Detection Finding",
        "type_uid": CLASS * 100 + CREATE,
        "type_name": "Detection Finding: Create",
        "time": finding.time.as_millis(),
        "start_time": finding.window.start.as_millis(),
        "end_time": finding.window.end.as_millis(),
        "severity_id": finding.severity.id(),
        "severity": severity(finding.severity),
        "status_id": NEW,
        "status": "New",
        "count": finding.count,
        "message": message(finding),
        "finding_info": info(scan, finding),
        "evidences": evidences(finding),
        "observables": observables(finding),
        "resources": finding.targets.iter().map(resource).collect::<Vec<_>>(),
        "metadata": {
            "version": VERSION,
            "product": { "name": "Tocsin", "vendor_name": "Tocsin", "version": scan.version },
            "uid": finding.id.to_string(),
        },
        "unmapped": unmapped(finding, &actions),
    });
    if let (Some(advice), Some(object)) = (remediation(&actions), event.as_object_mut()) {
        object.insert("remediation".to_owned(), advice);
    }
    line(&event)
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "Informational",
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
        Severity::Critical => "Critical",
    }
}

fn message(finding: &Finding) -> String {
    format!("{}: {}", finding.entity, finding.title)
}

fn info(scan: &Scan, finding: &Finding) -> Value {
    json!({
        "uid": finding.id.to_string(),
        "title": finding.title,
        "created_time": finding.time.as_millis(),
        "first_seen_time": finding.window.start.as_millis(),
        "last_seen_time": finding.window.end.as_millis(),
        "analytic": analytic(finding),
        "attacks": finding.techniques.iter().map(|id| attack(scan, id)).collect::<Vec<_>>(),
        "data_sources": sources(finding),
    })
}

fn sources(finding: &Finding) -> Vec<&str> {
    let mut names: Vec<&str> = finding.evidence.iter().map(|e| &*e.source).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn analytic(finding: &Finding) -> Value {
    let (type_id, kind, name) = match &finding.basis {
        Basis::Rule(rule) => (1, "Rule", rule.title.to_string()),
        Basis::Model(models) => (4, "Learning (ML/DL)", models.names().join(", ")),
        Basis::Intel(hit) => (9, "Exact Data Match", hit.list.clone()),
    };
    json!({ "uid": finding.detector, "name": name, "type_id": type_id, "type": kind })
}

fn attack(scan: &Scan, id: &str) -> Value {
    let named = |id: &str| match scan.techniques.get(id) {
        Some(note) => json!({ "uid": id, "name": note.name, "src_url": note.url }),
        None => json!({ "uid": id }),
    };
    let mut attack = Map::new();
    match id.split_once('.') {
        Some((parent, _)) => {
            attack.insert("technique".to_owned(), named(parent));
            attack.insert("sub_technique".to_owned(), named(id));
        }
        None => drop(attack.insert("technique".to_owned(), named(id))),
    }
    if let Some(note) = scan.techniques.get(id) {
        let tactics = note.tactics.iter().map(|name| json!({ "name": name })).collect();
        attack.insert("tactics".to_owned(), Value::Array(tactics));
    }
    Value::Object(attack)
}

fn evidences(finding: &Finding) -> Vec<Value> {
    let shown = |e: &tocsin_event::Evidence| json!({ "name": e.source, "data": e });
    finding.evidence.iter().map(shown).collect()
}

/// The accused as observables: what else was seen of them can be searched for.
fn observables(finding: &Finding) -> Vec<Value> {
    let accused = std::iter::once(&finding.entity).chain(&finding.entities);
    accused
        .map(|entity| {
            let (type_id, kind) = observable_type(entity.kind);
            json!({ "name": entity.kind.name(), "type_id": type_id, "type": kind,
                    "value": entity.id })
        })
        .collect()
}

fn observable_type(kind: EntityKind) -> (u32, &'static str) {
    match kind {
        EntityKind::Ip => (2, "IP Address"),
        EntityKind::User => (4, "User Name"),
        EntityKind::Host | EntityKind::Device => (1, "Hostname"),
        EntityKind::Session | EntityKind::Service | EntityKind::Cloud => (99, "Other"),
    }
}

fn resource(entity: &Entity) -> Value {
    let mut resource = json!({ "uid": entity.to_string(), "name": entity.id,
                               "type": entity.kind.name() });
    if entity.kind == EntityKind::Ip {
        resource["ip"] = Value::from(entity.id.as_str());
    }
    resource
}

fn remediation(actions: &[Action]) -> Option<Value> {
    let steps: Vec<_> = actions.iter().map(|a| format!("{}: {}", a.title, a.command)).collect();
    (!steps.is_empty()).then(|| json!({ "desc": steps.join("\n") }))
}

fn unmapped(finding: &Finding, actions: &[Action]) -> Value {
    let mut rest = Map::new();
    rest.insert("kind".to_owned(), Value::from(finding.basis.kind().name()));
    if let Basis::Model(models) = &finding.basis {
        rest.insert("score".to_owned(), json!(models.score()));
        rest.insert("p_value".to_owned(), json!(models.p_value()));
        rest.insert("attributions".to_owned(), json!(models.attributions()));
    }
    if let Basis::Intel(hit) = &finding.basis {
        rest.insert("indicator".to_owned(), Value::from(hit.indicator.as_str()));
    }
    if !actions.is_empty() {
        rest.insert("actions".to_owned(), json!(actions));
    }
    Value::Object(rest)
}
