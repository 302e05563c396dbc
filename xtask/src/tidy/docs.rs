//! Every crate opens by saying what it is.

use super::{Tree, Violation};

pub(super) fn check(tree: &Tree) -> Vec<Violation> {
    let roots = tree.product_rust().filter(|file| {
        let folder =
            file.path.strip_suffix("/src/lib.rs").or(file.path.strip_suffix("/src/main.rs"));
        folder.is_some_and(|folder| tree.holds(&format!("{folder}/Cargo.toml")))
    });
    let silent = roots.filter(|file| !file.text().starts_with("//! "));
    let remedy = "open it with two or three `//!` lines: what it is, and what it is not";
    silent.map(|file| Violation::error(&file.path, 1, "a crate without a word", remedy)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    #[test]
    fn a_crate_without_a_word_is_found() {
        let files = [
            ("crates/a/Cargo.toml", ""),
            ("crates/a/src/lib.rs", "mod x;\n"),
            ("crates/b/Cargo.toml", ""),
            ("crates/b/src/lib.rs", "//! What happened.\n"),
        ];
        assert_eq!(found(check, &files), ["crates/a/src/lib.rs:1 a crate without a word"]);
    }
}
