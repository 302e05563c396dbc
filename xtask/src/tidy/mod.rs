//! The tidy checks: one small file each, and one list. A check is a pure function from the tracked
//! files to what is wrong with them, so each is tested on a tree of three lines.

mod docs;
mod edges;
mod links;
mod manifest;
mod names;
mod paths;
mod purity;
mod runtimes;
mod size;
mod tree;
mod versions;
mod words;

pub(crate) use tree::Tree;

use std::fmt;

pub(crate) struct Check {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&Tree) -> Vec<Violation>,
}

/// Every check there is. A new one is a file beside this and a line here.
pub(crate) const CHECKS: &[Check] = &[
    Check { name: "edges", run: edges::check },
    Check { name: "versions", run: versions::check },
    Check { name: "runtimes", run: runtimes::check },
    Check { name: "purity", run: purity::check },
    Check { name: "size", run: size::check },
    Check { name: "words", run: words::check },
    Check { name: "names", run: names::check },
    Check { name: "docs", run: docs::check },
    Check { name: "links", run: links::check },
    Check { name: "paths", run: paths::check },
];

/// What is wrong, where (lines from 1), and what to do about it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    path: String,
    line: usize,
    what: String,
    remedy: &'static str,
    pub(crate) fails: bool,
}

impl Violation {
    fn error(path: &str, line: usize, what: impl Into<String>, remedy: &'static str) -> Self {
        Self { path: path.to_owned(), line, what: what.into(), remedy, fails: true }
    }

    fn warning(path: &str, line: usize, what: impl Into<String>, remedy: &'static str) -> Self {
        Self { fails: false, ..Self::error(path, line, what, remedy) }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = if self.fails { "error" } else { "warning" };
        write!(f, "{}:{}: {level}: {}; {}", self.path, self.line, self.what, self.remedy)
    }
}

/// What a test of a check compares: `path:line what`, one string a violation.
#[cfg(test)]
fn found(check: fn(&Tree) -> Vec<Violation>, files: &[(&str, &str)]) -> Vec<String> {
    let tree = Tree::of(files);
    check(&tree).iter().map(|v| format!("{}:{} {}", v.path, v.line, v.what)).collect()
}
