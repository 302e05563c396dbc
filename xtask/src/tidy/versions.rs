//! Versions and features of dependencies stand once, in `[workspace.dependencies]`.

use super::{Tree, Violation, manifest};

pub(super) fn check(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for own in manifest::crates(tree) {
        for dependency in own.dependencies.iter().filter(|dependency| !dependency.inherited) {
            let what = format!("`{}` has a version of its own", dependency.package);
            let remedy = "put it in [workspace.dependencies] and write `.workspace = true` here";
            found.push(Violation::error(&own.manifest.path, dependency.line, what, remedy));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    #[test]
    fn a_version_outside_the_workspace_table_is_found() {
        let manifest = "[dependencies]\nserde.workspace = true\nregex = \"1\"\n";
        assert_eq!(
            found(check, &[("crates/event/Cargo.toml", manifest)]),
            ["crates/event/Cargo.toml:3 `regex` has a version of its own"]
        );
    }
}
