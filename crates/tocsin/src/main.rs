//! The `tocsin` command.

mod cli;
mod command;
mod exit;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Cli, Command};

fn main() -> ExitCode {
    exit::report_panics();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return exit::usage(&error),
    };
    exit::guarded(|| match cli.command {
        Command::Scan(arguments) => command::scan::run(&arguments),
        Command::Parse(arguments) => command::parse::run(&arguments),
        Command::Rules(command) => command::rules::run(&command),
    })
}
