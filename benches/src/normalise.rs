//! `normalise`: how much of a log one core turns from bytes into events in a second, files read and
//! unpacked, in process, without any output. Beside it, in turns, stands what no reader can be faster
//! than: looking at every byte of the files once, for the ends of lines.

use std::hint::black_box;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use tocsin_node::progress::Progress;
use tocsin_node::source::{self, ReadOptions};

const USAGE: &str = "usage: normalise ROUNDS PATH...";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let rounds =
        arguments.next().and_then(|rounds| rounds.parse().ok()).filter(|rounds| *rounds > 0);
    let paths: Vec<PathBuf> = arguments.map(PathBuf::from).collect();
    let measured = match rounds {
        Some(rounds) if !paths.is_empty() => measure(&paths, rounds),
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

/// Both, in the fastest of the rounds, as one line of JSON.
fn measure(paths: &[PathBuf], rounds: usize) -> Result<String, String> {
    let (mut read, mut looked_at) = (Fastest::default(), Fastest::default());
    let (mut bytes, mut events) = (0, 0);
    for _ in 0..rounds {
        bytes = looked_at.take(|| look(paths))?;
        events = read.take(|| normalise(paths))?;
    }
    Ok(format!(
        "{{\"bytes\":{bytes},\"events\":{events},\"core_s\":{:.4},\"limit_core_s\":{:.4}}}",
        read.seconds(),
        looked_at.seconds(),
    ))
}

/// Reads the files as the program does, one after the other, and counts their events.
fn normalise(paths: &[PathBuf]) -> Result<u64, String> {
    let options = ReadOptions { year: Some(2026), ..ReadOptions::default() };
    let mut events = 0;
    let mut count = |event: tocsin_event::EventRef<'_>| {
        black_box(event.time);
        events += 1;
        Ok(())
    };
    let report = source::read(source::find(paths), &options, &mut Progress::hidden(), &mut count)
        .map_err(|error| error.to_string())?;
    match report.skipped.first() {
        Some(skipped) => Err(format!("{}: {}", skipped.name, skipped.reason)),
        None => Ok(events),
    }
}

/// Reads the files and looks at each byte; gives how many there are.
fn look(paths: &[PathBuf]) -> Result<u64, String> {
    let mut bytes = 0;
    for path in paths {
        let read = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        black_box(memchr::memchr_iter(b'\n', &read).count());
        bytes += read.len() as u64;
    }
    Ok(bytes)
}

/// The fastest run of a piece of work.
#[derive(Default)]
struct Fastest(Option<Duration>);

impl Fastest {
    fn take<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let before = core_time();
        let done = work();
        let spent = core_time().saturating_sub(before);
        self.0 = Some(self.0.map_or(spent, |time| time.min(spent)));
        done
    }

    fn seconds(&self) -> f64 {
        self.0.unwrap_or_default().as_secs_f64()
    }
}

/// What this process has used of its core, user and system. Other processes do not count.
fn core_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}
