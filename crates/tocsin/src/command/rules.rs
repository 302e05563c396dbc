//! `tocsin rules`: what the rules are, what is wrong with them, whether their examples hold.

use std::fmt::Display;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use tocsin_node::content;
use tocsin_node::geoip::GeoIp;
use tocsin_node::report::visible;
use tocsin_node::rules::{self, BacktestError, ExplainError, RuleSet, Trial};
use tocsin_node::source::{self, Order, ReadOptions};

use super::input;
use crate::cli::{
    BacktestArgs, CoverageArgs, ExplainArgs, ImportArgs, RuleOrigin, RulesCommand, TrialArgs,
};
use crate::exit::{Failure, say};

/// The exit code when a rule is wrong.
const WRONG: u8 = 3;

pub(crate) fn run(command: &RulesCommand) -> Result<ExitCode, Failure> {
    match command {
        RulesCommand::List(rules) => {
            let (set, sound) = usable(&documents(&rules.paths)?);
            tell(&rules::list(&set), sound)
        }
        RulesCommand::Check(rules) => {
            let check = rules::check(&documents(&rules.paths)?, &content::attack());
            tell(&check, check.passed())
        }
        RulesCommand::Test(rules) => {
            let tested = rules::test(&documents(&rules.paths)?).map_err(|error| {
                Failure::configuration(format!("{:#}", anyhow::Error::new(error)))
            })?;
            tell(&tested, tested.passed())
        }
        RulesCommand::Coverage(arguments) => coverage(arguments),
        RulesCommand::Explain(arguments) => explain(arguments),
        RulesCommand::Backtest(arguments) => backtest(arguments),
        RulesCommand::Import(arguments) => import(arguments),
    }
}

fn import(arguments: &ImportArgs) -> Result<ExitCode, Failure> {
    let RuleOrigin::Wazuh = arguments.from;
    let mut documents = Vec::new();
    for path in &arguments.paths {
        documents.extend(content::read_files(path, &["xml"]).map_err(unreadable)?);
    }
    let mut lists = Vec::new();
    for path in &arguments.lists {
        lists.extend(content::read_files(path, &[""]).map_err(unreadable)?);
    }
    let imported = rules::import(&documents, &lists);
    imported.problems.iter().for_each(|problem| say(&problem.to_string()));
    let folder = arguments.out.display();
    std::fs::create_dir_all(&arguments.out)
        .map_err(|error| Failure::configuration(format!("--out {folder}: {error}")))?;
    for (name, text) in imported.files() {
        std::fs::write(arguments.out.join(name), text)?;
    }
    tell(&imported, !imported.rules.is_empty())
}

fn coverage(arguments: &CoverageArgs) -> Result<ExitCode, Failure> {
    let (set, sound) = usable(&documents(&arguments.paths)?);
    if arguments.logs.is_empty() {
        return tell(&rules::coverage(&set), sound);
    }
    let mut progress = input::progress(arguments.quiet);
    let found = source::find(&arguments.logs);
    let read = rules::coverage_of_logs(&set, found, &ReadOptions::default(), &mut progress)?;
    if read.sources == 0 {
        return Err(input::nothing_read(&read.unread));
    }
    input::say_unread("", &read.unread);
    tell(&read.layer, sound)
}

fn explain(arguments: &ExplainArgs) -> Result<ExitCode, Failure> {
    let (trial, sound) = trial(&arguments.trial)?;
    let TrialArgs { input, quiet, .. } = &arguments.trial;
    let options = input::options(input, Order::OneByOne)?;
    let (found, mut progress) = (source::find(&input.paths), input::progress(*quiet));
    let explained = rules::explain(&trial, &arguments.rule, found, &options, &mut progress);
    let explained = explained.map_err(|error| match error {
        ExplainError::Rule(why) if sound => Failure::usage(why),
        ExplainError::Rule(why) => {
            Failure::configuration(format!("{why}; those above cannot be used"))
        }
        ExplainError::Engine(error) => Failure::configuration(error.to_string()),
        ExplainError::Read(error) => Failure::from(error),
    })?;
    if explained.sources == 0 {
        return Err(input::nothing_read(&explained.unread));
    }
    input::say_unread("", &explained.unread);
    tell(&explained, true)
}

fn backtest(arguments: &BacktestArgs) -> Result<ExitCode, Failure> {
    let (trial, _) = trial(&arguments.trial)?;
    let TrialArgs { input, quiet, .. } = &arguments.trial;
    let options = input::options(input, Order::ByTime)?;
    let (found, mut progress) = (source::find(&input.paths), input::progress(*quiet));
    let told = rules::backtest(&trial, found, &options, &mut progress);
    let told = told.map_err(|error| match error {
        BacktestError::Engine(error) => Failure::configuration(error.to_string()),
        BacktestError::Read(error) => Failure::from(error),
    })?;
    if told.sources == 0 {
        return Err(input::nothing_read(&told.unread));
    }
    input::say_unread("", &told.unread);
    tell(&told, true)
}

/// The rules that can be used and what they may know, and whether those are all of them.
fn trial(arguments: &TrialArgs) -> Result<(Trial, bool), Failure> {
    let (rules, sound) = usable(&with_those_inside(&arguments.rules)?);
    let (places, not_understood) = GeoIp::open(&arguments.geoip).map_err(unreadable)?;
    not_understood.iter().for_each(|of| say(&format!("{}: {}", of.name, of.reason)));
    Ok((Trial { rules: rules.into(), places: places.into() }, sound))
}

/// The rules of these folders beside those inside the binary.
fn with_those_inside(paths: &[PathBuf]) -> Result<Vec<tocsin_node::content::Document>, Failure> {
    Ok(content::rules_and(if paths.is_empty() { Vec::new() } else { documents(paths)? }))
}

/// The rules that can be used, and whether that is all of them; what is wrong with the others is said.
fn usable(documents: &[tocsin_node::content::Document]) -> (RuleSet, bool) {
    let (set, problems) = RuleSet::compile(documents);
    problems.iter().for_each(|problem| say(&problem.to_string()));
    (set, problems.is_empty())
}

/// The rules of these folders, or those inside the binary where none is given.
fn documents(paths: &[PathBuf]) -> Result<Vec<tocsin_node::content::Document>, Failure> {
    if paths.is_empty() {
        return Ok(content::rules());
    }
    let mut documents = Vec::new();
    for path in paths {
        documents.extend(content::read_rules(path).map_err(unreadable)?);
    }
    Ok(documents)
}

fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> Failure {
    Failure::configuration(format!("{:#}", anyhow::Error::new(error)))
}

fn tell(told: &impl Display, passed: bool) -> Result<ExitCode, Failure> {
    // Rules may come from anyone.
    let text = told.to_string();
    let lines: String = text.lines().map(|line| visible(line) + "\n").collect();
    match std::io::stdout().lock().write_all(lines.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ if passed => Ok(ExitCode::SUCCESS),
        _ => Ok(ExitCode::from(WRONG)),
    }
}
