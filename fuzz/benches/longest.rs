//! How long the longest lines take: what one hostile line can cost.
//! `cargo bench -p tocsin-fuzz --bench longest`; the goal is below 1 ms for each of them.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use tocsin_event::{Batch, Time};
use tocsin_fuzz::longest::{lengthen, repeated};
use tocsin_fuzz::{TARGETS, corpus, seed};
use tocsin_parse::{FORMATS, Formats, LINE_MAX, Options, Parser};

/// Lines that are shown.
const SHOWN: usize = 20;
/// Below this, a time is not measured again.
const DOUBTFUL: Duration = Duration::from_micros(400);
/// The least of so many times counts: the machine does other things meanwhile.
const TURNS: usize = 7;

struct Slow {
    took: Duration,
    line: String,
}

fn main() -> std::io::Result<()> {
    let formats = Formats::new().map_err(std::io::Error::other)?;
    let mut slowest: BTreeMap<&str, Slow> = BTreeMap::new();
    let mut lines = 0;
    let mut measure = |of: &'static str, line: String| {
        lines += 1;
        let took = time(&formats, &line);
        if slowest.get(of).is_none_or(|slow| slow.took < took) {
            slowest.insert(of, Slow { took, line });
        }
    };
    for format in FORMATS {
        for line in seed::fixture(format.name)?.lines() {
            lengthen(line, &mut |long| measure(format.name, long));
        }
    }
    for target in TARGETS {
        for input in corpus::kept(target.name)? {
            for line in String::from_utf8_lossy(&input).lines() {
                measure(target.name, repeated("", line, ""));
            }
        }
    }
    show(lines, slowest)
}

fn show(lines: usize, slowest: BTreeMap<&str, Slow>) -> std::io::Result<()> {
    let mut slowest: Vec<_> = slowest.into_iter().collect();
    slowest.sort_by_key(|(_, slow)| std::cmp::Reverse(slow.took));
    let mut out = std::io::stdout().lock();
    writeln!(out, "{lines} lines of {LINE_MAX} bytes; the slowest of each format or corpus:")?;
    for (of, Slow { took, line }) in slowest.into_iter().take(SHOWN) {
        let head: String = line.chars().take(70).collect();
        writeln!(out, "{:>6} us  {of:<16} {head:?} ... {:?}", took.as_micros(), ending(&line))?;
    }
    Ok(())
}

fn ending(line: &str) -> String {
    line.split_at(line.floor_char_boundary(line.len().saturating_sub(20))).1.to_owned()
}

fn time(formats: &Formats, line: &str) -> Duration {
    let mut least = once(formats, line);
    for _ in 1..TURNS {
        if least < DOUBTFUL {
            break;
        }
        least = least.min(once(formats, line));
    }
    least
}

#[expect(clippy::disallowed_methods, reason = "to measure is what this program is for")]
fn once(formats: &Formats, line: &str) -> Duration {
    let options = Options {
        zone: TimeZone::UTC,
        year: None,
        reference: Time::from_civil((2024, 12, 31), 0, 0),
        format: None,
    };
    let mut parser = Parser::new(formats, "longest.log", options);
    let mut batch = Batch::new("longest.log".into(), line.to_owned());
    let start = Instant::now();
    parser.read(&mut batch);
    parser.finish(&mut batch);
    start.elapsed()
}
