//! How fast each engine is, in turns, on events made of the rules for a kind of log: with all rules, and
//! with more and more of them.

use std::collections::HashMap;
use std::process::ExitCode;
use std::time::Instant;

use rsigma_eval::Engine;
use rsigma_eval::event::JsonEvent;
use rsigma_parser::SigmaRule;
use serde_json::Value as Json;
use tocsin_sigma::{LogSource, Route, RuleIndex, RuleSet, Scratch};

use crate::generate::{Event, events};
use crate::record::JsonRecord;
use crate::rules::{self, Rules};

const ROUNDS: usize = 5;
/// Events of a lane.
const EVENTS: usize = 20_000;
/// How many rules are tried, one after the other, and then all.
const GROWING: [usize; 3] = [10, 100, 1_000];

/// The kinds of logs measured: name, product, category or service where that matters, and whether the
/// events come as text, to be parsed.
const LANES: &[(&str, &str, &str, bool)] = &[
    ("Windows, structured", "windows", "", false),
    ("Windows, as text", "windows", "", true),
    ("Linux audit", "linux", "auditd", false),
    ("web access", "", "webserver", false),
    ("Cisco syslog", "cisco", "", false),
    ("CloudTrail", "aws", "cloudtrail", false),
];

/// An event, and where its rule looks for such.
#[derive(Clone)]
struct Sample {
    /// The event as an object.
    object: Json,
    text: String,
    /// Its place among the sources of the lane.
    source: usize,
}

/// Where events are looked for, as each engine says it.
struct Source {
    ours: LogSource,
    theirs: rsigma_parser::LogSource,
}

pub(crate) fn run(rules: &Rules, per_rule: usize) -> ExitCode {
    println!(
        "{:<22} {:>6} {:>10} {:>10} {:>7} {:>10} {:>7} {:>8} {:>8}",
        "lane", "rules", "ours /s", "routed /s", "ratio", "all /s", "ratio", "matches", "theirs"
    );
    for (name, product, kind, as_text) in LANES {
        let of_lane: Vec<_> =
            rules.both.iter().filter(|(rule, ..)| looks_at(rule, product, kind)).collect();
        lane(name, rules, &of_lane, *as_text, per_rule);
    }
    println!("routed: rsigma told which log an event is of; all: rsigma left to try every rule\n");
    grow(rules, per_rule);
    ExitCode::SUCCESS
}

fn looks_at(rule: &SigmaRule, product: &str, kind: &str) -> bool {
    let of = &rule.logsource;
    let is =
        |part: &Option<String>, wanted: &str| part.as_deref().is_some_and(|part| part == wanted);
    (product.is_empty() || is(&of.product, product))
        && (kind.is_empty() || is(&of.category, kind) || is(&of.service, kind))
}

fn lane(
    name: &str,
    rules: &Rules,
    of_lane: &[&(SigmaRule, String, RuleIndex)],
    as_text: bool,
    per_rule: usize,
) {
    let (sources, samples) = samples(of_lane, per_rule);
    if samples.is_empty() {
        return println!("{name:<22} no rules");
    }
    let routes: Vec<Route> = sources.iter().map(|source| rules.ours.route(&source.ours)).collect();
    let (mut ours, mut routed, mut all) = (Fastest::new(), Fastest::new(), Fastest::new());
    for _ in 0..ROUNDS {
        ours.take(|| match_ours(&rules.ours, &routes, &samples, as_text));
        routed.take(|| match_theirs(&rules.theirs, &samples, as_text, Some(&sources)));
        all.take(|| match_theirs(&rules.theirs, &samples, as_text, None));
    }
    println!(
        "{name:<22} {:>6} {:>10.0} {:>10.0} {:>7.1} {:>10.0} {:>7.1} {:>8} {:>8}",
        of_lane.len(),
        ours.per_second(samples.len()),
        routed.per_second(samples.len()),
        routed.seconds / ours.seconds,
        all.per_second(samples.len()),
        all.seconds / ours.seconds,
        ours.found,
        routed.found,
    );
}

/// Both engines with more and more of the rules for Windows, on the same events.
fn grow(rules: &Rules, per_rule: usize) {
    let windows: Vec<_> =
        rules.both.iter().filter(|(rule, ..)| looks_at(rule, "windows", "")).collect();
    if windows.len() < GROWING[0] {
        return println!("growing: too few rules for Windows");
    }
    let (sources, samples) = samples(&windows, per_rule);
    println!("{:<22} {:>10} {:>10} {:>7}", "rules for Windows", "ours /s", "routed /s", "ratio");
    let counts = GROWING.into_iter().filter(|count| *count < windows.len()).chain([windows.len()]);
    for count in counts {
        // Spread over all, so that few rules are of as many kinds as many are.
        let chosen: Vec<_> = (0..count).map(|at| windows[at * windows.len() / count]).collect();
        let ours = rules::compiled(&rules.documents, chosen.iter().map(|(_, id, _)| id.as_str()));
        let (theirs, _) = rules::engine(chosen.iter().map(|(rule, ..)| rule));
        let routes: Vec<Route> = sources.iter().map(|source| ours.route(&source.ours)).collect();
        let (mut our, mut their) = (Fastest::new(), Fastest::new());
        for _ in 0..ROUNDS {
            our.take(|| match_ours(&ours, &routes, &samples, false));
            their.take(|| match_theirs(&theirs, &samples, false, Some(&sources)));
        }
        println!(
            "{count:<22} {:>10.0} {:>10.0} {:>7.1}",
            our.per_second(samples.len()),
            their.per_second(samples.len()),
            their.seconds / our.seconds
        );
    }
}

/// Events of every rule, taken in turn so that kinds of logs alternate as they do in a stream.
fn samples(
    of_lane: &[&(SigmaRule, String, RuleIndex)],
    per_rule: usize,
) -> (Vec<Source>, Vec<Sample>) {
    let (mut sources, mut known) = (Vec::new(), HashMap::new());
    let mut made: Vec<(usize, std::vec::IntoIter<Event>)> = Vec::new();
    for (number, (rule, ..)) in (0..).zip(of_lane) {
        let of = &rule.logsource;
        let key = (of.product.clone(), of.category.clone(), of.service.clone());
        let source = *known.entry(key).or_insert_with_key(|(product, category, service)| {
            let ours = LogSource {
                product: product.clone(),
                category: category.clone(),
                service: service.clone(),
            };
            sources.push(Source { ours, theirs: of.clone() });
            sources.len() - 1
        });
        made.push((source, events(rule, number, per_rule).into_iter()));
    }
    let mut samples = Vec::new();
    for _ in 0..per_rule {
        for (source, events) in &mut made {
            samples.extend(events.next().map(|event| sample(padded(&event), *source)));
        }
    }
    let distinct = samples.len();
    while distinct > 0 && samples.len() < EVENTS {
        let again: &Sample = &samples[samples.len() % distinct];
        samples.push(again.clone());
    }
    samples.truncate(EVENTS);
    (sources, samples)
}

fn sample(event: Event, source: usize) -> Sample {
    let object = Json::Object(event);
    Sample { text: object.to_string(), object, source }
}

fn match_ours(rules: &RuleSet, routes: &[Route], samples: &[Sample], as_text: bool) -> usize {
    let (mut scratch, mut hits, mut found) = (Scratch::new(), Vec::new(), 0);
    for sample in samples {
        let parsed = as_text.then(|| parsed(&sample.text));
        let Json::Object(event) = parsed.as_ref().unwrap_or(&sample.object) else { continue };
        hits.clear();
        let record = JsonRecord::new(rules, event);
        rules.matches(&routes[sample.source], &record, &mut scratch, &mut hits);
        found += hits.len();
    }
    found
}

fn match_theirs(
    rules: &Engine,
    samples: &[Sample],
    as_text: bool,
    sources: Option<&[Source]>,
) -> usize {
    let mut found = 0;
    for sample in samples {
        let parsed = as_text.then(|| parsed(&sample.text));
        let event = JsonEvent::borrow(parsed.as_ref().unwrap_or(&sample.object));
        found += match sources {
            Some(all) => rules.evaluate_with_logsource(&event, &all[sample.source].theirs).len(),
            None => rules.evaluate(&event).len(),
        };
    }
    found
}

fn parsed(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_default()
}

/// The fastest run of a piece of work, and what it found.
struct Fastest {
    seconds: f64,
    found: usize,
}

impl Fastest {
    fn new() -> Self {
        Fastest { seconds: f64::INFINITY, found: 0 }
    }

    fn take(&mut self, work: impl FnOnce() -> usize) {
        let began = Instant::now();
        self.found = work();
        self.seconds = self.seconds.min(began.elapsed().as_secs_f64());
    }

    fn per_second(&self, count: usize) -> f64 {
        count as f64 / self.seconds
    }
}

/// Real events have some 700 bytes, of which a rule names the lesser part.
fn padded(event: &Event) -> Event {
    let mut event = event.clone();
    let usual = [
        ("Computer", "pc1.example.com"),
        ("ProcessGuid", "{0197231E-C424-69E1-C922-000000000800}"),
        ("UtcTime", "2026-04-17 05:24:53.079"),
        ("Hashes", "SHA256=9915C62360EFF866C09072AF754FA70A9BD4BF4A73CDB4048F415002F7256AD0"),
        ("ParentProcessGuid", "{0197231E-C424-69E1-C922-000000000900}"),
        ("CurrentDirectory", "C:\\Users\\alice\\Documents\\"),
        ("LogonGuid", "{0197231E-C424-69E1-C922-000000000a00}"),
        ("User", "PC1\\alice"),
    ];
    for (name, value) in usual {
        event.entry(name).or_insert_with(|| Json::from(value));
    }
    event
}
