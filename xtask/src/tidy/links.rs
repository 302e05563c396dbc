//! Relative links of the Markdown files lead somewhere in the repository. Does not look at the
//! web, nor at anchors inside a page.

use super::tree::File;
use super::{Tree, Violation};

pub(super) fn check(tree: &Tree) -> Vec<Violation> {
    let pages = tree.files().filter(|file| file.has_extension("md"));
    pages
        .filter(|page| !page.path.starts_with("testdata/"))
        .flat_map(|page| dead(page, tree))
        .collect()
}

fn dead(page: &File, tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (number, line) in page.lines() {
        fenced ^= line.trim_start().starts_with("```");
        let links = if fenced { Vec::new() } else { relative_links(line) };
        for link in links {
            if !resolve(&page.path, link).is_some_and(|path| tree.holds(&path)) {
                let what = format!("`{link}` leads nowhere");
                found.push(Violation::error(&page.path, number, what, "mend or drop the link"));
            }
        }
    }
    found
}

/// The targets of `[text](target)` outside `code`, without anchors and titles.
fn relative_links(line: &str) -> Vec<&str> {
    let prose = line.split('`').step_by(2);
    let targets = prose.flat_map(|part| part.split("](").skip(1));
    let targets = targets.filter_map(|after| after.split([')', ' ', '#']).next());
    targets.filter(|target| !target.is_empty() && !target.contains(':')).collect()
}

/// The path from the root that `link` means on the page at `page`; none if it leaves the root.
fn resolve(page: &str, link: &str) -> Option<String> {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    #[test]
    fn a_link_to_nowhere_is_found() {
        let page = "[a](../LICENSE) [b](gone.md#x \"t\") [c](https://x.org/y) [d](#here)\n\
                    `[e](code)` [f](../../out)\n```\n[g](fenced)\n```\n[h](img/)\n";
        let files = [("LICENSE", ""), ("docs/page.md", page), ("docs/img/a.svg", "")];
        assert_eq!(
            found(check, &files),
            ["docs/page.md:1 `gone.md` leads nowhere", "docs/page.md:2 `../../out` leads nowhere"]
        );
    }

    #[test]
    fn a_link_text_may_hold_code() {
        let files = [("a.md", "[`b`](b.md) and [`c`](c.md)\n"), ("b.md", "")];
        assert_eq!(found(check, &files), ["a.md:1 `c.md` leads nowhere"]);
    }
}
