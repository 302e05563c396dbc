//! One incident as a card: story and reasons side by side, then evidence, then what to do.

use tocsin_event::{Action, Basis, Entity, Evidence, Finding, Incident, Models};

use super::Markup;
use super::shell::badge;
use crate::Scan;
use crate::phrase::{capital, count, counted, from_to, percent, rarity, value, words};
use crate::terminal::{more_steps, rule_reasons};
use crate::why::shares;

/// Features shown.
const FEATURES_SHOWN: usize = 6;
/// Records shown.
const EVIDENCE_SHOWN: usize = 8;
/// Entities named on each side.
const NAMES_SHOWN: usize = 5;

/// Whether a card starts open.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// All of it is shown.
    Open,
    /// Only its summary is.
    Closed,
}

/// Writes the card.
pub(super) fn card(scan: &Scan, incident: &Incident, state: State, h: &mut Markup) {
    let class = format!("card {}", incident.severity);
    let mut attributes = vec![
        ("class", class.as_str()),
        ("id", incident.id.as_str()),
        ("data-severity", incident.severity.name()),
    ];
    if state == State::Open {
        attributes.push(("open", ""));
    }
    h.newline();
    h.with("details", &attributes, |h| {
        h.el("summary", "", |h| summary(scan, incident, h));
        h.el("div", "columns", |h| {
            h.el("div", "", |h| story(incident, h));
            h.el("div", "", |h| reasons(incident, h));
        });
        evidence(&incident.evidence, h);
        actions(&incident.actions, h);
        techniques(scan, incident, h);
    });
}

fn summary(scan: &Scan, incident: &Incident, h: &mut Markup) {
    h.el("div", "top", |h| {
        badge(incident.severity, h);
        h.leaf("code", "id", &incident.id);
    });
    h.leaf("h3", "", &incident.title);
    h.el("p", "parties", |h| {
        names(scan, &incident.entities, h);
        if !incident.targets.is_empty() {
            h.leaf("span", "arrow", " → ");
            names(scan, &incident.targets, h);
        }
    });
    h.el("p", "note", |h| {
        h.text(&from_to(incident.start, incident.end));
        h.text(" · ");
        h.text(&counted(incident.count, "event"));
        h.text(" · ");
        h.text(&counted(incident.alerts.len() as u64, "alert"));
    });
}

fn names(scan: &Scan, entities: &[Entity], h: &mut Markup) {
    for (i, entity) in entities.iter().take(NAMES_SHOWN).enumerate() {
        if i > 0 {
            h.text(", ");
        }
        h.leaf("code", "entity", &entity.to_string());
        if let Some(place) = scan.country(entity) {
            h.leaf("span", "place", &format!(" {place}"));
        }
    }
    if entities.len() > NAMES_SHOWN {
        h.text(&format!(" and {} more", count((entities.len() - NAMES_SHOWN) as u64)));
    }
}

fn story(incident: &Incident, h: &mut Markup) {
    h.leaf("h4", "", "What happened");
    h.el("ol", "story", |h| {
        for step in &incident.story {
            h.leaf("li", "", step);
        }
    });
    if let Some(more) = more_steps(incident) {
        h.leaf("p", "", &capital(&more));
    }
}

fn reasons(incident: &Incident, h: &mut Markup) {
    let findings: Vec<&Finding> =
        incident.alerts.iter().flat_map(|a| &a.findings).map(AsRef::as_ref).collect();
    h.leaf("h4", "", "Why");
    h.el("ul", "reasons", |h| {
        for reason in rule_reasons(&findings) {
            h.leaf("li", "", &capital(&reason));
        }
    });
    let models = findings.iter().filter_map(|f| match &f.basis {
        Basis::Model(models) => Some(models),
        _ => None,
    });
    if let Some(models) = models.min_by(|a, b| a.p_value().total_cmp(&b.p_value())) {
        surprise(models, h);
    }
}

/// The features of a model finding as bars: shares of its surprise.
fn surprise(models: &Models, h: &mut Markup) {
    let told = format!("{}: {}", models.names().join(", "), rarity(models.p_value()));
    h.leaf("p", "", &capital(&told));
    h.el("div", "bars", |h| {
        for part in shares(models).iter().take(FEATURES_SHOWN) {
            h.leaf("span", "feature", &words(&part.of.feature));
            bar(part.share, h);
            h.leaf("span", "share", &percent(part.share));
            let against = format!("{}, usually {}", value(part.of.value), value(part.of.baseline));
            h.leaf("span", "against", &against);
        }
    });
    h.leaf("p", "note", "Bars are shares of the surprise, -log10 p.");
}

/// A bar filled to a share of 1.
pub(super) fn bar(share: f64, h: &mut Markup) {
    let filled = format!("{:.1}", share.clamp(0.0, 1.0) * 100.0);
    let canvas = [("class", "bar"), ("viewBox", "0 0 100 8"), ("preserveAspectRatio", "none")];
    h.with("svg", &canvas, |h| {
        h.with("rect", &[("class", "track"), ("width", "100"), ("height", "8")], |_| ());
        h.with("rect", &[("class", "fill"), ("width", &filled), ("height", "8")], |_| ());
    });
}

fn techniques(scan: &Scan, incident: &Incident, h: &mut Markup) {
    if incident.techniques.is_empty() {
        return;
    }
    h.leaf("h4", "", "ATT&CK");
    h.el("ul", "techniques", |h| {
        for id in &incident.techniques {
            h.el("li", "", |h| technique(scan, id, h));
        }
    });
    let helps = scan.mitigations(&incident.techniques);
    if !helps.is_empty() {
        let helps: Vec<_> = helps.into_iter().collect();
        h.leaf("p", "note", &format!("What helps against them: {}", helps.join("; ")));
    }
}

fn technique(scan: &Scan, id: &str, h: &mut Markup) {
    let Some(note) = scan.techniques.get(id) else { return h.leaf("code", "", id) };
    // A link is written only to where techniques are published.
    if note.url.starts_with("https://attack.mitre.org/") {
        h.with("a", &[("href", &note.url), ("rel", "noreferrer")], |h| h.leaf("code", "", id));
    } else {
        h.leaf("code", "", id);
    }
    h.text(&format!(" {}", note.name));
    if !note.tactics.is_empty() {
        let tactics: Vec<_> = note.tactics.iter().map(|t| words(t)).collect();
        h.leaf("span", "note", &format!(" {}", tactics.join(", ")));
    }
}

fn evidence(records: &[Evidence], h: &mut Markup) {
    h.leaf("h4", "", "Evidence");
    for record in records.iter().take(EVIDENCE_SHOWN) {
        h.el("figure", "record", |h| {
            h.leaf("figcaption", "", &format!("{}:{}", record.source, record.record));
            h.leaf("pre", "", &record.text);
        });
    }
}

fn actions(actions: &[Action], h: &mut Markup) {
    if actions.is_empty() {
        return;
    }
    h.leaf("h4", "", "What to do");
    for action in actions {
        h.el("div", "action", |h| {
            h.leaf("p", "", &capital(&action.title));
            command("Do", &action.command, h);
            command("Undo", &action.undo, h);
        });
    }
}

fn command(label: &str, text: &str, h: &mut Markup) {
    h.el("div", "command", |h| {
        h.leaf("span", "label", label);
        h.leaf("code", "", text);
        h.with("button", &[("type", "button"), ("data-copy", ""), ("hidden", "")], |h| {
            h.text("Copy");
        });
    });
}
