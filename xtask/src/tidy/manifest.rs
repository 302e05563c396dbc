//! Reading the manifests: which crates there are and what they depend on. No judgement here.

use super::tree::{File, Tree};
use toml::{Table, Value};

/// A crate of `crates/`: its folder's name, manifest and dependencies.
pub(super) struct Crate<'tree> {
    pub(super) folder: &'tree str,
    pub(super) manifest: &'tree File,
    pub(super) dependencies: Vec<Dependency>,
}

pub(super) struct Dependency {
    /// The package's name, which may differ from the name the crate gives it.
    pub(super) package: String,
    pub(super) line: usize,
    pub(super) kind: Kind,
    /// Version and features are those of `[workspace.dependencies]`.
    pub(super) inherited: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Product,
    Test,
}

/// The crates whose manifest parses; cargo itself reports the others.
pub(super) fn crates(tree: &Tree) -> Vec<Crate<'_>> {
    tree.files().filter_map(read).collect()
}

fn read(manifest: &File) -> Option<Crate<'_>> {
    let folder = manifest.path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml")?;
    let table: Table = manifest.text().parse().ok()?;
    let mut dependencies = of_table(&table, manifest);
    let targets = table.get("target").and_then(Value::as_table);
    for target in targets.into_iter().flat_map(Table::values).filter_map(Value::as_table) {
        dependencies.extend(of_table(target, manifest));
    }
    Some(Crate { folder, manifest, dependencies })
}

fn of_table(table: &Table, manifest: &File) -> Vec<Dependency> {
    let sections = [
        ("dependencies", Kind::Product),
        ("build-dependencies", Kind::Product),
        ("dev-dependencies", Kind::Test),
    ];
    let mut found = Vec::new();
    for (section, kind) in sections {
        let entries = table.get(section).and_then(Value::as_table);
        for (name, value) in entries.into_iter().flatten() {
            let package = value.get("package").and_then(Value::as_str).unwrap_or(name);
            found.push(Dependency {
                package: package.to_owned(),
                line: manifest.line_of(name),
                kind,
                inherited: value.get("workspace").and_then(Value::as_bool) == Some(true),
            });
        }
    }
    found
}
