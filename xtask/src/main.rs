//! Repository chores. `cargo run -p xtask -- tidy` checks what no compiler knows about this house:
//! which crate may use which, what stays pure, how long a file may grow.

mod tidy;

use anyhow::{Context, Result};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "usage: cargo run -p xtask -- tidy";

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["tidy"] => report(&tidy::Tree::tracked(&root()?)?),
        _ => anyhow::bail!(USAGE),
    }
}

/// The workspace root: the folder above this crate's, as cargo tells it at run time.
fn root() -> Result<PathBuf> {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").context(USAGE)?;
    Ok(PathBuf::from(manifest).join(".."))
}

fn report(tree: &tidy::Tree) -> Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    let mut failed = 0;
    for check in tidy::CHECKS {
        for violation in (check.run)(tree) {
            failed += usize::from(violation.fails);
            writeln!(out, "{violation} [{}]", check.name)?;
        }
    }
    writeln!(
        out,
        "tidy: {} files, {} checks, {failed} violations",
        tree.len(),
        tidy::CHECKS.len()
    )?;
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
