//! How fast each engine is, in turns, on events of one kind of log with the rules for it.

use std::process::ExitCode;
use std::time::Instant;

use rsigma_eval::event::JsonEvent;
use serde_json::Value as Json;
use tocsin_sigma::{LogSource, Scratch};

use crate::generate::{Event, events};
use crate::record::JsonRecord;
use crate::rules::Rules;

const ROUNDS: usize = 5;
/// Events of a lane.
const EVENTS: usize = 20_000;

/// The kinds of logs measured: name, product, category, service.
const LANES: &[(&str, &str, Option<&str>, Option<&str>)] = &[
    ("Windows process creation", "windows", Some("process_creation"), None),
    ("Windows registry", "windows", Some("registry_set"), None),
    ("Windows Security", "windows", None, Some("security")),
    ("Linux audit", "linux", None, Some("auditd")),
    ("CloudTrail", "aws", None, Some("cloudtrail")),
];

pub(crate) fn run(rules: &Rules, per_rule: usize) -> ExitCode {
    println!("{:<26} {:>6} {:>14} {:>14} {:>6}", "lane", "rules", "ours /s", "rsigma /s", "ratio");
    for (name, product, category, service) in LANES {
        let text = |part: &Option<&str>| part.map(str::to_owned);
        let ours = LogSource {
            product: Some((*product).to_owned()),
            category: text(category),
            service: text(service),
        };
        let theirs = rsigma_parser::LogSource {
            product: Some((*product).to_owned()),
            category: text(category),
            service: text(service),
            definition: None,
            custom: Default::default(),
        };
        lane(rules, (name, &ours, &theirs), per_rule);
    }
    ExitCode::SUCCESS
}

fn lane(
    rules: &Rules,
    (name, ours, theirs): (&str, &LogSource, &rsigma_parser::LogSource),
    per_rule: usize,
) {
    let route = rules.ours.route(ours);
    let of_lane = rules.both.iter().filter(|(.., index)| route.rules().contains(index));
    let mut made: Vec<Event> = Vec::new();
    for (number, (rule, ..)) in (0..).zip(of_lane) {
        made.extend(events(rule, number, per_rule));
    }
    if made.is_empty() {
        return println!("{name:<26} no rules");
    }
    let made: Vec<Event> = made.iter().cycle().take(EVENTS).map(padded).collect();
    let values: Vec<Json> = made.iter().cloned().map(Json::Object).collect();
    let (mut scratch, mut hits) = (Scratch::new(), Vec::new());
    let (mut best_ours, mut best_theirs) = (f64::INFINITY, f64::INFINITY);
    let (mut found, mut found_by_them) = (0, 0);
    for _ in 0..ROUNDS {
        let began = Instant::now();
        found = 0;
        for event in &made {
            hits.clear();
            rules.ours.matches(
                &route,
                &JsonRecord::new(&rules.ours, event),
                &mut scratch,
                &mut hits,
            );
            found += hits.len();
        }
        best_ours = best_ours.min(began.elapsed().as_secs_f64());
        let began = Instant::now();
        found_by_them = 0;
        for value in &values {
            let event = JsonEvent::borrow(value);
            found_by_them += rules.theirs.evaluate_with_logsource(&event, theirs).len();
        }
        best_theirs = best_theirs.min(began.elapsed().as_secs_f64());
    }
    let per_s = |seconds: f64| made.len() as f64 / seconds;
    println!(
        "{name:<26} {:>6} {:>14.0} {:>14.0} {:>6.2}   {found} and {found_by_them} matches",
        route.rules().len(),
        per_s(best_ours),
        per_s(best_theirs),
        best_theirs / best_ours,
    );
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
