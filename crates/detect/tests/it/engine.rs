use proptest::prelude::*;
use tocsin_detect::{Conclusion, Config, Engine, EngineError, Knowledge};
use tocsin_event::{Severity, Status};

use crate::world::{
    Login, batch, engine, knowledge, knowledge_by_account, knowledge_with_a_rule_before,
};

fn failures(source: u8, from: i64, count: i64) -> impl Iterator<Item = Login> {
    let login = move |n| Login { secs: from + n, source, user: 0, status: Status::Failure };
    (0..count).map(login)
}

fn conclude(logins: &[Login], config: Config) -> Conclusion {
    let mut engine = engine(config);
    batch(logins).iter().for_each(|event| engine.step(event));
    engine.conclude()
}

#[test]
fn success_after_guessing_is_one_incident_that_tells_both() {
    let mut logins: Vec<Login> = failures(7, 0, 20).collect();
    logins.push(Login { secs: 30, source: 7, user: 1, status: Status::Success });
    let conclusion = conclude(&logins, Config::default());
    let [incident] = &conclusion.incidents[..] else { panic!("{:?}", conclusion.incidents) };
    assert_eq!(incident.severity, Severity::High);
    assert_eq!(incident.entities[0].to_string(), "ip:192.0.2.7");
    assert_eq!(incident.alerts.len(), 2, "guessing and takeover: {:?}", incident.story);
    let guessing = &incident.alerts[0];
    assert_eq!(guessing.count, 20, "every failure is counted, not only the first five");
    let takeover =
        conclusion.findings.iter().find(|finding| &*finding.title == "Takeover").unwrap();
    let shown: Vec<u64> = takeover.evidence.iter().map(|evidence| evidence.record).collect();
    assert_eq!(shown, [5, 21], "the failure that was one too many, and the sign-in");
    let actions: Vec<_> = incident.actions.iter().map(|action| action.name.as_str()).collect();
    assert_eq!(actions, ["lock_user", "block_ip"]);
}

#[test]
fn what_several_groups_of_a_rule_say_of_one_source_adds_up() {
    let login = |secs, user| Login { secs, source: 7, user, status: Status::Failure };
    let logins: Vec<Login> = (0..9).flat_map(|n| [login(n, 0), login(n, 1)]).collect();
    let mut engine = Engine::new(Config::default(), knowledge_by_account()).unwrap();
    batch(&logins).iter().for_each(|event| engine.step(event));
    let conclusion = engine.conclude();
    let counts: Vec<u64> = conclusion.findings.iter().map(|found| found.count).collect();
    assert_eq!(counts, [9, 9], "both accounts' failures begin in the same second");
    let counts: Vec<u64> = conclusion.alerts.iter().map(|alert| alert.count).collect();
    assert_eq!(counts, [18]);
}

#[test]
fn a_few_failures_then_success_is_nothing() {
    let mut logins: Vec<Login> = failures(7, 0, 3).collect();
    logins.push(Login { secs: 9, source: 7, user: 0, status: Status::Success });
    assert_eq!(conclude(&logins, Config::default()).findings, []);
}

#[test]
fn guessing_by_many_sources_is_one_campaign() {
    let logins: Vec<Login> = (1..50).flat_map(|source| failures(source, 0, 6)).collect();
    let mut logins = logins;
    logins.sort_by_key(|login| login.secs);
    let conclusion = conclude(&logins, Config::default());
    assert_eq!((conclusion.alerts.len(), conclusion.incidents.len()), (49, 1));
    let told: u64 = conclusion.alerts.iter().map(|alert| alert.count).sum();
    assert_eq!(conclusion.incidents[0].count, told, "every source's events are counted");
    assert_eq!(conclusion.entities, 50, "the sources and the account");
}

#[test]
fn logs_of_the_day_before_are_judged_like_any() {
    let day = 86_400;
    let attack = |from, source| {
        let mut logins: Vec<Login> = failures(source, from, 60).collect();
        logins.push(Login { secs: from + 70, source, user: 1, status: Status::Success });
        logins
    };
    let earlier = [attack(0, 9), attack(600, 7), attack(1200, 8)].concat();
    let logins = [attack(day, 7), earlier].concat();
    let conclusion = conclude(&logins, Config::default());
    assert_eq!(conclusion.setbacks, 1);
    let takeovers = conclusion.findings.iter().filter(|finding| &*finding.title == "Takeover");
    assert_eq!(takeovers.count(), 4);
    let one_late = [attack(day, 7), attack(0, 9)[..1].to_vec(), attack(day + 100, 8)].concat();
    assert_eq!(conclude(&one_late, Config::default()).setbacks, 0, "a straggler sets nothing back");
}

#[test]
fn memory_is_bounded_and_what_it_costs_is_counted() {
    let config = Config { rule_keys_max: 10, ..Config::default() };
    let logins: Vec<Login> = (0..100).flat_map(|source| failures(source, 0, 1)).collect();
    let conclusion = conclude(&logins, config);
    assert_eq!((conclusion.keys, conclusion.evicted), (10, 90));
}

#[test]
fn a_damaged_snapshot_is_refused() {
    let snapshot = engine(Config::default()).snapshot().unwrap_or_else(|e| panic!("{e}"));
    let cut = &snapshot[..snapshot.len() / 2];
    let restored = Engine::restore(Config::default(), knowledge(), cut);
    assert!(matches!(restored, Err(EngineError::Snapshot(_))));
}

#[test]
fn what_is_counted_goes_on_where_other_rules_come_that_count_the_same() {
    let logins: Vec<Login> = failures(7, 0, 8).collect();
    let found = |next: fn() -> Knowledge, saved: bool| -> Vec<u64> {
        let mut engine = engine(Config::default());
        batch(&logins[..4]).iter().for_each(|event| engine.step(event));
        if saved {
            let snapshot = engine.snapshot().unwrap();
            engine = Engine::restore(Config::default(), next(), &snapshot).unwrap();
        } else {
            engine.relearn(next());
        }
        batch(&logins[4..]).iter().for_each(|event| engine.step(event));
        engine.conclude().findings.iter().map(|finding| finding.count).collect()
    };
    for saved in [false, true] {
        assert_eq!(found(knowledge_with_a_rule_before, saved), [8]);
        // Four failures of the same account are not five.
        assert!(found(knowledge_by_account, saved).is_empty());
        assert!(found(Knowledge::default, saved).is_empty());
    }
}

fn login() -> impl Strategy<Value = Login> {
    let status = prop_oneof![4 => Just(Status::Failure), 1 => Just(Status::Success)];
    // Mostly forward in time, sometimes late.
    (0i64..40, 0u8..12, 0u8..4, status).prop_map(|(secs, source, user, status)| Login {
        secs,
        source,
        user,
        status,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_snapshot_in_the_middle_changes_nothing(
        mut logins in proptest::collection::vec(login(), 1..600),
        cut in 0.0f64..1.0,
        keys in 4usize..64,
    ) {
        for (at, login) in (0i64..).zip(&mut logins) {
            login.secs += at * 20;
        }
        let config = Config { rule_keys_max: keys, known_max: keys, ..Config::default() };
        let whole = format!("{:?}", conclude(&logins, config.clone()));
        let events = batch(&logins);
        let cut = (cut * logins.len() as f64) as usize;
        let mut first = engine(config.clone());
        events.iter().take(cut).for_each(|event| first.step(event));
        let snapshot = first.snapshot().unwrap_or_else(|e| panic!("{e}"));
        let mut second = Engine::restore(config, knowledge(), &snapshot).unwrap_or_else(|e| panic!("{e}"));
        events.iter().skip(cut).for_each(|event| second.step(event));
        prop_assert_eq!(whole, format!("{:?}", second.conclude()));
    }
}
