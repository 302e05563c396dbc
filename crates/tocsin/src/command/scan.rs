//! `tocsin scan`: analyse logs and tell what was found.

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
    let mut out = BufWriter::new(io::stdout().lock());
    let written = text(&scan, form, arguments)?.try_for_each(|part| out.write_all(part.as_bytes()));
    match written.and_then(|()| out.flush()) {
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

/// What is to be written, part by part: of many lines, one at a time is in memory.
fn text<'s>(
    scan: &'s Scan,
    form: ScanOutput,
    arguments: &ScanArgs,
) -> Result<Box<dyn Iterator<Item = String> + 's>, Failure> {
    let screen = screen(arguments.color);
    if let Some(id) = &arguments.explain {
        let unknown = || Failure::usage(format!("`{id}` is no finding, alert or incident here"));
        return Ok(whole(report::explain(scan, id, screen).ok_or_else(unknown)?));
    }
    Ok(match form {
        ScanOutput::Table => whole(report::terminal(scan, screen)),
        ScanOutput::Json => whole(report::json(scan)),
        ScanOutput::Jsonl => Box::new(report::jsonl(scan)),
        ScanOutput::Ocsf => Box::new(report::ocsf(scan)),
        ScanOutput::Csv => Box::new(report::csv(scan)),
        ScanOutput::Html => whole(report::html(scan)),
        ScanOutput::Navigator => whole(report::navigator(scan)),
    })
}

fn whole(text: String) -> Box<dyn Iterator<Item = String>> {
    Box::new(std::iter::once(text))
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
    let write = |name: &str, text: &mut dyn Iterator<Item = String>| {
        let path = folder.join(name);
        write_file(&path, text)
            .map_err(|error| Failure::usage(format!("cannot write {}: {error}", path.display())))
    };
    let alerts = folder.join("alerts");
    fs::create_dir_all(&alerts)
        .map_err(|error| Failure::usage(format!("cannot make {}: {error}", alerts.display())))?;
    for incident in &scan.incidents {
        let id = &incident.id;
        write(&format!("{id}.json"), &mut whole(report::incident_json(incident)))?;
        write(&format!("{id}.txt"), &mut whole(report::incident_text(scan, incident)))?;
        write(&format!("{id}.html"), &mut whole(report::incident_html(scan, incident)))?;
    }
    write("alerts/stream.jsonl", &mut report::alert_lines(scan))
}

fn write_file(path: &Path, text: &mut dyn Iterator<Item = String>) -> io::Result<()> {
    let mut file = BufWriter::new(fs::File::create(path)?);
    for part in text {
        file.write_all(part.as_bytes())?;
    }
    file.flush()
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
