//! The same rules for both engines: those that both can use, known by their ids.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use rsigma_eval::{Engine, MatchDetailLevel};
use rsigma_parser::{SigmaRule, parse_sigma_yaml};
use tocsin_sigma::{Document, RuleIndex, RuleSet};

/// Rules that both engines can use, each made ready by both.
pub(crate) struct Rules {
    pub(crate) ours: RuleSet,
    pub(crate) theirs: Engine,
    /// The rules as rsigma reads them, with their ids and our indices.
    pub(crate) both: Vec<(SigmaRule, String, RuleIndex)>,
}

/// Every rule below a folder. Tells how many each engine refuses.
pub(crate) fn read(folder: &Path) -> Rules {
    let mut paths = Vec::new();
    collect(folder, &mut paths);
    let documents: Vec<Document> = paths
        .iter()
        .filter_map(|path| {
            Some(Document {
                path: path.display().to_string(),
                text: fs::read_to_string(path).ok()?,
            })
        })
        .collect();
    let (ours, problems) = RuleSet::compile(&documents);
    let known: HashMap<&str, RuleIndex> =
        (0..).zip(ours.rules()).map(|(at, rule)| (rule.id.as_str(), RuleIndex(at))).collect();
    let mut theirs = Engine::new();
    theirs.set_match_detail(MatchDetailLevel::Off);
    let (mut both, mut refused) = (Vec::new(), 0);
    for document in &documents {
        let Ok(read) = parse_sigma_yaml(&document.text) else {
            refused += 1;
            continue;
        };
        for rule in read.rules {
            let id = rule.id.clone().unwrap_or_default();
            match known.get(id.as_str()) {
                Some(index) if theirs.add_rule(&rule).is_ok() => both.push((rule, id, *index)),
                Some(_) => refused += 1,
                None => {}
            }
        }
    }
    println!(
        "{} files; {} rules for both; {} problems of ours, {refused} refused by rsigma",
        documents.len(),
        both.len(),
        problems.len()
    );
    Rules { ours, theirs, both }
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|end| end == "yml" || end == "yaml") {
            paths.push(path);
        }
    }
}
