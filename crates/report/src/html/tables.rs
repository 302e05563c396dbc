//! The entities that findings name, and the sources they were read from.

use std::collections::BTreeMap;

use tocsin_event::{Entity, Finding, Severity, SourceSummary, Time};

use super::alerts::heads;
use super::{Markup, View, card, shell};
use crate::Scan;
use crate::phrase::{count, from_to};
use crate::terminal::learning;

/// Rows of either table.
const SHOWN: usize = 200;

/// What the findings say of one entity.
#[derive(Default)]
struct Role {
    accused: u64,
    targeted: u64,
    events: u64,
    worst: Severity,
    span: Option<(Time, Time)>,
}

impl Role {
    fn add(&mut self, finding: &Finding) {
        self.events += finding.count;
        self.worst = self.worst.max(finding.severity);
        let (start, end) = (finding.window.start, finding.window.end);
        let (first, last) = self.span.unwrap_or((start, end));
        self.span = Some((first.min(start), last.max(end)));
    }
}

/// Writes the entities, the worst first.
pub(super) fn entities(view: &View<'_>, h: &mut Markup) {
    let mut roles: Vec<_> = roles(&view.findings).into_iter().collect();
    if roles.is_empty() {
        return;
    }
    roles.sort_by(|(a, x), (b, y)| (y.worst, y.events, a).cmp(&(x.worst, x.events, b)));
    shell::section(
        "Entities",
        "Everyone and everything the findings name; events as the findings count them.",
        h,
        |h| {
            h.el("div", "scroll", |h| {
                h.el("table", "", |h| {
                    heads(
                        &[
                            ("Entity", ""),
                            ("Worst", ""),
                            ("Accused", "number"),
                            ("Targeted", "number"),
                            ("Events", "number"),
                            ("When", ""),
                        ],
                        h,
                    );
                    h.el("tbody", "", |h| {
                        for (entity, role) in roles.iter().take(SHOWN) {
                            entity_row(view.scan, entity, role, h);
                        }
                    });
                });
            });
            shell::more(roles.len(), SHOWN, "entity", h);
        },
    );
}

fn roles<'s>(findings: &[&'s Finding]) -> BTreeMap<&'s Entity, Role> {
    let mut roles: BTreeMap<&Entity, Role> = BTreeMap::new();
    for finding in findings {
        for entity in std::iter::once(&finding.entity).chain(&finding.entities) {
            let role = roles.entry(entity).or_default();
            role.accused += 1;
            role.add(finding);
        }
        for entity in &finding.targets {
            let role = roles.entry(entity).or_default();
            role.targeted += 1;
            role.add(finding);
        }
    }
    roles
}

fn entity_row(scan: &Scan, entity: &Entity, role: &Role, h: &mut Markup) {
    h.newline();
    h.el("tr", "", |h| {
        h.el("td", "", |h| {
            h.leaf("code", "entity", &entity.to_string());
            if let Some(place) = scan.country(entity) {
                h.leaf("div", "note", place);
            }
        });
        h.el("td", "", |h| shell::badge(role.worst, h));
        for number in [role.accused, role.targeted, role.events] {
            h.leaf("td", "number", &count(number));
        }
        let when = role.span.map(|(first, last)| from_to(first, last)).unwrap_or_default();
        h.leaf("td", "", &when);
    });
}

/// Writes the account of each source and of the models.
pub(super) fn sources(scan: &Scan, h: &mut Markup) {
    shell::section("Sources", "What was read, and what was not understood.", h, |h| {
        h.el("div", "scroll", |h| {
            h.el("table", "", |h| {
                heads(
                    &[("Source", ""), ("Records", "number"), ("Understood", ""), ("Remarks", "")],
                    h,
                );
                h.el("tbody", "", |h| {
                    scan.sources.iter().take(SHOWN).for_each(|source| source_row(source, h));
                });
            });
        });
        shell::more(scan.sources.len(), SHOWN, "source", h);
        h.el("ul", "", |h| {
            for skipped in scan.unread.iter().take(SHOWN) {
                h.leaf("li", "", &format!("{} was not read: {}", skipped.name, skipped.reason));
            }
        });
        shell::more(scan.unread.len(), SHOWN, "file", h);
        h.el("ul", "models", |h| {
            for model in &scan.learning {
                h.leaf("li", "", &format!("Model {}", learning(model)));
            }
            scan.losses().for_each(|loss| h.leaf("li", "", &loss));
        });
    });
}

fn source_row(source: &SourceSummary, h: &mut Markup) {
    let share = source.parsed as f64 / source.read.max(1) as f64;
    h.newline();
    h.el("tr", "", |h| {
        h.el("td", "", |h| {
            h.leaf("code", "", &source.name);
            h.leaf("div", "note", &source.formats.join(", "));
        });
        h.leaf("td", "number", &count(source.read));
        h.el("td", "", |h| {
            card::bar(share, h);
            h.leaf("div", "note", &format!("{:.1} %", (share * 1000.0).floor() / 10.0));
        });
        h.el("td", "", |h| remarks(source, h));
    });
}

fn remarks(source: &SourceSummary, h: &mut Markup) {
    if let Some(error) = &source.error {
        h.leaf("div", "fault", &format!("Stopped: {error}"));
    }
    for (reason, times) in &source.skipped {
        h.leaf("div", "", &format!("Skipped {}: {reason}", count(*times)));
    }
    for (shape, times) in &source.unparsed_shapes {
        h.el("div", "note", |h| {
            h.text(&format!("{} like ", count(*times)));
            h.leaf("code", "", shape);
        });
    }
    for assumption in &source.assumptions {
        h.leaf("div", "note", &format!("Assumed {assumption}"));
    }
}
