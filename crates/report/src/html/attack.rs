//! ATT&CK coverage as a strip of tactics, in the order of the matrix: what was seen, and where
//! nothing was.

use std::collections::BTreeMap;

use tocsin_event::{Finding, Severity};

use super::{Markup, View, shell};
use crate::phrase::{capital, count, words};

/// The tactics of Enterprise ATT&CK in matrix order (v18).
const TACTICS: [&str; 14] = [
    "reconnaissance",
    "resource-development",
    "initial-access",
    "execution",
    "persistence",
    "privilege-escalation",
    "defense-evasion",
    "credential-access",
    "discovery",
    "lateral-movement",
    "collection",
    "command-and-control",
    "exfiltration",
    "impact",
];

/// A technique as the findings show it.
struct Seen<'s> {
    id: &'s str,
    findings: u64,
    worst: Severity,
}

/// Writes the section, unless no technique is named.
pub(super) fn attack(view: &View<'_>, h: &mut Markup) {
    let seen = seen(&view.findings);
    if seen.is_empty() {
        return;
    }
    shell::section("ATT&CK", "Techniques the findings name, by tactic, with how many.", h, |h| {
        h.el("div", "tactics", |h| {
            for tactic in TACTICS {
                let here = seen.iter().filter(|s| tactics(view, s.id).any(|t| t == tactic));
                cell(view, &capital(&words(tactic)), here.collect(), h);
            }
            let nowhere = |s: &&Seen| !tactics(view, s.id).any(|t| TACTICS.contains(&t));
            let rest: Vec<_> = seen.iter().filter(nowhere).collect();
            if !rest.is_empty() {
                cell(view, "Other", rest, h);
            }
        });
    });
}

fn seen<'s>(findings: &[&'s Finding]) -> Vec<Seen<'s>> {
    let mut seen: BTreeMap<&str, Seen<'_>> = BTreeMap::new();
    for finding in findings {
        for id in &*finding.techniques {
            let here = seen.entry(id).or_insert(Seen { id, findings: 0, worst: Severity::Info });
            here.findings += 1;
            here.worst = here.worst.max(finding.severity);
        }
    }
    seen.into_values().collect()
}

fn tactics<'v>(view: &'v View<'_>, id: &str) -> impl Iterator<Item = &'v str> {
    view.scan.techniques.get(id).into_iter().flat_map(|note| &note.tactics).map(String::as_str)
}

fn cell(view: &View<'_>, name: &str, seen: Vec<&Seen<'_>>, h: &mut Markup) {
    h.el("div", if seen.is_empty() { "tactic none" } else { "tactic" }, |h| {
        h.leaf("h4", "", name);
        for technique in seen {
            h.el("div", &format!("technique {}", technique.worst), |h| {
                h.leaf("code", "", technique.id);
                h.leaf("span", "times", &count(technique.findings));
                if let Some(note) = view.scan.techniques.get(technique.id) {
                    h.leaf("div", "", &note.name);
                }
            });
        }
    });
}
