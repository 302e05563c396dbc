//! An ATT&CK Navigator layer (format 4.5): the techniques seen, coloured by how many findings name
//! them. Load it at <https://mitre-attack.github.io/attack-navigator/>.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use tocsin_event::{Finding, Severity};

use crate::Scan;
use crate::json::indented;
use crate::phrase::{count, counted};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Layer {
    name: &'static str,
    versions: Versions,
    domain: &'static str,
    description: String,
    sorting: u8,
    hide_disabled: bool,
    techniques: Vec<Technique>,
    gradient: Gradient,
}

#[derive(Serialize)]
struct Versions {
    attack: &'static str,
    navigator: &'static str,
    layer: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Technique {
    #[serde(rename = "techniqueID")]
    technique_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<u64>,
    comment: String,
    enabled: bool,
    show_subtechniques: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Gradient {
    colors: [&'static str; 3],
    min_value: u64,
    max_value: u64,
}

/// The highest score first, when the Navigator sorts.
const BY_SCORE_DESCENDING: u8 = 3;

/// The layer, as indented JSON.
#[must_use]
pub fn navigator(scan: &Scan) -> String {
    let seen = by_technique(scan);
    let max = seen.values().map(Vec::len).max().unwrap_or_default() as u64;
    let parents: BTreeSet<&str> =
        seen.keys().filter_map(|id| id.split_once('.')).map(|(parent, _)| parent).collect();
    let ids: BTreeSet<&str> = seen.keys().copied().chain(parents.iter().copied()).collect();
    let techniques = ids
        .into_iter()
        .map(|id| technique(id, seen.get(id).map_or(&[], Vec::as_slice), parents.contains(id)))
        .collect();
    indented(&Layer {
        name: "Tocsin",
        versions: Versions { attack: "18", navigator: "5.1.0", layer: "4.5" },
        domain: "enterprise-attack",
        description: format!(
            "{} in {} read by Tocsin {}",
            counted(scan.findings.len() as u64, "finding"),
            counted(scan.records(), "record"),
            scan.version
        ),
        sorting: BY_SCORE_DESCENDING,
        hide_disabled: false,
        techniques,
        gradient: Gradient {
            colors: ["#fff1d6", "#f2a65a", "#b3261e"],
            min_value: 0,
            max_value: max.max(1),
        },
    })
}

fn by_technique(scan: &Scan) -> BTreeMap<&str, Vec<&Finding>> {
    let mut seen: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &scan.findings {
        for id in &*finding.techniques {
            seen.entry(id).or_default().push(finding);
        }
    }
    seen
}

fn technique(id: &str, findings: &[&Finding], is_parent: bool) -> Technique {
    Technique {
        technique_id: id.to_owned(),
        score: (!findings.is_empty()).then_some(findings.len() as u64),
        comment: comment(findings),
        enabled: true,
        show_subtechniques: is_parent,
    }
}

/// Such as `3 findings (1 critical, 2 low); SSH brute force; Rare hour`.
fn comment(findings: &[&Finding]) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let of = |s: Severity| findings.iter().filter(|f| f.severity == s).count() as u64;
    let severities: Vec<_> = Severity::ALL
        .into_iter()
        .rev()
        .filter(|s| of(*s) > 0)
        .map(|s| format!("{} {s}", count(of(s))))
        .collect();
    let titles: BTreeSet<&str> = findings.iter().map(|f| &*f.title).collect();
    let titles: Vec<_> = titles.into_iter().take(5).collect();
    let total = counted(findings.len() as u64, "finding");
    format!("{total} ({}); {}", severities.join(", "), titles.join("; "))
}
