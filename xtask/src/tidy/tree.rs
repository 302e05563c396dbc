//! The tracked files, read once, and what counts as product code in them. Knows nothing of checks.

use anyhow::{Context, Result, ensure};
use std::fs::File as Handle;
use std::io::Read;
use std::path::Path;
use std::process::Command;

/// Longer files are data; their text is not looked at.
const TEXT_LIMIT_BYTES: u64 = 1 << 20;

/// The files of a checkout, sorted by path.
pub(crate) struct Tree {
    files: Vec<File>,
}

/// A tracked file: its path from the root, with `/`, and its text if it is UTF-8 and not huge.
pub(crate) struct File {
    pub(super) path: String,
    text: Option<String>,
}

impl Tree {
    /// The files git tracks or would track under `root`.
    pub(crate) fn tracked(root: &Path) -> Result<Self> {
        let listing = Command::new("git")
            .args(["-c", "safe.directory=*", "ls-files", "-z"])
            .args(["--cached", "--others", "--exclude-standard", "--deduplicate"])
            .current_dir(root)
            .output()
            .context("cannot run git")?;
        ensure!(listing.status.success(), "{}", String::from_utf8_lossy(&listing.stderr).trim());
        let names = String::from_utf8(listing.stdout).context("a tracked path is not UTF-8")?;
        let mut files: Vec<File> = names
            .split_terminator('\0')
            .filter(|name| root.join(name).is_file())
            .map(|name| Ok(File { path: name.to_owned(), text: read_text(&root.join(name))? }))
            .collect::<Result<_>>()?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self { files })
    }

    pub(crate) fn len(&self) -> usize {
        self.files.len()
    }

    pub(super) fn files(&self) -> impl Iterator<Item = &File> {
        self.files.iter()
    }

    /// Rust sources outside tests, benches and fuzz targets.
    pub(super) fn product_rust(&self) -> impl Iterator<Item = &File> {
        self.files().filter(|file| file.is_rust() && !file.is_test())
    }

    pub(super) fn get(&self, path: &str) -> Option<&File> {
        self.files().find(|file| file.path == path)
    }

    /// Whether `path` is a tracked file or a folder that holds one.
    pub(super) fn holds(&self, path: &str) -> bool {
        path.is_empty()
            || self.files().any(|file| {
                let rest = file.path.strip_prefix(path);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
    }

    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let file = |(path, text): &(&str, &str)| File {
            path: (*path).to_owned(),
            text: Some((*text).to_owned()),
        };
        Self { files: files.iter().map(file).collect() }
    }
}

impl File {
    pub(super) fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    /// Lines with their numbers, from 1.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text().lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// The number of the first line that starts with `start`, or 1.
    pub(super) fn line_of(&self, start: &str) -> usize {
        self.lines().find(|(_, line)| line.starts_with(start)).map_or(1, |(number, _)| number)
    }

    pub(super) fn is_rust(&self) -> bool {
        self.has_extension("rs")
    }

    pub(super) fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|own| own == extension)
    }

    pub(super) fn is_test(&self) -> bool {
        let rooms = ["tests", "benches", "fuzz", "tests.rs"];
        self.path.split('/').any(|part| rooms.contains(&part))
    }

    /// The lines that ship: without `//` comments and items under `#[cfg(test)]`. Relies on
    /// rustfmt's layout, in which an item ends on the next line of its own indentation that
    /// closes it.
    pub(super) fn product_lines(&self) -> Vec<(usize, &str)> {
        let mut kept = Vec::new();
        let mut test_item: Option<usize> = None;
        for (number, line) in self.lines() {
            let code = line.trim_start();
            let indentation = line.len() - code.len();
            if code == "#[cfg(test)]" {
                test_item = Some(indentation);
            } else if let Some(own) = test_item {
                let closes = code.ends_with([';', '}']) && !code.starts_with("#[");
                if indentation == own && closes {
                    test_item = None;
                }
            } else if !code.starts_with("//") {
                kept.push((number, line));
            }
        }
        kept
    }
}

fn read_text(path: &Path) -> Result<Option<String>> {
    let name = || path.display().to_string();
    let mut bytes = Vec::new();
    let read = Handle::open(path).with_context(name)?.take(TEXT_LIMIT_BYTES + 1);
    std::io::copy(&mut { read }, &mut bytes).with_context(name)?;
    let whole = u64::try_from(bytes.len()).is_ok_and(|length| length <= TEXT_LIMIT_BYTES);
    Ok(String::from_utf8(bytes).ok().filter(|_| whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn product_lines_leave_out_tests_and_comments() {
        let text = "fn a() {}\n// fn b() {}\n#[cfg(test)]\nuse x;\nfn c() {}\n\
                    #[cfg(test)]\nmod tests {\n    fn d() {}\n}\nfn e() {}\n";
        let tree = Tree::of(&[("a.rs", text)]);
        let kept: Vec<&str> =
            tree.files().flat_map(File::product_lines).map(|(_, line)| line).collect();
        assert_eq!(kept, ["fn a() {}", "fn c() {}", "fn e() {}"]);
    }

    #[test]
    fn a_folder_is_held_by_its_files_only() {
        let tree = Tree::of(&[("docs/a.md", "")]);
        assert!(tree.holds("docs") && tree.holds("docs/a.md"));
        assert!(!tree.holds("doc"));
    }

    #[test]
    fn this_repository_has_tracked_files() {
        let tree = Tree::tracked(Path::new("..")).expect("a git checkout");
        assert!(tree.get("Cargo.toml").is_some_and(|file| file.text().contains("[workspace]")));
    }
}
