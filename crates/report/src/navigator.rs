//! ATT&CK Navigator layers (format 4.5): the techniques seen, or those looked for, coloured by how
//! many findings or rules name them. Load one at <https://mitre-attack.github.io/attack-navigator/>.

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

/// Titles that a comment names.
const TITLES_NAMED: usize = 5;
/// The highest score first, when the Navigator sorts.
const BY_SCORE_DESCENDING: u8 = 3;

/// The techniques that findings name, as indented JSON; the score is how many do.
#[must_use]
pub fn navigator(scan: &Scan) -> String {
    let mut seen: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &scan.findings {
        for id in &*finding.techniques {
            seen.entry(id).or_default().push(finding);
        }
    }
    let noted = seen.into_iter().map(|(id, findings)| (id, Note::of_findings(&findings)));
    let description = format!(
        "{} in {} read by Tocsin {}",
        counted(scan.findings.len() as u64, "finding"),
        counted(scan.records(), "record"),
        scan.version
    );
    layer("Tocsin", description, &noted.collect())
}

/// The techniques that rules look for, each rule a title and its techniques, as indented JSON; the
/// score is how many rules do.
#[must_use]
pub fn coverage<'r>(rules: impl Iterator<Item = (&'r str, &'r [String])>) -> String {
    let (mut covered, mut count) = (BTreeMap::<&str, BTreeSet<&str>>::new(), 0);
    for (title, techniques) in rules {
        count += 1;
        for id in techniques {
            covered.entry(id).or_default().insert(title);
        }
    }
    let noted = covered.into_iter().map(|(id, titles)| (id, Note::of_rules(&titles)));
    layer("Tocsin rules", format!("Techniques of {}", counted(count, "rule")), &noted.collect())
}

/// What a layer says of a technique.
struct Note {
    score: u64,
    comment: String,
}

impl Note {
    fn of_findings(findings: &[&Finding]) -> Note {
        Note { score: findings.len() as u64, comment: comment(findings) }
    }

    fn of_rules(titles: &BTreeSet<&str>) -> Note {
        let named: Vec<&str> = titles.iter().take(TITLES_NAMED).copied().collect();
        let count = titles.len() as u64;
        Note { score: count, comment: format!("{}: {}", counted(count, "rule"), named.join("; ")) }
    }
}

fn layer(name: &'static str, description: String, noted: &BTreeMap<&str, Note>) -> String {
    let parents: BTreeSet<&str> =
        noted.keys().filter_map(|id| id.split_once('.')).map(|(parent, _)| parent).collect();
    let ids: BTreeSet<&str> = noted.keys().copied().chain(parents.iter().copied()).collect();
    let technique = |id: &str| Technique {
        technique_id: id.to_owned(),
        score: noted.get(id).map(|note| note.score),
        comment: noted.get(id).map_or_else(String::new, |note| note.comment.clone()),
        enabled: true,
        show_subtechniques: parents.contains(id),
    };
    indented(&Layer {
        name,
        versions: Versions { attack: "18", navigator: "5.1.0", layer: "4.5" },
        domain: "enterprise-attack",
        description,
        sorting: BY_SCORE_DESCENDING,
        hide_disabled: false,
        techniques: ids.into_iter().map(technique).collect(),
        gradient: Gradient {
            colors: ["#fff1d6", "#f2a65a", "#b3261e"],
            min_value: 0,
            max_value: noted.values().map(|note| note.score).max().unwrap_or_default().max(1),
        },
    })
}

/// Such as `3 findings (1 critical, 2 low); SSH brute force; Rare hour`.
fn comment(findings: &[&Finding]) -> String {
    let of = |s: Severity| findings.iter().filter(|f| f.severity == s).count() as u64;
    let severities: Vec<_> = Severity::ALL
        .into_iter()
        .rev()
        .filter(|s| of(*s) > 0)
        .map(|s| format!("{} {s}", count(of(s))))
        .collect();
    let titles: BTreeSet<&str> = findings.iter().map(|f| &*f.title).collect();
    let titles: Vec<_> = titles.into_iter().take(TITLES_NAMED).collect();
    let total = counted(findings.len() as u64, "finding");
    format!("{total} ({}); {}", severities.join(", "), titles.join("; "))
}
