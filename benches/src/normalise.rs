//! `normalise`: how many lines of a log one core turns from bytes into events in a second, in
//! process, without any output. Beside it, in turns, stands what no parser can be faster than:
//! looking at every byte once for the ends of lines.

use std::borrow::Cow;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use jiff::tz::TimeZone;
use rustix::time::{ClockId, clock_gettime};
use tocsin_event::{Batch, Time};
use tocsin_parse::{Formats, Options, Parser};

const USAGE: &str = "usage: normalise PATH [ROUNDS]";
/// What the program parses at once.
const CHUNK_BYTES: usize = 256 * 1024;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (path, rounds) = (arguments.next(), arguments.next());
    let rounds = rounds.map_or(Some(5), |rounds| rounds.parse().ok()).filter(|rounds| *rounds > 0);
    let measured = match (path, rounds) {
        (Some(path), Some(rounds)) => measure(&path, rounds),
        _ => Err(USAGE.to_owned()),
    };
    match measured {
        Ok(told) => {
            writeln!(io::stdout(), "{told}").map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
        }
        Err(error) => {
            // Nobody is left to tell when stderr is gone.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

/// Both speeds, in the fastest of the rounds, as one line of JSON.
fn measure(path: &str, rounds: usize) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("{path}: {error}"))?;
    let formats = Formats::new().map_err(|error| error.to_string())?;
    let (mut read, mut looked_at) = (Fastest::default(), Fastest::default());
    for _ in 0..rounds {
        looked_at.take(|| chunks(&bytes).map(lines).sum());
        read.take(|| normalise(&bytes, path, &formats));
    }
    Ok(format!(
        "{{\"lines\":{},\"events\":{},\"lines_per_core_s\":{:.0},\"limit_lines_per_core_s\":{:.0}}}",
        looked_at.count,
        read.count,
        read.per_second(looked_at.count),
        looked_at.per_second(looked_at.count),
    ))
}

/// Reads the log as the program does, batch after batch, and counts its events.
fn normalise(bytes: &[u8], path: &str, formats: &Formats) -> usize {
    let reference = Time::from_civil((2026, 12, 31), 0, 0);
    let options = Options { zone: TimeZone::UTC, year: Some(2026), reference, format: None };
    let mut parser = Parser::new(formats, path, options);
    let mut batch = Batch::new(path.into(), String::new());
    let mut events = 0;
    for chunk in chunks(bytes) {
        batch.refill(|text| text.push_str(&valid(chunk)));
        parser.read(&mut batch);
        events += batch.len();
    }
    parser.finish(&mut batch);
    events
}

/// The bytes as text. They nearly always are: checking that is much faster than looking for what
/// is not.
fn valid(chunk: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(chunk).map_or_else(|_| String::from_utf8_lossy(chunk), Cow::Borrowed)
}

/// The log in pieces of whole lines.
fn chunks(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let least = CHUNK_BYTES.min(rest.len());
        let end = rest.get(least..).and_then(|after| memchr::memchr(b'\n', after));
        let (chunk, after) = rest.split_at(end.map_or(rest.len(), |end| least + end + 1));
        rest = after;
        (!chunk.is_empty()).then_some(chunk)
    })
}

fn lines(chunk: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', chunk).count()
}

/// The fastest run of a piece of work, and what it counted.
#[derive(Default)]
struct Fastest {
    count: usize,
    time: Option<Duration>,
}

impl Fastest {
    fn take(&mut self, work: impl FnOnce() -> usize) {
        let before = core_time();
        self.count = work();
        let spent = core_time().saturating_sub(before);
        self.time = Some(self.time.map_or(spent, |time| time.min(spent)));
    }

    fn per_second(&self, count: usize) -> f64 {
        count as f64 / self.time.unwrap_or_default().as_secs_f64()
    }
}

/// What this process has used of its core, user and system. Other processes do not count.
fn core_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}
