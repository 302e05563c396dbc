//! Our Sigma engine beside rsigma: whether they agree rule by rule on events made from the rules' own
//! literals, and how fast each is on them; and how fast each correlates.
//!
//! usage: tocsin-rsigma agree|speed RULES_FOLDER [EVENTS_PER_RULE]
//!        tocsin-rsigma sample RULES_FOLDER FILE
//!        tocsin-rsigma correlate

mod agree;
mod correlate;
mod generate;
mod record;
mod rules;
mod sample;
mod speed;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "usage: tocsin-rsigma agree|speed RULES_FOLDER [EVENTS_PER_RULE], or \
                     tocsin-rsigma sample RULES_FOLDER FILE, or tocsin-rsigma correlate";
/// Events made for each rule.
const EVENTS_PER_RULE: usize = 26;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments == ["correlate"] {
        return correlate::run().unwrap_or_else(|error| {
            eprintln!("{error}");
            ExitCode::FAILURE
        });
    }
    let (Some(verb), Some(folder)) = (arguments.first(), arguments.get(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let number = arguments.get(2).and_then(|number| number.parse().ok());
    let per_rule = number.unwrap_or(EVENTS_PER_RULE);
    let rules = rules::read(&PathBuf::from(folder));
    match (verb.as_str(), arguments.get(2)) {
        ("agree", _) => agree::run(&rules, per_rule),
        ("speed", _) => speed::run(&rules, per_rule),
        ("sample", Some(file)) => {
            let written = sample::run(&rules, EVENTS_PER_RULE, Path::new(file));
            written.map_or_else(
                |error| {
                    eprintln!("{file}: {error}");
                    ExitCode::FAILURE
                },
                |()| ExitCode::SUCCESS,
            )
        }
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}
