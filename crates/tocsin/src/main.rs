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
    /// Analyse logs.
    Scan {
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
            tocsin_node::parse::run(&path, None, &mut std::io::stdout().lock())?;
        }
        Command::Scan { path, .. } => {
            let rules = "content/rules/authentication/brute_force.yaml";
            let text = std::fs::read_to_string(rules)?;
            let doc = tocsin_sigma::Document { path: rules.to_owned(), text };
            let c = tocsin_node::scan::run(&path, &[doc], None)?;
            for f in &c.findings {
                println!(
                    "{{\"entity\":\"{}\",\"severity\":\"{}\",\"title\":\"{}\",\"count\":{}}}",
                    f.entity, f.severity, f.title, f.count
                );
            }
            for i in &c.incidents {
                eprintln!("{} {} {} {} {:?}", i.id, i.severity, i.title, i.count, i.story.len());
            }
            eprintln!(
                "{:?} findings {} alerts {} keys {}",
                c.learning,
                c.findings.len(),
                c.alerts.len(),
                c.keys
            );
        }
    }
    Ok(())
}
