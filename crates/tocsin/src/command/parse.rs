//! `tocsin parse`: normalise logs and print their events.

use std::io;
use std::os::fd::AsFd;
use std::process::ExitCode;

use tocsin_node::event::SourceSummary;
use tocsin_node::report::counted;
use tocsin_node::source::{self, Order, ReadReport};

use super::input;
use crate::cli::{ParseArgs, ParseOutput};
use crate::exit::{Failure, say};

/// What a pipe may hold without privileges, unless the administrator says otherwise: pipe(7).
const PIPE_BYTES: usize = 1 << 20;

pub(crate) fn run(arguments: &ParseArgs) -> Result<ExitCode, Failure> {
    let ParseOutput::Jsonl = arguments.output;
    let options = input::options(&arguments.input, Order::OneByOne)?;
    let found = source::find(&arguments.input.paths);
    let mut progress = input::progress(arguments.quiet);
    let mut out = io::stdout().lock();
    widen_pipe(&out);
    let report = match tocsin_node::parse::run(found, &options, &mut progress, &mut out) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(ExitCode::SUCCESS),
        report => report?,
    };
    if report.sources.is_empty() {
        return Err(input::nothing_read(&report.skipped));
    }
    if !arguments.quiet {
        tell(&report);
    }
    Ok(ExitCode::SUCCESS)
}

/// Lets a pipe hold as much as anyone may ask for: stopping for the reader after every 64 KiB costs a
/// good part of the time. What is no pipe, or may not grow, stays as it is.
fn widen_pipe(out: &impl AsFd) {
    let _ = rustix::pipe::fcntl_setpipe_size(out, PIPE_BYTES);
}

/// The account of every source, on standard error.
fn tell(report: &ReadReport) {
    for summary in &report.sources {
        tell_source(summary);
    }
    for skipped in &report.skipped {
        say(&format!("{}: not read: {}", skipped.name, skipped.reason));
    }
}

fn tell_source(summary: &SourceSummary) {
    let formats = match summary.formats.as_slice() {
        [] => String::new(),
        formats => format!(" ({})", formats.join(", ")),
    };
    say(&format!(
        "{}: {} read, {} understood{formats}",
        summary.name,
        counted(summary.read, "record"),
        summary.parsed
    ));
    for (reason, count) in &summary.skipped {
        say(&format!("  {count} skipped: {reason}"));
    }
    for (shape, count) in &summary.unparsed_shapes {
        say(&format!("  {count} not understood, like: {shape}"));
    }
    for assumption in &summary.assumptions {
        say(&format!("  assumed: {assumption}"));
    }
    if let Some(error) = &summary.error {
        say(&format!("  stopped early: {error}"));
    }
}
