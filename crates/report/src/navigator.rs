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

/// A rule and what it looks for.
#[derive(Clone, Copy, Debug)]
pub struct Looking<'r> {
    /// Its title.
    pub title: &'r str,
    /// ATT&CK techniques.
    pub techniques: &'r [String],
    /// Whether the logs that it is measured against are such as it looks at; none where it is measured
    /// against none.
    pub sees: Option<bool>,
}

/// The techniques that rules look for, as indented JSON; the score is how many rules do, of those that see
/// anything of the logs they are measured against.
#[must_use]
pub fn coverage<'r>(rules: impl Iterator<Item = Looking<'r>>) -> String {
    let mut covered = BTreeMap::<&str, Covering<'_>>::new();
    let (mut count, mut seeing) = (0, None);
    for rule in rules {
        count += 1;
        if let Some(sees) = rule.sees {
            *seeing.get_or_insert(0) += u64::from(sees);
        }
        for id in rule.techniques {
            let covering = covered.entry(id).or_default();
            match rule.sees {
                Some(false) => covering.blind.insert(rule.title),
                _ => covering.seeing.insert(rule.title),
            };
        }
    }
    let measured = seeing.map_or_else(String::new, |seeing| {
        format!(", of which {} such logs as were read", phrase_looking(seeing))
    });
    let description = format!("Techniques of {}{measured}", counted(count, "rule"));
    let noted = covered.into_iter().map(|(id, covering)| (id, covering.note()));
    layer("Tocsin rules", description, &noted.collect())
}

fn phrase_looking(seeing: u64) -> String {
    format!("{} {} at", count(seeing), if seeing == 1 { "looks" } else { "look" })
}

/// The rules for a technique, by their titles.
#[derive(Default)]
struct Covering<'r> {
    seeing: BTreeSet<&'r str>,
    /// Those that look at other logs.
    blind: BTreeSet<&'r str>,
}

impl Covering<'_> {
    fn note(&self) -> Note {
        let told = |titles: &BTreeSet<&str>, what: &str| {
            let named: Vec<&str> = titles.iter().take(TITLES_NAMED).copied().collect();
            let told =
                || format!("{}{what}: {}", counted(titles.len() as u64, "rule"), named.join("; "));
            (!titles.is_empty()).then(told)
        };
        let (seeing, blind) = (told(&self.seeing, ""), told(&self.blind, " for other logs"));
        let comment = seeing.into_iter().chain(blind).collect::<Vec<_>>().join(". ");
        Note { score: Some(self.seeing.len() as u64).filter(|score| *score > 0), comment }
    }
}

/// What a layer says of a technique.
struct Note {
    score: Option<u64>,
    comment: String,
}

impl Note {
    fn of_findings(findings: &[&Finding]) -> Note {
        Note { score: Some(findings.len() as u64), comment: comment(findings) }
    }
}

fn layer(name: &'static str, description: String, noted: &BTreeMap<&str, Note>) -> String {
    let parents: BTreeSet<&str> =
        noted.keys().filter_map(|id| id.split_once('.')).map(|(parent, _)| parent).collect();
    let ids: BTreeSet<&str> = noted.keys().copied().chain(parents.iter().copied()).collect();
    let technique = |id: &str| Technique {
        technique_id: id.to_owned(),
        score: noted.get(id).and_then(|note| note.score),
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
            max_value: noted
                .values()
                .filter_map(|note| note.score)
                .max()
                .unwrap_or_default()
                .max(1),
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
