//! What Tocsin knows without being told: the rules and the ATT&CK catalogue inside the binary; and
//! the rules that a folder adds to them. Reading only: what the rules mean is the work of `sigma`.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use tocsin_detect::AttackCatalog;
pub use tocsin_sigma::Document;

/// The files of `content/rules`: path in the repository, text.
static RULES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));
/// `content/attack/attack.json`.
static ATTACK: &str = include_str!("../../../content/attack/attack.json");

/// The largest rule file read. SigmaHQ's largest has 30 KB.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// The most rule files read: six times all of SigmaHQ.
const FILES_MAX: usize = 20_000;
/// How deep folders are searched; links that go round end here.
const DEPTH_MAX: usize = 16;

/// Why rules could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ContentError {
    /// A file or folder cannot be opened or read.
    #[error("cannot read rules from {path}")]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is no rule file.
    #[error("the rule file {0} has more than {FILE_BYTES_MAX} bytes; split it")]
    TooLarge(PathBuf),
    /// The file is not text.
    #[error("the rule file {0} is not UTF-8 text; convert it")]
    NotText(PathBuf),
    /// The folder is too large.
    #[error("{0} holds more than {FILES_MAX} rule files; name a smaller folder")]
    TooMany(PathBuf),
    /// There is nothing to read, which is hardly meant.
    #[error("there is no rule in {0}: no file ends in {1}")]
    Empty(PathBuf, String),
}

/// The rules inside the binary.
#[must_use]
pub fn rules() -> Vec<Document> {
    let document = |(path, text): &(&str, &str)| Document {
        path: (*path).to_owned(),
        text: (*text).to_owned(),
    };
    RULES.iter().map(document).collect()
}

/// The rules inside the binary and these. One with the id of a rule inside takes its place.
#[must_use]
pub fn rules_and(own: Vec<Document>) -> Vec<Document> {
    let replaced: HashSet<&str> = own.iter().flat_map(|document| ids(&document.text)).collect();
    let mut all = rules();
    for document in &mut all {
        document.text = without(&document.text, &replaced);
    }
    all.extend(own);
    all
}

/// The ids of the rules in a text.
fn ids(text: &str) -> impl Iterator<Item = &str> {
    let named = text.lines().filter_map(|line| line.strip_prefix("id:"));
    named.map(|id| id.trim().trim_matches(['"', '\'']))
}

/// The text without the rules of these ids, whose lines stay as blank ones.
fn without(text: &str, replaced: &HashSet<&str>) -> String {
    let kept = text.split(BETWEEN).map(|rule| match ids(rule).any(|id| replaced.contains(id)) {
        true => "\n".repeat(rule.matches('\n').count()),
        false => rule.to_owned(),
    });
    kept.collect::<Vec<_>>().join(BETWEEN)
}

/// What stands between the rules of one file.
const BETWEEN: &str = "\n---\n";

/// The ATT&CK catalogue inside the binary.
#[must_use]
#[expect(clippy::expect_used, reason = "part of the binary, and a test reads it")]
pub fn attack() -> AttackCatalog {
    serde_json::from_str(ATTACK).expect("the embedded catalogue is valid")
}

/// The rules of one file, or of every `*.yml` and `*.yaml` below a folder, in the order of their
/// paths.
///
/// # Errors
/// Names the file that cannot be read, or what is wrong with the folder.
pub fn read_rules(path: &Path) -> Result<Vec<Document>, ContentError> {
    read_files(path, &["yml", "yaml"])
}

/// The same of files with other endings, of which `""` is none.
///
/// # Errors
/// As above.
pub fn read_files(path: &Path, endings: &[&str]) -> Result<Vec<Document>, ContentError> {
    let mut files = Vec::new();
    if metadata(path)?.is_dir() {
        collect(path, endings, DEPTH_MAX, &mut files)?;
    } else {
        files.push(path.to_owned());
    }
    match files.len() {
        0 => {
            let endings: Vec<String> = endings.iter().map(|ending| format!(".{ending}")).collect();
            Err(ContentError::Empty(path.to_owned(), endings.join(" or ")))
        }
        1..=FILES_MAX => files.iter().map(|file| read(file)).collect(),
        _ => Err(ContentError::TooMany(path.to_owned())),
    }
}

fn collect(
    folder: &Path,
    endings: &[&str],
    depth: usize,
    files: &mut Vec<PathBuf>,
) -> Result<(), ContentError> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let entries = entries.map_err(|source| unreadable(folder, source))?;
    let mut paths: Vec<PathBuf> = entries.iter().map(fs::DirEntry::path).collect();
    paths.sort();
    for path in paths {
        if files.len() > FILES_MAX {
            break;
        }
        if path.is_dir() {
            if depth > 0 {
                collect(&path, endings, depth - 1, files)?;
            }
        } else if endings.iter().any(|known| path.extension().unwrap_or_default() == *known) {
            files.push(path);
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Document, ContentError> {
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(|source| unreadable(path, source))?;
    let read = file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes);
    read.map_err(|source| unreadable(path, source))?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(ContentError::TooLarge(path.to_owned()));
    }
    let text = String::from_utf8(bytes).map_err(|_| ContentError::NotText(path.to_owned()))?;
    Ok(Document { path: path.display().to_string(), text })
}

fn metadata(path: &Path) -> Result<fs::Metadata, ContentError> {
    fs::metadata(path).map_err(|source| unreadable(path, source))
}

fn unreadable(path: &Path, source: io::Error) -> ContentError {
    ContentError::Unreadable { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use tocsin_sigma::RuleSet;

    use super::*;

    #[test]
    fn every_technique_of_our_rules_is_one_of_attack() {
        let attack = attack();
        assert_eq!(attack.tactics.first().map(String::as_str), Some("reconnaissance"));
        let (set, problems) = RuleSet::compile(&rules());
        assert_eq!(problems, []);
        let rules = set.rules().iter().chain(set.correlations().iter().map(|c| &c.rule));
        let used: BTreeSet<&String> = rules.flat_map(|rule| &rule.techniques).collect();
        assert!(!used.is_empty());
        let unknown: Vec<_> =
            used.into_iter().filter(|id| attack.technique(id).is_none()).collect();
        assert!(unknown.is_empty(), "not in ATT&CK, or revoked: {unknown:?}");
    }

    #[test]
    fn rules_are_read_from_folders_in_the_order_of_their_paths() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        for name in ["b.yml", "a/z.yaml", "notes.txt"] {
            fs::write(folder.path().join(name), "title: x").unwrap();
        }
        let read = read_rules(folder.path()).unwrap();
        let names: Vec<_> = read.iter().map(|d| d.path.rsplit('/').next().unwrap()).collect();
        assert_eq!(names, ["z.yaml", "b.yml"]);
    }

    #[test]
    fn a_folder_without_rules_and_a_file_that_is_none_are_told() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(read_rules(folder.path()), Err(ContentError::Empty(..))));
        let file = folder.path().join("large.yml");
        fs::write(&file, vec![b' '; FILE_BYTES_MAX as usize + 1]).unwrap();
        assert!(matches!(read_rules(&file), Err(ContentError::TooLarge(_))));
        fs::write(&file, [0xff, 0xfe]).unwrap();
        assert!(matches!(read_rules(&file), Err(ContentError::NotText(_))));
        let missing = folder.path().join("missing");
        assert!(matches!(read_rules(&missing), Err(ContentError::Unreadable { .. })));
    }
}
