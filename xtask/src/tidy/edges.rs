//! Which crate may use which. A new edge is an architecture change: it is made here, and in
//! ARCHITECTURE.md, or not at all.

use super::manifest::{self, Crate, Kind};
use super::{Tree, Violation};

/// Each crate and those it may use.
const ALLOWED: &[(&str, Uses)] = &[
    ("event", Uses::Only(&[])),
    ("sigma", Uses::Only(&[])),
    ("anomaly", Uses::Only(&[])),
    ("parse", Uses::Only(&["event"])),
    ("detect", Uses::Only(&["event", "sigma", "anomaly"])),
    ("report", Uses::Only(&["event"])),
    ("respond", Uses::Only(&["event"])),
    ("store", Uses::Only(&["event"])),
    ("bus", Uses::Only(&["event"])),
    ("analyst", Uses::Only(&["event", "detect"])),
    ("api", Uses::Only(&["event", "store", "bus", "respond", "detect"])),
    ("simulate", Uses::Only(&["event"])),
    ("node", Uses::AllAbove),
    ("tocsin", Uses::Only(&["node"])),
];

enum Uses {
    Only(&'static [&'static str]),
    AllAbove,
}

pub(super) fn check(tree: &Tree) -> Vec<Violation> {
    manifest::crates(tree).iter().flat_map(check_crate).collect()
}

fn check_crate(user: &Crate<'_>) -> Vec<Violation> {
    let path = &user.manifest.path;
    let Some(place) = ALLOWED.iter().position(|(name, _)| *name == user.folder) else {
        let what = format!("crate `{}` is not in the table of allowed edges", user.folder);
        return vec![Violation::error(path, 1, what, "give it a row in xtask/src/tidy/edges.rs")];
    };
    let (above, rest) = ALLOWED.split_at(place);
    let forbidden = user.dependencies.iter().filter_map(|dependency| {
        let used = folder_of(&dependency.package)?;
        let is_above = above.iter().any(|(name, _)| *name == used);
        let allowed = match (dependency.kind, rest.first()) {
            (Kind::Product, Some((_, Uses::Only(names)))) => names.contains(&used),
            // Tests may use any crate above theirs.
            _ => is_above,
        };
        let what = format!("`{}` may not use `{used}`", user.folder);
        let remedy = "move the code to the crate that may, or change the architecture first";
        (!allowed).then(|| Violation::error(path, dependency.line, what, remedy))
    });
    forbidden.collect()
}

/// The folder of one of our packages; none for a package from outside.
fn folder_of(package: &str) -> Option<&str> {
    if package == "tocsin" { Some(package) } else { package.strip_prefix("tocsin-") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    #[test]
    fn an_edge_outside_the_table_is_found() {
        let manifest = "[dependencies]\ntocsin-event = \"1\"\ntocsin-detect.workspace = true\n";
        assert_eq!(
            found(check, &[("crates/parse/Cargo.toml", manifest)]),
            ["crates/parse/Cargo.toml:3 `parse` may not use `detect`"]
        );
    }

    #[test]
    fn tests_may_use_what_is_above() {
        let manifest = "[dev-dependencies]\ntocsin-parse = \"1\"\ntocsin-report = \"1\"\n";
        assert_eq!(
            found(check, &[("crates/detect/Cargo.toml", manifest)]),
            ["crates/detect/Cargo.toml:3 `detect` may not use `report`"]
        );
    }

    #[test]
    fn node_may_use_all_but_the_command() {
        let manifest = "[dependencies]\ntocsin-store = \"1\"\nx = { package = \"tocsin\" }\n";
        assert_eq!(
            found(check, &[("crates/node/Cargo.toml", manifest)]),
            ["crates/node/Cargo.toml:3 `node` may not use `tocsin`"]
        );
    }

    #[test]
    fn an_unknown_crate_is_found() {
        assert_eq!(found(check, &[("crates/new/Cargo.toml", "")]).len(), 1);
    }
}
