//! Our Sigma engine beside rsigma: whether they agree rule by rule on events made from the rules' own
//! literals, and how fast each is on them; and how fast each correlates.
//!
//! usage: tocsin-rsigma agree|speed RULES_FOLDER [EVENTS_PER_RULE]
//!        tocsin-rsigma correlate

mod agree;
mod correlate;
mod generate;
mod record;
mod rules;
mod speed;

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str =
    "usage: tocsin-rsigma agree|speed RULES_FOLDER [EVENTS_PER_RULE], or tocsin-rsigma correlate";

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
    let per_rule = arguments.get(2).and_then(|number| number.parse().ok()).unwrap_or(26);
    let rules = rules::read(&PathBuf::from(folder));
    match verb.as_str() {
        "agree" => agree::run(&rules, per_rule),
        "speed" => speed::run(&rules, per_rule),
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}
