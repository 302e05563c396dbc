//! The pure crates read no clock, disk, socket, environment or thread: replay equals live only as
//! long as that holds. Looks at the text; what hides behind a macro or an alias it does not see.

use super::tree::File;
use super::{Tree, Violation};

pub(super) const PURE_CRATES: &[&str] = &["event", "sigma", "anomaly", "parse", "detect", "report"];

const MODULES: &[&str] = &["fs", "thread", "process", "env"];
/// Clocks and sockets by name: addresses, which also live in `std::net`, are values.
const NAMES: &[&str] = &[
    "SystemTime::now",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "ToSocketAddrs",
];
const REMEDY: &str = "let the rim (node) do it and hand in the value";

pub(super) fn check(tree: &Tree) -> Vec<Violation> {
    tree.product_rust().filter(|file| is_pure(&file.path)).flat_map(check_file).collect()
}

fn is_pure(path: &str) -> bool {
    let folder = path.strip_prefix("crates/").and_then(|rest| rest.split('/').next());
    folder.is_some_and(|folder| PURE_CRATES.contains(&folder))
}

fn check_file(file: &File) -> Vec<Violation> {
    let lines = file.product_lines();
    let mut found = Vec::new();
    for (index, (number, line)) in lines.iter().enumerate() {
        let mut forbid = |what| found.push(Violation::error(&file.path, *number, what, REMEDY));
        for name in NAMES.iter().filter(|name| line.contains(**name)) {
            forbid(format!("`{name}` in a pure crate"));
        }
        for module in MODULES.iter().filter(|module| names_module(line, module)) {
            forbid(format!("`std::{module}` in a pure crate"));
        }
        if let Some((_, group)) = line.split_once("std::{") {
            let rest = lines.get(index + 1..).unwrap_or_default().iter().map(|(_, line)| *line);
            let grouped = group_heads(std::iter::once(group).chain(rest));
            for module in grouped.iter().filter(|name| MODULES.contains(&name.as_str())) {
                forbid(format!("`std::{module}` in a pure crate"));
            }
        }
    }
    found
}

fn names_module(line: &str, module: &str) -> bool {
    let mut parts = line.split("std::").skip(1);
    parts.any(|after| {
        let rest = after.strip_prefix(module);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    })
}

/// The first names in `{a, b::c, d::{e}}` after its opening brace: `a`, `b`, `d`.
fn group_heads<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut depth = 1;
    let mut outer = String::new();
    for character in lines.flat_map(|line| line.chars().chain(['\n'])) {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            other if depth == 1 => outer.push(other),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    let head = |item: &str| item.split("::").next().unwrap_or_default().trim().to_owned();
    outer.split(',').map(head).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    #[test]
    fn clocks_and_disks_are_found_in_pure_crates() {
        let text = "use std::io;\nuse std::fs::File;\nfn a() { Instant::now(); }\n\
                    // std::env\nuse std::net::IpAddr;\nuse std::envelope;\n";
        assert_eq!(
            found(check, &[("crates/parse/src/lib.rs", text), ("crates/node/src/lib.rs", text)]),
            [
                "crates/parse/src/lib.rs:2 `std::fs` in a pure crate",
                "crates/parse/src/lib.rs:3 `Instant::now` in a pure crate"
            ]
        );
    }

    #[test]
    fn a_grouped_import_does_not_hide_a_module() {
        let text = "use std::{\n    collections::{HashMap, fs},\n    env::args,\n    fmt,\n};\n";
        assert_eq!(
            found(check, &[("crates/event/src/ip.rs", text)]),
            ["crates/event/src/ip.rs:1 `std::env` in a pure crate"]
        );
    }

    #[test]
    fn tests_may_read_files() {
        let text = "#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n";
        let files = [("crates/event/src/a.rs", text), ("crates/event/tests/it/main.rs", "std::fs")];
        assert!(found(check, &files).is_empty());
    }
}
