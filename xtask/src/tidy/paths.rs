//! No path of the machine something was written on. Log samples and rules speak of such paths
//! rightly, so tests, fixtures, `testdata/`, `content/` and fuzz corpora are not looked at.

use super::tree::File;
use super::{Tree, Violation};

const DATA_FOLDERS: &[&str] = &["testdata/", "content/", "fuzz/corpus/", "fuzz/regressions/"];
/// Folders in which a clone or a person lives; the name after it makes it one machine's.
/// Written in halves, or this file would find itself.
const HOMES: &[&str] = &[concat!("/wo", "rk/"), concat!("/ho", "me/"), concat!("/Us", "ers/")];

pub(super) fn check(tree: &Tree) -> Vec<Violation> {
    tree.files().filter(|file| is_ours(file)).flat_map(check_file).collect()
}

fn is_ours(file: &File) -> bool {
    let fixture = file.path.contains("/fixture.");
    !file.is_test() && !fixture && !DATA_FOLDERS.iter().any(|folder| file.path.starts_with(folder))
}

fn check_file(file: &File) -> Vec<Violation> {
    let lines: Vec<(usize, &str)> =
        if file.is_rust() { file.product_lines() } else { file.lines().collect() };
    let hits = lines.into_iter().filter_map(|(number, line)| {
        let home = HOMES.iter().find(|home| names_a_place(line, home))?;
        let what = format!("a path under `{home}`");
        Some(Violation::error(&file.path, number, what, "make it relative to the repository"))
    });
    hits.collect()
}

/// Whether `line` holds `home` as the start of a path, with a name after it.
fn names_a_place(line: &str, home: &str) -> bool {
    line.match_indices(home).any(|(start, _)| {
        let before = line.get(..start).and_then(|text| text.chars().next_back());
        let after = line.get(start + home.len()..).and_then(|text| text.chars().next());
        let starts_here = !before.is_some_and(|c| c.is_alphanumeric() || "._-~}/".contains(c));
        starts_here && after.is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    #[test]
    fn a_path_of_one_machine_is_found() {
        let [clone, home] = [HOMES[0], HOMES[1]];
        let text = format!("cd {clone}tree\n../{clone}tree\nif path starts with {home}:\n");
        let files = [("run.sh", text.as_str()), ("testdata/auth.log", text.as_str())];
        assert_eq!(found(check, &files), [format!("run.sh:1 a path under `{clone}`")]);
    }
}
