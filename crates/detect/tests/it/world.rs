//! A small made-up world to drive the engine with: sources that sign in and fail to.

use std::net::{IpAddr, Ipv4Addr};

use tocsin_detect::{Config, Engine, Knowledge};
use tocsin_event::{Activity, Batch, Class, LogSource, Status, Time};
use tocsin_sigma::{Document, RuleSet};

/// One sign-in, or a failed one.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    pub(crate) secs: i64,
    pub(crate) source: u8,
    pub(crate) user: u8,
    pub(crate) status: Status,
}

/// The events of these logins, in their order.
pub(crate) fn batch(logins: &[Login]) -> Batch {
    let mut batch = Batch::new("made-up.log".into(), "root alice bob carol".to_owned());
    let (text, mut out) = batch.writer();
    let users: Vec<&str> = text.split(' ').collect();
    for (record, login) in (1..).zip(logins) {
        out.event.time = Time::from_secs(1_700_000_000 + login.secs);
        out.event.class = Class::Authentication;
        out.event.activity = Activity::LOGON;
        out.event.status = login.status;
        out.event.provider = "sshd";
        out.event.logsource = &LogSource { product: "linux", category: "", service: "sshd" };
        out.event.record = record;
        out.event.src.ip = Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, login.source)));
        out.event.user = out.span(users[usize::from(login.user) % users.len()]);
        out.event.host = out.span("lab");
        out.event.raw = out.event.user;
        out.commit();
    }
    batch
}

const RULES: &str = "
title: Failed sign-in
id: 00000000-0000-4000-8000-000000000001
name: failed
logsource: {product: ocsf, category: authentication}
detection: {failed: {status_id: 2}, condition: failed}
---
title: Sign-in
id: 00000000-0000-4000-8000-000000000002
name: ok
logsource: {product: ocsf, category: authentication}
detection: {ok: {status_id: 1}, condition: ok}
---
title: Guessing
id: 00000000-0000-4000-8000-000000000003
name: guessing
level: medium
tags: [attack.t1110.001]
correlation:
  type: event_count
  rules: [failed]
  group-by: [src_endpoint]
  timespan: 10m
  condition: {gte: 5}
---
title: Takeover
id: 00000000-0000-4000-8000-000000000004
level: high
tags: [attack.t1078]
correlation:
  type: temporal_ordered
  rules: [guessing, ok]
  group-by: [src_endpoint]
  timespan: 1h
";

/// What engines here know: counting failures, and success after them.
pub(crate) fn knowledge() -> Knowledge {
    knowing(RULES.to_owned())
}

/// The same with failures counted for each account.
pub(crate) fn knowledge_by_account() -> Knowledge {
    knowing(RULES.replace("group-by: [src_endpoint]", "group-by: [src_endpoint, user.name]"))
}

/// The same with another rule before all of them.
pub(crate) fn knowledge_with_a_rule_before() -> Knowledge {
    let other = "title: Other\nlogsource: {product: x}\ndetection: {a: {b: c}, condition: a}\n---";
    knowing(other.to_owned() + RULES)
}

fn knowing(text: String) -> Knowledge {
    let document = Document { path: "rules.yaml".to_owned(), text };
    let (rules, problems) = RuleSet::compile(&[document]);
    assert_eq!(problems.len(), 0, "{problems:?}");
    Knowledge { rules: rules.into(), ..Knowledge::default() }
}

/// An engine with that knowledge.
pub(crate) fn engine(config: Config) -> Engine {
    Engine::new(config, knowledge()).unwrap_or_else(|e| panic!("{e}"))
}
