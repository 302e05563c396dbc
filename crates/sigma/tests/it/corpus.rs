//! The rules of SigmaHQ, where the data is at hand.

use std::path::{Path, PathBuf};

use tocsin_sigma::{Document, Problem, RuleSet};

/// The shared data folder, or none with a note on stderr.
pub(crate) fn shared(folder: &str) -> Option<PathBuf> {
    let path = Path::new("../../../shared/data").join(folder);
    if !path.exists() {
        eprintln!("skipped: ../shared/data/{folder} is absent");
        return None;
    }
    Some(path)
}

pub(crate) fn documents(folder: &Path) -> Vec<Document> {
    let mut documents = Vec::new();
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            documents.extend(self::documents(&path));
        } else if path.extension().is_some_and(|extension| extension == "yml") {
            let bytes = std::fs::read(&path).unwrap();
            let text = String::from_utf8(bytes).unwrap();
            documents.push(Document { path: path.display().to_string(), text });
        }
    }
    documents
}

fn shown(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("{problem}\n")).collect()
}

#[test]
fn every_linux_cloud_and_network_rule_of_sigmahq_compiles() {
    let Some(data) = shared("sigma/rules") else { return };
    let documents = documents(&data);
    let (set, problems) = RuleSet::compile(&documents);
    eprintln!("{} of {} rules compile", set.rules().len(), documents.len());
    assert_eq!(set.rules().len(), documents.len(), "{}", shown(&problems));
}

#[test]
fn rules_that_cannot_be_used_say_why_on_a_line() {
    let Some(data) = shared("sigma/unsupported") else { return };
    let documents = documents(&data);
    let (set, problems) = RuleSet::compile(&documents);
    eprintln!("{} of {} unsupported rules compile", set.rules().len(), documents.len());
    for document in &documents {
        let compiled = set.rules().iter().any(|rule| rule.path == document.path);
        let problem = problems.iter().find(|problem| problem.path == document.path);
        assert!(compiled || problem.is_some_and(|p| p.position.line > 0), "{}", document.path);
    }
}

#[test]
fn the_rules_of_the_specification_compile() {
    let Some(data) = shared("sigma_specification/tests/schema/rules") else { return };
    for document in documents(&data) {
        let (set, problems) = RuleSet::compile(&[document]);
        assert_eq!((set.rules().len(), problems.len()), (1, 0), "{}", shown(&problems));
    }
}
