//! The `scan` role: sources in, what the engine concludes out, ready to be told.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tocsin_detect::{AttackCatalog, Conclusion, Config, Engine, EngineError, Intel, Knowledge};
use tocsin_event::{EntityKind, Finding, Skipped, SourceSummary, Time};
use tocsin_report::{Learning, RuleNote, Scan, TechniqueNote, counted};
use tocsin_sigma::{Problem, Rule, RuleSet};

use crate::allow::{self, AllowListError};
use crate::content::{self, ContentError};
use crate::geoip::{GeoIp, GeoIpError};
use crate::progress::Progress;
use crate::source::{self, Order, ReadOptions, ReadReport};

/// The largest indicator list read.
const INTEL_BYTES_MAX: u64 = 256 << 20;

/// What to scan, and with what knowledge.
#[derive(Clone, Debug)]
pub struct ScanOptions {
    /// Files, folders, globs, `-` for standard input.
    pub paths: Vec<PathBuf>,
    /// How they are read; the order is always by time.
    pub read: ReadOptions,
    /// Folders or files of further rules.
    pub rules: Vec<PathBuf>,
    /// What models learn from before the scan; nothing there is reported.
    pub baseline: Vec<PathBuf>,
    /// Lists of known bad values.
    pub intel: Vec<PathBuf>,
    /// Lists of what is known and approved.
    pub allow: Vec<PathBuf>,
    /// Databases of where addresses are.
    pub geoip: Vec<PathBuf>,
    /// False model alerts a day.
    pub budget_per_day: f64,
    /// Seed of everything random.
    pub seed: u64,
}

/// Why a scan cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// None of the rules given can be used; each problem says where.
    #[error("{} in the rules; `tocsin rules check` shows them", problems(.0))]
    Rules(Vec<Problem>),
    /// A rules folder cannot be used.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// A database of places cannot be used.
    #[error(transparent)]
    GeoIp(#[from] GeoIpError),
    /// An indicator list cannot be used.
    #[error("cannot read the indicators in {}", .0.display())]
    Intel(PathBuf, #[source] io::Error),
    /// An allowlist cannot be used.
    #[error(transparent)]
    Allow(#[from] AllowListError),
    /// There is no log to learn from: what is there instead.
    #[error("the baseline holds no log{}", first_of(.0))]
    Baseline(Vec<Skipped>),
    /// The baseline is of something else than what the models judge.
    #[error("nothing can be learnt from the baseline: no sign-in in {}", counted(*.0, "record"))]
    NothingLearnt(u64),
    /// A setting makes no sense.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Reading failed altogether.
    #[error("cannot go on reading")]
    Read(#[from] io::Error),
}

fn problems(problems: &[Problem]) -> String {
    match problems.len() {
        1 => "1 problem".to_owned(),
        more => format!("{more} problems"),
    }
}

fn first_of(skipped: &[Skipped]) -> String {
    skipped.first().map_or_else(String::new, |first| format!(": {}: {}", first.name, first.reason))
}

/// What a scan came to.
#[derive(Clone, Debug, Default)]
pub struct Scanned {
    /// What reports tell.
    pub scan: Scan,
    /// What of the baseline was not read.
    pub baseline_unread: Vec<Skipped>,
    /// What keeps some of the rules from being used.
    pub unusable: Vec<Problem>,
    /// What else is worth a look in the rules.
    pub remarks: Vec<Problem>,
}

/// Scans the sources.
///
/// # Errors
/// See [`ScanError`]. What cannot be read is no error but in [`Scan::unread`].
pub fn run(options: &ScanOptions, progress: &mut Progress) -> Result<Scanned, ScanError> {
    let attack = content::attack();
    let (rules, unusable) = rules(&options.rules)?;
    let remarks = rules.remarks().to_vec();
    let (intel, not_understood) = intel(&options.intel)?;
    let allowed = allow::read(&options.allow, &rules)?;
    let (geoip, unknown_places) = GeoIp::open(&options.geoip)?;
    let (geoip, rules) = (Arc::new(geoip), Arc::new(rules));
    let knowledge = Knowledge {
        rules: rules.clone(),
        intel,
        places: Some(geoip.clone()),
        allowed,
        attack: attack.clone(),
    };
    let config =
        Config { budget_per_day: options.budget_per_day, seed: options.seed, ..Config::default() };
    let mut engine = Engine::new(config, knowledge)?;
    let baseline_unread = match options.baseline.is_empty() {
        true => Vec::new(),
        false => learn(options, &mut engine, progress)?,
    };
    let mut report = read(&options.paths, options, &mut engine, progress)?;
    report.skipped.extend(not_understood.into_iter().chain(unknown_places));
    let conclusion = engine.conclude();
    let scan = gather(conclusion, report, &rules, &attack, &geoip);
    Ok(Scanned { scan, baseline_unread, unusable, remarks })
}

/// Has the models learn from the baseline; gives what of it was not read.
fn learn(
    options: &ScanOptions,
    engine: &mut Engine,
    progress: &mut Progress,
) -> Result<Vec<Skipped>, ScanError> {
    let report = read(&options.baseline, options, engine, progress)?;
    if report.sources.is_empty() {
        return Err(ScanError::Baseline(report.skipped));
    }
    engine.forget_findings();
    if engine.learning().is_empty() {
        return Err(ScanError::NothingLearnt(
            report.sources.iter().map(|source| source.read).sum(),
        ));
    }
    Ok(report.skipped)
}

fn read(
    paths: &[PathBuf],
    options: &ScanOptions,
    engine: &mut Engine,
    progress: &mut Progress,
) -> io::Result<ReadReport> {
    let read = ReadOptions { order: Order::ByTime, ..options.read.clone() };
    source::read(source::find(paths), &read, progress, &mut |event| {
        engine.step(event);
        Ok(())
    })
}

/// Our rules and those of these folders, compiled, and the problems of those that are left out.
fn rules(folders: &[PathBuf]) -> Result<(RuleSet, Vec<Problem>), ScanError> {
    let mut own = Vec::new();
    for folder in folders {
        own.extend(content::read_rules(folder)?);
    }
    let paths: HashSet<String> = own.iter().map(|document| document.path.clone()).collect();
    let (rules, problems) = RuleSet::compile(&content::rules_and(own));
    let correlations = rules.correlations().iter().map(|correlation| &correlation.rule);
    let mut usable = rules.rules().iter().chain(correlations);
    if problems.is_empty() || usable.any(|rule| paths.contains(&rule.path)) {
        Ok((rules, problems))
    } else {
        Err(ScanError::Rules(problems))
    }
}

/// The indicators of these files, and what of them was not understood.
fn intel(lists: &[PathBuf]) -> Result<(Intel, Vec<Skipped>), ScanError> {
    let (mut intel, mut not_understood) = (Intel::default(), Vec::new());
    for path in lists {
        let text = text(path).map_err(|error| ScanError::Intel(path.clone(), error))?;
        let name = path.file_stem().map_or_else(|| "list".into(), |name| name.to_string_lossy());
        let read = intel.add(&name, &text);
        let why = read.why.unwrap_or_default();
        if read.indicators == 0 {
            let why = format!("it holds no indicator: {why}");
            let nothing = io::Error::new(io::ErrorKind::InvalidData, why);
            return Err(ScanError::Intel(path.clone(), nothing));
        }
        if read.not_understood > 0 {
            let all = read.indicators + read.not_understood;
            let reason = format!("{} of {all} indicators, the first: {why}", read.not_understood);
            not_understood.push(Skipped { name: path.display().to_string(), reason });
        }
    }
    Ok((intel, not_understood))
}

fn text(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    source::unpacked(path)?.take(INTEL_BYTES_MAX).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn gather(
    conclusion: Conclusion,
    report: ReadReport,
    rules: &RuleSet,
    attack: &AttackCatalog,
    geoip: &GeoIp,
) -> Scan {
    let times = |pick: fn(&SourceSummary) -> Option<Time>| report.sources.iter().filter_map(pick);
    let learning = conclusion.learning.into_iter();
    let learning = learning.map(|l| Learning { model: l.model, have: l.have, need: l.need });
    Scan {
        techniques: techniques(&conclusion.findings, attack),
        rules: notes(&conclusion.findings, rules),
        countries: geoip.describe(addresses(&conclusion.findings)),
        incidents: conclusion.incidents,
        alerts: conclusion.alerts,
        findings: conclusion.findings,
        allowed: conclusion.allowed,
        learning: learning.collect(),
        events: conclusion.events,
        entities: conclusion.entities,
        evicted: conclusion.evicted,
        late: conclusion.late,
        setbacks: conclusion.setbacks,
        shed: conclusion.shed,
        first: times(|source| source.first).min(),
        last: times(|source| source.last).max(),
        skipped: report.sources.iter().flat_map(|source| source.skipped.values()).sum(),
        duplicates: report.duplicates,
        rules_used: (rules.rules().len() + rules.correlations().len()) as u64,
        sources: report.sources,
        unread: report.skipped,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        elapsed_ns: None,
    }
}

fn addresses(findings: &[Arc<Finding>]) -> impl Iterator<Item = &str> {
    let accused = findings.iter().flat_map(|f| std::iter::once(&f.entity).chain(&f.targets));
    accused.filter(|entity| entity.kind == EntityKind::Ip).map(|entity| entity.id.as_str())
}

/// What the rules of these findings say of themselves.
fn notes(findings: &[Arc<Finding>], rules: &RuleSet) -> BTreeMap<String, RuleNote> {
    let ids: HashSet<&str> = findings.iter().map(|finding| &*finding.detector).collect();
    let all = rules.rules().iter().chain(rules.correlations().iter().map(|c| &c.rule));
    let note = |rule: &Rule| RuleNote {
        description: rule.description.clone(),
        author: rule.author.clone(),
        falsepositives: rule.falsepositives.clone(),
        references: rule.references.clone(),
        place: format!("{}:{}", rule.path, rule.position.line),
    };
    let found = all.filter(|rule| ids.contains(rule.id.as_str()));
    found.map(|rule| (rule.id.clone(), note(rule))).collect()
}

fn techniques(
    findings: &[Arc<Finding>],
    attack: &AttackCatalog,
) -> BTreeMap<String, TechniqueNote> {
    let ids: HashSet<&String> = findings.iter().flat_map(|finding| &*finding.techniques).collect();
    let note = |id: &String| {
        let technique = attack.technique(id)?;
        let note = TechniqueNote {
            name: technique.name.clone(),
            tactics: technique.tactics.clone(),
            mitigations: technique.mitigations.clone(),
            url: format!("https://attack.mitre.org/techniques/{}/", id.replace('.', "/")),
        };
        Some((id.clone(), note))
    };
    ids.into_iter().filter_map(note).collect()
}
