//! `tocsin scan`: analyse logs and tell what was found.

use std::io::{self, IsTerminal, Write};
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
/// The exit code when something is at or above `--fail-on`.
const FOUND: u8 = 1;

pub(crate) fn run(arguments: &ScanArgs) -> Result<ExitCode, Failure> {
    let began = clock::now();
    let mut progress = input::progress(arguments.quiet);
    let Scanned { mut scan, skipped } = scan::run(&options(arguments)?, &mut progress)?;
    if scan.sources.is_empty() {
        return Err(input::nothing_read(&skipped));
    }
    if !arguments.quiet {
        for skipped in &skipped {
            say(&format!("{}: not read: {}", skipped.name, skipped.reason));
        }
    }
    let form = form(arguments);
    if form == ScanOutput::Table {
        scan.elapsed_ns = u64::try_from(began.elapsed().as_nanos()).ok();
    }
    if let Some(folder) = &arguments.report_dir {
        write_reports(&scan, folder)?;
    }
    match io::stdout().lock().write_all(text(&scan, form, arguments)?.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error.into()),
        _ => {}
    }
    let worst = scan.findings.iter().map(|finding| finding.severity).max();
    let grave = arguments.fail_on.is_some_and(|level| worst >= Some(level));
    Ok(if grave { ExitCode::from(FOUND) } else { ExitCode::SUCCESS })
}

fn options(arguments: &ScanArgs) -> Result<ScanOptions, Failure> {
    Ok(ScanOptions {
        paths: arguments.input.paths.clone(),
        read: input::options(&arguments.input, Order::ByTime)?,
        rules: arguments.rules.clone(),
        baseline: arguments.baseline.clone(),
        intel: arguments.intel.clone(),
        geoip: arguments.geoip.clone(),
        budget_per_day: arguments.budget,
        seed: arguments.seed,
    })
}

/// What was asked for; otherwise text for a terminal, and lines for a program in a pipe.
fn form(arguments: &ScanArgs) -> ScanOutput {
    let for_people = arguments.explain.is_some() || io::stdout().is_terminal();
    let usual = if for_people { ScanOutput::Table } else { ScanOutput::Jsonl };
    arguments.output.unwrap_or(usual)
}

fn text(scan: &Scan, form: ScanOutput, arguments: &ScanArgs) -> Result<String, Failure> {
    let screen = screen(arguments.color);
    if let Some(id) = &arguments.explain {
        let unknown = || Failure::usage(format!("`{id}` is no finding, alert or incident here"));
        return report::explain(scan, id, screen).ok_or_else(unknown);
    }
    Ok(match form {
        ScanOutput::Table => report::terminal(scan, screen),
        ScanOutput::Json => report::json(scan),
        ScanOutput::Jsonl => report::jsonl(scan),
        ScanOutput::Ocsf => report::ocsf(scan),
        ScanOutput::Csv => report::csv(scan),
        ScanOutput::Html => report::html(scan),
        ScanOutput::Navigator => report::navigator(scan),
    })
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
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text)
            .map_err(|error| Failure::usage(format!("cannot write {}: {error}", path.display())))
    };
    let alerts = folder.join("alerts");
    fs::create_dir_all(&alerts)
        .map_err(|error| Failure::usage(format!("cannot make {}: {error}", alerts.display())))?;
    for incident in &scan.incidents {
        let id = &incident.id;
        write(&format!("{id}.json"), &report::incident_json(incident))?;
        write(&format!("{id}.txt"), &report::incident_text(scan, incident))?;
        write(&format!("{id}.html"), &report::incident_html(scan, incident))?;
    }
    write("alerts/stream.jsonl", &report::alert_lines(scan))
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
