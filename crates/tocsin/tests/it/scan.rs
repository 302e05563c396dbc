//! `tocsin scan`.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::{Compression, write::GzEncoder};
use tempfile::TempDir;

use crate::support::{tocsin, tocsin_given};

const ROOT: &str = "../..";

pub(crate) fn testdata(name: &str) -> String {
    format!("{ROOT}/testdata/{name}")
}

/// Data too large or not ours to ship; tests of it say so where it is absent.
#[expect(clippy::print_stderr, reason = "what is skipped is said")]
pub(crate) fn shared(name: &str) -> Option<String> {
    let path = format!("{ROOT}/../shared/data/{name}");
    let there = Path::new(&path).exists();
    if !there {
        eprintln!("skipped: {path} is not here");
    }
    there.then_some(path)
}

/// The gravest severity at which each entity is accused, by `scan -o jsonl`.
pub(crate) fn accused(path: &str) -> BTreeMap<String, u8> {
    let mut accused = BTreeMap::new();
    for line in tocsin(&["scan", path, "-o", "jsonl", "-q"]).out.lines() {
        let finding: serde_json::Value = serde_json::from_str(line).unwrap();
        let severities = ["info", "low", "medium", "high", "critical"];
        let rank = severities.iter().position(|s| finding["severity"] == *s).unwrap() as u8;
        let worst = accused.entry(finding["entity"].as_str().unwrap().to_owned()).or_default();
        *worst = rank.max(*worst);
    }
    accused
}

#[test]
fn a_takeover_is_told_with_who_what_why_and_what_to_do() {
    let ran = tocsin(&["scan", &testdata("takeover/auth.log"), "-o", "table", "-q"]);
    let expected = [
        "1 incident: 1 high",
        "Account taken over after password guessing by 198.51.100.7",
        "takeover/auth.log:481",
        "Accepted password for deploy from",
        "T1110.001 Password Guessing",
        "usermod --lock --expiredate 1 deploy",
        "add element inet tocsin blocked4 { 198.51.100.7 }",
        "delete element inet tocsin blocked4 { 198.51.100.7 }",
    ];
    for text in expected {
        assert!(ran.out.contains(text), "no `{text}` in:\n{}", ran.out);
    }
    assert_eq!(ran.code, Some(0));
}

#[test]
fn a_log_written_newest_first_tells_the_same() {
    let log = std::fs::read_to_string(testdata("takeover/auth.log")).unwrap();
    let lines: Vec<&str> = log.split_inclusive('\n').collect();
    let newest_first: String = lines.iter().rev().copied().collect();
    let told = |log: &str, place: &dyn Fn(u64) -> u64| {
        let out = tocsin_given(log.as_bytes(), &["scan", "-", "-o", "jsonl", "-q"]).out;
        let told = out.lines().map(|line| {
            let mut finding: serde_json::Value = serde_json::from_str(line).unwrap();
            for evidence in finding["evidence"].as_array_mut().unwrap() {
                evidence["record"] = place(evidence["record"].as_u64().unwrap()).into();
            }
            finding
        });
        told.collect::<Vec<_>>()
    };
    let from_end = |record| lines.len() as u64 + 1 - record;
    let in_order = told(&log, &|record| record);
    assert!(in_order.len() > 9, "{in_order:?}");
    assert_eq!(told(&newest_first, &from_end), in_order);
}

#[test]
fn the_report_is_the_same_for_any_number_of_threads_and_every_time() {
    let folder = testdata("");
    let with = |threads| tocsin(&["scan", &folder, "-o", "json", "-q", "--threads", threads]).out;
    let one = with("1");
    assert!(one.len() > 10_000, "a report of all recordings is long: {}", one.len());
    assert!(one == with("2") && one == with("2") && one == with("5"), "reports differ");
}

#[test]
fn the_exit_status_says_what_was_asked_for() {
    let log = testdata("takeover/auth.log");
    let code = |arguments: &[&str]| tocsin(&[&["scan", &log, "-q"], arguments].concat()).code;
    assert_eq!(code(&["--fail-on", "high"]), Some(1));
    assert_eq!(code(&["--fail-on", "critical"]), Some(0));
    assert_eq!(code(&["--budget", "many"]), Some(2));
    assert_eq!(code(&["--explain", "no-such-id"]), Some(2));
    assert_eq!(code(&["--rules", "/nonexistent"]), Some(3));
    assert_eq!(tocsin(&["scan", "/nonexistent"]).code, Some(4));
}

#[test]
fn a_wrong_rule_is_named_with_its_line() {
    let folder = TempDir::new().unwrap();
    let rule = folder.path().join("wrong.yaml");
    fs::write(
        &rule,
        "title: Wrong\nlogsource: {product: linux}\ndetection:\n  condition: missing\n",
    )
    .unwrap();
    let rule = rule.to_str().unwrap();
    let ran = tocsin(&["scan", &testdata("takeover/auth.log"), "--rules", rule]);
    assert_eq!(ran.code, Some(3));
    assert!(ran.err.contains("wrong.yaml:4"), "{}", ran.err);
    assert_eq!(tocsin(&["rules", "check", rule]).code, Some(3));
}

#[test]
fn a_rule_explains_which_of_its_selections_hold() {
    let log = testdata("takeover/auth.log");
    let told = tocsin(&["rules", "explain", "passwords_read", &log]).out;
    assert!(told.contains("605 events, 8 of them of its logs: 1 match"), "{told}");
    let held =
        "auth.log:539\n  holds  reading\n           process.cmd_line: /usr/bin/cat /etc/shadow\n";
    assert!(told.contains(held), "{told}");
    let told = tocsin(&["rules", "explain", "Password guessing", &log]).out;
    let counts = "  counts     5 or more matches within 1 d by src_endpoint, metadata.log_provider, status_detail\n  fired      3 times\n";
    assert!(told.contains(counts), "{told}");
    assert!(told.contains("605 events, 396 of them of its logs: 227 match"), "{told}");
}

#[test]
fn rules_are_tried_on_logs_that_are_there() {
    let told = tocsin(&["rules", "backtest", &testdata("takeover/auth.log"), "-q"]).out;
    assert!(told.starts_with("605 events of 1 day: "), "{told}");
    assert!(told.contains("\nmedium       3.0         3"), "{told}");
    let noisy = tocsin(&["rules", "backtest", "/nowhere", "-q"]);
    assert_eq!(noisy.code, Some(4));
}

#[test]
fn rules_that_cannot_be_read_are_no_reason_to_say_that_there_are_none() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.yml"), "title: A\nlogsource: {product: linux}\n").unwrap();
    let log = testdata("takeover/auth.log");
    let folder = folder.path().to_str().unwrap();
    for arguments in [&["explain", "A", &log, "--rules", folder][..], &["coverage", folder]] {
        let ran = tocsin(&[&["rules"], arguments].concat());
        assert_eq!(ran.code, Some(3));
        assert!(ran.err.contains("a.yml:1"), "{}", ran.err);
    }
}

#[test]
fn the_techniques_that_rules_look_for_become_a_layer() {
    let layer = tocsin(&["rules", "coverage"]).out;
    let layer: serde_json::Value = serde_json::from_str(&layer).unwrap();
    let techniques = layer["techniques"].as_array().unwrap();
    let guessing = techniques.iter().find(|t| t["techniqueID"] == "T1110.001").unwrap();
    assert!(guessing["score"].as_u64() >= Some(1), "{guessing}");
    assert!(guessing["comment"].as_str().unwrap().contains("Password guessing"), "{guessing}");
}

#[test]
fn coverage_of_logs_counts_the_rules_that_look_at_such() {
    let log = testdata("takeover/auth.log");
    let ran = tocsin(&["rules", "coverage", "--logs", &log]);
    let layer: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let techniques = layer["techniques"].as_array().unwrap();
    let of = |id: &str| techniques.iter().find(|t| t["techniqueID"] == id).unwrap();
    assert!(of("T1110.001")["score"].as_u64() >= Some(1), "{}", of("T1110.001"));
    // Nobody reads from a cloud in a log of sign-ins.
    assert!(of("T1530")["score"].is_null(), "{}", of("T1530"));
    let comment = of("T1530")["comment"].as_str().unwrap();
    assert!(comment.contains("for other logs: "), "{comment}");
    assert_eq!(tocsin(&["rules", "coverage", "--logs", "/nowhere"]).code, Some(4));
}

#[test]
fn a_rule_with_the_id_of_one_inside_takes_its_place() {
    let folder = TempDir::new().unwrap();
    let path = format!("{ROOT}/content/rules/authentication/password_guessing.yaml");
    let inside = fs::read_to_string(path).unwrap();
    let guessing = inside.split("\n---\n").find(|rule| rule.contains("title: Password guessing\n"));
    let own = guessing.unwrap().replace("title: Password guessing\n", "title: Guessed at ours\n");
    fs::write(folder.path().join("own.yaml"), own).unwrap();
    let (log, rules) = (testdata("takeover/auth.log"), folder.path().to_str().unwrap());
    let titles = |arguments: &[&str]| {
        let out = tocsin(&[&["scan", &log, "-o", "jsonl", "-q"], arguments].concat()).out;
        ["Password guessing", "Guessed at ours"].map(|title| out.contains(&format!("\"{title}\"")))
    };
    assert_eq!(titles(&[]), [true, false]);
    assert_eq!(titles(&["--rules", rules]), [false, true]);
}

#[test]
fn rules_that_cannot_be_used_are_told_and_the_others_are_used() {
    let folder = TempDir::new().unwrap();
    let rule = |name: &str, condition: &str| {
        let text = format!(
            "title: {name}\nlogsource: {{product: ocsf}}\nlevel: low
detection: {{s: {{metadata.log_provider: sudo}}, condition: {condition}}}\n"
        );
        fs::write(folder.path().join(name), text).unwrap();
    };
    rule("good.yaml", "s");
    (0..7).for_each(|n| rule(&format!("bad-{n}.yaml"), "t"));
    let rules = folder.path().to_str().unwrap();
    let log = testdata("takeover/auth.log");
    let ran = tocsin(&["scan", &log, "-o", "jsonl", "--rules", rules]);
    assert!(ran.code == Some(0) && ran.out.contains("\"good.yaml\""), "{}", ran.err);
    assert_eq!(ran.err.matches("names no selection `t`").count(), 5, "{}", ran.err);
    assert!(ran.err.contains("and 2 more problems of rules"), "{}", ran.err);
}

#[test]
fn a_filter_takes_an_exception_out_of_a_rule_inside() {
    let folder = TempDir::new().unwrap();
    let filter = |name: &str, rule: &str| {
        let path = folder.path().join(name);
        let text = format!(
            "title: Backups read them\nlogsource: {{product: ocsf}}
filter: {{rules: [{rule}], ours: {{actor.user.name: deploy}}, condition: not ours}}\n"
        );
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let log = testdata("takeover/auth.log");
    let with = |rules: &str| tocsin(&["scan", &log, "-o", "jsonl", "--rules", rules]);
    let title = "\"Password hashes read\"";
    let idle = with(&filter("idle.yaml", "no_such_rule"));
    assert!(
        idle.out.contains(title) && idle.err.contains("the filter fits no rule"),
        "{}",
        idle.err
    );
    let filtered = with(&filter("ours.yaml", "9e31a464-b53c-404f-8b02-697c45cd79b4"));
    assert!(
        !filtered.out.contains(title) && filtered.out.contains("used sudo"),
        "{}",
        filtered.out
    );
}

#[test]
fn a_rule_sums_up_what_was_sent() {
    let folder = TempDir::new().unwrap();
    let rules = folder.path().join("sum.yaml");
    let text = "title: Served\nname: served\nlogsource: {product: ocsf}
detection: {s: {http_response.length|exists: true}, condition: s}
---
title: Much downloaded\nlevel: medium
correlation:
  type: value_sum\n  rules: [served]\n  group-by: [src_endpoint.ip]\n  timespan: 1h
  condition: {field: http_response.length, gt: 3000}\n";
    fs::write(&rules, text).unwrap();
    let line = |ip: &str, minute: u32, bytes: u32| {
        format!("{ip} - - [20/Nov/2026:10:{minute:02}:00 +0000] \"GET /a HTTP/1.1\" 200 {bytes}\n")
    };
    let log: String =
        (0..4).map(|n| line("192.0.2.7", n, 900) + &line("192.0.2.8", n, 700)).collect();
    let arguments = ["scan", "-", "-o", "jsonl", "--rules", rules.to_str().unwrap()];
    let ran = tocsin_given(log.as_bytes(), &arguments);
    let found: Vec<&str> = ran.out.lines().filter(|l| l.contains("Much downloaded")).collect();
    assert!(found.len() == 1 && found[0].contains("ip:192.0.2.7"), "{}{}", ran.out, ran.err);
}

#[test]
fn an_incident_becomes_three_files_and_can_be_explained() {
    let folder = TempDir::new().unwrap();
    let reports = folder.path().join("reports");
    let log = testdata("takeover/auth.log");
    tocsin(&["scan", &log, "-q", "--report-dir", reports.to_str().unwrap()]);
    let mut names: Vec<String> = fs::read_dir(&reports)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let id = names[0].strip_suffix(".html").unwrap().to_owned();
    assert!(id.starts_with("INC-20261121-"), "{names:?}");
    assert_eq!(
        names,
        [format!("{id}.html"), format!("{id}.json"), format!("{id}.txt"), "alerts".into()]
    );
    assert!(fs::read_to_string(reports.join("alerts/stream.jsonl")).unwrap().lines().count() > 3);
    assert!(tocsin(&["scan", &log, "--explain", &id]).out.contains("198.51.100.7"));
}

#[test]
fn what_is_explained_is_asked_for_by_one_id() {
    let log = testdata("takeover/auth.log");
    let all = tocsin(&["scan", &log, "-o", "json", "-q"]).out;
    let all: serde_json::Value = serde_json::from_str(&all).unwrap();
    let id = all["incidents"][0]["id"].as_str().unwrap();
    let explain = |id: &str, form: &str| tocsin(&["scan", &log, "--explain", id, "-o", form]);
    let document: serde_json::Value = serde_json::from_str(&explain(id, "json").out).unwrap();
    assert_eq!(document["id"], id);
    let refused = [explain(id, "csv"), explain("", "table"), explain("no such", "table")];
    for ran in refused {
        assert_eq!((ran.code, ran.out.as_str(), ran.err.lines().count()), (Some(2), "", 1));
    }
}

#[test]
fn a_baseline_that_teaches_nothing_is_an_error() {
    let log = testdata("takeover/auth.log");
    let refused = |baseline: &str| {
        let ran = tocsin(&["scan", &log, "-q", "--baseline", baseline]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(3), ""));
        ran.err
    };
    let gone = "error: the baseline holds no log: gone: no such file\n";
    assert_eq!(refused("gone"), gone);
    let nothing = "error: nothing can be learnt from the baseline: no sign-in in 0 records\n";
    let own = TempDir::new().unwrap();
    let empty = own.path().join("empty.log");
    fs::write(&empty, "").unwrap();
    assert_eq!(refused(empty.to_str().unwrap()), nothing);
}

#[test]
fn where_no_record_is_understood_it_is_told() {
    let log = testdata("takeover/auth.log");
    let ran = tocsin(&["scan", &log, "-o", "jsonl", "--format", "cloudtrail"]);
    let expected = format!("{log}: 605 records read, none of them understood\n");
    assert_eq!((ran.code, ran.out.as_str(), ran.err), (Some(0), "", expected));
}

#[test]
fn what_was_not_read_is_in_the_report() {
    let log = testdata("takeover/auth.log");
    let told = tocsin(&["scan", &log, "gone\u{1b}c", "-o", "table"]);
    assert!(told.out.contains("gone\\x1bc\n  not read  no such file"), "{}", told.out);
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""));
    let lines = tocsin(&["scan", &log, "gone\u{1b}c", "-o", "jsonl"]);
    assert_eq!(lines.err, "gone\\x1bc: not read: no such file\n");
}

#[test]
fn known_bad_values_and_places_are_told() {
    let folder = TempDir::new().unwrap();
    let list = folder.path().join("bad.csv");
    let mut packed = GzEncoder::new(fs::File::create(&list).unwrap(), Compression::fast());
    packed.write_all(b"10.20.0.5,2026-11-01,test\n").unwrap();
    packed.finish().unwrap();
    let places = folder.path().join("places.csv");
    fs::write(&places, "198.51.100.0,198.51.100.255,ZZ\n").unwrap();
    let (list, places) = (list.to_str().unwrap(), places.to_str().unwrap());
    let log = testdata("takeover/auth.log");
    let table = ["scan", &log, "-o", "table", "-q", "--intel", list, "--geoip", places];
    let told = tocsin(&table).out;
    assert!(told.contains("10.20.0.5, listed in bad"), "{told}");
    assert!(told.contains("ZZ"), "{told}");
}

#[test]
fn hostile_text_never_reaches_the_terminal_raw() {
    let line =
        "Dec 10 06:55:46 lab sshd[1]: Invalid user \u{1b}[2J\u{202e}x from 192.0.2.31 port 22\n";
    for form in ["table", "json", "jsonl", "ocsf", "csv", "html", "navigator"] {
        let ran = tocsin_given(line.repeat(9).as_bytes(), &["scan", "-", "-q", "-o", form]);
        assert!(ran.out.contains("192.0.2.31") || form == "navigator", "{form}: {}", ran.out);
        assert!(!ran.out.contains(['\u{1b}', '\u{202e}']), "{form}");
    }
}

#[test]
fn scanners_in_a_firewall_log_are_found_and_nobody_else() {
    let Some(log) = shared("firewall_logs/vps_small.ufw.log.gz") else { return };
    let facts = shared("firewall_logs/vps_small.ufw.log.facts.json").unwrap();
    let facts: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(facts).unwrap()).unwrap();
    let scanners: Vec<String> = facts["scanners"]
        .as_array()
        .unwrap()
        .iter()
        .map(|ip| format!("ip:{}", ip.as_str().unwrap()))
        .collect();
    let accused: Vec<String> =
        accused(&log).into_iter().filter(|(_, rank)| *rank >= 2).map(|(who, _)| who).collect();
    let found = scanners.iter().filter(|who| accused.contains(who)).count();
    assert!(found * 100 >= scanners.len() * 95, "{found} of {}", scanners.len());
    assert!(accused.iter().all(|who| scanners.contains(who)), "{accused:?}");
}

/// The sources that a log's facts say ever failed, and those that only ever did otherwise.
fn failed_and_not(facts: &str) -> (Vec<String>, Vec<String>) {
    let facts: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(facts).unwrap()).unwrap();
    let failures =
        ["failed", "invalid_user", "pam_auth_failure", "max_auth", "preauth_close", "bad_protocol"];
    let failed = |row: &&serde_json::Value| {
        failures.iter().any(|kind| row[kind].as_u64().unwrap_or_default() > 0)
    };
    let rows = facts["per_ip"].as_array().unwrap().iter();
    let (failed, not): (Vec<_>, Vec<_>) = rows.partition(failed);
    let names = |rows: Vec<&serde_json::Value>| {
        rows.iter().map(|row| format!("ip:{}", row["ip"].as_str().unwrap())).collect()
    };
    (names(failed), names(not))
}

#[test]
fn sources_that_never_failed_are_not_accused() {
    let logs = [
        "Linux_2k.log.gz",
        "OpenSSH_2k.log.gz",
        "secrepo_part.auth.log.gz",
        "vps_small.auth.log",
        "web_vm_week1.auth.log.gz",
    ];
    let mut blameless = 0;
    for name in logs {
        let Some(log) = shared(&format!("auth_ssh/{name}")) else { return };
        let facts = format!("auth_ssh/facts/{}.facts.json", name.trim_end_matches(".gz"));
        let (failed, not) = failed_and_not(&shared(&facts).unwrap());
        let accused = accused(&log);
        let rank = |who: &String| accused.get(who).copied().unwrap_or_default();
        let wronged: Vec<_> = not.iter().filter(|who| rank(who) >= 2).collect();
        assert_eq!(wronged, [""; 0], "{name}");
        assert!(failed.iter().any(|who| rank(who) >= 2), "{name}: nobody is accused");
        blameless += not.len();
    }
    assert!(blameless > 0, "the facts hold sources without a failure");
}

#[test]
fn simulated_host_attacks_are_found_with_their_techniques() {
    let cases = [
        ("linux_host_attacks/sh_binary_padding_dd_2020-11-10081941.log", vec!["T1027.001"]),
        (
            "linux_host_attacks/syslog_sysmon_log4shell_cve2021_44228_jndi_reference_2022-05-11181020.json.gz",
            vec!["T1190", "T1203"],
        ),
    ];
    for (name, techniques) in cases {
        let Some(log) = shared(name) else { return };
        let out = tocsin(&["scan", &log, "-o", "jsonl", "-q"]).out;
        for technique in techniques {
            assert!(out.contains(&format!("\"{technique}\"")), "{name}: no {technique} in {out}");
        }
    }
}

#[test]
fn lines_of_other_decoders_are_read_by_their_formats() {
    let Some(cases) = shared("ossec_cases/cases.jsonl") else { return };
    let formats = [
        ("apache-errorlog", "apache-error"),
        ("pam", "pam"),
        ("su", "su"),
        ("sudo", "sudo"),
        ("vsftpd", "vsftpd"),
    ];
    let (mut lines, mut read) = (0, 0);
    for case in fs::read_to_string(cases).unwrap().lines() {
        let case: serde_json::Value = serde_json::from_str(case).unwrap();
        let Some((_, format)) = formats.iter().find(|(decoder, _)| case["decoder"] == *decoder)
        else {
            continue;
        };
        for line in case["logs_pass"].as_array().unwrap() {
            let parsed = tocsin_given(line.as_str().unwrap().as_bytes(), &["parse", "-", "-q"]).out;
            let event: serde_json::Value = serde_json::from_str(&parsed).unwrap();
            lines += 1;
            read += u32::from(event["metadata"]["log_provider"] == *format);
        }
    }
    assert!(lines > 30 && read * 100 >= lines * 95, "{read} of {lines}");
}

#[test]
fn an_account_used_from_two_countries_is_told_where_a_database_knows_them() {
    let folder = TempDir::new().unwrap();
    let (log, places) = (folder.path().join("auth.log"), folder.path().join("places.csv"));
    let accepted = |minute, ip| {
        format!(
            "Nov 21 10:{minute}:00 web01 sshd[7]: Accepted password for alice from {ip} port 40 ssh2\n"
        )
    };
    fs::write(&log, [accepted(10, "192.0.2.1"), accepted(50, "198.51.100.7")].concat()).unwrap();
    fs::write(&places, "192.0.2.0,192.0.2.255,DE\n198.51.100.0,198.51.100.255,AT\n").unwrap();
    let scan = ["scan", log.to_str().unwrap(), "-q", "-o", "jsonl"];
    assert_eq!(tocsin(&scan).out, "");
    let told = tocsin(&[&scan[..], &["--geoip", places.to_str().unwrap()]].concat()).out;
    let [finding] = told.lines().collect::<Vec<_>>().try_into().unwrap();
    assert!(finding.contains("\"title\":\"Account used from two countries\""), "{finding}");
    assert!(finding.contains("\"entity\":\"user:alice\""), "{finding}");
    // What the rule lists under `fields`.
    assert!(finding.contains("\"src_endpoint.location.country\":\"AT\""), "{finding}");
}

#[test]
fn what_a_rule_looked_for_is_told_with_its_author() {
    let folder = TempDir::new().unwrap();
    let (log, rule) = (folder.path().join("script.json"), folder.path().join("rule.yml"));
    let script = "Get-Process ".repeat(30);
    let event = format!(
        "{{\"EventID\":4104,\"Channel\":\"Microsoft-Windows-PowerShell/Operational\",\
         \"TimeCreated\":\"2026-11-21T10:00:00Z\",\"Computer\":\"pc1\",\"ScriptBlockText\":\"{script}\"}}\n"
    );
    fs::write(&log, event).unwrap();
    let text = "title: Processes listed\nid: 00000000-0000-4000-8000-000000000009\nauthor: Ann Example\n\
                level: high\nlogsource: {product: windows}\n\
                detection: {script: {ScriptBlockText|contains: get-process}, condition: script}\n";
    fs::write(&rule, text).unwrap();
    let (log, rule) = (log.to_str().unwrap(), rule.to_str().unwrap());
    let told = tocsin(&["scan", log, "--rules", rule, "-q", "-o", "jsonl"]).out;
    let finding = told.lines().find(|line| line.contains("Processes listed")).unwrap();
    assert!(finding.contains("\"author\":\"Ann Example\""), "{finding}");
    assert!(finding.contains("\"ScriptBlockText\":\"Get-Process Get-Process"), "{finding}");
}

#[test]
fn of_its_own_loopback_the_machine_is_accused() {
    let line = |second: u32| {
        format!(
            "Nov 28 10:00:{second:02} web1 sshd[7]: Failed password for root from 127.0.0.1 port 4 ssh2\n"
        )
    };
    let log: String = (0..40).map(line).collect();
    let out = tocsin_given(log.as_bytes(), &["scan", "-", "-q", "-o", "jsonl"]).out;
    let first: serde_json::Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
    assert_eq!(first["entity"], "host:web1");
    assert_eq!(first["entities"][0], "ip:127.0.0.1");
}
