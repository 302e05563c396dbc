//! Correlations: how they are read, and how one key's state moves.

use tocsin_sigma::{
    Correlation, CorrelationIndex, Counted, Hit, KeyState, Kind, MemberRef, RuleIndex, RuleSet,
    Span,
};

use crate::record::{compiled, document};

const SECOND: i64 = 1_000_000_000;

fn rules() -> String {
    let rule = |name| {
        format!(
            "title: {name}\nname: {name}\nlogsource: {{product: x}}\n\
             detection: {{s: {{a: 1}}, condition: s}}\n---\n"
        )
    };
    ["fail", "success", "third"].map(rule).concat()
}

/// A correlation of the three rules above with a timespan of ten seconds.
fn correlation(body: &str) -> Correlation {
    let head = "title: c\ncorrelation:\n  timespan: 10s\n  group-by: [user]\n  ";
    let set = compiled(&format!("{}{head}{}\n", rules(), body.replace('\n', "\n  ")));
    set.correlations()[0].clone()
}

fn event_count(condition: &str) -> Correlation {
    correlation(&format!("type: event_count\nrules: [fail]\ncondition: {condition}"))
}

/// Runs `(second, member, value)` through one state and shows each hit as `F` or `+`, start, end
/// and count.
fn run(correlation: &Correlation, matches: &[(i64, usize, u64)]) -> Vec<String> {
    let matches = matches.iter();
    hits(correlation, matches.map(|(at, member, value)| (*at, *member, Counted::Value(*value))))
}

fn hits(
    correlation: &Correlation,
    matches: impl Iterator<Item = (i64, usize, Counted)>,
) -> Vec<String> {
    let mut state = KeyState::new(correlation);
    let shown = |mark: &str, span: Span| {
        format!("{mark}{}-{}:{}", span.start_ns / SECOND, span.end_ns / SECOND, span.count)
    };
    let hits = matches.map(|(second, member, counted)| {
        match state.update(correlation, second.saturating_mul(SECOND), member, counted) {
            Some(Hit::Fired(span)) => shown("F", span),
            Some(Hit::Continued(span)) => shown("+", span),
            None => "-".to_owned(),
        }
    });
    hits.collect()
}

fn at(seconds: &[i64]) -> Vec<(i64, usize, u64)> {
    seconds.iter().map(|second| (*second, 0, 0)).collect()
}

#[test]
fn a_count_fires_once_then_continues_until_its_window_ends() {
    let correlation = event_count("{gte: 3}");
    let hits = run(&correlation, &at(&[0, 1, 2, 3, 9, 10, 11, 12, 13]));
    assert_eq!(hits, ["-", "-", "F0-2:3", "+0-3:4", "+0-9:5", "-", "-", "F10-12:3", "+10-13:4"]);
}

#[test]
fn a_count_slides_and_its_window_excludes_its_end() {
    let correlation = event_count("{gte: 3}");
    assert_eq!(run(&correlation, &at(&[0, 5, 10, 14])), ["-", "-", "-", "F5-14:3"]);
    assert_eq!(run(&correlation, &at(&[0, 5, 9])), ["-", "-", "F0-9:3"]);
}

#[test]
fn late_matches_count_if_they_fit_and_are_passed_over_if_not() {
    let correlation = event_count("{gte: 3}");
    assert_eq!(run(&correlation, &at(&[10, 12, 5])), ["-", "-", "F5-12:3"]);
    assert_eq!(run(&correlation, &at(&[10, 12, 1, 13])), ["-", "-", "-", "F10-13:3"]);
    assert_eq!(run(&correlation, &at(&[10, 11, 12, 9, 11])).last().unwrap(), "+10-12:5");
    let extremes = [(i64::MIN / SECOND, 0, 0), (i64::MAX / SECOND, 0, 0), (0, 0, 0)];
    assert_eq!(run(&correlation, &extremes), ["-", "-", "-"]);
}

#[test]
fn a_state_stays_small_under_a_flood() {
    let correlation = event_count("{gte: 5}");
    let mut state = KeyState::new(&correlation);
    let mut fired = 0;
    for second in 0..100_000 {
        let hit = state.update(&correlation, second * SECOND, 0, Counted::Nothing);
        fired += u64::from(matches!(hit, Some(Hit::Fired(_))));
        assert!(postcard::to_allocvec(&state).unwrap().len() < 64);
    }
    assert_eq!(fired, 10_000);
}

#[test]
fn thresholds_mean_what_they_say() {
    let five = at(&[0, 1, 2, 3, 4]);
    let fires = |condition: &str| {
        run(&event_count(condition), &five).iter().map(|hit| hit.chars().next().unwrap()).collect()
    };
    let cases = [
        ("{gt: 3}", "---F+"),
        ("{gte: 3, lte: 4}", "--F+-"),
        ("{eq: 3}", "--F--"),
        ("{lt: 3}", "F+---"),
        ("{neq: 1}", "-F+++"),
        ("{gte: 2, neq: 4}", "-F+-+"),
    ];
    for (condition, expected) in cases {
        let found: String = fires(condition);
        assert_eq!(found, expected, "{condition}");
    }
}

#[test]
fn distinct_values_are_counted_once_each() {
    let correlation =
        correlation("type: value_count\nrules: [fail]\ncondition: {field: ip, gte: 3}");
    let matches = [(0, 0, 7), (1, 0, 7), (2, 0, 8), (3, 0, 9), (4, 0, 9), (5, 0, 10)];
    let hits = run(&correlation, &matches);
    // The first value was last seen at second 1; once fired, matches count.
    assert_eq!(hits, ["-", "-", "-", "F1-3:3", "+1-4:4", "+1-5:5"]);
    let spread = [(0, 0, 7), (9, 0, 8), (11, 0, 9), (12, 0, 7)];
    assert_eq!(run(&correlation, &spread), ["-", "-", "-", "F9-12:3"]);
    let mut state = KeyState::new(&correlation);
    assert_eq!(state.update(&correlation, 0, 0, Counted::Nothing), None);
}

/// Runs `(second, number)` through one state of a correlation over the field `n`.
fn numbers(kind: &str, condition: &str, matches: &[(i64, f64)]) -> Vec<String> {
    let body = format!("type: {kind}\nrules: [fail]\ncondition: {{field: n, {condition}}}");
    let matches = matches.iter().map(|(second, number)| (*second, 0, Counted::Number(*number)));
    hits(&correlation(&body), matches)
}

#[test]
fn sums_and_averages_are_those_of_the_window() {
    let sent = [(0, 400.0), (4, 500.0), (8, 100.5), (11, 300.0), (12, 100.2), (19, 9.0)];
    let sums = numbers("value_sum", "gt: 1000", &sent);
    // The first is out of the window of the fourth; the fifth fires, and the hit stays open.
    assert_eq!(sums, ["-", "-", "F0-8:3", "-", "-", "-"]);
    assert_eq!(numbers("value_sum", "gte: 1000.6", &sent), ["-", "-", "-", "-", "F4-12:4", "-"]);
    assert_eq!(numbers("value_avg", "gte: 450", &sent)[..2], ["-", "F0-4:2"]);
    assert_eq!(numbers("value_avg", "gt: 450", &sent[..3]), ["-", "-", "-"]);
}

#[test]
fn percentiles_are_those_of_the_window() {
    let sent = [(0, 1.0), (1, 2.0), (2, 9.0), (3, 9.0)];
    assert_eq!(numbers("value_median", "gt: 2", &sent), ["-", "-", "-", "F0-3:4"]);
    assert_eq!(numbers("value_percentile", "gt: 2", &sent), ["-", "-", "-", "F0-3:4"]);
    assert_eq!(
        numbers("value_percentile", "percentile: 90, gt: 7", &sent),
        ["-", "-", "F0-2:3", "+0-3:4"]
    );
}

#[test]
fn what_is_no_number_is_passed_over() {
    let matches = [f64::NAN, f64::INFINITY, 2.0].map(|number| (0, number));
    assert_eq!(numbers("value_sum", "gte: 1", &matches), ["-", "-", "F0-0:1"]);
}

#[test]
fn temporal_members_come_in_any_order_within_the_timespan() {
    let correlation = correlation("type: temporal\nrules: [fail, success, third]");
    let hits = run(&correlation, &[(0, 2, 0), (1, 0, 0), (2, 0, 0), (3, 1, 0), (4, 1, 0)]);
    assert_eq!(hits, ["-", "-", "-", "F0-3:3", "-"]);
    assert_eq!(run(&correlation, &[(0, 2, 0), (5, 0, 0), (10, 1, 0)]), ["-", "-", "-"]);
}

#[test]
fn a_condition_says_which_members_have_to_be_there() {
    let fires = |condition: &str, members: &[usize]| {
        let correlation = correlation(&format!("type: temporal\ncondition: {condition}"));
        let named = |index: &MemberRef| match index {
            MemberRef::Rule(RuleIndex(0)) => 0,
            MemberRef::Rule(RuleIndex(1)) => 1,
            _ => 2,
        };
        let place = |rule: &usize| correlation.members.iter().position(|m| named(&m.of) == *rule);
        let matches = members.iter().filter_map(place).zip(0..).map(|(at, second)| (second, at, 0));
        run(&correlation, &matches.collect::<Vec<_>>()).iter().position(|hit| hit.starts_with('F'))
    };
    // The rules are fail, success and third.
    assert_eq!(fires("success and (fail or third)", &[0, 0, 1]), Some(2));
    assert_eq!(fires("success and (fail or third)", &[2, 2, 0]), None);
    assert_eq!(fires("third or fail", &[0]), Some(0));
    assert_eq!(fires("success and not fail", &[1]), Some(0));
    assert_eq!(fires("success and not fail", &[0, 1, 1]), None);
    assert_eq!(fires("success and not fail and third", &[1, 2]), Some(1));
}

#[test]
fn ordered_members_come_in_order_within_the_timespan() {
    let correlation = correlation("type: temporal_ordered\nrules: [fail, success, third]");
    let hits = run(&correlation, &[(0, 1, 0), (1, 0, 0), (2, 2, 0), (3, 1, 0), (4, 2, 0)]);
    assert_eq!(hits, ["-", "-", "-", "-", "F1-4:3"]);
    // A later start gives a run that still fits when the first no longer does.
    let renewed = [(0, 0, 0), (5, 0, 0), (6, 1, 0), (12, 2, 0)];
    assert_eq!(run(&correlation, &renewed).last().unwrap(), "F5-12:3");
    let kept = [(0, 0, 0), (1, 1, 0), (5, 0, 0), (8, 2, 0)];
    assert_eq!(run(&correlation, &kept).last().unwrap(), "F0-8:3");
}

#[test]
fn a_condition_says_what_must_not_come_between_ordered_members() {
    let fires = |condition: &str, matches: &[(i64, usize)]| {
        let body = format!(
            "type: temporal_ordered\nrules: [fail, success, third]\ncondition: {condition}"
        );
        let matches: Vec<_> =
            matches.iter().map(|(second, member)| (*second, *member, 0)).collect();
        run(&correlation(&body), &matches).iter().position(|hit| hit.starts_with('F'))
    };
    let between = "fail and not success and third";
    assert_eq!(fires(between, &[(0, 0), (1, 2)]), Some(1));
    assert_eq!(fires(between, &[(0, 1), (0, 0), (1, 2)]), Some(2));
    assert_eq!(fires(between, &[(0, 0), (0, 1), (0, 2)]), None);
    assert_eq!(fires(between, &[(0, 0), (1, 1), (2, 2), (3, 0), (4, 2)]), Some(4));
    let before = "not fail and third and success";
    assert_eq!(fires(before, &[(0, 2), (1, 1)]), Some(1));
    assert_eq!(fires(before, &[(0, 0), (9, 2), (9, 1)]), None);
    assert_eq!(fires(before, &[(0, 0), (10, 2), (10, 1)]), Some(2));
    assert_eq!(fires("success and fail and third", &[(0, 0), (1, 1), (2, 0), (3, 2)]), Some(3));
}

#[test]
fn rules_that_fed_a_correlation_with_problems_tell_nothing_themselves() {
    for body in ["{type: count, rules: [fail]}", "{type: temporal, rules: [fail, x], timespan: 1m}"]
    {
        let text = format!("{}title: c\ncorrelation: {body}\n", rules());
        let (set, problems) = RuleSet::compile(&[document(&text)]);
        assert_eq!(problems.len(), 1, "{problems:?}");
        let standalone: Vec<bool> = set.rules().iter().map(|rule| rule.standalone).collect();
        assert_eq!(standalone, [false, true, true]);
    }
}

#[test]
fn a_snapshot_continues_where_it_was_taken() {
    let correlation = event_count("{gte: 3}");
    let mut state = KeyState::new(&correlation);
    state.update(&correlation, 0, 0, Counted::Nothing);
    state.update(&correlation, SECOND, 0, Counted::Nothing);
    let bytes = postcard::to_allocvec(&state).unwrap();
    let mut restored: KeyState = postcard::from_bytes(&bytes).unwrap();
    assert_eq!(restored, state);
    let hit = restored.update(&correlation, 2 * SECOND, 0, Counted::Nothing);
    assert!(matches!(hit, Some(Hit::Fired(Span { count: 3, .. }))));
    assert_eq!(restored.expires_ns(&correlation), Some(10 * SECOND));
}

#[test]
fn a_state_of_another_correlation_starts_afresh() {
    let count = event_count("{gte: 2}");
    let ordered = correlation("type: temporal_ordered\nrules: [fail, success]");
    let mut state = KeyState::new(&count);
    state.update(&count, 0, 0, Counted::Nothing);
    assert_eq!(state.update(&ordered, 1, 0, Counted::Nothing), None);
    assert!(matches!(state.update(&ordered, 2, 1, Counted::Nothing), Some(Hit::Fired(_))));
    assert_eq!(state.update(&ordered, 3, 9, Counted::Nothing), None);
}

/// The example of the specification: many failed logins, then a successful one.
const CHAIN: &str = "
title: Multiple Failed Logins Followed by Successful Login
id: b180ead8-d58f-40b2-ae54-c8940995b9b6
correlation:
    type: temporal_ordered
    rules: [multiple_failed_login, successful_login]
    group-by: [User]
    timespan: 10m
level: high
---
title: Multiple failed logons
id: a8418a5a-5fc4-46b5-b23b-6c73beb19d41
name: multiple_failed_login
correlation:
    type: event_count
    rules: [failed_login]
    group-by: [User]
    timespan: 10m
    condition: {gte: 10}
---
title: Single failed login
id: 53ba33fd-3a50-4468-a5ef-c583635cfa92
name: failed_login
logsource: {product: windows, service: security}
detection: {selection: {EventID: [529, 4625]}, condition: selection}
---
title: Successful login
id: 4d0a2c83-c62c-4ed4-b475-c7e23a9269b8
name: successful_login
logsource: {product: windows, service: security}
detection: {selection: {EventID: [528, 4624]}, condition: selection}
";

#[test]
fn a_chain_of_correlations_resolves_in_any_order() {
    let set = compiled(CHAIN);
    let [inner, outer] = set.correlations() else { panic!("two correlations") };
    assert_eq!((inner.kind, outer.kind), (Kind::EventCount, Kind::TemporalOrdered));
    assert_eq!(inner.members[0].of, MemberRef::Rule(RuleIndex(0)));
    assert_eq!(outer.members[0].of, MemberRef::Correlation(CorrelationIndex(0)));
    assert_eq!(outer.members[0].group_by, [set.field("User").unwrap()]);
    assert_eq!(inner.timespan_ns, 600 * SECOND);
    let fed = set.fed_by_rule(RuleIndex(1));
    assert_eq!((fed[0].correlation, fed[0].member), (CorrelationIndex(1), 1));
    assert_eq!(set.fed_by_correlation(CorrelationIndex(0))[0].member, 0);
    assert!(set.rules().iter().all(|rule| !rule.standalone));
    assert!(!inner.rule.standalone && outer.rule.standalone);
}

#[test]
fn an_alias_means_another_field_in_each_member() {
    let correlation = "title: c\ncorrelation:
    type: temporal
    rules: [fail, success]
    group-by: [ip, host]
    timespan: 10s
    generate: true
    aliases:
        ip: {fail: source.ip, success: destination.ip}
tests:
    - lines: [one, two]
      expect: 1
";
    let set = compiled(&format!("{}{correlation}", rules()));
    let names = |member: usize| {
        let fields = set.correlations()[0].members[member].group_by.iter();
        fields.map(|field| set.fields()[field.0 as usize].as_str()).collect::<Vec<_>>()
    };
    assert_eq!(names(0), ["source.ip", "host"]);
    assert_eq!(names(1), ["destination.ip", "host"]);
    assert!(set.rules().iter().all(|rule| rule.standalone));
    let sequence = &set.correlations()[0].rule.tests.sequences[0];
    assert_eq!((sequence.lines.len(), sequence.expect), (2, 1));
}

#[test]
fn what_a_correlation_lacks_is_said() {
    let cases = [
        ("type: event_count, rules: [nobody], timespan: 1m, condition: {gte: 2}", "no rule with"),
        ("type: event_count, rules: [fail], timespan: 1m", "has no threshold"),
        ("type: event_count, rules: [fail], condition: {gte: 2}", "has no `timespan`"),
        ("type: event_count, rules: [fail], timespan: 1x, condition: {gte: 2}", "cannot be read"),
        ("type: event_count, rules: [fail], timespan: 0s, condition: {gte: 2}", "out of range"),
        ("type: value_count, rules: [fail], timespan: 1m, condition: {gte: 2}", "names no field"),
        ("type: value_sum, rules: [fail], timespan: 1m, condition: {gte: 2}", "names no field"),
        ("type: value_avg, rules: [fail], timespan: 1m, condition: {field: a}", "has no threshold"),
        (
            "type: value_avg, rules: [fail], timespan: 1m, condition: {field: [a, b], gt: 1}",
            "several fields",
        ),
        ("type: value_avg, rules: [fail], timespan: 1m, condition: {field: a, gt: x}", "a number"),
        (
            "type: value_percentile, rules: [fail], timespan: 1m,
             condition: {field: a, percentile: 101, gt: 1}",
            "the percentile cannot be used",
        ),
        ("type: event_count, rules: [fail], timespan: 1m, condition: {gt: 5, lt: 5}", "no count"),
        ("type: event_count, rules: [fail], timespan: 1m, condition: {gte: 999999999}", "above"),
        ("type: temporal, timespan: 1m, condition: fail and", "expected a name at the end"),
        ("type: temporal, timespan: 1m, condition: 1 of fail*", "`of` is for the selections"),
        ("type: temporal, timespan: 1m, condition: fail and nobody", "no rule with"),
        (
            "type: temporal, rules: [fail, third], timespan: 1m, condition: fail or success",
            "`rules` lists `third`, the condition does not",
        ),
        (
            "type: event_count, rules: [fail], timespan: 1m, condition: fail or success",
            "for `temporal` and `temporal_ordered` only",
        ),
        (
            "type: temporal_ordered, timespan: 1m, condition: fail or success",
            "what comes in order is joined with `and`",
        ),
        (
            "type: temporal_ordered_extended, timespan: 1m, condition: fail and success and fail",
            "a rule comes only once",
        ),
        (
            "type: temporal_ordered, timespan: 1m, condition: fail and not (success or third)",
            "has to come another",
        ),
        ("type: event_count, rules: [], timespan: 1m, condition: {gte: 1}", "refers to no rule"),
        ("type: temporal, rules: [self], timespan: 1m", "refers back here"),
        (
            "type: event_count, rules: [fail], timespan: 1m, groupby: [user]",
            "unknown key `groupby`",
        ),
        ("type: temporal_orderd, rules: [fail], timespan: 1m", "unknown correlation type"),
        (
            "type: temporal, rules: [fail], timespan: 1m, group-by: [x], aliases: {x: {z: a}}",
            "the alias `x` says no field",
        ),
    ];
    for (body, expected) in cases {
        let text = format!("{}title: c\nname: self\ncorrelation: {{{body}}}\n", rules());
        let (set, problems) = RuleSet::compile(&[document(&text)]);
        assert!(set.correlations().is_empty(), "{body}");
        let found = problems.iter().any(|problem| problem.message.contains(expected));
        assert!(found, "wanted {expected}\nfound {problems:?}");
    }
}
