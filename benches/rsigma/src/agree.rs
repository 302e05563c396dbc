//! Whether both engines find the same, rule by rule.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use rsigma_eval::event::JsonEvent;
use serde_json::Value as Json;
use tocsin_sigma::{RuleIndex, Scratch};

use crate::generate::events;
use crate::record::JsonRecord;
use crate::rules::Rules;

/// Rules on which the engines differ that are shown.
const SHOWN: usize = 25;

/// How often the engines differ on a rule, and the first event on which they do.
#[derive(Default)]
struct Difference {
    ours_only: usize,
    theirs_only: usize,
    example: String,
}

pub(crate) fn run(rules: &Rules, per_rule: usize) -> ExitCode {
    let all: Vec<RuleIndex> = rules.both.iter().map(|(.., index)| *index).collect();
    let route = rules.ours.route_of(all);
    let (mut scratch, mut hits) = (Scratch::new(), Vec::new());
    let (mut fired, mut differ) = (BTreeSet::new(), BTreeMap::<String, Difference>::new());
    let (mut looked_at, mut matches) = (0, 0);
    for (number, (rule, ..)) in (0..).zip(&rules.both) {
        for event in events(rule, number, per_rule) {
            looked_at += 1;
            hits.clear();
            let record = JsonRecord::new(&rules.ours, &event);
            rules.ours.matches(&route, &record, &mut scratch, &mut hits);
            let ours: BTreeSet<&str> =
                hits.iter().filter_map(|hit| Some(rules.ours.rule(*hit)?.id.as_str())).collect();
            let event = Json::Object(event.clone());
            let theirs = rules.theirs.evaluate(&JsonEvent::borrow(&event));
            let theirs: BTreeSet<&str> =
                theirs.iter().filter_map(|result| result.header.rule_id.as_deref()).collect();
            matches += ours.len();
            fired.extend(ours.iter().map(|id| (*id).to_owned()));
            for id in ours.symmetric_difference(&theirs) {
                let known = differ.entry((*id).to_owned()).or_default();
                *(if ours.contains(id) { &mut known.ours_only } else { &mut known.theirs_only }) +=
                    1;
                if known.example.is_empty() {
                    known.example = event.to_string();
                }
            }
        }
    }
    let share = fired.len() as f64 / rules.both.len().max(1) as f64 * 100.0;
    println!("{looked_at} events, {matches} matches; {} rules fired ({share:.1} %)", fired.len());
    println!("{} rules on which the engines differ", differ.len());
    for (id, difference) in differ.iter().take(SHOWN) {
        let Difference { ours_only, theirs_only, example } = difference;
        let title = rules.both.iter().find(|(_, of, _)| of == id).map(|(rule, ..)| &*rule.title);
        println!("{id} {}: {ours_only} ours only, {theirs_only} theirs only", title.unwrap_or(""));
        println!("    {}", example.chars().take(300).collect::<String>());
    }
    ExitCode::from(u8::from(!differ.is_empty()))
}
