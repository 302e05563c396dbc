//! The pure crates carry no async runtime, however deep. Reads Cargo.lock, which unites the
//! features of the whole workspace, so it errs on the strict side.

use super::manifest::{self, Crate, Kind};
use super::purity::PURE_CRATES;
use super::{Tree, Violation};
use std::collections::{BTreeMap, BTreeSet};
use toml::{Table, Value};

const RUNTIMES: &[&str] =
    &["tokio", "async-std", "async-executor", "async-io", "smol", "futures-executor", "monoio"];

pub(super) fn check(tree: &Tree) -> Vec<Violation> {
    let lock = tree.get("Cargo.lock").map(|file| read_lock(file.text())).unwrap_or_default();
    let pure = |own: &Crate<'_>| PURE_CRATES.contains(&own.folder);
    manifest::crates(tree)
        .iter()
        .filter(|own| pure(own))
        .flat_map(|own| check_crate(own, &lock))
        .collect()
}

/// Package name to the names of what it depends on; versions of one package are united.
type Lock = BTreeMap<String, BTreeSet<String>>;

fn read_lock(text: &str) -> Lock {
    let table: Table = text.parse().unwrap_or_default();
    let packages = table.get("package").and_then(Value::as_array);
    let mut lock = Lock::new();
    for package in packages.into_iter().flatten() {
        let Some(name) = package.get("name").and_then(Value::as_str) else { continue };
        let uses = package.get("dependencies").and_then(Value::as_array);
        // An entry is `name`, or `name version` where there are several.
        let names = uses.into_iter().flatten().filter_map(Value::as_str);
        let names = names.filter_map(|entry| entry.split(' ').next()).map(str::to_owned);
        lock.entry(name.to_owned()).or_default().extend(names);
    }
    lock
}

fn check_crate(own: &Crate<'_>, lock: &Lock) -> Vec<Violation> {
    let mut found = Vec::new();
    for dependency in own.dependencies.iter().filter(|d| d.kind == Kind::Product) {
        if let Some(runtime) = reached_runtime(&dependency.package, lock) {
            let what = format!("`{}` brings the async runtime `{runtime}`", dependency.package);
            let remedy = "trim its features, or do this work at the rim";
            found.push(Violation::error(&own.manifest.path, dependency.line, what, remedy));
        }
    }
    found
}

fn reached_runtime(package: &str, lock: &Lock) -> Option<&'static str> {
    let mut seen = BTreeSet::new();
    let mut open = vec![package];
    while let Some(name) = open.pop() {
        if let Some(runtime) = RUNTIMES.iter().find(|runtime| **runtime == name) {
            return Some(runtime);
        }
        if seen.insert(name) {
            open.extend(lock.get(name).into_iter().flatten().map(String::as_str));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    const LOCK: &str = "[[package]]\nname = \"client\"\ndependencies = [\"wire 1.0.0\"]\n\
                        [[package]]\nname = \"wire\"\ndependencies = [\"tokio\"]\n";
    const MANIFEST: &str = "[dependencies]\nserde = \"1\"\nclient = \"1\"\n";

    #[test]
    fn a_runtime_two_steps_deep_is_found() {
        assert_eq!(
            found(check, &[("Cargo.lock", LOCK), ("crates/detect/Cargo.toml", MANIFEST)]),
            ["crates/detect/Cargo.toml:3 `client` brings the async runtime `tokio`"]
        );
    }

    #[test]
    fn the_rim_may_have_a_runtime() {
        assert!(
            found(check, &[("Cargo.lock", LOCK), ("crates/api/Cargo.toml", MANIFEST)]).is_empty()
        );
    }
}
