//! Words that do not stay in the code: work left to nobody, and lints silenced without a reason.

use super::tree::File;
use super::{Tree, Violation};

/// Written in halves, or this file would find itself.
const UNDONE: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME")];
const SILENCED: &[&str] = &[concat!("#[al", "low("), concat!("#![al", "low(")];
const SOURCES: &[&str] = &["rs", "ts", "tsx", "js", "css", "sh", "py"];

pub(super) fn check(tree: &Tree) -> Vec<Violation> {
    tree.files().filter(|file| is_source(file)).flat_map(check_file).collect()
}

fn is_source(file: &File) -> bool {
    let by_name = [".ci/run", "Makefile"].contains(&file.path.as_str());
    by_name || SOURCES.iter().any(|extension| file.has_extension(extension))
}

fn check_file(file: &File) -> Vec<Violation> {
    let mut found = Vec::new();
    for (number, line) in file.lines() {
        for word in UNDONE.iter().filter(|word| has_unowned(line, word)) {
            let what = format!("`{word}` without an owner");
            let remedy = "do it, or write `(name): what` after it";
            found.push(Violation::error(&file.path, number, what, remedy));
        }
        if file.is_rust() && SILENCED.iter().any(|silenced| line.contains(silenced)) {
            let remedy = "mend it, or write #[expect(lint, reason = \"...\")]";
            found.push(Violation::error(&file.path, number, "a silenced lint", remedy));
        }
    }
    found
}

/// Whether `word` stands in `line` as a word of its own and not followed by `(owner)`.
fn has_unowned(line: &str, word: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(start, _)| {
        let before = line.get(..start).unwrap_or_default();
        let after = line.get(start + word.len()..).unwrap_or_default();
        !before.ends_with(part_of_name)
            && !after.starts_with(part_of_name)
            && !after.starts_with('(')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    #[test]
    fn work_left_to_nobody_is_found() {
        let [todo, fixme] = [UNDONE[0], UNDONE[1]];
        let text = format!("// {todo}: later\n// {fixme}(ada): soon\nlet {todo}S = 1;\n");
        assert_eq!(found(check, &[("a.sh", &text)]), [format!("a.sh:1 `{todo}` without an owner")]);
    }

    #[test]
    fn a_silenced_lint_is_found() {
        let text = format!("#[expect(dead_code)]\n{}dead_code)]\n", SILENCED[0]);
        assert_eq!(found(check, &[("a.rs", &text)]), ["a.rs:2 a silenced lint"]);
    }
}
