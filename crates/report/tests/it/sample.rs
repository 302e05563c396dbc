//! A made-up scan with one of everything. No line of it was ever logged anywhere; addresses are
//! those reserved for documentation.

use std::collections::BTreeMap;
use std::sync::Arc;

use tocsin_event::{
    Action, Alert, AlertStatus, Allowance, Attribution, Basis, Entity, EntityKind, Evidence,
    Finding, FindingId, Incident, IntelHit, Models, RuleRef, Severity, Skipped, SourceSummary,
    Time, Window,
};
use tocsin_report::{Learning, RuleNote, Scan, TechniqueNote};

/// 2026-03-02 01:15:00 UTC.
pub(crate) const NIGHT: i64 = 1_772_414_100;

pub(crate) fn at(secs: i64) -> Time {
    Time::from_secs(NIGHT + secs)
}

pub(crate) fn ip(id: &str) -> Entity {
    Entity::new(EntityKind::Ip, id)
}

pub(crate) fn user(id: &str) -> Entity {
    Entity::new(EntityKind::User, id)
}

/// The scan as one document.
pub(crate) fn json(scan: &Scan) -> String {
    let mut out = Vec::new();
    tocsin_report::json(scan, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn host(id: &str) -> Entity {
    Entity::new(EntityKind::Host, id)
}

fn evidence(record: u64, text: &str) -> Evidence {
    Evidence { source: "/var/log/auth.log".into(), record, text: text.into() }
}

/// What a rule says of itself.
fn note() -> RuleNote {
    RuleNote {
        description: "Ten failures in a minute are more than anybody mistypes.".into(),
        author: "Ann Example".into(),
        falsepositives: vec![
            "A program with an old password.".into(),
            "A scan of one's own.".into(),
        ],
        references: vec!["https://example.com/guessing".into()],
        place: "rules/ssh.yml:3".into(),
    }
}

/// A finding of a rule, with the text of its one record of evidence.
pub(crate) fn rule(id: &str, entity: Entity, start: i64, text: &str) -> Finding {
    let window = Window { start: at(start), end: at(start + 300) };
    Finding {
        id: FindingId::new(id, "1", &entity, 0, window.start),
        time: at(start + 240),
        entity,
        entities: vec![],
        targets: vec![host("web-1")],
        detector: id.into(),
        title: format!("Rule {id} matched").into(),
        severity: Severity::High,
        basis: Basis::Rule(RuleRef {
            id: id.into(),
            title: format!("Rule {id} matched").into(),
            author: "Ann Example".into(),
            values: Default::default(),
        }),
        techniques: ["T1110.001".into()].into(),
        window,
        count: 120,
        by_voice: false,
        evidence: vec![evidence(1042, text)],
    }
}

fn titled(mut finding: Finding, title: &str, severity: Severity) -> Finding {
    finding.title = title.into();
    finding.severity = severity;
    if let Basis::Rule(rule) = &mut finding.basis {
        rule.title = title.into();
    }
    finding
}

fn model(entity: Entity, start: i64, p: f64, severity: Severity) -> Finding {
    let part = |feature: &str, value, baseline, contribution| Attribution {
        feature: feature.into(),
        value,
        baseline,
        contribution,
    };
    let parts = vec![
        part("failures", 812.0, 2.0, 0.21),
        part("distinct_users", 64.0, 1.0, 0.12),
        part("inter_arrival_mean", 0.37, 41.25, 0.05),
        part("off_hours", 1.0, 0.0, 0.02),
        part("sudo_count", 0.0, 0.0, -0.01),
    ];
    let names = vec!["forest".into(), "histogram".into()];
    let mut finding = rule("model/ip", entity, start, "Mar  2 01:16:11 web-1 sshd[4711]: ...");
    finding.title = "Sign-ins unlike any seen before".into();
    finding.severity = severity;
    finding.basis = Basis::Model(Models::new(0.74, p, parts, names).unwrap());
    finding
}

fn intel(entity: Entity, start: i64) -> Finding {
    let mut finding = rule("intel/feodo", entity, start, "Mar  2 01:15:00 web-1 sshd[4700]: ...");
    finding.title = "Known command server".into();
    finding.severity = Severity::Medium;
    finding.techniques = ["T1071".into()].into();
    finding.basis = Basis::Intel(IntelHit {
        list: "feodo".into(),
        indicator: "203.0.113.9 ; botnet".into(),
        confidence: Some(80),
        valid_from: None,
        valid_until: None,
    });
    finding
}

/// An alert of these findings.
pub(crate) fn alert(findings: Vec<Finding>) -> Alert {
    let first = &findings[0];
    let mut techniques: Vec<_> =
        findings.iter().flat_map(|f| f.techniques.iter().cloned()).collect();
    techniques.sort();
    techniques.dedup();
    Alert {
        id: first.id.to_string(),
        status: AlertStatus::New,
        title: first.title.clone(),
        severity: findings.iter().map(|f| f.severity).max().unwrap_or_default(),
        entity: first.entity.clone(),
        start: first.window.start,
        end: findings.iter().map(|f| f.window.end).max().unwrap_or_default(),
        count: findings.iter().map(|f| f.count).sum(),
        techniques: techniques.into(),
        findings: findings.into_iter().map(Arc::new).collect(),
    }
}

fn guessing() -> Incident {
    let bad = ip("203.0.113.9");
    let burst = rule("ssh-brute-force", bad.clone(), 0, FAILED);
    let burst = titled(burst, "Many failed SSH logins from one address", Severity::High);
    let login = rule("ssh-login-after-guessing", bad.clone(), 11_230, ACCEPTED);
    let mut login = titled(login, "Login after many failures", Severity::Critical);
    login.entities = vec![user("root")];
    login.techniques = ["T1078".into()].into();
    login.evidence[0].record = 14_803;
    let odd = model(bad.clone(), 300, 0.000_021, Severity::High);
    let listed = intel(bad.clone(), 0);
    Incident {
        id: "INC-20260302-1a2b3c4d".into(),
        title: "Password guessing ended in a login as root".into(),
        severity: Severity::Critical,
        entities: vec![bad, user("root")],
        targets: vec![host("web-1")],
        start: at(0),
        end: at(11_530),
        count: 12_844,
        story: vec![
            "01:15 UTC: 203.0.113.9 starts guessing passwords on web-1, 64 accounts tried".into(),
            "04:22 UTC: it signs in as root with a password".into(),
            "04:24 UTC: root adds the account `backup2` and lets it use sudo".into(),
        ],
        techniques: vec!["T1110.001".into(), "T1078".into(), "T1136.001".into()],
        evidence: vec![evidence(1042, FAILED), evidence(14_803, ACCEPTED)],
        actions: vec![
            Action {
                name: "block_ip".into(),
                title: "block 203.0.113.9 for a day".into(),
                command: "nft add element inet tocsin blocked { 203.0.113.9 timeout 24h }".into(),
                undo: "nft delete element inet tocsin blocked { 203.0.113.9 }".into(),
            },
            Action {
                name: "lock_user".into(),
                title: "lock the account backup2".into(),
                command: "usermod --lock backup2".into(),
                undo: "usermod --unlock backup2".into(),
            },
        ],
        alerts: [vec![burst, odd], vec![login], vec![listed]].map(alert).map(Arc::new).into(),
    }
}

const FAILED: &str = "Mar  2 01:15:00 web-1 sshd[4700]: Failed password for invalid user admin \
                      from 203.0.113.9 port 51234 ssh2";
const ACCEPTED: &str = "Mar  2 04:22:10 web-1 sshd[9001]: Accepted password for root \
                        from 203.0.113.9 port 60022 ssh2";

fn scanning() -> Incident {
    let prober = ip("198.51.100.23");
    let text = "198.51.100.23 - - [02/Mar/2026:09:40:00 +0000] \"GET /.env HTTP/1.1\" 404 162";
    let probe = rule("web-secret-files", prober.clone(), 30_300, text);
    let mut probe = titled(probe, "Requests for files that hold secrets", Severity::Medium);
    probe.techniques = ["T1595.003".into()].into();
    let mut record = evidence(88_120, text);
    record.source = "/var/log/nginx/access.log.1.gz".into();
    probe.evidence = vec![record.clone()];
    Incident {
        id: "INC-20260302-77e0d1f2".into(),
        title: "One address looks for secrets on the web server".into(),
        severity: Severity::Medium,
        entities: vec![prober],
        targets: vec![host("web-1")],
        start: at(30_300),
        end: at(31_000),
        count: 312,
        story: vec!["09:40 UTC: 312 requests for 280 paths, none of which exists".into()],
        techniques: vec!["T1595.003".into()],
        evidence: vec![record],
        actions: vec![],
        alerts: vec![Arc::new(alert(vec![probe]))],
    }
}

fn lone_alerts() -> Vec<Alert> {
    let mut alerts: Vec<_> = ["ann", "bob", "cyd"]
        .iter()
        .zip(0..)
        .map(|(name, i)| {
            let text = "Mar  2 22:01:00 web-1 sudo: ...";
            let finding = rule("sudo-new", user(name), 70_000 + i * 7_200, text);
            let mut finding = titled(finding, "First use of sudo", Severity::Low);
            (finding.techniques, finding.count) = (["T1548.003".into()].into(), 3 + i as u64);
            alert(vec![finding])
        })
        .collect();
    alerts.push(alert(vec![model(ip("2001:db8::77"), 50_000, 0.004, Severity::Medium)]));
    alerts
}

fn sources() -> Vec<SourceSummary> {
    let auth = SourceSummary {
        name: "/var/log/auth.log".into(),
        formats: vec!["sshd".into(), "sudo".into()],
        bytes: 1_900_000,
        read: 20_311,
        parsed: 20_190,
        skipped: BTreeMap::from([("no parser knows it".into(), 121)]),
        unparsed_shapes: vec![("fprintd[#]: Device reported an error during #".into(), 96)],
        first: Some(at(0)),
        last: Some(at(86_000)),
        assumptions: vec!["year 2026 from the file's time".into(), "zone UTC".into()],
        error: None,
    };
    let web = SourceSummary {
        name: "/var/log/nginx/access.log.1.gz".into(),
        formats: vec!["web access".into()],
        bytes: 218_000_000,
        read: 1_184_020,
        parsed: 1_184_020,
        first: Some(at(0)),
        last: Some(at(86_399)),
        ..SourceSummary::default()
    };
    let cut = SourceSummary {
        name: "/var/log/syslog.2.gz".into(),
        formats: vec!["syslog".into()],
        bytes: 40_000,
        read: 700,
        parsed: 699,
        error: Some("unexpected end of file at byte 8,192".into()),
        ..SourceSummary::default()
    };
    vec![auth, web, cut]
}

fn techniques() -> BTreeMap<String, TechniqueNote> {
    let known: [(&str, &str, &[&str]); 7] = [
        ("T1110", "Brute Force", &["credential-access"]),
        ("T1110.001", "Password Guessing", &["credential-access"]),
        (
            "T1078",
            "Valid Accounts",
            &["initial-access", "persistence", "privilege-escalation", "defense-evasion"],
        ),
        ("T1136.001", "Local Account", &["persistence"]),
        ("T1595.003", "Wordlist Scanning", &["reconnaissance"]),
        ("T1548.003", "Sudo and Sudo Caching", &["privilege-escalation", "defense-evasion"]),
        ("T1071", "Application Layer Protocol", &["command-and-control"]),
    ];
    let note = |(id, name, tactics): (&str, &str, &[&str])| {
        let note = TechniqueNote {
            name: name.into(),
            tactics: tactics.iter().map(|t| (*t).into()).collect(),
            mitigations: vec!["M1032 Multi-factor Authentication".into()],
            url: format!("https://attack.mitre.org/techniques/{}", id.replace('.', "/")),
        };
        (id.to_owned(), note)
    };
    known.into_iter().map(note).collect()
}

/// The scan.
pub(crate) fn scan() -> Scan {
    let incidents = vec![scanning(), guessing()];
    let mut alerts: Vec<Arc<Alert>> = incidents.iter().flat_map(|i| i.alerts.clone()).collect();
    alerts.extend(lone_alerts().into_iter().map(Arc::new));
    let mut findings: Vec<Arc<Finding>> = alerts.iter().flat_map(|a| a.findings.clone()).collect();
    findings.push(Arc::new(model(user("dan"), 60_000, 0.03, Severity::Info)));
    Scan {
        incidents,
        alerts,
        findings,
        sources: sources(),
        unread: vec![Skipped {
            name: "/var/log/README".into(),
            reason: "no record at its beginning has a time; it is read if you name it".into(),
        }],
        allowed: vec![Allowance {
            reason: "our scanner <b>".to_owned(),
            until: at(86_400),
            findings: 3,
            entry: "allow.toml:7".to_owned(),
            severity: Some(Severity::Medium),
            after_end: 1,
        }],
        learning: vec![
            Learning { model: "ip".into(), have: 6_100, need: 6_048 },
            Learning { model: "user".into(), have: 412, need: 6_048 },
        ],
        events: 1_204_909,
        first: Some(at(0)),
        last: Some(at(86_399)),
        entities: 8_112,
        evicted: 0,
        late: 3,
        setbacks: 1,
        shed: 0,
        skipped: 122,
        duplicates: 14,
        rules_used: 301,
        techniques: techniques(),
        rules: BTreeMap::from([("ssh-brute-force".into(), note())]),
        countries: BTreeMap::from([
            ("203.0.113.9".into(), "DE AS3320 Deutsche Telekom".into()),
            ("198.51.100.23".into(), "NL AS64500 Example Hosting".into()),
        ]),
        version: "0.1.0".into(),
        elapsed_ns: None,
    }
}

/// A scan that found nothing.
pub(crate) fn calm() -> Scan {
    Scan { incidents: vec![], alerts: vec![], findings: vec![], ..scan() }
}

/// The scan with `text` wherever a log could put its own words.
pub(crate) fn hostile(text: &str) -> Scan {
    let mut scan = scan();
    let finding = titled(rule(text, user(text), 100, text), text, Severity::High);
    let mut incident = guessing();
    incident.id = text.to_owned();
    incident.title = text.to_owned();
    incident.story = vec![text.to_owned()];
    incident.entities = vec![ip(text), user(text)];
    incident.targets = vec![host(text)];
    incident.techniques = vec![text.to_owned()];
    incident.evidence = vec![Evidence { source: text.into(), record: 1, text: text.into() }];
    incident.actions = vec![Action {
        name: text.into(),
        title: text.into(),
        command: text.into(),
        undo: text.into(),
    }];
    let mut lone = alert(vec![finding.clone()]);
    incident.alerts = vec![Arc::new(lone.clone())];
    lone.id = format!("{text}2");
    scan.alerts = vec![incident.alerts[0].clone(), Arc::new(lone)];
    scan.findings = vec![Arc::new(finding)];
    scan.incidents = vec![incident];
    scan.countries.insert(text.into(), text.into());
    let note = RuleNote {
        description: text.into(),
        author: text.into(),
        falsepositives: vec![text.into()],
        references: vec![text.into()],
        place: text.into(),
    };
    scan.rules.insert(text.into(), note);
    scan.techniques.insert(text.into(), TechniqueNote { name: text.into(), ..Default::default() });
    let source = &mut scan.sources[0];
    source.name = text.into();
    source.formats = vec![text.into()];
    source.skipped = BTreeMap::from([(text.into(), 1)]);
    source.unparsed_shapes = vec![(text.into(), 1)];
    source.assumptions = vec![text.into()];
    source.error = Some(text.into());
    scan
}
