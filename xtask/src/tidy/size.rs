//! A file is one room. Above 600 lines it is discussed, above 800 it is split or listed here.

use super::tree::File;
use super::{Tree, Violation};

const DISCUSSED_LINES: usize = 600;
const LARGEST_LINES: usize = 800;

/// Files that may be larger, each with its reason.
const LARGER: &[(&str, &str)] = &[];

pub(super) fn check(tree: &Tree) -> Vec<Violation> {
    let stale = LARGER.iter().filter(|(path, _)| !tree.holds(path)).map(|(path, reason)| {
        let what = format!("listed as a large file ({reason}) but gone");
        Violation::error(path, 1, what, "take it off the list in xtask/src/tidy/size.rs")
    });
    tree.product_rust().filter_map(check_file).chain(stale).collect()
}

fn check_file(file: &File) -> Option<Violation> {
    let lines = file.lines().count();
    let listed = LARGER.iter().any(|(path, _)| *path == file.path);
    let what = format!("{lines} lines");
    if lines > LARGEST_LINES && !listed {
        let remedy = "split it by idea, or list it with its reason in xtask/src/tidy/size.rs";
        Some(Violation::error(&file.path, lines, what, remedy))
    } else if lines > DISCUSSED_LINES {
        Some(Violation::warning(&file.path, lines, what, "is it still one room?"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_files_warn_and_then_fail() {
        let lines = |count: usize| "//\n".repeat(count);
        let tree = Tree::of(&[
            ("crates/a/src/fine.rs", &lines(600)),
            ("crates/a/src/long.rs", &lines(601)),
            ("crates/a/src/much.rs", &lines(801)),
            ("crates/a/tests/it/much.rs", &lines(801)),
        ]);
        let verdicts: Vec<(String, bool)> =
            check(&tree).into_iter().map(|v| (v.path, v.fails)).collect();
        let expected = [("crates/a/src/long.rs", false), ("crates/a/src/much.rs", true)];
        assert_eq!(verdicts, expected.map(|(path, fails)| (path.to_owned(), fails)));
    }
}
