//! The same rules for both engines: those that both can use, known by their ids.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use rsigma_eval::{Engine, MatchDetailLevel};
use rsigma_parser::{SigmaRule, parse_sigma_yaml};
use tocsin_sigma::{Document, RuleIndex, RuleSet};

/// Rules that both engines can use, each made ready by both.
pub(crate) struct Rules {
    pub(crate) documents: Vec<Document>,
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
    let (began, before) = (Instant::now(), resident_bytes());
    let (ours, problems) = RuleSet::compile(&documents);
    println!(
        "ours: {} rules loaded in {:.2} s, {:.0} MB more resident",
        ours.rules().len(),
        began.elapsed().as_secs_f64(),
        resident_bytes().saturating_sub(before) as f64 / 1e6
    );
    let known: HashMap<&str, RuleIndex> =
        (0..).zip(ours.rules()).map(|(at, rule)| (rule.id.as_str(), RuleIndex(at))).collect();
    let (began, before) = (Instant::now(), resident_bytes());
    let (mut both, mut refused) = (Vec::new(), 0);
    for document in &documents {
        let Ok(read) = parse_sigma_yaml(&document.text) else {
            refused += 1;
            continue;
        };
        for rule in read.rules {
            let id = rule.id.clone().unwrap_or_default();
            both.extend(known.get(id.as_str()).map(|index| (rule, id.clone(), *index)));
        }
    }
    let (theirs, unusable) = engine(both.iter().map(|(rule, ..)| rule));
    refused += unusable.len();
    let mut place = 0..;
    both.retain(|_| place.next().is_some_and(|place| !unusable.contains(&place)));
    println!(
        "rsigma: loaded in {:.2} s, {:.0} MB more resident",
        began.elapsed().as_secs_f64(),
        resident_bytes().saturating_sub(before) as f64 / 1e6
    );
    println!(
        "{} files; {} rules for both; {} problems of ours, {refused} refused by rsigma",
        documents.len(),
        both.len(),
        problems.len()
    );
    Rules { documents, ours, theirs, both }
}

/// Their engine with these rules, its index built over all of them at once; and which it cannot use.
pub(crate) fn engine<'r>(rules: impl IntoIterator<Item = &'r SigmaRule>) -> (Engine, Vec<usize>) {
    let mut engine = Engine::new();
    engine.set_match_detail(MatchDetailLevel::Off);
    let unusable = engine.add_rules(rules).into_iter().map(|(place, _)| place).collect();
    (engine, unusable)
}

/// Of all documents those whose rules have one of these ids.
pub(crate) fn compiled<'i>(documents: &[Document], ids: impl Iterator<Item = &'i str>) -> RuleSet {
    let ids: HashSet<&str> = ids.collect();
    let id = |text: &'_ str| {
        let line = text.lines().find_map(|line| line.strip_prefix("id:"))?;
        Some(line.trim().trim_matches(['"', '\'']).to_owned())
    };
    let chosen = documents
        .iter()
        .filter(|document| id(&document.text).is_some_and(|id| ids.contains(id.as_str())));
    let chosen: Vec<Document> = chosen.cloned().collect();
    RuleSet::compile(&chosen).0
}

/// What of this process is in memory; 0 where that cannot be told.
fn resident_bytes() -> u64 {
    let told = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = told.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok());
    pages.unwrap_or_default() * 4096
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
