//! What can be typed. Only definitions: each command converts what was typed into what is meant.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "tocsin",
    version,
    about = "An alarm bell that rings rarely, says why, and shuts the door"
)]
#[command(max_term_width = 100)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read logs and print their events, normalised to OCSF, as JSON Lines
    Parse(ParseArgs),
}

const PARSE_EXAMPLES: &str = "\
Examples:
  tocsin parse /var/log/auth.log            one file, plain or compressed
  tocsin parse /var/log > events.jsonl      a folder and all below it
  tocsin parse '/var/log/*.log*' -q         a quoted pattern, no summary
  journalctl -o json | tocsin parse -       standard input
  tocsin parse --tz Europe/Berlin --year 2023 old.log.gz
                                            times that name neither zone nor year

What is no log (images, archives, devices) is left out, and the summary on standard error says so.
Exit status: 0 done, 2 wrong usage, 4 nothing could be read, 70 internal fault.";

/// Arguments of `tocsin parse`.
#[derive(Args, Debug)]
#[command(after_help = PARSE_EXAMPLES)]
pub(crate) struct ParseArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// How events are written
    #[arg(short, long, value_name = "FORM", default_value = "jsonl")]
    pub(crate) output: ParseOutput,
    /// Print no summary and no progress
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// Forms in which events can be written: one OCSF object a line.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ParseOutput {
    Jsonl,
}

/// What to read and how, for every command that reads logs.
#[derive(Args, Debug)]
pub(crate) struct InputArgs {
    /// Files, folders, quoted patterns, or `-` for standard input; compressed or not
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Read every record as this format instead of finding out
    #[arg(long, value_name = "NAME")]
    pub(crate) format: Option<String>,
    /// The zone of times that name none, such as Europe/Berlin [default: UTC]
    #[arg(long, value_name = "ZONE")]
    pub(crate) tz: Option<String>,
    /// The year of each file's first record, where times do not say [default: from file times]
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i16).range(1970..=2261))]
    pub(crate) year: Option<i16>,
    /// Threads that read and parse [default: one for each processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub(crate) threads: Option<u16>,
}
