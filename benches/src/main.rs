//! `authlog`: a seeded generator of auth.log lines, for benchmarks. The wordings are those of
//! OpenSSH 5 to 10, PAM, sudo and cron; the traffic is made up, and says nothing about detection.

mod address;
mod rng;
mod session;
mod stamp;
mod stream;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;
use stream::{Stream, Traffic};

const USAGE: &str = "usage: authlog --lines N [--entities N] [--seed S] [--per-second N] [PATH]";
const BUFFER_BYTES: usize = 1 << 18;

fn main() -> ExitCode {
    let outcome = arguments(std::env::args().skip(1)).and_then(|(traffic, path)| {
        let written = match path {
            Some(path) => File::create(path).and_then(|file| generate(traffic, file)),
            None => generate(traffic, io::stdout().lock()),
        };
        written.map_err(|error| error.to_string())
    });
    let (told, code) = match outcome {
        Ok(summary) => (summary, ExitCode::SUCCESS),
        Err(error) => (error, ExitCode::FAILURE),
    };
    // Nobody is left to tell when stderr is gone.
    writeln!(io::stderr(), "{told}").map_or(ExitCode::FAILURE, |()| code)
}

/// Writes the log and returns what was written, as one line of JSON.
fn generate(traffic: Traffic, out: impl Write) -> io::Result<String> {
    let mut out = BufWriter::with_capacity(BUFFER_BYTES, out);
    let mut stream = Stream::new(traffic);
    for _ in 0..traffic.lines {
        stream.write_line(&mut out)?;
    }
    out.flush()?;
    Ok(format!("{{\"lines\":{},\"addresses\":{}}}", traffic.lines, stream.distinct_addresses()))
}

fn arguments(mut given: impl Iterator<Item = String>) -> Result<(Traffic, Option<String>), String> {
    let mut traffic = Traffic { lines: 0, entities: 1_000, seed: 1, per_second: 10 };
    let mut path = None;
    while let Some(name) = given.next() {
        let field = match name.as_str() {
            "--lines" => &mut traffic.lines,
            "--entities" => &mut traffic.entities,
            "--seed" => &mut traffic.seed,
            "--per-second" => &mut traffic.per_second,
            flag if flag.starts_with('-') => return Err(USAGE.to_owned()),
            _ => {
                path = Some(name);
                continue;
            }
        };
        let value = given.next().and_then(|text| text.parse().ok());
        *field = value.ok_or_else(|| format!("{name} needs a number\n{USAGE}"))?;
    }
    let possible = traffic.lines > 0 && traffic.per_second > 0;
    let possible = possible && (1..=address::MOST).contains(&traffic.entities);
    if possible { Ok((traffic, path)) } else { Err(USAGE.to_owned()) }
}
