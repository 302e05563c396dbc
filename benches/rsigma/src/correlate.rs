//! How fast each engine correlates where there are many groups: sign-ins from 100,000 addresses, counted,
//! told apart by account, and put in order. Both are given events already read, and all of ours that
//! comes after reading is measured: windows and models of every address too.

use std::collections::HashSet;
use std::hint::black_box;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use jiff::tz::TimeZone;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use rsigma_eval::event::JsonEvent;
use rsigma_eval::{CorrelationConfig, CorrelationEngine, ResultBody};
use rsigma_parser::parse_sigma_yaml;
use serde_json::Value as Json;
use tocsin_detect::{Config, Engine, Knowledge};
use tocsin_event::{Basis, Batch, Time};
use tocsin_parse::{Formats, Options, Parser};
use tocsin_sigma::{Document, RuleSet};

const GROUPS: u32 = 100_000;
const EVENTS: usize = 1_000_000;
const PER_SECOND: usize = 1_000;
/// Between addresses, without a divisor in common with their number.
const STRIDE: u32 = 97;
const BEGIN: i64 = 1_767_225_600;

/// One rule for each outcome, and correlations within an hour, which is longer than the events take: a
/// group is found once.
const RULES: &str = "
title: failed
id: 5638f7c0-70bf-421d-9b6b-aa3f2a4bd2b1
name: failed
logsource: {category: application}
detection: {selection: {outcome: failed}, condition: selection}
---
title: succeeded
id: 5638f7c0-70bf-421d-9b6b-aa3f2a4bd2b2
name: succeeded
logsource: {category: application}
detection: {selection: {outcome: succeeded}, condition: selection}
---
title: many failed
correlation: {type: event_count, rules: [failed], group-by: [address], timespan: 1h, condition: {gte: 8}}
level: high
---
title: many accounts
correlation:
  {type: value_count, rules: [failed], group-by: [address], timespan: 1h, condition: {field: account, gte: 8}}
level: high
---
title: failed and succeeded
correlation: {type: temporal_ordered, rules: [failed, succeeded], group-by: [address], timespan: 1h}
level: high
";

/// Which correlation found which address.
type Found = HashSet<(String, String)>;

pub(crate) fn run() -> Result<ExitCode, String> {
    let lines = lines();
    let (our_s, ours) = ours(&lines)?;
    let (their_s, theirs) = theirs(&lines)?;
    let both = ours.intersection(&theirs).count();
    println!("{EVENTS} sign-ins from {GROUPS} addresses, 3 correlations, one core");
    println!("{:<10} {:>10} {:>10}", "engine", "events/s", "found");
    for (engine, seconds, found) in [("ours", our_s, &ours), ("rsigma", their_s, &theirs)] {
        println!("{engine:<10} {:>10.0} {:>10}", EVENTS as f64 / seconds, found.len());
    }
    println!("{:.1} times rsigma; found by both: {both}", their_s / our_s);
    Ok(if ours == theirs { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The sign-ins of every second are from different addresses: rsigma's times are seconds, within which it
/// knows no order.
fn lines() -> Vec<String> {
    let mut random = StdRng::seed_from_u64(1);
    let seconds = BEGIN..BEGIN + (EVENTS / PER_SECOND) as i64;
    let of_second = |second| {
        let time = Time(second * 1_000_000_000).to_string();
        let first = random.random_range(0..GROUPS);
        let addresses = (0..PER_SECOND as u32).map(|at| (first + at * STRIDE) % GROUPS);
        addresses.map(|address| line(&time, address, &mut random)).collect::<Vec<_>>()
    };
    seconds.flat_map(of_second).collect()
}

fn line(time: &str, address: u32, random: &mut StdRng) -> String {
    let address = std::net::Ipv4Addr::from_bits(0x0a00_0000 + address).to_string();
    let account = format!("user{}", random.random_range(0..1_000));
    let outcome = if random.random_ratio(1, 10) { "succeeded" } else { "failed" };
    serde_json::json!({"time": time, "address": address, "account": account, "outcome": outcome})
        .to_string()
}

fn ours(lines: &[String]) -> Result<(f64, Found), String> {
    let document = Document { path: "rules".to_owned(), text: RULES.to_owned() };
    let (rules, problems) = RuleSet::compile(&[document]);
    if let Some(problem) = problems.first() {
        return Err(problem.to_string());
    }
    let knowledge = Knowledge { rules: Arc::new(rules), ..Knowledge::default() };
    let config = Config { findings_max: EVENTS, ..Config::default() };
    let mut engine = Engine::new(config, knowledge).map_err(|error| error.to_string())?;
    let formats = Formats::new().map_err(|error| error.to_string())?;
    let options = Options { zone: TimeZone::UTC, year: None, reference: Time(BEGIN), format: None };
    let mut parser = Parser::new(&formats, "sign-ins", options);
    let mut seconds = 0.0;
    for some in lines.chunks(PER_SECOND) {
        let mut batch = Batch::new("sign-ins".into(), some.join("\n"));
        parser.read(&mut batch);
        let began = Instant::now();
        batch.iter().for_each(|event| engine.step(event));
        seconds += began.elapsed().as_secs_f64();
    }
    let found = engine.conclude().findings.into_iter().filter_map(|finding| match &finding.basis {
        Basis::Rule(rule) => {
            Some((finding.title.to_string(), rule.values.get("address").cloned()?))
        }
        _ => None,
    });
    Ok((seconds, found.collect()))
}

fn theirs(lines: &[String]) -> Result<(f64, Found), String> {
    let rules = parse_sigma_yaml(RULES).map_err(|error| error.to_string())?;
    let config = CorrelationConfig {
        max_state_entries: 4 * GROUPS as usize,
        emit_detections: false,
        ..CorrelationConfig::default()
    };
    let mut engine = CorrelationEngine::new(config);
    engine.add_collection(&rules).map_err(|error| error.to_string())?;
    let (mut seconds, mut found) = (0.0, Found::new());
    for (second, some) in lines.chunks(PER_SECOND).enumerate() {
        let events: Vec<Json> =
            some.iter().map(|line| serde_json::from_str(line).unwrap_or_default()).collect();
        let mut results = Vec::new();
        let began = Instant::now();
        for event in &events {
            let time = BEGIN + second as i64;
            results.extend(black_box(engine.process_event_at(&JsonEvent::borrow(event), time)));
        }
        seconds += began.elapsed().as_secs_f64();
        found.extend(results.into_iter().filter_map(|result| match result.body {
            ResultBody::Correlation(body) => {
                Some((result.header.rule_title, body.group_key.into_iter().next()?.1))
            }
            ResultBody::Detection(_) => None,
        }));
    }
    Ok((seconds, found))
}
