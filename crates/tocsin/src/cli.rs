//! What can be typed. Only definitions: each command converts what was typed into what is meant.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use tocsin_node::event::Severity;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "tocsin",
    version,
    about = "An alarm bell for machines: it rings rarely, and says what happened, why and what to do"
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
    /// Analyse logs and tell what happened, to whom, how sure, and what to do about it
    Scan(ScanArgs),
    /// Read logs and print their events, normalised to OCSF, as JSON Lines
    Parse(ParseArgs),
    /// Show, check and test detection rules
    #[command(subcommand)]
    Rules(RulesCommand),
}

/// What can be done with rules.
#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// Every rule: level, kind, title, name or id, ATT&CK techniques
    List(RulesArgs),
    /// What is wrong with rules: file, line, column, remedy; exit status 3 if anything is
    Check(RulesArgs),
    /// Run each rule's own examples through the parsers and the engine
    Test(RulesArgs),
    /// The ATT&CK techniques that rules look for, as a layer for the Navigator
    Coverage(CoverageArgs),
    /// Say why a rule matches events of logs, or why not: selection by selection
    Explain(ExplainArgs),
    /// Say how often rules would have told something of logs, and which are too noisy
    Backtest(BacktestArgs),
    /// Write rules of Wazuh or OSSEC as rules of Sigma; what cannot be said is told
    Import(ImportArgs),
}

const IMPORT_EXAMPLES: &str = "\
Examples:
  tocsin rules import wazuh /var/ossec/ruleset/rules /var/ossec/etc/rules \
      --lists /var/ossec/etc/lists --out wazuh
  tocsin rules check wazuh
  tocsin scan /var/log --rules wazuh

Give all files together: rules stand under rules of other files, and are of decoders (ruleset/decoders). Each rule keeps its number as its name
(wazuh_5710). Exit status: 0 done, 3 nothing could be imported or a file cannot be read.";

/// Arguments of `tocsin rules import`.
#[derive(Args, Debug)]
#[command(after_help = IMPORT_EXAMPLES)]
pub(crate) struct ImportArgs {
    /// Whose rules they are
    #[arg(value_enum)]
    pub(crate) from: RuleOrigin,
    /// Files or folders of rules and decoders (`*.xml`)
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// The lists that rules look values up in (`etc/lists`): a folder or file; may be given again
    #[arg(long, value_name = "DIR")]
    pub(crate) lists: Vec<PathBuf>,
    /// The folder to write to: a file for each that is read
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

/// Whose rules can be imported.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum RuleOrigin {
    /// Wazuh 4 and OSSEC
    Wazuh,
}

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  tocsin rules explain passwords_read /var/log/auth.log
  tocsin rules explain 'Whoami Execution' events.evtx --rules sigma/rules
                                            a part of the title is enough, if one rule only has it

Shown are the first events that match and those that come nearest: which selections hold, which not.
Exit status: 0 done, 2 no rule is meant, 3 rules cannot be read, 4 nothing could be read.";

/// Arguments of `tocsin rules explain`.
#[derive(Args, Debug)]
#[command(after_help = EXPLAIN_EXAMPLES)]
pub(crate) struct ExplainArgs {
    /// The rule: its id, its name, or a part of its title
    #[arg(value_name = "RULE")]
    pub(crate) rule: String,
    #[command(flatten)]
    pub(crate) trial: TrialArgs,
}

/// On what rules are tried, and which.
#[derive(Args, Debug)]
pub(crate) struct TrialArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Further rules: a folder or file of Sigma rules; may be given again
    #[arg(long, value_name = "DIR")]
    pub(crate) rules: Vec<PathBuf>,
    /// A database of countries or networks: MaxMind DB, or CSV of network,country or start,end,asn,name or with
    /// columns named; may be given again
    #[arg(long, value_name = "FILE")]
    pub(crate) geoip: Vec<PathBuf>,
    /// Print no progress
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

const BACKTEST_EXAMPLES: &str = "\
Examples:
  tocsin rules backtest /var/log                       the rules inside
  tocsin rules backtest last-month/ --rules mine/      and yours

A line for each rule that tells something: findings a day, findings, the events they count, the
entities and the days they are of. More than five a day are marked as noisy: no one reads them.
Exit status: 0 done, 3 rules cannot be read, 4 nothing could be read.";

/// Arguments of `tocsin rules backtest`.
#[derive(Args, Debug)]
#[command(after_help = BACKTEST_EXAMPLES)]
pub(crate) struct BacktestArgs {
    #[command(flatten)]
    pub(crate) trial: TrialArgs,
}

const COVERAGE_EXAMPLES: &str = "\
Examples:
  tocsin rules coverage > layer.json                     all that our rules look for
  tocsin rules coverage sigma/rules --logs /var/log > layer.json
                                                         what they could find in these logs

A technique's score is how many rules look for it. With --logs only those count that look at such logs as
were read; techniques left to others have no score, and say whose they are. Load the layer at
https://mitre-attack.github.io/attack-navigator/.
Exit status: 0 done, 3 rules cannot be read, 4 nothing could be read.";

/// Arguments of `tocsin rules coverage`.
#[derive(Args, Debug)]
#[command(after_help = COVERAGE_EXAMPLES)]
pub(crate) struct CoverageArgs {
    /// Files or folders of Sigma rules [default: those inside tocsin]
    #[arg(value_name = "DIR")]
    pub(crate) paths: Vec<PathBuf>,
    /// Logs to measure the rules against: files, folders, quoted patterns; may be given again
    #[arg(long, value_name = "PATH")]
    pub(crate) logs: Vec<PathBuf>,
    /// Print no progress
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// Which rules.
#[derive(Args, Debug)]
pub(crate) struct RulesArgs {
    /// Files or folders of Sigma rules [default: those inside tocsin]
    #[arg(value_name = "DIR")]
    pub(crate) paths: Vec<PathBuf>,
}

const SCAN_EXAMPLES: &str = "\
Examples:
  tocsin scan /var/log                      this machine's logs, as text for a terminal
  tocsin scan old.log.gz --tz Europe/Berlin --year 2023
                                            times that name neither zone nor year
  tocsin scan /var/log -o html > report.html
  tocsin scan /var/log --report-dir reports --fail-on high
                                            a file for each incident; exit status 1 if it is grave
  tocsin scan new/ --baseline last-month/   models learn from last month first
  tocsin scan auth.log --explain 1f00       all that is known of one finding, alert or incident
  journalctl -o json | tocsin scan -        standard input

Exit status: 0 done, 1 something at or above --fail-on, 2 wrong usage, 3 no usable rule, baseline or
list where one was given, 4 nothing could be read, 70 internal fault.";

/// Arguments of `tocsin scan`.
#[derive(Args, Debug)]
#[command(after_help = SCAN_EXAMPLES)]
pub(crate) struct ScanArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Further rules: a folder or file of Sigma rules; may be given again. Rules that are wrong are
    /// told and left out; where all are, nothing is scanned
    #[arg(long, value_name = "DIR")]
    pub(crate) rules: Vec<PathBuf>,
    /// Logs the models learn from first; nothing there is reported; may be given again
    #[arg(long, value_name = "PATH")]
    pub(crate) baseline: Vec<PathBuf>,
    /// False alerts that the models may raise
    #[arg(long, value_name = "N/day", default_value = "5/day", value_parser = budget, allow_hyphen_values = true)]
    pub(crate) budget: f64,
    /// Known bad addresses, networks, domains, URLs and hashes: a plain list, CSV, a STIX bundle or a MISP
    /// event; or a MISP warning list, which mutes others; may be given again
    #[arg(long, value_name = "FILE")]
    pub(crate) intel: Vec<PathBuf>,
    /// What is known and approved, and no alert: about whom, found by what, until when and why; may be given
    /// again
    #[arg(long, value_name = "FILE")]
    pub(crate) allow: Vec<PathBuf>,
    /// A database of countries or networks: MaxMind DB, or CSV of network,country or start,end,asn,name or with
    /// columns named; may be given again
    #[arg(long, value_name = "FILE")]
    pub(crate) geoip: Vec<PathBuf>,
    /// Seed of everything random: the same seed, the same report
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// How the report is written [default: table on a terminal, jsonl in a pipe]
    #[arg(short, long, value_name = "FORM")]
    pub(crate) output: Option<ScanOutput>,
    /// Write a file for each incident (JSON, text, HTML) and the stream of alerts to this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) report_dir: Option<PathBuf>,
    /// Show all that is known of one finding, alert or incident, as text or with `-o json`
    #[arg(long, value_name = "ID")]
    pub(crate) explain: Option<String>,
    /// Exit with status 1 when something is at or above this severity
    #[arg(long, value_name = "LEVEL")]
    pub(crate) fail_on: Option<Severity>,
    /// Whether text is coloured
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: When,
    /// Print no progress and no notes on standard error
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// Forms of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScanOutput {
    /// Text for people
    Table,
    /// One document
    Json,
    /// One finding a line
    Jsonl,
    /// OCSF detection findings, one a line
    Ocsf,
    /// Alerts for a spreadsheet
    Csv,
    /// One self-contained page
    Html,
    /// A layer for the ATT&CK Navigator
    Navigator,
}

/// When text is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    Always,
    Never,
}

/// `5/day`, or just `5`.
fn budget(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix("/day").unwrap_or(text).trim();
    match number.parse::<f64>() {
        Ok(per_day) if per_day.is_finite() && per_day >= 0.0 => Ok(per_day),
        _ => Err("write a number of alerts a day, such as 5/day".to_owned()),
    }
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
    /// The zone of times that name none, such as Europe/Berlin or +02:00 [default: UTC]
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true)]
    pub(crate) tz: Option<String>,
    /// The year of each file's first record, where times do not say [default: from file times]
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i16).range(1970..=2261))]
    pub(crate) year: Option<i16>,
    /// Threads that read and parse [default: one for each processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512), allow_negative_numbers = true)]
    pub(crate) threads: Option<u16>,
}
