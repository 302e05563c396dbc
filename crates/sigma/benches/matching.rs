//! Matching speed: SigmaHQ's Linux rules over one event, in a release build.
//!
//! `cargo bench -p tocsin-sigma`

#![expect(clippy::print_stderr, reason = "a bench says what it measures and what it skips")]

use std::path::Path;

use divan::Bencher;
use divan::counter::ItemsCount;
use tocsin_sigma::{
    Document, FieldId, LogSource, Record, Route, RuleIndex, RuleSet, Scratch, Value,
};

fn main() {
    divan::main();
}

/// A process start that no rule is about.
const PROCESS: [(&str, &str); 6] = [
    ("Image", "/usr/bin/python3.11"),
    (
        "CommandLine",
        "/usr/bin/python3.11 /srv/app/manage.py runworker --threads 4 --queue default,mail",
    ),
    ("ParentImage", "/usr/lib/systemd/systemd"),
    ("ParentCommandLine", "/lib/systemd/systemd --system --deserialize 35"),
    ("User", "www-data"),
    ("CurrentDirectory", "/srv/www"),
];
const LINE: &str = "Mar  2 01:15:00 web1 sshd[4242]: Failed password for invalid user admin \
                    from 203.0.113.9 port 50112 ssh2";

struct Event {
    values: Vec<Option<&'static str>>,
}

impl Record for Event {
    fn value(&self, field: FieldId) -> Value<'_> {
        match self.values.get(field.0 as usize) {
            Some(Some(text)) => Value::Str(text),
            _ => Value::Absent,
        }
    }

    fn text(&self) -> &str {
        LINE
    }
}

/// Every rule that covers the source.
#[divan::bench(args = ["process_creation", "auditd", "sshd"])]
fn routed(bencher: Bencher<'_, '_>, source: &str) {
    let (category, service) = match source {
        "process_creation" => (Some(source.to_owned()), None),
        _ => (None, Some(source.to_owned())),
    };
    measure(bencher, |set| {
        set.route(&LogSource { product: Some("linux".to_owned()), category, service })
    });
}

/// Every Linux rule, whatever its category or service.
#[divan::bench]
fn all_linux(bencher: Bencher<'_, '_>) {
    measure(bencher, linux);
}

/// Sixty rules of all Linux rules, evenly chosen.
#[divan::bench]
fn sixty_linux(bencher: Bencher<'_, '_>) {
    measure(bencher, |set| {
        let all = linux(set);
        let step = (all.rules().len() / 60).max(1);
        set.route_of(all.rules().iter().copied().step_by(step).take(60).collect())
    });
}

fn linux(set: &RuleSet) -> Route {
    let rules = (0u32..).map(RuleIndex).zip(set.rules());
    let linux = rules.filter(|(_, rule)| rule.logsource.product.as_deref() == Some("linux"));
    set.route_of(linux.map(|(index, _)| index).collect())
}

fn measure(bencher: Bencher<'_, '_>, route: impl FnOnce(&RuleSet) -> Route) {
    let mut documents = Vec::new();
    let folder = "../../../shared/data/sigma/rules";
    read(Path::new(folder), &mut documents);
    if documents.is_empty() {
        eprintln!("skipped: {folder} is absent");
        return;
    }
    let (set, _) = RuleSet::compile(&documents);
    let route = route(&set);
    let value = |name: &String| PROCESS.iter().find(|(own, _)| own == name).map(|(_, v)| *v);
    let event = Event { values: set.fields().iter().map(value).collect() };
    let (mut scratch, mut hits) = (Scratch::new(), Vec::new());
    eprintln!("{} rules", route.rules().len());
    bencher.counter(ItemsCount::new(1usize)).bench_local(|| {
        hits.clear();
        set.matches(&route, divan::black_box(&event), &mut scratch, &mut hits);
        hits.len()
    });
}

fn read(folder: &Path, documents: &mut Vec<Document>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            read(&path, documents);
        } else if let Ok(bytes) = std::fs::read(&path) {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            documents.push(Document { path: path.display().to_string(), text });
        }
    }
}
