//! The `scan` role: sources in, what the engine concludes out.

use std::io::{self, BufRead};
use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;
use tocsin_detect::{Conclusion, Config, Engine, Knowledge};
use tocsin_event::{Batch, Time};
use tocsin_parse::{Formats, Options, Parser};
use tocsin_sigma::{Document, RuleSet};

const CHUNK: usize = 256 * 1024;

/// Scans a file.
pub fn run(path: &Path, rules: &[Document], year: Option<i16>) -> io::Result<Conclusion> {
    let (rules, problems) = RuleSet::compile(rules);
    for problem in problems {
        eprintln!("{problem:?}");
    }
    let knowledge = Knowledge { rules, ..Knowledge::default() };
    let mut engine = Engine::new(Config::default(), knowledge).map_err(io::Error::other)?;
    let formats = Formats::new().map_err(io::Error::other)?;
    let name: Arc<str> = path.display().to_string().into();
    let options = Options { zone: TimeZone::UTC, year, reference: Time(0), format: None };
    let mut parser = Parser::new(&formats, &name, options);
    let mut input = io::BufReader::with_capacity(CHUNK, std::fs::File::open(path)?);
    let mut batch = Batch::new(name, String::new());
    loop {
        let mut bytes = Vec::new();
        while bytes.len() < CHUNK && input.read_until(b'\n', &mut bytes)? > 0 {}
        if bytes.is_empty() {
            return Ok(engine.conclude());
        }
        batch.refill(|text| text.push_str(&String::from_utf8_lossy(&bytes)));
        parser.read(&mut batch);
        batch.iter().for_each(|event| engine.step(event));
    }
}
