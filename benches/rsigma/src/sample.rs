//! Events of a sample of the rules, and which of those rules we say match each, for another engine to be
//! asked: see `sqlite.py`.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde_json::json;
use tocsin_sigma::{RuleIndex, Scratch};

use crate::generate::events;
use crate::record::JsonRecord;
use crate::rules::Rules;

/// One rule of so many is asked about.
const EVERY: usize = 8;

/// Writes the sample: a line with the ids of its rules, then one for each event and the rules that match.
pub(crate) fn run(rules: &Rules, per_rule: usize, path: &Path) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    let chosen: Vec<_> = (0..).zip(&rules.both).step_by(EVERY).collect();
    let ids: Vec<&str> = chosen.iter().map(|(_, (_, id, _))| id.as_str()).collect();
    writeln!(out, "{}", json!({ "rules": ids }))?;
    let indices: Vec<RuleIndex> = chosen.iter().map(|(_, (.., index))| *index).collect();
    let route = rules.ours.route_of(indices);
    let (mut scratch, mut hits) = (Scratch::new(), Vec::new());
    for (number, (rule, ..)) in chosen {
        for event in events(rule, number, per_rule) {
            hits.clear();
            let record = JsonRecord::new(&rules.ours, &event);
            rules.ours.matches(&route, &record, &mut scratch, &mut hits);
            let ours: BTreeSet<&str> =
                hits.iter().filter_map(|hit| Some(rules.ours.rule(*hit)?.id.as_str())).collect();
            writeln!(out, "{}", json!({ "event": event, "ours": ours }))?;
        }
    }
    out.flush()
}
