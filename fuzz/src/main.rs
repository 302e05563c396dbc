//! Writes the seeds of every target, a folder each, and the words in them, for `run.sh`.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use tocsin_fuzz::TARGETS;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let written = match arguments.as_slice() {
        [folder] => write_seeds(Path::new(folder)).map_err(|problem| problem.to_string()),
        _ => Err("usage: tocsin-fuzz FOLDER".to_owned()),
    };
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            // Nobody is left to tell when stderr is gone.
            let _ = writeln!(std::io::stderr(), "{problem}");
            ExitCode::FAILURE
        }
    }
}

fn write_seeds(folder: &Path) -> std::io::Result<()> {
    for target in TARGETS {
        let own = folder.join(target.name);
        std::fs::create_dir_all(&own)?;
        let seeds = target.seeds.read()?;
        std::fs::write(folder.join(format!("{}.dict", target.name)), dictionary(&seeds))?;
        for (number, seed) in seeds.into_iter().enumerate() {
            std::fs::write(own.join(format!("seed-{number:04}")), seed)?;
        }
    }
    Ok(())
}

/// The words of the seeds as a dictionary for libFuzzer: what formats look for is among them.
fn dictionary(seeds: &[Vec<u8>]) -> String {
    let is_apart = |byte: &u8| !byte.is_ascii_alphanumeric() && !b"_=:-".contains(byte);
    let words = seeds.iter().flat_map(|seed| seed.split(is_apart));
    let telling = words.filter(|word| (3..=24).contains(&word.len()));
    let distinct: BTreeSet<_> = telling.map(String::from_utf8_lossy).collect();
    distinct.into_iter().map(|word| format!("\"{word}\"\n")).collect()
}
