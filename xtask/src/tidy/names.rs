//! Modules are named after the idea they hold. The names refused here hold none.

use super::tree::File;
use super::{Tree, Violation};

const EMPTY_NAMES: &[&str] = &["util", "utils", "helper", "helpers", "common", "manager", "misc"];
const REMEDY: &str = "name it after what it knows, or move it to where it is used";

pub(super) fn check(tree: &Tree) -> Vec<Violation> {
    tree.files().filter(|file| file.is_rust()).flat_map(check_file).collect()
}

fn check_file(file: &File) -> Vec<Violation> {
    let of_path = file.path.split('/').map(|part| (1, part.trim_end_matches(".rs")));
    let inline = file.lines().filter_map(|(number, line)| Some((number, inline_module(line)?)));
    of_path
        .chain(inline)
        .filter(|(_, name)| EMPTY_NAMES.contains(name))
        .map(|(line, name)| {
            Violation::error(&file.path, line, format!("a module named `{name}`"), REMEDY)
        })
        .collect()
}

/// The name in `mod name {`; `mod name;` is found by its file.
fn inline_module(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("mod ")?;
    let is_item = before.trim().is_empty() || before.trim_start().starts_with("pub");
    after.strip_suffix(" {").filter(|_| is_item)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    #[test]
    fn modules_that_say_nothing_are_found() {
        let files = [
            ("crates/a/src/utils.rs", ""),
            ("crates/a/src/common/address.rs", ""),
            ("crates/a/src/lib.rs", "pub(crate) mod misc {\n}\nmod commons {\n}\n"),
        ];
        assert_eq!(
            found(check, &files),
            [
                "crates/a/src/utils.rs:1 a module named `utils`",
                "crates/a/src/common/address.rs:1 a module named `common`",
                "crates/a/src/lib.rs:1 a module named `misc`"
            ]
        );
    }
}
