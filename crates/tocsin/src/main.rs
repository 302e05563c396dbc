//! The `tocsin` command.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(version, about = "Rings rarely, says why, and shuts the door")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Normalise only: OCSF events as JSON Lines.
    Parse {
        path: PathBuf,
        #[arg(short)]
        output: Option<String>,
        #[arg(short)]
        quiet: bool,
    },
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Parse { path, .. } => {
            tocsin_node::parse::run(&path, None, &mut std::io::stdout().lock())?
        }
    }
    Ok(())
}
