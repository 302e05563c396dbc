//! `tocsin scan`: analyse logs and tell what was found.

use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use tocsin_node::clock;
use tocsin_node::report::{self, ColorChoice, Scan, Screen};
use tocsin_node::scan::{self, ScanError, ScanOptions, Scanned};
use tocsin_node::source::Order;

use super::input;
use crate::cli::{ScanArgs, ScanOutput, When};
use crate::exit::{Failure, say};

/// Columns of a terminal that does not say.
const WIDTH: usize = 100;
/// Problems of rules that are told one by one.
const PROBLEMS_SHOWN: usize = 5;
/// The exit code when something is at or above `--fail-on`.
const FOUND: u8 = 1;

pub(crate) fn run(arguments: &ScanArgs) -> Result<ExitCode, Failure> {
    let began = clock::now();
    let form = form(arguments)?;
    let mut progress = input::progress(arguments.quiet);
    let scanned = scan::run(&options(arguments)?, &mut progress)?;
    if scanned.scan.sources.is_empty() {
        return Err(input::nothing_read(&scanned.scan.unread));
    }
    say_unusable(&scanned.unusable);
    if !arguments.quiet {
        say_notes(&scanned, form);
    }
    let mut scan = scanned.scan;
    if form == ScanOutput::Table {
        scan.elapsed_ns = u64::try_from(began.elapsed().as_nanos()).ok();
    }
    if let Some(folder) = &arguments.report_dir {
        write_reports(&scan, folder)?;
    }
    let screen = screen(arguments.color);
    let explained =
        arguments.explain.as_deref().map(|id| explain(&scan, id, form, screen)).transpose()?;
    let mut out = BufWriter::new(io::stdout().lock());
    let written = match explained {
        Some(text) => out.write_all(text.as_bytes()),
        None => write(&scan, form, screen, &mut out),
    };
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error.into()),
        _ => {}
    }
    let worst = scan.findings.iter().map(|finding| finding.severity).max();
    let grave = arguments.fail_on.is_some_and(|level| worst >= Some(level));
    Ok(if grave { ExitCode::from(FOUND) } else { ExitCode::SUCCESS })
}

/// What is worth a look before the report: of sources only where the report does not tell.
fn say_notes(scanned: &Scanned, form: ScanOutput) {
    scanned.remarks.iter().for_each(|remark| say(&remark.to_string()));
    input::say_unread("of the baseline, ", &scanned.baseline_unread);
    if form == ScanOutput::Table {
        return;
    }
    input::say_unread("", &scanned.scan.unread);
    for source in &scanned.scan.sources {
        if let Some(error) = &source.error {
            say(&format!("{}: stopped early: {error}", source.name));
        }
        if source.parsed == 0 {
            let records = report::counted(source.read, "record");
            say(&format!("{}: {records} read, none of them understood", source.name));
        }
    }
    scanned.scan.losses().for_each(|loss| say(&loss));
}

/// Why rules are left out: the first few problems, and how many there are.
fn say_unusable(problems: &[impl Display]) {
    problems.iter().take(PROBLEMS_SHOWN).for_each(|problem| say(&problem.to_string()));
    let more = problems.len().saturating_sub(PROBLEMS_SHOWN);
    if more > 0 {
        say(&format!("and {more} more problems of rules; `tocsin rules check` shows all of them"));
    }
}

fn options(arguments: &ScanArgs) -> Result<ScanOptions, Failure> {
    Ok(ScanOptions {
        paths: arguments.input.paths.clone(),
        read: input::options(&arguments.input, Order::ByTime)?,
        rules: arguments.rules.clone(),
        baseline: arguments.baseline.clone(),
        intel: arguments.intel.clone(),
        allow: arguments.allow.clone(),
        geoip: arguments.geoip.clone(),
        budget_per_day: arguments.budget,
        seed: arguments.seed,
    })
}

/// What was asked for; otherwise text for a terminal, and lines for a program in a pipe.
fn form(arguments: &ScanArgs) -> Result<ScanOutput, Failure> {
    if arguments.explain.is_some() {
        return match arguments.output {
            None => Ok(ScanOutput::Table),
            Some(form @ (ScanOutput::Table | ScanOutput::Json)) => Ok(form),
            Some(_) => Err(Failure::usage("--explain tells one thing, as `-o table` or `-o json`")),
        };
    }
    let usual = if io::stdout().is_terminal() { ScanOutput::Table } else { ScanOutput::Jsonl };
    Ok(arguments.output.unwrap_or(usual))
}

fn explain(scan: &Scan, id: &str, form: ScanOutput, screen: Screen) -> Result<String, Failure> {
    let found = report::find(scan, id).map_err(Failure::usage)?;
    Ok(if form == ScanOutput::Json { found.json() } else { found.text(scan, screen) })
}

/// Writes the report; of what there may be many, one at a time is in memory.
fn write(scan: &Scan, form: ScanOutput, screen: Screen, out: &mut impl Write) -> io::Result<()> {
    match form {
        ScanOutput::Table => out.write_all(report::terminal(scan, screen).as_bytes()),
        ScanOutput::Json => report::json(scan, out),
        ScanOutput::Jsonl => write_parts(out, report::jsonl(scan)),
        ScanOutput::Ocsf => write_parts(out, report::ocsf(scan)),
        ScanOutput::Csv => write_parts(out, report::csv(scan)),
        ScanOutput::Html => out.write_all(report::html(scan).as_bytes()),
        ScanOutput::Navigator => out.write_all(report::navigator(scan).as_bytes()),
    }
}

fn write_parts(out: &mut impl Write, mut parts: impl Iterator<Item = String>) -> io::Result<()> {
    parts.try_for_each(|part| out.write_all(part.as_bytes()))
}

fn screen(color: When) -> Screen {
    let wanted = match color {
        When::Always => true,
        When::Never => false,
        When::Auto => env::var_os("NO_COLOR").is_none() && io::stdout().is_terminal(),
    };
    let width = env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    Screen {
        color: if wanted { ColorChoice::Ansi } else { ColorChoice::Plain },
        width: width.unwrap_or(WIDTH),
    }
}

/// `INC-*.json`, `.txt` and `.html` for each incident, and `alerts/stream.jsonl`.
fn write_reports(scan: &Scan, folder: &Path) -> Result<(), Failure> {
    let alerts = folder.join("alerts");
    fs::create_dir_all(&alerts)
        .map_err(|error| Failure::usage(format!("cannot make {}: {error}", alerts.display())))?;
    let write = |name: &str, text: String| write_file(&folder.join(name), std::iter::once(text));
    for incident in &scan.incidents {
        let id = &incident.id;
        write(&format!("{id}.json"), report::incident_json(incident))?;
        write(&format!("{id}.txt"), report::incident_text(scan, incident))?;
        write(&format!("{id}.html"), report::incident_html(scan, incident))?;
    }
    write_file(&alerts.join("stream.jsonl"), report::alert_lines(scan))
}

fn write_file(path: &Path, parts: impl Iterator<Item = String>) -> Result<(), Failure> {
    let write = || {
        let mut file = BufWriter::new(fs::File::create(path)?);
        write_parts(&mut file, parts)?;
        file.flush()
    };
    write().map_err(|error: io::Error| {
        Failure::usage(format!("cannot write {}: {error}", path.display()))
    })
}

impl From<ScanError> for Failure {
    fn from(error: ScanError) -> Self {
        if let ScanError::Rules(problems) = &error {
            problems.iter().for_each(|problem| say(&problem.to_string()));
        }
        match error {
            ScanError::Read(error) => Failure::from(error),
            wrong => Failure::configuration(format!("{:#}", anyhow::Error::new(wrong))),
        }
    }
}
