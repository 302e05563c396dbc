//! Rule files: they compile or their problems are told, and what compiled runs over any record.

use tocsin_sigma::{
    Correlation, Counted, Document, FieldId, KeyState, Record, RuleIndex, RuleSet, Scratch, Value,
};

/// Compiles the bytes as a rule file and runs what came of it.
pub(crate) fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    imports(&text);
    let (set, problems) = RuleSet::compile(&[Document { path: "fuzz.yml".into(), text }]);
    for problem in problems {
        assert!(!problem.message.is_empty() && !problem.remedy.is_empty(), "{problem}");
    }
    let route =
        set.route_of((0u32..).zip(set.rules()).map(|(index, _)| RuleIndex(index)).collect());
    let (mut scratch, mut hits) = (Scratch::new(), Vec::new());
    for turn in 0..VALUES.len() {
        set.matches(&route, &Any { turn }, &mut scratch, &mut hits);
    }
    assert!(hits.iter().all(|index| set.rule(*index).is_some()));
    set.correlations().iter().for_each(correlate);
}

/// What can be imported of rules of Wazuh can be used.
fn imports(text: &str) {
    let documents = [Document { path: "fuzz.xml".into(), text: text.to_owned() }];
    let rules = tocsin_node::rules::import(&documents, &documents).rules;
    let problems = RuleSet::compile(&rules).1;
    assert!(problems.is_empty(), "{problems:?}");
}

/// A record in which fields have values of every kind, others each turn.
struct Any {
    turn: usize,
}

const VALUES: &[Value<'_>] = &[
    Value::Str("/usr/bin/cmd.exe -enc 10.0.0.1 ü"),
    Value::Absent,
    Value::Int(i64::MIN),
    Value::Str("192.0.2.1"),
    Value::Null,
    Value::Float(f64::NAN),
    Value::Bool(true),
    Value::Str(""),
];

impl Record for Any {
    fn value(&self, field: FieldId) -> Value<'_> {
        let at = (field.0 as usize).wrapping_add(self.turn) % VALUES.len();
        VALUES.get(at).copied().unwrap_or(Value::Absent)
    }

    fn text(&self) -> &str {
        "Failed password for root from 192.0.2.1 port 22 ssh2"
    }
}

/// Moves a state by matches in and out of order and to the ends of time.
fn correlate(correlation: &Correlation) {
    let mut state = KeyState::new(correlation);
    let times = [0, 1, 1, correlation.timespan_ns, -1, i64::MAX, i64::MIN, 2];
    for (turn, time) in times.into_iter().cycle().take(64).enumerate() {
        let member = turn % (correlation.members.len() + 1);
        let counted = match turn % 3 {
            0 => Counted::Value(turn as u64 % 5),
            1 => Counted::Number(f64::MAX / (turn as f64 - 31.0)),
            _ => Counted::Nothing,
        };
        let _ = state.update(correlation, time, member, counted);
        let _ = state.expires_ns(correlation);
    }
}
